/**
 * Calendars and SLAs: chains of calendars end, limits are longer than nothing, and a clock has the calendar it counts by.
 */
import type { AnyRecord } from '../../contract/records.ts'
import type { Calendar } from '../../domain/calendar/calendar.ts'
import { validateCalendar } from '../../domain/calendar/open-time.ts'
import type { Refusal } from '../../domain/refusal.ts'
import { asId, type Judged, wrong } from './rule.ts'

export async function judgeCalendar({ tx, records, after }: Judged): Promise<AnyRecord | Refusal> {
  // The schema has checked that the fields are those of a calendar.
  const faults = validateCalendar({
    timeZone: after.timeZone as Calendar['timeZone'],
    week: after.week as Calendar['week'],
    exceptions: after.exceptions as Calendar['exceptions'],
    standardWorkDayHours: after.standardWorkDayHours as number,
  })
  if (faults.length > 0) return { code: 'VALIDATION', details: { fields: faults.slice(0, 20) } }
  const seen = new Set([after.id])
  for (let base = asId(after.baseCalendarId); base !== null; ) {
    if (seen.has(base)) return wrong('baseCalendarId', 'a calendar that does not lead back to this one')
    seen.add(base)
    base = asId((await records.lock(tx, 'calendars', base))?.baseCalendarId)
  }
  return after
}

const limitSum = (limit: unknown): number =>
  typeof limit === 'object' && limit !== null && 'days' in limit && 'hours' in limit && 'minutes' in limit
    ? Number(limit.days) + Number(limit.hours) + Number(limit.minutes)
    : 0

export async function judgeSla({ before, after }: Judged): Promise<AnyRecord | Refusal> {
  if (limitSum(after) === 0) return wrong('days', 'a limit longer than nothing')
  for (const target of ['respond', 'arrive'])
    if (after[target] !== null && limitSum(after[target]) === 0)
      return wrong(target, 'a limit longer than nothing, or null')
  const hasCalendar = after.calendarId !== null
  // A clock that is not said to count otherwise counts open time where there is a calendar, else all time.
  const clockMode = after.clockMode ?? (before === null && hasCalendar ? 'working' : 'wall')
  const startAlignment = after.startAlignment ?? (before === null && hasCalendar ? 'open' : 'none')
  if (!hasCalendar && clockMode !== 'wall')
    return wrong('calendarId', `a calendar, for clock mode ${String(clockMode)}`)
  if (!hasCalendar && startAlignment !== 'none')
    return wrong('calendarId', `a calendar, for start alignment ${String(startAlignment)}`)
  return { ...after, clockMode, startAlignment }
}

/** A suspended SLA cannot be chosen; where it is already in use it stays. */
export async function judgeSlaUse({ tx, before, after }: Judged): Promise<AnyRecord | Refusal> {
  if (typeof after.slaId !== 'string' || after.slaId === before?.slaId) return after
  const rows = await tx.query<{ suspended: boolean }>(
    'SELECT suspended FROM sla WHERE company_id = $1 AND id = $2',
    [tx.caller.companyId, after.slaId],
  )
  return rows[0]?.suspended ? { code: 'SLA_SUSPENDED', details: { slaId: after.slaId } } : after
}
