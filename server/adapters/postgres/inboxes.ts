/** Technicians' inboxes in Postgres. The entry keeps number and kind; activity and order are shown as they stand now. */
import type pg from 'pg'
import { type ActivityView, activityView } from '../../contract/activity.ts'
import type { InboxItem } from '../../contract/live.ts'
import type { Inboxes } from '../../ports/live.ts'
import { readOrderViews } from './event-log.ts'
import { type Pools, underWall } from './pools.ts'
import { type ActivityRow, activityColumns, activityOfRow } from './rows/activity.ts'

type InboxRow = {
  seq: number
  kind: InboxItem['kind']
  at: Date
  activity_id: string
  activity_version: number
}

export function createInboxes(pools: Pick<Pools, 'reads' | 'tail'>): Inboxes {
  return {
    async heads(technicianIds) {
      if (technicianIds.length === 0) return []
      const { rows } = await pools.tail.query<{
        company_id: string
        technician_id: string
        seq: number
        received: number
      }>('SELECT * FROM inbox_heads($1)', [technicianIds])
      return rows.map((row) => ({
        companyId: row.company_id,
        technicianId: row.technician_id,
        seq: row.seq,
        received: row.received,
      }))
    },

    // A restore gives every board a new epoch, so any one board of the company tells. Ids sort by age: the first stays.
    epoch: (companyId) =>
      underWall(pools.reads, companyId, async (client) => {
        const { rows } = await client.query<{ epoch: string }>(
          'SELECT epoch FROM board WHERE company_id = $1 ORDER BY id LIMIT 1',
          [companyId],
        )
        return rows[0]?.epoch ?? 'none'
      }),

    after: (companyId, technicianId, seq, limit) =>
      underWall(pools.reads, companyId, async (client) => {
        const { rows } = await client.query<InboxRow>(
          `SELECT seq, kind, at, activity_id, activity_version FROM inbox
            WHERE company_id = $1 AND technician_id = $2 AND seq > $3 ORDER BY seq LIMIT $4`,
          [companyId, technicianId, seq, limit],
        )
        const activities = await ownActivities(
          client,
          companyId,
          technicianId,
          rows.map((row) => row.activity_id),
        )
        const orderIds = [...new Set([...activities.values()].map((activity) => activity.orderId))]
        const orders = new Map(
          (await readOrderViews(client, companyId, orderIds)).map((order) => [order.id, order]),
        )
        return rows.map((row) => {
          // What has gone to someone else since is no longer this technician's to see.
          const activity = row.kind === 'removed' ? null : (activities.get(row.activity_id) ?? null)
          return {
            seq: row.seq,
            kind: row.kind,
            at: row.at.toISOString(),
            activityId: row.activity_id,
            activityVersion: row.activity_version,
            activity,
            order: activity ? (orders.get(activity.orderId) ?? null) : null,
          }
        })
      }),

    async received(companyId, technicianId, seq) {
      const client = await pools.reads.connect()
      let broken: Error | undefined
      try {
        await client.query('BEGIN')
        await client.query("SELECT set_config('app.company', $1, true)", [companyId])
        await client.query(
          `UPDATE technician SET inbox_received = greatest(inbox_received, least($3, inbox_seq))
            WHERE company_id = $1 AND id = $2 AND inbox_received < least($3, inbox_seq)`,
          [companyId, technicianId, seq],
        )
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK').catch((rollbackError: Error) => {
          broken = rollbackError
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
  }
}

async function ownActivities(
  client: pg.PoolClient,
  companyId: string,
  technicianId: string,
  ids: readonly string[],
): Promise<Map<string, ActivityView>> {
  if (ids.length === 0) return new Map()
  const { rows } = await client.query<ActivityRow>(
    `SELECT ${activityColumns.join(', ')} FROM activity
      WHERE company_id = $1 AND technician_id = $2 AND id = ANY ($3)`,
    [companyId, technicianId, ids],
  )
  return new Map(rows.map((row) => [row.id, activityView(activityOfRow(row))]))
}
