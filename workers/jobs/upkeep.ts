/**
 * Upkeep of the database: partitions ahead, old commands and sessions away. Harmless to run twice, so every worker does
 * it by its own clock and no queue is needed for it.
 */
import { type Loop, startLoop } from './relay.ts'

const EVERY_MS = 6 * 3_600_000
const FIRST_MS = 60_000

export function startUpkeep(parts: {
  pool: { query(sql: string): Promise<unknown> }
  onError: (what: string, error: unknown) => void
}): Loop {
  let isFirst = true
  return startLoop(
    async () => {
      if (isFirst) {
        isFirst = false
        return FIRST_MS
      }
      await parts.pool.query('SELECT maintain()')
      await parts.pool.query('SELECT forget_explanations()')
      return EVERY_MS
    },
    (error) => parts.onError('upkeep', error),
  )
}
