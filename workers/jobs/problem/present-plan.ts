import type { Plan, ProblemActivity, ProblemTechnician } from '../../optimiser/problem.ts'
import type { BuiltProblem } from './build-problem.ts'

/** The board as it stands, written as a plan, so that the checker can price it beside the new one. */
export function presentPlan(built: BuiltProblem): Plan {
  const { problem } = built
  const routes: Plan['routes'][number][] = []
  const placed = new Set<string>()
  for (const technician of problem.technicians) {
    const matrix = problem.travel[technician.profile ?? 0]
    const mine = problem.activities
      .flatMap((a) => {
        const spot = a.fixed ?? a.current
        return spot?.technicianId === technician.id ? [{ a, start: spot.start }] : []
      })
      .sort((x, y) => x.start - y.start)
    for (const [shift, group] of byShift(technician, mine)) {
      let place = shift < 0 ? null : (technician.shifts[shift]?.startLocation ?? null)
      const visits = group.map(({ a, start }) => {
        placed.add(a.id)
        const travel =
          place === null || a.location === null || !matrix
            ? 0
            : (matrix.seconds[place * matrix.size + a.location] ?? 0)
        place = a.location
        return { activityId: a.id, arrival: start, start, end: start + a.duration, travel }
      })
      const last = visits.at(-1)?.end ?? 0
      routes.push({
        technicianId: technician.id,
        shift,
        departure: visits[0]?.start ?? 0,
        visits,
        breaks: [],
        travelHome: 0,
        endsAt: last,
      })
    }
  }
  const unassigned = problem.activities
    .filter((a) => !placed.has(a.id))
    .map((a) => ({ activityId: a.id, rule: 'worth' as const, reason: '' }))
  const cost = {
    missedTargets: 0,
    lateMinutes: 0,
    waitingMinutes: 0,
    marginMinutes: 0,
    unassigned: 0,
    preferred: 0,
    travelMinutes: 0,
    overtimeMinutes: 0,
    moved: 0,
  }
  return { routes, unassigned, cost, points: 0, iterations: 0 }
}

type Started = { a: ProblemActivity; start: number }

function byShift(technician: ProblemTechnician, visits: readonly Started[]): Map<number, Started[]> {
  const groups = new Map<number, Started[]>()
  for (const visit of visits) {
    const shift = technician.shifts.findIndex((s) => {
      const opens = s.open[0]?.from ?? Number.POSITIVE_INFINITY
      const closes = s.open.at(-1)?.to ?? Number.NEGATIVE_INFINITY
      return visit.start >= opens && visit.start < closes
    })
    groups.set(shift, [...(groups.get(shift) ?? []), visit])
  }
  return groups
}
