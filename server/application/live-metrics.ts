import type { NoticeFrame } from '../contract/live.ts'

/** What the live path counts. Whoever starts the process hands in real counters; tests and tools may count nothing. */
export interface LiveMetrics {
  /** Sockets open now. */
  sockets(count: number): void
  /** Subscriptions open now. */
  subscriptions(count: number): void
  /** So many frames were handed to viewers, with so many events in them together. */
  delivered(events: number, frames: number): void
  snapshot(source: 'memory' | 'redis' | 'postgres'): void
  reset(reason: string): void
  /** A viewer was cut off for not reading. */
  slowViewer(): void
  /** The longest distance, in events, between a board's head and one of its viewers. */
  lag(events: number): void
  /** A viewer's board had another checksum than the server's: never expected. */
  checksumMismatch(): void
  /** Events that reached a tail by way of: the commit itself, Redis, Postgres. */
  tailed(source: 'commit' | 'redis' | 'postgres', events: number): void
  rebuilt(): void
  /** A notice reached this process, of one of the kinds that the contract names. */
  notice(kind: NoticeFrame['kind']): void
}

const nothing = (): void => undefined
export const noMetrics: LiveMetrics = {
  sockets: nothing,
  subscriptions: nothing,
  delivered: nothing,
  snapshot: nothing,
  reset: nothing,
  slowViewer: nothing,
  lag: nothing,
  checksumMismatch: nothing,
  tailed: nothing,
  rebuilt: nothing,
  notice: nothing,
}

/** A line for the log about something that healed or will be tried again. */
export type Report = (what: string, error: unknown) => void
