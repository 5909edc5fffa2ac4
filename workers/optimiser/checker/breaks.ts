/**
 * The checker's view of pauses: hours in which nobody works or travels, and the breaks that a shift demands.
 */
import type { Break, OpenInterval, PlanRoute, ProblemTechnician, Shift } from '../problem.ts'
import type { Judge } from './judge.ts'

/** Times in which nobody works or travels: gaps between open intervals, and the breaks the plan has set. */
export const closedTimes = (shift: Shift | undefined, route: PlanRoute): OpenInterval[] => {
  const closed = route.breaks.map((pause) => ({ from: pause.start, to: pause.end }))
  shift?.open.forEach((interval, i) => {
    const before = shift.open[i - 1]
    if (before !== undefined) closed.push({ from: before.to, to: interval.from })
  })
  const merged: { from: number; to: number }[] = []
  for (const span of closed.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else merged.push({ ...span })
  }
  return merged
}

export const sharedSeconds = (spans: readonly OpenInterval[], from: number, to: number): number =>
  spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)), 0)

/** Breaks that the shift demands are there, long enough and in time, unless the day was over before they had to begin. */
export const judgeBreaks = (
  judge: Judge,
  technician: ProblemTechnician,
  shift: Shift,
  route: PlanRoute,
): void => {
  const wanted: Break[] = [...(shift.breaks ?? [])]
  const taken = [...route.breaks].sort((a, b) => a.start - b.start)
  const fixedEnds = route.visits.filter(
    (visit) => judge.activities.get(visit.activityId)?.fixed !== undefined,
  )
  for (const pause of wanted.sort((a, b) => a.latest - b.latest)) {
    if (pause.duration === 0) continue
    const at = taken.findIndex(
      (own) =>
        own.start >= pause.earliest && own.start <= pause.latest && own.end - own.start >= pause.duration,
    )
    if (at >= 0) {
      taken.splice(at, 1)
      continue
    }
    if (pause.latest >= route.endsAt) continue
    const overrun = fixedEnds.some((visit) => visit.start <= pause.latest && visit.end > pause.latest)
    const list = overrun ? judge.given : judge.violations
    list.push({
      rule: 'break',
      technicianId: technician.id,
      sentence: `has no break of ${pause.duration} s that begins from ${pause.earliest} to ${pause.latest}`,
    })
  }
  taken.forEach((own, i) => {
    if (own.end < own.start) {
      judge.violations.push({
        rule: 'break',
        technicianId: technician.id,
        sentence: `break ${i} ends before it begins`,
      })
    }
  })
}
