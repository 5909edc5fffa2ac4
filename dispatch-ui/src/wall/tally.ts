/** What the wall counts, from the folded boards and a time. Pure, so that the numbers can be tested. */
import type { Bar, Board, BoardPromise } from '../model/board.ts'
import { isUnassigned } from '../model/queue.ts'
import { plannedAt, type Standing, standingOf } from '../model/risk.ts'

export type Open = {
  readonly bar: Bar
  readonly promise: BoardPromise
  readonly standing: Exclude<Standing, 'none'>
  /** Time between plan and promise; negative when late, null when nobody is planned. */
  readonly slack: number | null
  readonly groupId: string | null
}

export type Share = { open: number; broken: number; risk: number }

export function openPromises(boards: Iterable<Board>, now: number): Open[] {
  const out: Open[] = []
  for (const board of boards)
    for (const bar of board.bars.values()) {
      const promise = board.nextPromise(bar)
      if (!promise) continue
      const standing = standingOf(bar, promise, now)
      if (standing === 'none') continue
      const planned = plannedAt(bar, promise.target)
      out.push({
        bar,
        promise,
        standing,
        slack: planned === null ? null : promise.dueAt - Math.max(planned, now),
        groupId: board.orders.get(bar.orderId)?.agreementGroupId ?? null,
      })
    }
  return out.sort((a, b) => a.promise.dueAt - b.promise.dueAt)
}

export const isAtRisk = (open: Open): boolean => open.standing === 'risk' || open.standing === 'late'

export function figures(boards: Iterable<Board>, opens: readonly Open[], now: number) {
  let notPlaced = 0
  const stopped = new Set<string>()
  for (const board of boards) {
    for (const bar of board.bars.values()) if (isUnassigned(bar)) notPlaced++
    for (const order of board.orders.values()) if (order.slaStatus === 'stopped') stopped.add(order.id)
  }
  const broken = opens.filter((open) => open.standing === 'broken')
  return {
    broken: broken.length,
    oldestMs: broken.length === 0 ? 0 : now - Math.min(...broken.map((open) => open.promise.dueAt)),
    risk: opens.filter(isAtRisk).length,
    notPlaced,
    dueSoon: opens.filter((open) => open.bar.technicianId === null && open.promise.dueAt - now < 3_600_000)
      .length,
    onCourse: opens.filter((open) => open.standing === 'kept').length,
    stopped: stopped.size,
  }
}

export function shares(opens: readonly Open[], keyOf: (open: Open) => string): Map<string, Share> {
  const out = new Map<string, Share>()
  for (const open of opens) {
    const key = keyOf(open)
    const share = out.get(key) ?? { open: 0, broken: 0, risk: 0 }
    share.open++
    if (open.standing === 'broken') share.broken++
    else if (isAtRisk(open)) share.risk++
    out.set(key, share)
  }
  return out
}

/** How high a promise stands on the horizon, 0 to 1: calm marks lie low, trouble stands up. */
export function heightOf(open: Open): number {
  if (open.standing === 'broken') return 1
  if (open.standing === 'late') return 0.85
  if (open.standing === 'risk') return 0.6
  const slack = open.slack ?? 0
  return Math.max(0.04, 0.3 - slack / (24 * 3_600_000))
}
