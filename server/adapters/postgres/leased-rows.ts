/**
 * Planning runs and imports as leased rows: claim, renew, give back, finish.
 *
 * Each statement that comes after the claim names the fence, so that a process which slept past its lease changes no
 * row. All times are the database's.
 */
import type pg from 'pg'
import { defaultPolicy } from '../../contract/default-policy.ts'
import {
  ATTEMPTS_MAX,
  type BackgroundScout,
  type Claim,
  type ImportRun,
  type ImportRuns,
  LEASE_SECONDS,
  type NewProposal,
  type OpenImport,
  type OpenRun,
  type PlanningRun,
  type PlanningRuns,
  type Poisoned,
  type RepairScout,
  type RestlessBoard,
  type RunEnd,
  type UnplannedBoard,
} from '../../ports/runs.ts'
import { underWall } from './pools.ts'

/** One statement (or a few) in a writing transaction under a company's wall. */
const inWall = <T>(pool: pg.Pool, companyId: string, work: (client: pg.PoolClient) => Promise<T>) =>
  underWall(pool, companyId, work, 'writing')

const CLAIMABLE = `(status = 'queued' OR (status = 'running' AND lease_until < now()))`
const MINE = `company_id = $1 AND id = $2 AND fence = $3 AND status = 'running'`
const key = (claim: Claim): [string, string, number] => [claim.companyId, claim.id, claim.fence]

/** The table comes from a closed union of names, never from outside. */
function leases(pool: pg.Pool, table: 'optimisation' | 'import') {
  const touched = async (companyId: string, sql: string, values: unknown[]): Promise<boolean> =>
    inWall(pool, companyId, async (client) => ((await client.query(sql, values)).rowCount ?? 0) > 0)
  return {
    touched,
    async claim<Row extends pg.QueryResultRow>(
      companyId: string,
      id: string,
      columns: string,
    ): Promise<Row | Poisoned | null> {
      return inWall(pool, companyId, async (client) => {
        const claimed = await client.query<Row>(
          `UPDATE ${table} SET status = 'running', attempts = attempts + 1, fence = fence + 1,
             lease_until = now() + make_interval(secs => $3)
           WHERE company_id = $1 AND id = $2 AND ${CLAIMABLE} AND attempts < $4
           RETURNING ${columns}`,
          [companyId, id, LEASE_SECONDS, ATTEMPTS_MAX],
        )
        const row = claimed.rows[0]
        if (row) return row
        const spent = await client.query<{ error: string; board_id: string }>(
          `UPDATE ${table} SET status = $4, finished_at = now(), fence = fence + 1,
             error = coalesce(error, 'the process that worked on it ended before it was done') || ' (after ' || attempts || ' attempts)'
           WHERE company_id = $1 AND id = $2 AND ${CLAIMABLE} AND attempts >= $3 RETURNING error, board_id`,
          [companyId, id, ATTEMPTS_MAX, table === 'optimisation' ? 'poisoned' : 'failed'],
        )
        const last = spent.rows[0]
        return last ? { poisoned: last.error, boardId: last.board_id } : null
      })
    },
    renew: (claim: Claim) =>
      touched(
        claim.companyId,
        `UPDATE ${table} SET lease_until = now() + make_interval(secs => $4) WHERE ${MINE}`,
        [...key(claim), LEASE_SECONDS],
      ),
    giveBack: (claim: Claim, options: { error: string; counted: boolean }) =>
      touched(
        claim.companyId,
        `UPDATE ${table} SET status = 'queued', lease_until = NULL, error = $4, attempts = attempts - $5::integer
         WHERE ${MINE}`,
        [...key(claim), options.error, options.counted ? 0 : 1],
      ),
  }
}

export function createPlanningRuns(pool: pg.Pool): PlanningRuns {
  const lease = leases(pool, 'optimisation')
  return {
    async claim(companyId, id) {
      const row = await lease.claim<{
        company_id: string
        id: string
        fence: number
        attempts: number
        board_id: string
        kind: PlanningRun['kind']
        mode: PlanningRun['mode']
        request: Record<string, unknown>
        created_by: string | null
        proposal_id: string | null
      }>(
        companyId,
        id,
        'company_id, id, fence, attempts, board_id, kind, mode, request, created_by, proposal_id',
      )
      if (row === null || 'poisoned' in row) return row
      return {
        companyId,
        id,
        fence: row.fence,
        attempts: row.attempts,
        boardId: row.board_id,
        kind: row.kind,
        mode: row.mode,
        request: row.request,
        createdBy: row.created_by,
        proposalId: row.proposal_id,
      }
    },
    renew: lease.renew,
    giveBack: lease.giveBack,
    setBase: (claim, base) =>
      lease.touched(claim.companyId, `UPDATE optimisation SET base_epoch = $4, base_seq = $5 WHERE ${MINE}`, [
        ...key(claim),
        base.epoch,
        base.seq,
      ]),
    propose: (claim, proposal) =>
      inWall(pool, claim.companyId, (client) => storeProposal(client, claim, proposal)),
    finish: (claim, end) =>
      lease.touched(
        claim.companyId,
        `UPDATE optimisation SET status = $4, finished_at = now(), lease_until = NULL, applied = $5, dropped = $6,
           summary = coalesce($7, summary), error = $8 WHERE ${MINE}`,
        [...key(claim), ...endValues(end)],
      ),
    async open() {
      const { rows } = await pool.query<{
        company_id: string
        id: string
        board_id: string
        status: OpenRun['status']
        expired: boolean
      }>('SELECT company_id, id, board_id, status, expired FROM open_optimisations()')
      return rows.map((row) => ({
        companyId: row.company_id,
        id: row.id,
        boardId: row.board_id,
        status: row.status,
        expired: row.expired ?? false,
      }))
    },
  }
}

const endValues = (end: RunEnd): unknown[] =>
  end.status === 'done'
    ? [
        end.status,
        end.applied,
        JSON.stringify(end.dropped),
        end.summary === null ? null : JSON.stringify(end.summary),
        null,
      ]
    : [end.status, 0, '[]', null, end.error]

async function storeProposal(client: pg.PoolClient, claim: Claim, proposal: NewProposal): Promise<boolean> {
  const mine = await client.query<{ kind: string; fork_id: string | null }>(
    `UPDATE optimisation SET proposal_id = $4, summary = $5 WHERE ${MINE} RETURNING kind, fork_id`,
    [...key(claim), proposal.id, JSON.stringify(proposal.summary)],
  )
  const run = mine.rows[0]
  if (!run) return false
  await client.query(
    `UPDATE proposal p SET status = 'superseded', decided_at = now()
       FROM optimisation o
       WHERE p.company_id = $1 AND p.board_id = $2 AND p.status = 'open'
         AND o.company_id = p.company_id AND o.id = p.optimisation_id AND o.kind = $3
         AND o.fork_id IS NOT DISTINCT FROM $4`,
    [claim.companyId, proposal.boardId, run.kind, run.fork_id],
  )
  await client.query(
    `INSERT INTO proposal (company_id, id, board_id, optimisation_id, base_epoch, base_seq, moves, summary, fork_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      claim.companyId,
      proposal.id,
      proposal.boardId,
      claim.id,
      proposal.baseEpoch,
      proposal.baseSeq,
      JSON.stringify(proposal.moves),
      JSON.stringify(proposal.summary),
      run.fork_id,
    ],
  )
  return true
}

export function createImportRuns(pool: pg.Pool): ImportRuns {
  const lease = leases(pool, 'import')
  return {
    async claim(companyId, id) {
      const row = await lease.claim<{
        fence: number
        attempts: number
        kind: string
        board_id: string
        file_name: string
        options: Record<string, unknown>
        next_line: number
      }>(companyId, id, 'fence, attempts, kind, board_id, file_name, options, next_line')
      if (row === null || 'poisoned' in row) return row
      return {
        companyId,
        id,
        fence: row.fence,
        attempts: row.attempts,
        kind: row.kind,
        boardId: row.board_id,
        fileName: row.file_name,
        options: row.options,
        nextLine: row.next_line,
      } satisfies ImportRun
    },
    renew: lease.renew,
    giveBack: lease.giveBack,
    files: (claim) =>
      inWall(pool, claim.companyId, async (client) => {
        const { rows } = await client.query<{ file: Buffer; rules: Buffer | null }>(
          `SELECT file, rules FROM import WHERE ${MINE}`,
          key(claim),
        )
        const row = rows[0]
        if (!row) throw new Error(`import ${claim.id} is no longer held under fence ${claim.fence}`)
        return row
      }),
    finish: (claim, end) =>
      lease.touched(
        claim.companyId,
        `UPDATE import SET status = $4, finished_at = now(), lease_until = NULL, error = $5 WHERE ${MINE}`,
        [...key(claim), end.status, end.status === 'failed' ? end.error : null],
      ),
    async open() {
      const { rows } = await pool.query<{
        company_id: string
        id: string
        status: OpenImport['status']
        expired: boolean
      }>('SELECT company_id, id, status, expired FROM open_imports()')
      return rows.map((row) => ({
        companyId: row.company_id,
        id: row.id,
        status: row.status,
        expired: row.expired ?? false,
      }))
    },
  }
}

export function createBackgroundScout(pool: pg.Pool): BackgroundScout {
  return {
    async unplanned(asleep) {
      const { rows } = await pool.query<{ company_id: string; board_id: string; auto_apply: boolean }>(
        'SELECT company_id, board_id, auto_apply FROM unplanned_boards($1, $2)',
        [asleep, defaultPolicy.backgroundMinutes],
      )
      return rows.map(
        (row): UnplannedBoard => ({
          companyId: row.company_id,
          boardId: row.board_id,
          autoApply: row.auto_apply,
        }),
      )
    },
  }
}

export function createRepairScout(pool: pg.Pool): RepairScout {
  return {
    async restless() {
      const { rows } = await pool.query<{
        company_id: string
        board_id: string
        seq: number
        repaired_seq: number
        auto_apply: boolean
      }>('SELECT company_id, board_id, seq, repaired_seq, auto_apply FROM restless_boards()')
      return rows.map(
        (row): RestlessBoard => ({
          companyId: row.company_id,
          boardId: row.board_id,
          seq: row.seq,
          repairedSeq: row.repaired_seq,
          autoApply: row.auto_apply,
        }),
      )
    },
    eventsAfter: (board, seq) =>
      inWall(pool, board.companyId, async (client) => {
        const { rows } = await client.query<{ type: string; entity: string }>(
          `SELECT type, entity FROM board_event WHERE board_id = $1 AND seq > $2
             AND payload->'actor'->>'kind' IS DISTINCT FROM 'optimiser' ORDER BY seq LIMIT 500`,
          [board.boardId, seq],
        )
        return rows
      }),
    hasLooseWork: (board) =>
      inWall(pool, board.companyId, async (client) => {
        const { rows } = await client.query<{ loose: boolean }>(
          `SELECT EXISTS (
             SELECT 1 FROM activity WHERE company_id = $1 AND board_id = $2 AND state <> 'closed'
               AND (technician_id IS NULL OR start_at IS NULL
                    OR (start_at < now() AND state = 'undispatched' AND NOT locked)
                    OR (end_at < now() AND field_status IN ('travelling', 'onSite')))) AS loose`,
          [board.companyId, board.boardId],
        )
        return rows[0]?.loose ?? false
      }),
  }
}
