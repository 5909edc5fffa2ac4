/**
 * A work calendar as a record: local open hours by weekday, with exceptions by date.
 *
 * Times are local to the calendar's own zone. A date without an exception asks the weekly template; an exception
 * in state `base` asks the base calendar. What is done with a calendar (open time, alignment, days) is in
 * `open-time.ts`.
 */

/** `HH:MM`, local; `24:00` is allowed as the end of a day. */
export type LocalTime = string
/** `YYYY-MM-DD` in the calendar's zone. */
export type LocalDate = string

export type OpenHours = { readonly from: LocalTime; readonly to: LocalTime }

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

export type CalendarException = {
  readonly date: LocalDate
  readonly state: 'open' | 'closed' | 'base'
  readonly hours?: readonly OpenHours[]
}

export type Calendar = {
  readonly id: string
  /** IANA zone in which the hours are read. */
  readonly timeZone: string
  readonly week: Readonly<Record<Weekday, readonly OpenHours[]>>
  readonly exceptions: readonly CalendarException[]
  /** The calendar asked on days whose exception says `base`. Already resolved, so that rules need no look-up. */
  readonly base?: Calendar
  /** Length of one working day, for limits given in days. Default 8. */
  readonly standardWorkDayHours: number
}
