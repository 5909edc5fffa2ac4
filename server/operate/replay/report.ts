/**
 * What a replay came to: every row accounted for, deadlines beside the city's, promises kept by the system's own record, latencies.
 */
import type { ImportView } from '../../contract/imports.ts'
import type { OrderView } from '../../contract/order.ts'
import { bodyOf } from '../client.ts'
import { anyDispatcher, openWork, type Replay } from './cast.ts'
import type { Source } from './source.ts'

type Report = {
  file: { rowsRead: number; usable: number; unusable: number }
  system: {
    read: number
    created: number
    unchanged: number
    refused: number
    refusals: Record<string, number>
  }
  /** Every row is accounted for, and every usable row became exactly one order. */
  exact: boolean
  orders: { inSystem: number; done: number; open: number }
  deadlines: { comparable: number; within90s: number; share: number }
  sla: { ours: Kept; city: Kept }
  plans: { count: number; notDone: number; movesApplied: number; movesDropped: number }
  orderInToFirstPlanMs: Spread
  commandToOtherBoardMs: Spread
}

type Kept = { judged: number; kept: number; share: number }

type Spread = { count: number; p50: number; p99: number; max: number }

export async function reportOn(replay: Replay, source: Source): Promise<Report> {
  // The file's own orders: other people may work in the same company meanwhile.
  const orders = (await allOrders(replay)).filter((order) => order.externalId !== null)
  const byExternal = new Map(
    orders.flatMap((o) => (o.externalId === null ? [] : [[o.externalId, o] as const])),
  )
  const sum = (pick: (view: ImportView) => number): number =>
    replay.imports.reduce((s, view) => s + pick(view), 0)
  const system = {
    read: sum((v) => v.read),
    created: sum((v) => v.created),
    unchanged: sum((v) => v.unchanged),
    refused: sum((v) => v.refused),
    refusals: countBy(source.unusable.map((u) => u.reason)),
  }
  const unreadable = source.unusable.filter((u) => u.fields === null).length
  const rowsRead = source.rows.length + source.unusable.length
  const distinct = new Set(source.rows.map(({ row }) => row.externalId)).size
  const exact =
    system.read === system.created + system.unchanged + system.refused &&
    system.read === rowsRead - unreadable &&
    system.created === distinct &&
    orders.length === distinct
  const open = openWork(replay).length
  const { plans, firstPlanMs, commandMs } = replay.meter
  return {
    file: { rowsRead, usable: source.rows.length, unusable: source.unusable.length },
    system,
    exact,
    orders: { inSystem: orders.length, done: orders.length - open, open },
    deadlines: compareDeadlines(replay, source),
    sla: judgeSla(source, byExternal),
    plans: {
      count: plans.count,
      notDone: plans.stale,
      movesApplied: plans.applied,
      movesDropped: plans.dropped,
    },
    orderInToFirstPlanMs: spread([...firstPlanMs.values()]),
    commandToOtherBoardMs: spread(commandMs),
  }
}

async function allOrders(replay: Replay): Promise<OrderView[]> {
  const orders: OrderView[] = []
  let cursor: string | null = null
  do {
    const path: string = `/orders?limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    const page: { items: OrderView[]; nextCursor: string | null } = bodyOf(
      'orders',
      await anyDispatcher(replay).get(path),
    )
    orders.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return orders
}

function compareDeadlines(replay: Replay, source: Source): Report['deadlines'] {
  let comparable = 0
  let equal = 0
  for (const { row } of source.rows) {
    const due = replay.meter.dueAt.get(row.externalId)
    if (row.rule === null || row.targetAt === null) continue
    comparable++
    if (due && Math.abs(Date.parse(due) - row.targetAt) <= 90_000) equal++
  }
  return { comparable, within90s: equal, share: share(equal, comparable) }
}

/** Of the rows whose type has a rule: the system's own record of compliance, beside the city's `ontime`. */
function judgeSla(source: Source, orders: ReadonlyMap<string, OrderView>): Report['sla'] {
  const ours = { judged: 0, kept: 0 }
  const city = { judged: 0, kept: 0 }
  for (const { row } of source.rows) {
    if (row.rule === null) continue
    if (row.keptByCity !== null) {
      city.judged++
      if (row.keptByCity) city.kept++
    }
    const promise = orders.get(row.externalId)?.slas.find((s) => s.target === 'complete')
    if (!promise) continue
    ours.judged++
    if (promise.status === 'stopped' && promise.compliance <= 100) ours.kept++
  }
  return {
    ours: { ...ours, share: share(ours.kept, ours.judged) },
    city: { ...city, share: share(city.kept, city.judged) },
  }
}

function countBy(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1
  return counts
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: Math.round(sorted.at(-1) ?? 0) }
}

const share = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000

export function tellReport(r: Report): string {
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`
  const refusals = Object.entries(r.system.refusals).map(([reason, count]) => `  ${count} × ${reason}`)
  return [
    '',
    `Rows in          ${r.file.rowsRead}; ${r.system.created} orders made, ${r.system.unchanged} unchanged, ${r.system.refused} refused; the sum is ${r.exact ? 'exact' : 'NOT EXACT'}`,
    ...refusals,
    `Orders done      ${r.orders.done} of ${r.orders.inSystem}, ${r.orders.open} open`,
    `Deadlines        ${r.deadlines.within90s} of ${r.deadlines.comparable} within 90 s of target_dt (${percent(r.deadlines.share)})`,
    `SLA kept         ours ${r.sla.ours.kept} of ${r.sla.ours.judged} (${percent(r.sla.ours.share)}); the city ${r.sla.city.kept} of ${r.sla.city.judged} (${percent(r.sla.city.share)})`,
    `Plans            ${r.plans.count}, ${r.plans.notDone} of them overtaken or failed; ${r.plans.movesApplied} moves applied, ${r.plans.movesDropped} dropped`,
    `Order in → plan  p50 ${r.orderInToFirstPlanMs.p50} ms, p99 ${r.orderInToFirstPlanMs.p99} ms (${r.orderInToFirstPlanMs.count} activities)`,
    `Command → board  p50 ${r.commandToOtherBoardMs.p50} ms, p99 ${r.commandToOtherBoardMs.p99} ms (${r.commandToOtherBoardMs.count} commands)`,
  ].join('\n')
}
