/**
 * Brings one chunk of an import into the books: orders, activities, clocks, counts, refusals, in one transaction.
 *
 * The next line to read commits with the rows before it, under the import's fence. A worker that is killed between two
 * chunks, or that wakes up after its lease went to another, therefore doubles nothing. An external id that is known
 * already is `unchanged`, which makes a second run of the same file harmless.
 */
import type { OrderView } from '../contract/order.ts'
import { orderView } from '../contract/order-view.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Calendar } from '../domain/calendar/calendar.ts'
import type { ImportedRow } from '../domain/import/boston-311.ts'
import { trades } from '../domain/import/trade.ts'
import type { Order } from '../domain/order/order.ts'
import { rootStage } from '../domain/order/stages.ts'
import { attach, noClock, stop, thresholds } from '../domain/sla/clock.ts'
import type { Effect, NewEvent, Outcome, Tx } from '../ports/commands.ts'
import { activityEvents } from './board-changes.ts'
import { ensureMasters, type Masters } from './import-masters.ts'

export type ChunkRow = { readonly line: number } & (
  | { readonly row: ImportedRow }
  | { readonly refused: string }
)

export type Chunk = {
  readonly importId: string
  readonly fence: number
  readonly boardId: string
  readonly rows: readonly ChunkRow[]
  readonly nextLine: number
  readonly closed: 'history' | 'as-open'
}

export type ChunkCounts = { read: number; created: number; unchanged: number; refused: number }

/** Another worker has taken the import over, or it was called off. */
export class LostImportError extends Error {
  constructor(importId: string, fence: number) {
    super(`import ${importId} is no longer held under fence ${fence}`)
    this.name = 'LostImportError'
  }
}

/** Watches further away than this get no job yet; the sweeper finds them when they fall due. */
const WATCH_AHEAD_MS = 24 * 3_600_000

export async function importRows(tx: Tx, chunk: Chunk): Promise<Outcome> {
  const usable = chunk.rows.flatMap((r) => ('row' in r ? [r.row] : []))
  const known = await knownIds(tx, usable)
  const fresh: ImportedRow[] = []
  for (const row of usable) {
    if (known.has(row.externalId)) continue
    known.add(row.externalId)
    fresh.push(row)
  }
  const made = fresh.length === 0 ? { events: [], effects: [] } : await writeOrders(tx, fresh, chunk)
  const refusals = chunk.rows.flatMap((r) => ('refused' in r ? [{ line: r.line, reason: r.refused }] : []))
  if (refusals.length > 0) {
    await tx.query(
      `INSERT INTO import_refusal (company_id, import_id, line, reason)
         SELECT $1, $2, r.line, r.reason FROM jsonb_to_recordset($3::jsonb) AS r (line integer, reason text)`,
      [tx.caller.companyId, chunk.importId, JSON.stringify(refusals)],
    )
  }
  const counts: ChunkCounts = {
    read: chunk.rows.length,
    created: fresh.length,
    unchanged: usable.length - fresh.length,
    refused: refusals.length,
  }
  await advance(tx, chunk, counts)
  return { status: 200, body: counts, events: made.events, effects: made.effects }
}

async function knownIds(tx: Tx, rows: readonly ImportedRow[]): Promise<Set<string>> {
  const found = await tx.query<{ external_id: string }>(
    'SELECT external_id FROM service_order WHERE company_id = $1 AND external_id = ANY ($2)',
    [tx.caller.companyId, rows.map((row) => row.externalId)],
  )
  return new Set(found.map((row) => row.external_id))
}

async function advance(tx: Tx, chunk: Chunk, counts: ChunkCounts): Promise<void> {
  const moved = await tx.query(
    `UPDATE import SET next_line = $4, read = read + $5, created = created + $6, unchanged = unchanged + $7,
        refused = refused + $8
      WHERE company_id = $1 AND id = $2 AND fence = $3 AND status = 'running' RETURNING id`,
    [
      tx.caller.companyId,
      chunk.importId,
      chunk.fence,
      chunk.nextLine,
      counts.read,
      counts.created,
      counts.unchanged,
      counts.refused,
    ],
  )
  if (moved.length !== 1) throw new LostImportError(chunk.importId, chunk.fence)
}

async function writeOrders(
  tx: Tx,
  rows: readonly ImportedRow[],
  chunk: Chunk,
): Promise<{ events: NewEvent[]; effects: Effect[] }> {
  const masters = await ensureMasters(tx, rows, chunk.boardId)
  const stages = await tx.stages()
  const root = rootStage(stages)
  if (!root) throw new Error('the company has no stages')
  const doneStage = stages.find((stage) => stage.canPost && stage.stopsTimeRecording) ?? root
  const calendars = await calendarsOf(tx, rows, masters)
  const { slaWarnPercent } = await tx.parameters()
  const orderNumbers = await tx.nextNumbers('order', rows.length)
  const activityNumbers = await tx.nextNumbers('activity', rows.length)

  const events: NewEvent[] = []
  const activities: Activity[] = []
  const watches: Watch[] = []
  for (const [i, row] of rows.entries()) {
    const isClosed = chunk.closed === 'history' && row.closedAt !== null && row.closedAt <= tx.now
    const order = orderOf(tx, row, {
      masters,
      calendars,
      number: orderNumbers[i] ?? 0,
      stageId: isClosed ? doneStage.id : root.id,
      isClosed,
    })
    await tx.insertOrder(order)
    const activity = activityOf(tx, row, order, {
      masters,
      number: activityNumbers[i] ?? 0,
      boardId: chunk.boardId,
      isClosed,
    })
    activities.push(activity)
    if (!isClosed) {
      watches.push(...watchesOf(order, calendars, slaWarnPercent, tx.now))
      events.push(orderEvent(tx, order, row, chunk.boardId, masters, calendars))
    }
    events.push(...activityEvents(isClosed ? 'activity-imported-closed' : 'activity-created', null, activity))
  }
  await tx.insertActivities(activities)
  return { events, effects: await planAll(tx, watches) }
}

async function calendarsOf(
  tx: Tx,
  rows: readonly ImportedRow[],
  masters: Masters,
): Promise<ReadonlyMap<string, Calendar>> {
  const ids = rows.flatMap((row) => masters.promiseOf(row)?.terms?.calendarId ?? [])
  return tx.calendars([...new Set(ids)])
}

const calendarFor = (order: Order, calendars: ReadonlyMap<string, Calendar>): Calendar | null =>
  order.clock.terms?.calendarId ? (calendars.get(order.clock.terms.calendarId) ?? null) : null

function orderOf(
  tx: Tx,
  row: ImportedRow,
  made: {
    masters: Masters
    calendars: ReadonlyMap<string, Calendar>
    number: number
    stageId: string
    isClosed: boolean
  },
): Order {
  const promise = made.masters.promiseOf(row)
  const terms = promise?.terms ?? null
  const calendar = terms?.calendarId ? (made.calendars.get(terms.calendarId) ?? null) : null
  const running = terms === null ? noClock : attach(terms, calendar, row.openedAt)
  const closedAt = made.isClosed ? row.closedAt : null
  return {
    id: tx.newId(),
    version: 1,
    companyId: tx.caller.companyId,
    number: `SO-${String(made.number).padStart(6, '0')}`,
    externalId: row.externalId,
    description: row.description,
    customerId: made.masters.customerOf(row),
    projectId: promise === null ? null : made.masters.projectId,
    agreementId: promise?.agreementId ?? null,
    serviceDateTime: row.openedAt,
    stageId: made.stageId,
    progress: 'inProcess',
    priority: row.priority,
    address: row.address,
    preferredTechnicianId: null,
    signedOff: closedAt !== null,
    signedOffAt: closedAt,
    origin: 'web',
    createdAt: row.openedAt,
    lines: [],
    clock: closedAt === null || terms === null ? running : ended(running, calendar, closedAt, tx.now),
  }
}

function ended(running: Order['clock'], calendar: Calendar | null, at: number, now: number): Order['clock'] {
  const stopped = stop(running, calendar, {
    at,
    now,
    source: 'signOff',
    reasonId: null,
    reasonOnExceed: false,
  })
  if (!stopped.ok)
    throw new Error(`a clock of an imported order could not be stopped: ${stopped.refusal.code}`)
  return stopped.value
}

function activityOf(
  tx: Tx,
  row: ImportedRow,
  order: Order,
  made: { masters: Masters; number: number; boardId: string; isClosed: boolean },
): Activity {
  const trade = trades[row.trade]
  return {
    id: tx.newId(),
    version: 1,
    number: `A-${String(made.number).padStart(6, '0')}`,
    companyId: tx.caller.companyId,
    boardId: made.boardId,
    orderId: order.id,
    orderLineId: null,
    typeId: made.masters.typeOf(row),
    teamId: made.masters.teamOf(row),
    technicianId: null,
    start: null,
    end: null,
    durationMinutes: trade.minutes,
    state: made.isClosed ? 'closed' : 'undispatched',
    fieldStatus: made.isClosed ? 'done' : 'none',
    priority: row.priority,
    locked: false,
    requiredSkills: [{ skill: trade.skill, level: 1 }],
    earliestStart: null,
    latestEnd: null,
    windows: [],
    preferredTechnicianId: null,
    place: row.place,
    blocking: false,
    humanTouchedAt: null,
    createdAt: row.openedAt,
    closedAt: made.isClosed ? row.closedAt : null,
    closedBy: null,
    closedCause: made.isClosed ? 'importClosed' : null,
  }
}

function orderEvent(
  tx: Tx,
  order: Order,
  row: ImportedRow,
  boardId: string,
  masters: Masters,
  calendars: ReadonlyMap<string, Calendar>,
): NewEvent {
  const view: OrderView = orderView(order, {
    card: { customerName: row.customer, agreementGroupId: masters.promiseOf(row)?.groupId ?? null },
    calendar: calendarFor(order, calendars),
    now: tx.now,
  })
  return {
    board: boardId,
    type: 'order-created',
    entity: 'order',
    entityId: order.id,
    entityVersion: order.version,
    body: { order: view },
  }
}

type Watch = { orderId: string; target: string; percent: number; dueAt: number }

/** Only what is yet to come: warnings of years ago would be news to nobody. */
const watchesOf = (
  order: Order,
  calendars: ReadonlyMap<string, Calendar>,
  percents: readonly number[],
  now: number,
): Watch[] =>
  thresholds(order.clock, calendarFor(order, calendars), percents)
    .filter((threshold) => threshold.dueAt > now)
    .map((threshold) => ({ orderId: order.id, ...threshold }))

async function planAll(tx: Tx, watches: readonly Watch[]): Promise<Effect[]> {
  if (watches.length === 0) return []
  await tx.query(
    `INSERT INTO sla_watch (company_id, order_id, target, percent, due_at)
       SELECT $1, w."orderId", w.target, w.percent, w."dueAt"
         FROM jsonb_to_recordset($2::jsonb) AS w ("orderId" text, target text, percent integer, "dueAt" timestamptz)`,
    [
      tx.caller.companyId,
      JSON.stringify(watches.map((watch) => ({ ...watch, dueAt: new Date(watch.dueAt).toISOString() }))),
    ],
  )
  const soon = new Set(watches.filter((w) => w.dueAt < tx.now + WATCH_AHEAD_MS).map((w) => w.orderId))
  return [...soon].map((orderId) => ({ kind: 'sla-watch', dedupeKey: `${orderId}:1`, payload: { orderId } }))
}
