/**
 * What a service level agreement promises, as copied to an order when its clock starts.
 *
 * Terms are a copy: later edits of the SLA do not touch running orders (domain rule 3.8.1).
 */
import type { Instant } from '../instant.ts'

export type TargetKind = 'respond' | 'arrive' | 'complete'
export type ClockMode = 'wall' | 'working' | 'days'
/**
 * How a start is aligned: `none` keeps it; `open` takes the next open moment; `after-hours` moves a closed day to
 * the next open day keeping the time of day, moves a time after closing to the next open day's opening, and keeps
 * early morning.
 */
export type StartAlignment = 'none' | 'open' | 'after-hours'

export type Limit = { readonly days: number; readonly hours: number; readonly minutes: number }

export type SlaTerms = {
  readonly slaId: string
  /** `complete` always exists; the others only where promised. */
  readonly targets: Readonly<{ complete: Limit } & Partial<Record<'respond' | 'arrive', Limit>>>
  readonly clockMode: ClockMode
  readonly startAlignment: StartAlignment
  readonly calendarId: string | null
}

export type SlaStatus = 'none' | 'started' | 'stopped' | 'canceled'
export type ClockSource =
  | 'creation'
  | 'manual'
  | 'stage'
  | 'signOff'
  | 'posting'
  | 'orderCancel'
  | 'slaCancel'

/** One run of the clock. `endAt` null = running. */
export type SlaRecord = {
  readonly startAt: Instant
  readonly endAt: Instant | null
  readonly startSource: ClockSource
  readonly endSource: ClockSource | null
  readonly reasonId: string | null
}

/** The clock of one order. `reached` holds when respond and arrive were first fulfilled. */
export type SlaClock = {
  readonly terms: SlaTerms | null
  readonly status: SlaStatus
  readonly records: readonly SlaRecord[]
  readonly reached: Readonly<Partial<Record<'respond' | 'arrive', Instant>>>
}
