/**
 * Learning from the log: which work ended, and when it was sent, set out for and begun.
 *
 * One company learns in one process at a time (an advisory lock), since boards share types; the cursor moves in the same
 * transaction as the tallies.
 */
import type pg from 'pg'
import type { ActivityView } from '../../contract/activity.ts'
import { defaultPolicy } from '../../contract/default-policy.ts'
import type { BoardPolicy } from '../../contract/policy.ts'
import type { Place } from '../../domain/activity/activity.ts'
import { MINUTE } from '../../domain/instant.ts'
import { travelMinutes } from '../../domain/plan/travel.ts'
import type { Finished, Subject, Tallies } from '../../domain/risk/learn.ts'
import type { Tally } from '../../domain/risk/spread.ts'
import type { Lessons } from '../../ports/lessons.ts'
import { underWall } from './pools.ts'

/** Numbers of the log looked through at once, and a lock that no other part of the application takes. */
const STRETCH = 5_000
const LESSON_LOCK = 7_402_116

type FinishedRow = {
  activity: ActivityView
  ended_at: Date
  sent_at: Date | null
  left_at: Date | null
  began_at: Date | null
  closed_before: Date | null
  from_place: Place | null
}

export function createLessons(pool: pg.Pool): Lessons {
  return {
    async unlearned() {
      const { rows } = await pool.query<{ company_id: string; board_id: string }>(
        'SELECT company_id, board_id FROM unlearned_boards()',
      )
      return rows.map((row) => ({ companyId: row.company_id, boardId: row.board_id }))
    },

    learnNext: ({ companyId, boardId }, fold) =>
      underWall(
        pool,
        companyId,
        async (client) => {
          const { rows: lock } = await client.query<{ mine: boolean }>(
            'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS mine',
            [LESSON_LOCK, companyId],
          )
          if (!lock[0]?.mine) return 0
          const { rows } = await client.query<{ head: number; seq: number; policy: BoardPolicy }>(
            `SELECT b.seq AS head, coalesce(l.seq, 0) AS seq, b.policy FROM board b
               LEFT JOIN learned l ON l.company_id = b.company_id AND l.board_id = b.id
              WHERE b.company_id = $1 AND b.id = $2`,
            [companyId, boardId],
          )
          const place = rows[0]
          if (!place) return 0
          const upTo = Math.min(place.head, place.seq + STRETCH)
          const finished = await finishedBetween(client, {
            companyId,
            boardId,
            after: place.seq,
            upTo,
            policy: place.policy,
          })
          if (finished.length > 0)
            await keep(client, companyId, fold(await talliesOf(client, companyId), finished))
          await client.query(
            `INSERT INTO learned (company_id, board_id, seq) VALUES ($1, $2, $3)
             ON CONFLICT (company_id, board_id) DO UPDATE SET seq = excluded.seq`,
            [companyId, boardId, upTo],
          )
          return finished.length
        },
        'writing',
      ),
  }
}

type Stretch = {
  companyId: string
  boardId: string
  after: number
  upTo: number
  policy: BoardPolicy
}

async function finishedBetween(client: pg.PoolClient, stretch: Stretch): Promise<Finished[]> {
  const { rows } = await client.query<FinishedRow>(
    `SELECT e.payload->'activity' AS activity, e.at AS ended_at, h.sent_at, h.left_at, h.began_at, h.closed_before,
            coalesce(p.place, t.home) AS from_place
       FROM board_event e
       JOIN LATERAL (
         SELECT min(x.at) FILTER (WHERE x.type = 'activity-dispatched') AS sent_at,
                max(x.at) FILTER (WHERE x.payload->'activity'->>'fieldStatus' = 'travelling') AS left_at,
                max(x.at) FILTER (WHERE x.payload->'activity'->>'fieldStatus' = 'onSite') AS began_at,
                max(x.at) FILTER (WHERE x.type = 'activity-closed') AS closed_before
           FROM board_event x
          WHERE x.company_id = e.company_id AND x.entity_id = e.entity_id AND x.at < e.at
            AND x.type IN ('activity-dispatched', 'activity-field-status', 'activity-closed')
       ) h ON true
       LEFT JOIN technician t ON t.company_id = e.company_id AND t.id = e.payload->'activity'->>'technicianId'
       LEFT JOIN LATERAL (
         SELECT a.place FROM activity a
          WHERE a.company_id = e.company_id AND a.board_id = e.board_id AND a.state = 'closed'
            AND a.technician_id = t.id AND a.place IS NOT NULL AND a.id <> e.entity_id
            AND a.end_at BETWEEN h.left_at - interval '12 hours' AND h.left_at + interval '12 hours'
            AND a.closed_at BETWEEN h.left_at - interval '6 hours' AND h.left_at
          ORDER BY a.closed_at DESC LIMIT 1
       ) p ON true
      WHERE e.company_id = $1 AND e.board_id = $2 AND e.seq > $3 AND e.seq <= $4 AND e.type = 'activity-closed'
        AND e.payload->'activity'->>'closedCause' = 'finished'
      ORDER BY e.seq`,
    [stretch.companyId, stretch.boardId, stretch.after, stretch.upTo],
  )
  const travel = { ...defaultPolicy, ...stretch.policy }
  return rows.map((row) => finishedOf(row, stretch.boardId, travel))
}

function finishedOf(
  row: FinishedRow,
  boardId: string,
  travel: { speedKmh: number; roadFactor: number },
): Finished {
  const { activity } = row
  const closedBefore = row.closed_before?.getTime() ?? 0
  // What was reported before it was closed for the first time belongs to that time.
  const since = (at: Date | null): number | null =>
    at !== null && at.getTime() > closedBefore ? at.getTime() : null
  const beganAt = since(row.began_at)
  const leftAt = since(row.left_at)
  const planned =
    activity.start !== null && activity.end !== null
      ? (Date.parse(activity.end) - Date.parse(activity.start)) / MINUTE
      : activity.durationMinutes
  return {
    boardId,
    typeId: activity.typeId,
    priority: activity.priority,
    plannedMinutes: planned,
    plannedTravelMinutes:
      row.from_place === null || activity.place === null
        ? null
        : travelMinutes(row.from_place, activity.place, travel),
    askedAt: Math.max(
      Date.parse(activity.createdAt),
      activity.earliestStart === null ? 0 : Date.parse(activity.earliestStart),
    ),
    sentAt: since(row.sent_at),
    leftAt: beganAt !== null && leftAt !== null && leftAt < beganAt ? leftAt : null,
    beganAt,
    endedAt: row.ended_at.getTime(),
  }
}

type TallyRow = { subject: Subject; key: string; count: number; sum: number; sum_squares: number }

export async function talliesOf(client: pg.PoolClient, companyId: string): Promise<Tallies> {
  const { rows } = await client.query<TallyRow>(
    'SELECT subject, key, count, sum, sum_squares FROM forecast_tally WHERE company_id = $1',
    [companyId],
  )
  const tallies = new Map<Subject, Map<string, Tally>>()
  for (const row of rows) {
    const of = tallies.get(row.subject) ?? new Map<string, Tally>()
    tallies.set(row.subject, of)
    of.set(row.key, { count: row.count, sum: row.sum, sumSquares: row.sum_squares })
  }
  return tallies
}

async function keep(client: pg.PoolClient, companyId: string, tallies: Tallies): Promise<void> {
  const rows = [...tallies].flatMap(([subject, of]) =>
    [...of].map(([key, tally]) => ({ subject, key, ...tally })),
  )
  await client.query(
    `INSERT INTO forecast_tally (company_id, subject, key, count, sum, sum_squares)
       SELECT $1, r.subject, r.key, r.count, r.sum, r."sumSquares"
         FROM jsonb_to_recordset($2::jsonb)
           AS r (subject text, key text, count float8, sum float8, "sumSquares" float8)
     ON CONFLICT (company_id, subject, key) DO UPDATE
       SET count = excluded.count, sum = excluded.sum, sum_squares = excluded.sum_squares`,
    [companyId, JSON.stringify(rows)],
  )
}
