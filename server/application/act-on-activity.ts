/**
 * Acts on activities: one, or many that all happen or none.
 *
 * Locks orders before activities where the act can fulfil a promise, decides each act on what the ones before it left,
 * and tells boards, order clocks and technicians what follows.
 */
import { activityView, type BoardCommand } from '../contract/activity.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { type ActivityCommand, decide, targetReached } from '../domain/activity/decide.ts'
import type { Calendar } from '../domain/calendar/calendar.ts'
import { DAY, type Instant } from '../domain/instant.ts'
import type { Order } from '../domain/order/order.ts'
import { can } from '../domain/permission/permission.ts'
import { areLinked } from '../domain/plan/links.ts'
import type { PlanConflict } from '../domain/plan/rules.ts'
import type { Technician } from '../domain/plan/technician.ts'
import { reach } from '../domain/sla/clock.ts'
import type { BoardFacts, Effect, NewEvent, OrderHead, Outcome, Refused, Tx } from '../ports/commands.ts'
import { activityEvents, orderEvents } from './board-changes.ts'
import {
  badField,
  calendarOf,
  changedBy,
  isRelated,
  openPromises,
  policyOf,
  refused,
  relatedTeams,
  travelOf,
} from './context.ts'
import { linkedTo } from './linked-activities.ts'
import { boardsOfOrder, saveOrder } from './save-order.ts'
import { tellTechnicians } from './tell-technicians.ts'

type WithoutRef<T> = T extends unknown ? Omit<T, 'activityId' | 'expectedVersion'> : never
/** An act as the wire writes it, without the activity it is about. */
export type WireAct = WithoutRef<BoardCommand>

type Asked = {
  readonly activityId: string
  readonly expectedVersion: number
  readonly act: WireAct
  readonly strict: boolean
}

export type Done = { readonly activity: Activity; readonly warnings: readonly PlanConflict[] }

export async function actOnActivity(
  tx: Tx,
  input: { activityId: string; expectedVersion: number; act: WireAct; strict?: boolean | undefined },
): Promise<Outcome | Refused> {
  const acted = await perform(tx, [{ ...input, strict: input.strict ?? false }])
  if ('refusal' in acted) return acted
  const done = acted.done[0]
  if (!done) throw new Error('an act that was not refused has a result')
  return {
    status: 200,
    version: done.activity.version,
    body: { ...activityView(done.activity), warnings: done.warnings.map(warningView) },
    events: acted.events,
    effects: acted.effects,
  }
}

/** A plan conflict as the wire shows it. */
export const warningView = ({ kind, ...facts }: PlanConflict) => ({
  kind,
  ...('activityId' in facts ? { activityId: facts.activityId } : {}),
  facts,
})

type Acted = { readonly done: Done[]; readonly events: NewEvent[]; readonly effects: Effect[] }

/** Decides and writes the acts. Shared with the planner's proposals, which bring their own caller. */
export async function perform(tx: Tx, asked: readonly Asked[], boardId?: string): Promise<Acted | Refused> {
  const scene = await setScene(tx, asked)
  if ('refusal' in scene) return scene
  if (asked.filter((item) => needsPlan(item.act)).length > 1) {
    const refusal = await layDays(tx, scene, asked, boardId)
    if (refusal) return refusal
  }
  const done: Done[] = []
  for (const [index, item] of asked.entries()) {
    const decided = await decideOne(tx, scene, item, boardId)
    if ('refusal' in decided) return asked.length > 1 ? atIndex(decided, index, item) : decided
    done.push(decided)
  }
  return write(tx, scene, done)
}

/**
 * Puts every bar of a bulk where the bulk leaves it. Acts that happen together are judged by the plan they make
 * together: of two bars that change places, neither is in the way of the other.
 */
async function layDays(
  tx: Tx,
  scene: Scene,
  asked: readonly Asked[],
  boardId?: string,
): Promise<Refused | null> {
  for (const [index, item] of asked.entries()) {
    const decided = await decideOne(tx, scene, item, boardId, true)
    if ('refusal' in decided) return atIndex(decided, index, item)
  }
  scene.current.clear()
  for (const [id, activity] of scene.before) scene.current.set(id, activity)
  return null
}

/** A refused bulk names the one that was in the way. */
const atIndex = (refusal: Refused, index: number, item: Asked): Refused => ({
  refusal: {
    ...refusal.refusal,
    details: { ...refusal.refusal.details, command: index, activityId: item.activityId },
  },
})

/** Everything the acts may need, loaded and locked once. */
type Scene = {
  readonly before: ReadonlyMap<string, Activity>
  readonly current: Map<string, Activity>
  readonly heads: ReadonlyMap<string, OrderHead>
  /** The same orders whole and locked, where an act may change their clocks. */
  readonly locked: ReadonlyMap<string, Order> | null
  readonly technicians: ReadonlyMap<string, Technician>
  readonly calendars: ReadonlyMap<string, Calendar>
  readonly boards: ReadonlyMap<string, BoardFacts>
  /** Open activities of the technicians concerned, as they stand after the acts decided so far. */
  readonly days: Map<string, Activity>
  /** Open activities that those which are placed name, or that name them. */
  readonly linked: readonly Activity[]
  readonly related: ReadonlySet<string> | null
  readonly types: Map<string, string>
}

const needsPlan = (act: WireAct): boolean =>
  act.type === 'assign' || act.type === 'reschedule' || act.type === 'dispatch'
const canReachPromise = (act: WireAct): boolean => act.type === 'dispatch' || act.type === 'field-status'

async function setScene(tx: Tx, asked: readonly Asked[]): Promise<Scene | Refused> {
  const ids = [...new Set(asked.map((item) => item.activityId))]
  // An act that can fulfil a promise changes the order's clock, and orders are locked before activities.
  const locked = asked.some((item) => canReachPromise(item.act)) ? await lockOrdersOf(tx, ids) : null
  const before = await tx.lockActivities(ids)
  if (before.size < ids.length)
    return refused('NOT_FOUND', { activityIds: ids.filter((id) => !before.has(id)) })
  const heads = locked ?? (await tx.orderHeads(ids))

  const isPlanned = asked.some((item) => needsPlan(item.act))
  const technicianIds = isPlanned ? technicianIdsOf(asked, before) : []
  const technicians = await tx.lockTechnicians(technicianIds)
  const span = isPlanned ? spanOf(asked, before) : null
  const days = span === null ? [] : await tx.daysOf(technicianIds, span.from - DAY, span.to + DAY)
  const calendarIds = new Set<string>()
  if (isPlanned) {
    for (const technician of technicians.values())
      if (technician.calendarId !== null) calendarIds.add(technician.calendarId)
    for (const order of heads.values())
      if (order.clock.terms?.calendarId) calendarIds.add(order.clock.terms.calendarId)
  }
  const boardIds = new Set([...before.values()].map((activity) => activity.boardId))
  return {
    before,
    current: new Map(before),
    heads,
    locked,
    technicians,
    calendars: await tx.calendars([...calendarIds]),
    boards: isPlanned ? await tx.boards([...boardIds]) : new Map(),
    days: new Map(days.map((activity) => [activity.id, activity])),
    linked: isPlanned ? await linkedTo(tx, [...before.values()]) : [],
    related: await relatedTeams(tx),
    types: new Map(),
  }
}

async function lockOrdersOf(tx: Tx, activityIds: readonly string[]): Promise<Map<string, Order>> {
  const links = await tx.query<{ order_id: string }>(
    'SELECT DISTINCT order_id FROM activity WHERE company_id = $1 AND id = ANY ($2)',
    [tx.caller.companyId, activityIds],
  )
  return tx.lockOrders(links.map((link) => link.order_id))
}

/** Whom the acts place, and whom they take from: both days are locked, so that nobody fills them meanwhile. */
function technicianIdsOf(asked: readonly Asked[], before: ReadonlyMap<string, Activity>): string[] {
  const ids = new Set<string>()
  for (const { activityId, act } of asked) {
    const current = before.get(activityId)?.technicianId
    if (current) ids.add(current)
    if ('technicianId' in act && act.technicianId) ids.add(act.technicianId)
  }
  return [...ids].sort()
}

function spanOf(
  asked: readonly Asked[],
  before: ReadonlyMap<string, Activity>,
): { from: Instant; to: Instant } | null {
  const instants: number[] = []
  for (const { activityId, act } of asked) {
    const activity = before.get(activityId)
    if (activity?.start != null) instants.push(activity.start)
    if (activity?.end != null) instants.push(activity.end)
    if ('start' in act && act.start !== undefined) instants.push(Date.parse(act.start))
    if ('end' in act && act.end !== undefined) instants.push(Date.parse(act.end))
  }
  return instants.length === 0 ? null : { from: Math.min(...instants), to: Math.max(...instants) }
}

async function decideOne(
  tx: Tx,
  scene: Scene,
  asked: Asked,
  boardId?: string,
  laying = false,
): Promise<Done | Refused> {
  const { act } = asked
  const activity = scene.current.get(asked.activityId)
  const order = activity && scene.heads.get(activity.orderId)
  if (!activity || !order) return refused('NOT_FOUND')
  if (boardId !== undefined && activity.boardId !== boardId)
    return badField('activityId', `an activity of board ${boardId}`)
  if (!mayAct(tx, scene, activity, act)) return refused('FORBIDDEN_ROLE', { act: act.type })
  // Within one bulk the client counts on the version it saw; the acts before it in the same bulk are its own.
  const seen = scene.before.get(asked.activityId)
  if (seen?.version !== asked.expectedVersion)
    return refused('VERSION_CONFLICT', {
      expected: asked.expectedVersion,
      current: activityView(seen ?? activity),
      changedBy: await changedBy(tx, activity.id),
    })

  const command = commandOf(act)
  const technicianId =
    'technicianId' in command && command.technicianId !== undefined
      ? command.technicianId
      : activity.technicianId
  const technician = technicianId === null ? null : (scene.technicians.get(technicianId) ?? null)
  const board = scene.boards.get(activity.boardId)
  const decided = decide(activity, command, {
    now: tx.now,
    actor: tx.caller,
    progress: order.progress,
    technician,
    facts: {
      calendar: technician?.calendarId ? (scene.calendars.get(technician.calendarId) ?? null) : null,
      neighbours: [...scene.days.values()].filter(
        (other) => other.technicianId === technicianId && other.state !== 'closed',
      ),
      promises: openPromises(order, calendarOf(order, scene.calendars)),
      timeZone: board?.timeZone ?? 'UTC',
      travel: travelOf(board),
      linked: linkedIn(scene, activity),
    },
    strict: !laying && (asked.strict || policyOf(board).strict),
  })
  if (!decided.ok) return { refusal: decided.refusal }
  const { type, warnings } = decided.value
  // However many acts a bulk has for one activity, it is one write: one version up.
  const next = { ...decided.value.activity, version: (seen ?? activity).version + 1 }
  scene.current.set(next.id, next)
  scene.days.set(next.id, next)
  scene.types.set(next.id, type)
  return { activity: next, warnings }
}

/** Those of the same bulk as the acts before have left them. */
const linkedIn = (scene: Scene, activity: Activity): Activity[] =>
  [...scene.current.values(), ...scene.linked].filter((other) => areLinked(activity, other))

function mayAct(tx: Tx, scene: Scene, activity: Activity, act: WireAct): boolean {
  const { role, technicianId } = tx.caller
  const own = technicianId !== null && activity.technicianId === technicianId
  if (act.type === 'field-status' || act.type === 'close') return can(role, 'activity-work', { own })
  return can(role, 'activity-plan', { related: isRelated(activity, scene.related) })
}

function commandOf(act: WireAct): ActivityCommand {
  switch (act.type) {
    case 'assign':
      return {
        type: 'assign',
        technicianId: act.technicianId,
        ...(act.start === undefined ? {} : { start: Date.parse(act.start) }),
        ...(act.end === undefined ? {} : { end: Date.parse(act.end) }),
      }
    case 'reschedule':
      return {
        type: 'reschedule',
        start: Date.parse(act.start),
        end: Date.parse(act.end),
        ...(act.technicianId === undefined ? {} : { technicianId: act.technicianId }),
      }
    default:
      return act
  }
}

async function write(tx: Tx, scene: Scene, done: readonly Done[]): Promise<Acted> {
  const last = [...new Map(done.map((d) => [d.activity.id, d.activity])).values()]
  await tx.updateActivities(last)

  const events: NewEvent[] = []
  const effects: Effect[] = []
  for (const activity of last) {
    const before = scene.before.get(activity.id) ?? null
    // A new board, or one whose last look at the order ended with its last open activity, needs the order first.
    const arrives =
      before?.boardId !== activity.boardId || (before.state === 'closed' && activity.state !== 'closed')
    if (arrives) events.push(...(await orderArrival(tx, activity)))
    events.push(...activityEvents(scene.types.get(activity.id) ?? 'activity-updated', before, activity))
    if (before) await tellTechnicians(tx, before, activity)
  }
  const saved = await fulfil(tx, scene, last)
  return { done: [...done], events: [...events, ...saved.events], effects: [...effects, ...saved.effects] }
}

async function orderArrival(tx: Tx, activity: Activity): Promise<NewEvent[]> {
  const order = (await tx.readOrders([activity.orderId])).get(activity.orderId)
  return order ? orderEvents(tx, 'order-arrived', order, new Set([activity.boardId])) : []
}

/** Notes on the orders' clocks which promises the acts fulfilled. */
async function fulfil(
  tx: Tx,
  scene: Scene,
  activities: readonly Activity[],
): Promise<{ events: NewEvent[]; effects: Effect[] }> {
  const changed = new Map<string, Order>()
  for (const activity of activities) {
    const before = scene.before.get(activity.id)
    const order = changed.get(activity.orderId) ?? scene.locked?.get(activity.orderId)
    const target = before ? targetReached(before, activity) : null
    if (!order || target === null) continue
    // Who is on site has surely responded, even when nobody pressed "dispatch".
    const responded = target === 'arrive' ? reach(order.clock, 'respond', tx.now) : order.clock
    const clock = reach(responded, target, tx.now)
    if (clock !== order.clock) changed.set(order.id, { ...order, clock })
  }
  const events: NewEvent[] = []
  const effects: Effect[] = []
  for (const [id, order] of changed) {
    const before = scene.locked?.get(id)
    if (!before) continue
    const saved = await saveOrder(tx, {
      before,
      order: { ...order, version: before.version + 1 },
      type: 'order-promise-reached',
      boards: await boardsOfOrder(tx, id),
    })
    events.push(...saved.events)
    effects.push(...saved.effects)
  }
  return { events, effects }
}
