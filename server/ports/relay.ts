/**
 * The way out of Postgres: effects that committed with a command become jobs and notices.
 *
 * Delivery is at least once. A queue that cannot be reached makes the relay wait; nothing is dropped, because the row
 * stays open until it was handed over.
 */
import type { PointerJob, SlaJob } from '../contract/jobs.ts'
import type { NoticeFrame } from '../contract/live.ts'
import type { Instant } from '../domain/instant.ts'

export type OutboxRow = {
  readonly id: string
  readonly companyId: string
  readonly kind: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly attempts: number
}

export type DueWatch = SlaJob & { readonly dueAt: Instant }

export interface Outbox {
  /** Takes up to `limit` due rows from other relays' sight; each comes back later unless it is finished. */
  claim(limit: number): Promise<OutboxRow[]>
  finish(ids: readonly string[]): Promise<void>
  /** Makes claimed rows due again at once, after their hand-over failed for a reason that is not theirs. */
  release(ids: readonly string[], delayMs: number): Promise<void>
}

export interface JobQueue {
  /** Adds a pointer; the same id twice is one job. Rejects at once while the queue cannot be reached. */
  add(jobs: readonly PointerJob[]): Promise<void>
  /** True when the job is there and not finished. */
  has(queue: PointerJob['queue'], id: string): Promise<boolean>
}

export interface Watches {
  /** Unfired watches of an order that fall due until then. */
  ofOrder(companyId: string, orderId: string, until: Instant): Promise<DueWatch[]>
  /** Across companies: unfired watches that are due now, oldest first. */
  due(limit: number): Promise<DueWatch[]>
}

/** Pushes a passing notice to every browser that watches the board; losing one loses nothing but the notice. */
export type PublishNotice = (companyId: string, notice: NoticeFrame) => Promise<void>
