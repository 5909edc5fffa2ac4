/**
 * The technicians of a replay at work: on site, done, the order's clock stopped at that instant of city time.
 *
 * The surprising rule: how long work takes hangs on its identity alone, so two replays of one file do the same.
 */
import type { ActivityView } from '../../contract/activity.ts'
import type { OrderView } from '../../contract/order.ts'
import { type Instant, MINUTE } from '../../domain/instant.ts'
import { bodyOf } from '../client.ts'
import { anyDispatcher, caughtUp, type Replay, running, SEED, type Technician } from './cast.ts'
import { timed } from './meter.ts'

/** Lets the technicians work from one instant to another; answers how much was finished. */
export async function work(replay: Replay, from: Instant, to: Instant): Promise<number> {
  const mine = new Map<string, ActivityView[]>()
  for (const activity of running(replay)) {
    if (activity.technicianId === null) continue
    mine.set(activity.technicianId, [...(mine.get(activity.technicianId) ?? []), activity])
  }
  const finished = await Promise.all(
    [...mine].map(async ([id, activities]) => {
      const technician = replay.fleet.get(id)
      return technician ? dayOf(replay, technician, activities, { from, to }) : 0
    }),
  )
  await caughtUp(replay, anyDispatcher(replay))
  return finished.reduce((a, b) => a + b, 0)
}

async function dayOf(
  replay: Replay,
  technician: Technician,
  activities: readonly ActivityView[],
  span: { from: Instant; to: Instant },
): Promise<number> {
  let count = 0
  // Dispatched work has a start.
  const inOrder = [...activities].sort((a, b) => Date.parse(a.start ?? '') - Date.parse(b.start ?? ''))
  for (const activity of inOrder) {
    const begun = replay.meter.begun.get(activity.id)
    const beginsAt = begun ?? Math.max(Date.parse(activity.start ?? ''), technician.freeAt)
    if (beginsAt >= span.to) return count
    let { version } = activity
    if (begun === undefined) {
      const onSite = await step(replay, technician, activity.id, version, 'onSite')
      if (onSite === null) continue
      version = onSite
      replay.meter.begun.set(activity.id, beginsAt)
    }
    const doneAt = beginsAt + activity.durationMinutes * MINUTE * lengthFactor(activity.id)
    technician.freeAt = doneAt
    if (doneAt > span.to) return count
    if ((await step(replay, technician, activity.id, version, 'done')) === null) continue
    replay.meter.doneAt.set(activity.orderId, doneAt)
    await stopClock(replay, activity.orderId, doneAt)
    count++
  }
  return count
}

/** Work takes between seven tenths and one and a half of its plan, and always the same for the same activity. */
function lengthFactor(id: string): number {
  let hash = SEED
  for (const char of id) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  return 0.7 + (hash % 1000) / 1250
}

/** The new version, or null when the step was refused: then the work is no longer this technician's. */
async function step(
  replay: Replay,
  technician: Technician,
  activityId: string,
  version: number,
  fieldStatus: 'onSite' | 'done',
): Promise<number | null> {
  const path = `/activities/${activityId}/field-status`
  let answer = await timed(replay, technician.client, 'POST', path, { fieldStatus }, version)
  if (answer.status === 412) {
    const now = bodyOf<ActivityView>('an activity', await technician.client.get(`/activities/${activityId}`))
    answer = await timed(replay, technician.client, 'POST', path, { fieldStatus }, now.version)
  }
  if (answer.status >= 500) bodyOf('a step', answer)
  return answer.status < 300 ? (answer.body as ActivityView).version : null
}

async function stopClock(replay: Replay, orderId: string, at: Instant): Promise<void> {
  const order = replay.follower.orders.get(orderId)
  if (order?.slaStatus !== 'started') return
  const client = anyDispatcher(replay)
  const path = `/orders/${orderId}/sla/stop`
  const startedAt = Math.max(...order.slas.map((s) => (s.startedAt === null ? 0 : Date.parse(s.startedAt))))
  // A start that was aligned to an opening later than the work: the clock has not run at all.
  const body = { at: new Date(Math.max(at, startedAt + 1000)).toISOString() }
  let answer = await timed(replay, client, 'POST', path, body, order.version)
  if (answer.status === 412) {
    const now = bodyOf<OrderView>('an order', await client.get(`/orders/${orderId}`))
    answer = await timed(replay, client, 'POST', path, body, now.version)
  }
  bodyOf('stopping a clock', answer)
}
