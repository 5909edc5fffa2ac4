/**
 * Tells of SLA warnings and breaches, each once.
 *
 * A watch is a row; firing it is one conditional update, so any number of jobs, sweepers and restarts tell at most
 * once. The state is read again first: a clock that was stopped, cancelled or moved since the watch was planned tells
 * nothing. The notice itself leaves through the outbox, so a crash after the commit loses none.
 */
import type { NoticeFrame } from '../contract/live.ts'
import type { Effect, Outcome, Tx } from '../ports/commands.ts'
import type { DueWatch } from '../ports/relay.ts'

type Told = Pick<DueWatch, 'order' | 'target' | 'percent'>
type FiredRow = { order_id: string; target: string; percent: number; due_at: Date }

/** Fires those of the named watches that are due and whose clock runs; all of one company. */
export async function watchSla(tx: Tx, watches: readonly Told[]): Promise<Outcome> {
  // Locked in id order, as everywhere: a stop that is under way ends first, and then there is nothing to tell.
  await tx.lockOrders([...new Set(watches.map((w) => w.order))].sort())
  const fired = await tx.query<FiredRow>(
    `UPDATE sla_watch w SET fired_at = now()
       FROM jsonb_to_recordset($2::jsonb) AS asked ("order" text, target text, percent integer), service_order o
      WHERE w.company_id = $1 AND w.order_id = asked."order" AND w.target = asked.target AND w.percent = asked.percent
        AND w.fired_at IS NULL AND w.due_at <= now()
        AND o.company_id = w.company_id AND o.id = w.order_id AND o.progress = 'inProcess' AND o.sla_status = 'started'
        AND (w.target = 'complete' OR NOT o.sla_reached ? w.target)
      RETURNING w.order_id, w.target, w.percent, w.due_at`,
    [tx.caller.companyId, JSON.stringify(watches)],
  )
  await settleTheRest(tx, watches)
  if (fired.length === 0) return { status: 200, body: { fired: 0 } }
  const boards = await tx.query<{ order_id: string; board_id: string; activity_id: string }>(
    `SELECT DISTINCT ON (order_id, board_id) order_id, board_id, id AS activity_id FROM activity
      WHERE company_id = $1 AND order_id = ANY ($2) AND state <> 'closed' ORDER BY order_id, board_id, start_at`,
    [tx.caller.companyId, fired.map((f) => f.order_id)],
  )
  const effects = fired.flatMap((f) =>
    boards
      .filter((b) => b.order_id === f.order_id)
      .map(
        (b): Effect => ({
          kind: 'notice',
          dedupeKey: `watch:${f.order_id}:${f.target}:${f.percent}:${f.due_at.getTime()}:${b.board_id}`,
          payload: noticeOf(f, b, tx.now),
        }),
      ),
  )
  return { status: 200, body: { fired: fired.length }, effects }
}

/** Watches of orders that are posted, canceled or no longer running would be found due for ever: put them to rest. */
async function settleTheRest(tx: Tx, watches: readonly Told[]): Promise<void> {
  await tx.query(
    `UPDATE sla_watch w SET due_at = NULL
       FROM jsonb_to_recordset($2::jsonb) AS asked ("order" text, target text, percent integer)
      WHERE w.company_id = $1 AND w.order_id = asked."order" AND w.target = asked.target AND w.percent = asked.percent
        AND w.fired_at IS NULL AND w.due_at <= now()`,
    [tx.caller.companyId, JSON.stringify(watches)],
  )
}

function noticeOf(
  fired: FiredRow,
  where: { board_id: string; activity_id: string },
  now: number,
): NoticeFrame {
  return {
    board: where.board_id,
    kind: fired.percent >= 100 ? 'sla-breach' : 'sla-warning',
    at: new Date(now).toISOString(),
    orderId: fired.order_id,
    activityId: where.activity_id,
    target: fired.target,
    percent: fired.percent,
    dueAt: fired.due_at.toISOString(),
  }
}
