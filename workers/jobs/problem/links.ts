/**
 * What hangs together, as the search knows it: the links among the activities of a run, and who has to wait outside it.
 *
 * Work that hangs on other work without a place in the planned days gets none either, with the reason. Links that lead back
 * to their start are left out: nothing could ever be placed under them, and one mistake must not stop a whole board.
 */
import type { Activity } from '../../../server/domain/activity/activity.ts'
import { namedBy } from '../../../server/domain/plan/links.ts'
import type { PlanningBoard } from '../../../server/ports/planner.ts'
import type { Link, ProblemActivity } from '../../optimiser/problem.ts'
import type { Sorted } from './sort-activities.ts'

/** The people of linked work belong together: whoever looks at one day has to see the other. */
export function withLinkedPeople(board: PlanningBoard, ids: Set<string>): void {
  const byId = new Map(board.activities.map((a) => [a.id, a]))
  const pairs = board.activities.flatMap((a) =>
    namedBy(a).flatMap((id) => {
      const other = byId.get(id)
      return a.technicianId && other?.technicianId ? [[a.technicianId, other.technicianId] as const] : []
    }),
  )
  for (let grew = true; grew; ) {
    grew = false
    for (const [one, other] of pairs) {
      if (ids.has(one) === ids.has(other)) continue
      ids.add(one)
      ids.add(other)
      grew = true
    }
  }
}

/** For every activity that hangs together with others: those others. */
export function linkedByActivity(activities: readonly Activity[]): Map<string, Activity[]> {
  const byId = new Map(activities.map((a) => [a.id, a]))
  const linked = new Map<string, Activity[]>()
  const add = (of: Activity, other: Activity): void => {
    linked.set(of.id, [...(linked.get(of.id) ?? []), other])
  }
  for (const a of activities)
    for (const id of namedBy(a)) {
      const other = byId.get(id)
      if (other === undefined) continue
      add(a, other)
      add(other, a)
    }
  return linked
}

/** Takes out of a run what hangs on work that is open and has no part in it. */
export function withoutOrphans(board: PlanningBoard, sorted: Sorted): Sorted {
  const open = new Map(board.activities.map((a) => [a.id, a]))
  let movable = sorted.movable
  const beyond = [...sorted.beyond]
  for (;;) {
    const inside = new Set([...sorted.fixed, ...movable].map((one) => one.activity.id))
    const isOrphan = (a: Activity): boolean =>
      namedBy(a).some((id) => {
        const other = open.get(id)
        if (other === undefined || inside.has(id)) return false
        // Work whose time has passed is done as far as the plan can tell.
        return a.startsWith === id || other.end === null || other.end > board.now
      })
    const orphans = movable.filter((one) => one.current === null && isOrphan(one.activity))
    if (orphans.length === 0) return { ...sorted, movable, beyond }
    for (const { activity } of orphans)
      beyond.push({
        activityId: activity.id,
        reason: 'It hangs on work that has no place in the planned days.',
      })
    movable = movable.filter((one) => !orphans.includes(one))
  }
}

export function linksOf(byId: ReadonlyMap<string, Activity>, activities: readonly ProblemActivity[]): Link[] {
  const inside = new Map(activities.map((a) => [a.id, a]))
  const after = new Map<string, Set<string>>()
  const links: Link[] = []
  const add = (link: Link): void => {
    const [first, second] = [inside.get(link.first), inside.get(link.second)]
    if (first === undefined || second === undefined) return
    // Of two that stay where they are, neither can be helped.
    if (first.fixed !== undefined && second.fixed !== undefined) return
    if (reaches(after, link.second, link.first)) return
    after.set(link.first, (after.get(link.first) ?? new Set()).add(link.second))
    links.push(link)
  }
  for (const { id } of activities) {
    const a = byId.get(id)
    if (a?.startsWith)
      add({ first: a.startsWith, second: id, from: 0, to: 0, technicians: 'different', together: true })
    const first = a?.startsAfter ? inside.get(a.startsAfter.activityId) : undefined
    if (!a?.startsAfter || first === undefined) continue
    const { minutesMin, minutesMax } = a.startsAfter
    add({
      first: first.id,
      second: id,
      from: first.duration + minutesMin * 60,
      to: minutesMax === null ? null : first.duration + minutesMax * 60,
    })
  }
  return links
}

function reaches(after: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  if (from === to) return true
  const seen = new Set([from])
  const stack = [from]
  for (let at = stack.pop(); at !== undefined; at = stack.pop())
    for (const next of after.get(at) ?? []) {
      if (next === to) return true
      if (!seen.has(next)) stack.push(next)
      seen.add(next)
    }
  return false
}
