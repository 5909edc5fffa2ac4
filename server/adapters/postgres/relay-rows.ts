/**
 * Outbox and SLA watches as the relay sees them. Pointers come across companies through the owner's functions; what is
 * behind one is read under that company's wall.
 */
import type pg from 'pg'
import type { SlaJob } from '../../contract/jobs.ts'
import type { DueWatch, Outbox, OutboxRow, Watches } from '../../ports/relay.ts'
import { underWall } from './pools.ts'
import { stamp } from './rows/stamp.ts'

export function createOutbox(pool: pg.Pool): Outbox {
  return {
    async claim(limit) {
      const { rows } = await pool.query<{
        id: string
        company_id: string
        kind: string
        payload: Record<string, unknown>
        attempts: number
      }>('SELECT id, company_id, kind, payload, attempts FROM claim_outbox($1)', [limit])
      return rows.map(
        (row): OutboxRow => ({
          id: row.id,
          companyId: row.company_id,
          kind: row.kind,
          payload: row.payload,
          attempts: row.attempts,
        }),
      )
    },
    async finish(ids) {
      if (ids.length > 0) await pool.query('SELECT finish_outbox($1)', [ids])
    },
    async release(ids, delayMs) {
      if (ids.length > 0) await pool.query('SELECT release_outbox($1, $2)', [ids, delayMs])
    },
  }
}

type WatchRow = {
  company_id: string
  order_id: string
  target: SlaJob['target']
  percent: number
  due_at: Date
}
const watchOf = (row: WatchRow): DueWatch => ({
  company: row.company_id,
  order: row.order_id,
  target: row.target,
  percent: row.percent,
  dueAt: row.due_at.getTime(),
})

export function createWatches(pool: pg.Pool): Watches {
  return {
    async ofOrder(companyId, orderId, until) {
      return underWall(pool, companyId, async (client) => {
        const { rows } = await client.query<WatchRow>(
          `SELECT company_id, order_id, target, percent, due_at FROM sla_watch
             WHERE company_id = $1 AND order_id = $2 AND fired_at IS NULL AND due_at IS NOT NULL AND due_at <= $3`,
          [companyId, orderId, stamp(until)],
        )
        return rows.map(watchOf)
      })
    },
    async due(limit) {
      const { rows } = await pool.query<WatchRow>(
        'SELECT company_id, order_id, target, percent, due_at FROM due_sla_watches(now(), $1)',
        [limit],
      )
      return rows.map(watchOf)
    },
  }
}
