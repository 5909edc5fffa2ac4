/**
 * Follows revocations in Postgres, so that whoever loses a session or rights loses the socket within moments, with or
 * without Redis.
 */
import type { Report } from '../application/live-metrics.ts'
import type { LiveGate, SecurityEvent } from '../ports/live.ts'

const LOOK_MS = 400
const PAGE = 1_000

export type RightsWatch = {
  /**
   * The last revocation seen, null while the log could not be read yet. Compare before and after admitting someone:
   * in between one may have passed unseen.
   */
  seen(): number | null
  /** The first look has been taken, with or without success. */
  readonly begun: Promise<void>
  stop(): void
}

export function watchRights(options: {
  gate: LiveGate
  report: Report
  changed: (event: SecurityEvent) => void
}): RightsWatch {
  const { gate, report, changed } = options
  let last: number | null = null
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let failing = false

  const look = async (): Promise<void> => {
    if (last === null) {
      last = await gate.securityHead()
      return
    }
    for (;;) {
      const events = await gate.securityAfter(last)
      for (const event of events) {
        last = event.seq
        changed(event)
      }
      if (events.length < PAGE) return
    }
  }

  const tick = async (): Promise<void> => {
    try {
      await look()
      failing = false
    } catch (error) {
      if (!failing) report('the revocations could not be read', error)
      failing = true
    }
    if (!stopped) timer = setTimeout(tick, LOOK_MS)
  }
  const begun = tick()

  return {
    seen: () => last,
    begun,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
