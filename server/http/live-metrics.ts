/** The live path's counters as Prometheus sees them. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { LiveMetrics } from '../application/live-metrics.ts'

export function liveMetricsOf(registry: Registry): LiveMetrics {
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `callboard_live_${name}`, help, labelNames, registers })
  const gauge = (name: string, help: string) => new Gauge({ name: `callboard_live_${name}`, help, registers })

  const sockets = gauge('sockets', 'Sockets open now')
  const subscriptions = gauge('subscriptions', 'Board subscriptions open now')
  const lag = gauge('lag_events', 'Longest distance in events between a board and one of its viewers')
  const delivered = counter('delivered_events_total', 'Events delivered, once per viewer')
  const frames = counter('frames_total', 'Frames handed to viewers')
  const snapshots = counter('snapshots_total', 'Snapshots served, by source', ['source'])
  const resets = counter('resets_total', 'Viewers sent back to a snapshot, by reason', ['reason'])
  const slow = counter('slow_viewers_total', 'Viewers cut off for not reading')
  const mismatches = counter(
    'checksum_mismatches_total',
    'Viewers whose board had another checksum: never expected',
  )
  const tailed = counter('tailed_events_total', 'Events that reached a tail, by source', ['source'])
  const rebuilt = counter('boards_rebuilt_total', 'Boards built anew in Redis')
  const notices = counter(
    'notices_total',
    'Notices to boards by kind; travel-fallback is planning by straight lines',
    ['kind'],
  )
  return {
    sockets: (count) => sockets.set(count),
    subscriptions: (count) => subscriptions.set(count),
    lag: (events) => lag.set(events),
    delivered(events, count) {
      delivered.inc(events)
      frames.inc(count)
    },
    snapshot: (source) => snapshots.inc({ source }),
    reset: (reason) => resets.inc({ reason }),
    slowViewer: () => slow.inc(),
    checksumMismatch: () => mismatches.inc(),
    tailed: (source, events) => tailed.inc({ source }, events),
    rebuilt: () => rebuilt.inc(),
    notice: (kind) => notices.inc({ kind }),
  }
}
