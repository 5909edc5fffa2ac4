/**
 * One command, one transaction (consistency.md 2.2).
 *
 * The idempotency record, the rows, the numbered events, the effects and the stored answer commit together, and the
 * answer leaves only after the commit. The board's counter is the last lock taken. A connection that breaks around
 * the commit leaves the outcome unknown: it is then read back by key, never guessed and never blindly repeated.
 */
import type pg from 'pg'
import type { BoardEvent } from '../../contract/board.ts'
import type { RefusalCode } from '../../domain/refusal.ts'
import {
  type CommandAnswer,
  type CommandRequest,
  type Commands,
  DoubleBookingError,
  type NewEvent,
  type NumberedEvents,
  type Outcome,
  type Refused,
  type Tx,
} from '../../ports/commands.ts'
import { type Pools, underWall } from './pools.ts'
import { openTx } from './tx.ts'

/** How a refusal is stored: status and problem document. `http/` owns the sentences, so it is handed in. */
export type RefusalWriter = (refused: Refused, request: CommandRequest) => { status: number; body: string }

type Opened = {
  state: 'fresh' | 'replay' | 'mismatch' | 'signed-out'
  http_status: number | null
  response: string | null
  headers: Record<string, string> | null
  role: Tx['caller']['role'] | null
  technician_id: string | null
  monitored_team_ids: string[] | null
  db_now: Date
}

type Closed = { board_id: string; epoch: string; first_seq: number; last_seq: number }

/** Deadlock, serialisation failure, and a lock that was not had in time: the same command may simply be tried again. */
const transient = new Set(['40P01', '40001', '55P03'])
const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Answers about rights are given anew each time: they may change while the key stays the same. */
const neverStored: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['FORBIDDEN_ROLE', 'NOT_FOUND'])

const ATTEMPTS = 4

export class BusyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BusyError'
  }
}

export function createCommands(options: {
  pools: Pools
  newId: () => string
  writeRefusal: RefusalWriter
  /** Told after each commit, best effort: pushes the events towards the boards. Must not throw. */
  afterCommit: (companyId: string, numbered: readonly NumberedEvents[]) => void
}): Commands {
  const { pools, newId } = options

  const attempt = async (
    request: CommandRequest,
    useCase: (tx: Tx) => Promise<Outcome | Refused>,
  ): Promise<CommandAnswer> => {
    const { caller } = request
    // The system's own housekeeping needs no repeatable answer, but is recorded like everything else.
    const key = request.key ?? `system:${newId()}`
    const client = await connect(pools.commands)
    let broken: Error | undefined
    let committing = false
    try {
      // Sent without waiting: the driver queues it before the next statement, which saves a round trip.
      const begun = client.query('BEGIN')
      const opening = client.query<Opened>('SELECT * FROM open_command($1, $2, $3, $4, $5)', [
        caller.companyId,
        caller.userId,
        key,
        Buffer.from(request.requestHash),
        caller.sessionId,
      ])
      const [, { rows }] = await Promise.all([begun, opening])
      const opened = rows[0]
      if (!opened) throw new Error('open_command answered no row')
      if (opened.state !== 'fresh') {
        await client.query('ROLLBACK')
        if (opened.state === 'signed-out') return { kind: 'signed-out' }
        if (opened.state === 'mismatch') return { kind: 'key-reused' }
        return {
          kind: 'answer',
          status: opened.http_status ?? 500,
          body: opened.response ?? '',
          headers: opened.headers ?? {},
          replay: true,
          events: [],
        }
      }
      const now = opened.db_now.getTime()
      const tx = openTx({
        client,
        // Rights as they stand inside this transaction, not as they were when the session was last looked at.
        caller:
          opened.role === null
            ? caller
            : {
                ...caller,
                role: opened.role,
                technicianId: opened.technician_id,
                monitoredTeamIds: opened.monitored_team_ids ?? [],
              },
        now,
        newId,
      })
      await client.query('SAVEPOINT use_case')
      const outcome = await useCase(tx)
      if ('refusal' in outcome) {
        const { status, body } = options.writeRefusal(outcome, request)
        if (neverStored.has(outcome.refusal.code)) {
          await client.query('ROLLBACK')
          return { kind: 'answer', status, body, headers: {}, replay: false, events: [] }
        }
        // A refusal writes nothing but itself.
        await client.query('ROLLBACK TO SAVEPOINT use_case')
        await close(client, request, key, status, body, {}, [], now)
        committing = true
        await client.query('COMMIT')
        return { kind: 'answer', status, body, headers: {}, replay: false, events: [] }
      }
      const body = outcome.body === undefined ? '' : JSON.stringify(outcome.body)
      const headers: Record<string, string> = {}
      if (outcome.version !== undefined) headers.etag = `"${outcome.version}"`
      if (outcome.location !== undefined) headers.location = outcome.location
      const events = outcome.events ?? []
      const payloads = events.map((event) => payloadOf(event, request, key, now))
      const closed = await close(
        client,
        request,
        key,
        outcome.status,
        body,
        headers,
        events,
        now,
        payloads,
        outcome,
      )
      committing = true
      await client.query('COMMIT')
      committing = false
      const numbered = numberedOf(closed, events, payloads)
      if (numbered.length > 0) options.afterCommit(caller.companyId, numbered)
      return {
        kind: 'answer',
        status: outcome.status,
        body,
        headers: { ...headers, ...boardHeaders(numbered) },
        replay: false,
        events: numbered,
      }
    } catch (error) {
      if (committing && sqlState(error) === undefined) {
        // The line broke between COMMIT and its reply. Only the database knows; ask it, on another connection.
        broken = error instanceof Error ? error : new Error(String(error))
        if (request.key === null) throw error
        return await outcomeByKey(pools.commands, request)
      }
      await client.query('ROLLBACK').catch((rollbackError: Error) => {
        broken = rollbackError
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    async run(request, useCase) {
      for (let tried = 1; ; tried++) {
        try {
          return await attempt(request, useCase)
        } catch (error) {
          // Someone else took the span between our look and our write: decide again on what is there now.
          const again = error instanceof DoubleBookingError || transient.has(sqlState(error) ?? '')
          if (!again) throw error
          if (tried >= ATTEMPTS) throw new BusyError('the same rows kept changing', { cause: error })
          await new Promise((resolve) => setTimeout(resolve, tried * 5 + Math.random() * 20))
        }
      }
    },

    async read(companyId, reader) {
      const client = await connect(pools.reads)
      let broken: Error | undefined
      try {
        const begun = client.query('BEGIN READ ONLY')
        const walled = client.query<{ db_now: Date }>(
          "SELECT set_config('app.company', $1, true), now() AS db_now",
          [companyId],
        )
        const [, { rows }] = await Promise.all([begun, walled])
        const tx = openTx({
          client,
          caller: systemCaller(companyId),
          now: rows[0]?.db_now.getTime() ?? 0,
          newId,
        })
        const value = await reader(tx)
        await client.query('COMMIT')
        return value
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

export const systemCaller = (companyId: string, kind: 'system' | 'optimiser' = 'system'): Tx['caller'] => ({
  companyId,
  userId: kind,
  userName: kind === 'optimiser' ? 'Planner' : 'Callboard',
  role: 'administrator',
  technicianId: null,
  customerId: null,
  monitoredTeamIds: [],
  sessionId: null,
  kind,
})

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw new BusyError('no connection to Postgres in time', { cause: error })
  }
}

/** The event as clients will see it, but for its number. */
function payloadOf(
  event: NewEvent,
  request: CommandRequest,
  key: string,
  now: number,
): Omit<BoardEvent, 'seq'> {
  const { caller } = request
  return {
    type: event.type,
    at: new Date(now).toISOString(),
    actor: {
      id: caller.kind === 'user' ? caller.userId : null,
      name: caller.userName,
      kind: caller.kind,
    },
    commandId: key,
    entity: event.entity,
    ...event.body,
  }
}

async function close(
  client: pg.PoolClient,
  request: CommandRequest,
  key: string,
  status: number,
  body: string,
  headers: Record<string, string>,
  events: readonly NewEvent[],
  now: number,
  payloads: readonly Omit<BoardEvent, 'seq'>[] = [],
  outcome?: Outcome,
): Promise<Closed[]> {
  const { rows } = await client.query<Closed>('SELECT * FROM close_command($1, $2, $3, $4, $5, $6, $7, $8)', [
    request.caller.companyId,
    request.caller.userId,
    key,
    status,
    body,
    JSON.stringify(headers),
    events.length === 0
      ? null
      : JSON.stringify(
          events.map((event, i) => ({
            board: event.board,
            type: event.type,
            at: new Date(now).toISOString(),
            entity: event.entity,
            entityId: event.entityId,
            entityVersion: event.entityVersion,
            payload: payloads[i],
          })),
        ),
    outcome?.effects && outcome.effects.length > 0
      ? JSON.stringify(
          outcome.effects.map((effect, i) => ({
            id: `${request.caller.companyId}:${effect.kind}:${effect.dedupeKey}:${i}`,
            kind: effect.kind,
            dedupeKey: effect.dedupeKey,
            payload: effect.payload,
            ...(effect.at === undefined ? {} : { at: new Date(effect.at).toISOString() }),
          })),
        )
      : null,
  ])
  return rows
}

function numberedOf(
  closed: readonly Closed[],
  events: readonly NewEvent[],
  payloads: readonly Omit<BoardEvent, 'seq'>[],
): NumberedEvents[] {
  return closed.map((range) => {
    let seq = range.first_seq
    const items: BoardEvent[] = []
    events.forEach((event, i) => {
      const payload = payloads[i]
      if (event.board === range.board_id && payload) items.push({ seq: seq++, ...payload })
    })
    return { board: range.board_id, epoch: range.epoch, first: range.first_seq, last: range.last_seq, items }
  })
}

function boardHeaders(numbered: readonly NumberedEvents[]): Record<string, string> {
  const first = numbered[0]
  return first ? { 'board-epoch': first.epoch, 'board-seq': String(first.last) } : {}
}

/** What became of a command whose commit went unanswered: its stored answer, or nothing after a short bounded look. */
async function outcomeByKey(pool: pg.Pool, request: CommandRequest): Promise<CommandAnswer> {
  for (let look = 0; look < 10; look++) {
    await new Promise((resolve) => setTimeout(resolve, 100 + look * 50))
    // Postgres may still be away: each look that fails is one of the ten.
    const stored = await storedAnswer(pool, request).catch(() => null)
    if (stored !== null) return stored
  }
  return { kind: 'unknown' }
}

async function storedAnswer(pool: pg.Pool, request: CommandRequest): Promise<CommandAnswer | null> {
  const rows = await underWall(pool, request.caller.companyId, async (client) => {
    const found = await client.query<{
      http_status: number
      response: string
      headers: Record<string, string> | null
    }>(
      `SELECT http_status, response, headers FROM command
       WHERE company_id = $1 AND actor_id = $2 AND key = $3 AND http_status IS NOT NULL`,
      [request.caller.companyId, request.caller.userId, request.key],
    )
    return found.rows
  })
  const row = rows[0]
  if (!row) return null
  return {
    kind: 'answer',
    status: row.http_status,
    body: row.response,
    headers: row.headers ?? {},
    replay: true,
    events: [],
  }
}
