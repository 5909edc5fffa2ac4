/** Decisions and their explanations in Postgres. The log says what was decided; the explanation is stored beside it. */
import type pg from 'pg'
import type { Actor } from '../../contract/board.ts'
import {
  DECISIONS_AT_ONCE,
  type Decision,
  type Decisions,
  EXPLAIN_LEASE_SECONDS,
  placingTypes,
} from '../../ports/decisions.ts'
import { underWall } from './pools.ts'

type DecisionRow = {
  seq: number
  entity_id: string
  entity_version: number
  at: Date
  actor: Actor
  stands: boolean | null
}

export function createDecisions(pool: pg.Pool): Decisions {
  return {
    async waiting() {
      const { rows } = await pool.query<{ company_id: string; board_id: string }>(
        'SELECT company_id, board_id FROM unexplained_boards()',
      )
      return rows.map((row) => ({ companyId: row.company_id, boardId: row.board_id }))
    },

    async passQuiet() {
      await pool.query('SELECT pass_quiet_logs()')
    },

    claim: ({ companyId, boardId }) =>
      underWall(
        pool,
        companyId,
        async (client) => {
          const { rows } = await client.query<{ seq: number }>(
            `INSERT INTO explained (company_id, board_id, lease_until)
               VALUES ($1, $2, now() + make_interval(secs => $3))
             ON CONFLICT (company_id, board_id) DO UPDATE SET lease_until = excluded.lease_until
               WHERE explained.lease_until IS NULL OR explained.lease_until < now()
             RETURNING seq`,
            [companyId, boardId, EXPLAIN_LEASE_SECONDS],
          )
          const row = rows[0]
          return row ? { companyId, boardId, seq: row.seq } : null
        },
        'writing',
      ),

    after: ({ companyId, boardId, seq }) =>
      underWall(
        pool,
        companyId,
        async (client) => {
          const head = await client.query<{ seq: number }>(
            'SELECT seq FROM board WHERE company_id = $1 AND id = $2',
            [companyId, boardId],
          )
          const { rows } = await client.query<DecisionRow>(
            `SELECT e.seq, e.entity_id, e.entity_version, e.at, e.payload->'actor' AS actor,
                    a.state <> 'closed'
                      AND a.technician_id IS NOT DISTINCT FROM e.payload->'activity'->>'technicianId'
                      AND a.start_at IS NOT DISTINCT FROM (e.payload->'activity'->>'start')::timestamptz AS stands
               FROM board_event e
               LEFT JOIN activity a ON a.company_id = e.company_id AND a.id = e.entity_id
              WHERE e.company_id = $1 AND e.board_id = $2 AND e.seq > $3 AND e.type = ANY ($5)
              ORDER BY e.seq LIMIT $4`,
            [companyId, boardId, seq, DECISIONS_AT_ONCE, placingTypes],
          )
          const decisions = rows.map(decisionOfRow)
          const last = decisions.at(-1)
          const isAll = decisions.length < DECISIONS_AT_ONCE
          return { decisions, upTo: isAll || !last ? (head.rows[0]?.seq ?? seq) : last.seq }
        },
        'snapshot',
      ),

    save: ({ companyId, boardId }, judged, upTo) =>
      underWall(
        pool,
        companyId,
        async (client) => {
          for (const { decision, seq, body } of judged) {
            await client.query(
              `INSERT INTO explanation (company_id, activity_id, activity_version, at, seq, body)
                 SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT 1 FROM activity WHERE company_id = $1 AND id = $2)
               ON CONFLICT (company_id, activity_id, activity_version)
                 DO UPDATE SET seq = excluded.seq, body = explanation.body || excluded.body`,
              [
                companyId,
                decision.activityId,
                decision.activityVersion,
                decision.at,
                seq,
                JSON.stringify(body),
              ],
            )
          }
          await client.query(
            `UPDATE explained SET seq = greatest(seq, $3), lease_until = NULL WHERE company_id = $1 AND board_id = $2`,
            [companyId, boardId, upTo],
          )
        },
        'writing',
      ),
  }
}

const decisionOfRow = (row: DecisionRow): Decision => ({
  seq: row.seq,
  activityId: row.entity_id,
  activityVersion: row.entity_version,
  at: row.at.toISOString(),
  actor: row.actor,
  stands: row.stands ?? false,
})
