/**
 * Open hours and travel as the painters ask for them: the domain's own rules, remembered for what is in sight.
 */
import type { Calendar } from '../../../server/domain/calendar/calendar.ts'
import { openSpans, openTime } from '../../../server/domain/calendar/open-time.ts'
import type { Span } from '../../../server/domain/instant.ts'
import { type TravelModel, travelMinutes } from '../../../server/domain/plan/travel.ts'
import type { Bar } from './board.ts'
import { DAY } from './zone.ts'

export type { Calendar, Span, TravelModel }
export { openTime }

const WEEK = 7 * DAY
const KEPT_MAX = 400
const weeks = new WeakMap<Calendar, Map<number, readonly Span[]>>()

/** Open spans that touch `[from, to)`, a week at a time: a pan or zoom finds them ready. */
export function openSpansNear(calendar: Calendar, from: number, to: number): readonly Span[] {
  let known = weeks.get(calendar)
  if (!known || known.size > KEPT_MAX) {
    known = new Map()
    weeks.set(calendar, known)
  }
  const first = Math.floor(from / WEEK)
  const last = Math.floor(to / WEEK)
  let all: readonly Span[] = []
  for (let week = first; week <= last; week++) {
    let spans = known.get(week)
    if (!spans) {
      spans = openSpans(calendar, week * WEEK, (week + 1) * WEEK)
      known.set(week, spans)
    }
    all = week === first ? spans : [...all, ...spans]
  }
  return all
}

const legs = new WeakMap<Bar, { readonly after: Bar; readonly minutes: number }>()

/** Minutes on the road between two bars of one row, worked out once per pair. */
export function travelBetween(before: Bar, after: Bar, travel: TravelModel): number {
  const known = legs.get(before)
  if (known?.after === after) return known.minutes
  const minutes = travelMinutes(before.place, after.place, travel)
  legs.set(before, { after, minutes })
  return minutes
}

export { travelMinutes }
