/**
 * What is measured in real time while a replay plays: from an order on the board to its first place, and from a command to a second
 * watcher; and what became of the plans.
 */
import { randomUUID } from 'node:crypto'
import type { BoardEvent } from '../../contract/board.ts'
import type { OptimisationView } from '../../contract/planning.ts'
import type { Instant } from '../../domain/instant.ts'
import type { Answer, Client } from '../client.ts'
import type { Replay } from './cast.ts'

export type Meter = ReturnType<typeof createMeter>

export function createMeter() {
  const inAt = new Map<string, number>()
  const firstPlanMs = new Map<string, number>()
  const sentAt = new Map<string, number>()
  const commandMs: number[] = []
  const dueAt = new Map<string, string | null>()
  const plans = { count: 0, stale: 0, applied: 0, dropped: 0 }
  return {
    begun: new Map<string, Instant>(),
    doneAt: new Map<string, Instant>(),
    firstPlanMs,
    commandMs,
    /** Deadline of each order as it came in, by external id. */
    dueAt,
    plans,
    sent(key: string, at: number): void {
      sentAt.set(key, at)
    },
    planned(view: OptimisationView): void {
      plans.count++
      if (view.status !== 'done') plans.stale++
      plans.applied += view.applied
      plans.dropped += view.dropped.length
    },
    seen(event: BoardEvent, at: number): void {
      if (event.order && event.order.externalId !== null && !dueAt.has(event.order.externalId)) {
        dueAt.set(
          event.order.externalId,
          event.order.slas.find((s) => s.target === 'complete')?.dueAt ?? null,
        )
      }
      const { activity } = event
      if (!activity) return
      if (!inAt.has(activity.id)) inAt.set(activity.id, at)
      const since = inAt.get(activity.id)
      if (since !== undefined && activity.technicianId !== null && !firstPlanMs.has(activity.id)) {
        firstPlanMs.set(activity.id, at - since)
      }
    },
    seenBySecond(event: BoardEvent, at: number): void {
      if (event.commandId === null) return
      const since = sentAt.get(event.commandId)
      if (since === undefined) return
      sentAt.delete(event.commandId)
      commandMs.push(at - since)
    },
  }
}

export async function timed(
  replay: Replay,
  client: Client,
  method: 'POST',
  path: string,
  body: unknown,
  expectedVersion?: number,
): Promise<Answer> {
  const key = randomUUID()
  replay.meter.sent(key, performance.now())
  return client.send(method, path, {
    body,
    key,
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  })
}
