/**
 * One command, one transaction (consistency.md 2.2).
 *
 * The idempotency record, the rows, the numbered events, the effects and the stored answer commit together, and the
 * answer leaves only after the commit. The board's counter is the last lock taken. A connection that breaks around
 * the commit leaves the outcome unknown: it is then read back by key, never guessed and never blindly repeated.
 */
import pg from 'pg'
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
/** The database itself said no. Class 57 is it going away, class 08 the line: those leave the outcome open. */
const isVerdict = (error: unknown): boolean => !/^(08|57)|^$/.test(sqlState(error) ?? '')
const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Answers about rights are given anew each time: they may change while the key stays the same. */
const neverStored: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['FORBIDDEN_ROLE', 'NOT_FOUND'])

const ATTEMPTS = 8

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
      const opened = await open(client, request, key)
      if (opened.state !== 'fresh') {
        await client.query('ROLLBACK')
        return answerOf(opened)
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
      const outcome = await useCase(tx)
      if ('refusal' in outcome) {
        // A refusal writes nothing but itself: what the use case may have touched is undone first.
        await client.query('ROLLBACK')
        const { status, body } = options.writeRefusal(outcome, request)
        const answer: CommandAnswer = { kind: 'answer', status, body, headers: {}, replay: false, events: [] }
        if (neverStored.has(outcome.refusal.code)) return answer
        const again = await open(client, request, key)
        if (again.state !== 'fresh') {
          // The same key was answered elsewhere in between; its answer is the command's answer.
          await client.query('ROLLBACK')
          return answerOf(again)
        }
        committing = true
        await closeAndCommit(
          client,
          request,
          key,
          { status, body, headers: {}, events: [], payloads: [], effects: [] },
          now,
        )
        return answer
      }
      const body = outcome.body === undefined ? '' : JSON.stringify(outcome.body)
      const headers: Record<string, string> = {}
      if (outcome.version !== undefined) headers.etag = `"${outcome.version}"`
      if (outcome.location !== undefined) headers.location = outcome.location
      const events = outcome.events ?? []
      const payloads = events.map((event) => payloadOf(event, request, key, now))
      committing = true
      const closed = await closeAndCommit(
        client,
        request,
        key,
        { status: outcome.status, body, headers, events, payloads, effects: outcome.effects ?? [] },
        now,
      )
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
      if (committing && !isVerdict(error)) {
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

/** Opens the transaction and the command in one round trip. */
async function open(
  client: pg.PoolClient,
  { caller, requestHash }: CommandRequest,
  key: string,
): Promise<Opened> {
  const values = [caller.companyId, caller.userId, key].map(literal).join(', ')
  const hash = `'\\x${Buffer.from(requestHash).toString('hex')}'::bytea`
  const [, opened] = await several<Opened>(
    client,
    `BEGIN; SELECT * FROM open_command(${values}, ${hash}, ${literal(caller.sessionId)})`,
  )
  const row = opened?.rows[0]
  if (!row) throw new Error('open_command answered no row')
  return row
}

function answerOf(opened: Opened): CommandAnswer {
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

type Closing = {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly events: readonly NewEvent[]
  readonly payloads: readonly Omit<BoardEvent, 'seq'>[]
  readonly effects: NonNullable<Outcome['effects']>
}

/**
 * Numbers the events, stores the answer and commits, in one round trip: the board's counter is locked for as long as
 * the server needs, and never for as long as this process is busy with something else.
 */
async function closeAndCommit(
  client: pg.PoolClient,
  { caller }: CommandRequest,
  key: string,
  closing: Closing,
  now: number,
): Promise<Closed[]> {
  const at = new Date(now).toISOString()
  const events = closing.events.map((event, i) => ({
    board: event.board,
    type: event.type,
    at,
    entity: event.entity,
    entityId: event.entityId,
    entityVersion: event.entityVersion,
    payload: closing.payloads[i],
  }))
  const effects = closing.effects.map((effect, i) => ({
    id: `${caller.companyId}:${effect.kind}:${effect.dedupeKey}:${i}`,
    kind: effect.kind,
    dedupeKey: effect.dedupeKey,
    payload: effect.payload,
    ...(effect.at === undefined ? {} : { at: new Date(effect.at).toISOString() }),
  }))
  const json = (list: readonly unknown[]): string =>
    list.length === 0 ? 'NULL' : literal(JSON.stringify(list))
  const values = [
    literal(caller.companyId),
    literal(caller.userId),
    literal(key),
    String(closing.status),
    literal(closing.body),
    literal(JSON.stringify(closing.headers)),
    json(events),
    json(effects),
  ]
  const [closed] = await several<Closed>(client, `SELECT * FROM close_command(${values.join(', ')}); COMMIT`)
  return closed?.rows ?? []
}

/** Values go in as literals, because statements that travel together cannot have parameters. */
const literal = (value: string | null): string => (value === null ? 'NULL' : pg.escapeLiteral(value))

/** Several statements in one round trip. The first that fails is thrown, and none after it is run. */
async function several<Row extends pg.QueryResultRow>(
  client: pg.PoolClient,
  text: string,
): Promise<pg.QueryResult<Row>[]> {
  // The driver answers an array as soon as the text holds more than one statement; its types know only one.
  const answered: unknown = await client.query(text)
  if (!Array.isArray(answered)) throw new Error('several statements were sent as one')
  return answered as pg.QueryResult<Row>[]
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
