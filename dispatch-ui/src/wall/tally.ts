/** What the wall counts, from the folded boards and a time. Pure, so that the numbers can be tested. */
import type { Bar, Board, BoardPromise, Order } from '../model/board.ts'
import { LIKELY } from '../model/danger.ts'
import { isUnassigned } from '../model/queue.ts'
import { type Outlook, outlookOf } from './risk.ts'

/** One open job with the promise of it that stands worst. */
export type Open = {
  readonly bar: Bar
  readonly order: Order
  readonly promise: BoardPromise
} & Outlook

export type Share = {
  open: number
  broken: number
  risk: number
  unplaced: number
  planned: number
  sent: number
  onSite: number
}

export const isAtRisk = (open: Open): boolean => open.standing === 'risk' || open.standing === 'late'

/** By due time. A job that moved between boards while both were read is taken once, in its newest state. */
export function openPromises(boards: Iterable<Board>, now: number): Open[] {
  const newest = new Map<string, { bar: Bar; board: Board }>()
  for (const board of boards)
    for (const bar of board.bars.values())
      if ((newest.get(bar.id)?.bar.version ?? 0) < bar.version) newest.set(bar.id, { bar, board })
  const opens: Open[] = []
  for (const { bar, board } of newest.values()) {
    const order = board.orders.get(bar.orderId)
    const worst = order && worstOf(bar, order, now)
    if (worst) opens.push({ bar, order, ...worst })
  }
  return opens.sort((a, b) => a.promise.dueAt - b.promise.dueAt || (a.bar.id < b.bar.id ? -1 : 1))
}

const gravity = { broken: 3, late: 2, risk: 1, kept: 0 } as const

/** A late finish must not hide behind an arrival that is on course; of two equals, the one due first. */
function worstOf(bar: Bar, order: Order, now: number): ({ promise: BoardPromise } & Outlook) | undefined {
  let worst: ({ promise: BoardPromise } & Outlook) | undefined
  for (const promise of order.promises) {
    const outlook = promise.reachedAt === null ? outlookOf(bar, promise, now) : null
    if (!outlook) continue
    const graver = worst ? gravity[outlook.standing] - gravity[worst.standing] : 1
    if (worst && (graver < 0 || (graver === 0 && promise.dueAt >= worst.promise.dueAt))) continue
    worst = { promise, ...outlook }
  }
  return worst
}

export type Figures = {
  readonly broken: number
  readonly oldestMs: number
  readonly risk: number
  readonly late: number
  readonly unplaced: number
  readonly dueSoon: number
  readonly onCourse: number
  readonly stopped: number
}

export function figuresOf(boards: Iterable<Board>, opens: readonly Open[], now: number): Figures {
  const unplaced = new Set<string>()
  const stopped = new Set<string>()
  for (const board of boards)
    for (const bar of board.bars.values()) {
      if (bar.state === 'closed') continue
      if (isUnassigned(bar)) unplaced.add(bar.id)
      if (board.orders.get(bar.orderId)?.slaStatus === 'stopped') stopped.add(bar.orderId)
    }
  const broken = opens.filter((open) => open.standing === 'broken')
  const isSoon = (open: Open): boolean => open.promise.dueAt >= now && open.promise.dueAt - now < 3_600_000
  return {
    broken: broken.length,
    oldestMs: broken.reduce((oldest, open) => Math.max(oldest, now - open.promise.dueAt), 0),
    risk: opens.filter(isAtRisk).length,
    late: opens.filter((open) => open.standing === 'late').length,
    unplaced: unplaced.size,
    dueSoon: opens.filter((open) => unplaced.has(open.bar.id) && isSoon(open)).length,
    onCourse: opens.filter((open) => open.standing === 'kept').length,
    stopped: stopped.size,
  }
}

export function sharesBy(
  opens: readonly Open[],
  keyOf: (open: Open) => string | null,
): Map<string | null, Share> {
  const shares = new Map<string | null, Share>()
  for (const open of opens) {
    const key = keyOf(open)
    const share = shares.get(key) ?? {
      open: 0,
      broken: 0,
      risk: 0,
      unplaced: 0,
      planned: 0,
      sent: 0,
      onSite: 0,
    }
    share.open++
    if (open.standing === 'broken') share.broken++
    else if (isAtRisk(open)) share.risk++
    share[stateOf(open.bar)]++
    shares.set(key, share)
  }
  return shares
}

function stateOf(bar: Bar): 'unplaced' | 'planned' | 'sent' | 'onSite' {
  if (isUnassigned(bar)) return 'unplaced'
  if (bar.state === 'undispatched') return 'planned'
  return bar.fieldStatus === 'onSite' ? 'onSite' : 'sent'
}

/**
 * What breaks next: the freshest breaches first, where something may still be mended, then the threatened ones by due
 * time, then those that the plan keeps but that are likely missed; where that leaves room, older breaches, then what falls due next though all is well.
 */
export function nextToBreak(
  opens: readonly Open[],
  count: number,
  chanceOf: (open: Open) => number = () => 0,
): Open[] {
  const broken = opens.filter((open) => open.standing === 'broken').reverse()
  const risk = opens.filter(isAtRisk)
  const kept = opens.filter((open) => open.standing === 'kept')
  const likely = kept.filter((open) => chanceOf(open) >= LIKELY).sort((a, b) => chanceOf(b) - chanceOf(a))
  const calm = kept.filter((open) => chanceOf(open) < LIKELY)
  const fresh = broken.slice(0, risk.length >= count ? 2 : Math.max(2, count - risk.length))
  return [...fresh, ...risk, ...likely, ...calm].slice(0, count)
}

export type Row = {
  readonly group: Readonly<Record<string, string | null>>
  readonly met: number
  readonly broken: number
}
export type Kept = { readonly met: number; readonly all: number }

/** The day's decided promises, summed over the rows of the report that a key picks. */
export function keptOf(rows: readonly Row[], picks: (row: Row) => boolean): Kept {
  let met = 0
  let all = 0
  for (const row of rows) {
    if (!picks(row)) continue
    met += row.met
    all += row.met + row.broken
  }
  return { met, all }
}

/** Per cent with one decimal; never rounded up to a hundred that was not reached. */
export const keptPercent = ({ met, all }: Kept): number | null =>
  all === 0 ? null : Math.floor((met / all) * 1_000 + 1e-9) / 10
