/**
 * A fault drill: people work on a board while its processes die, its caches are emptied and its lines are cut; then
 * everything that was promised is counted.
 *
 * Writers retry the same key until they have an answer, as any client would. What must hold at the end: every accepted
 * command is in the log exactly once, no unanswered one more than once, the log has no gap, and every follower, the
 * live board and a fresh snapshot show the same records. The judge reads the database; the players only the API.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { BoardSnapshot } from '../contract/board.ts'
import { boardChecksum } from '../contract/checksum.ts'
import type { ImportView } from '../contract/imports.ts'
import { type BoardFollower, followBoard } from './board-follower.ts'
import { bodyOf, type Client, signIn } from './client.ts'
import { cutLine } from './cut-line.ts'
import { signal } from './processes.ts'
import { run as replay } from './replay/replay.ts'
import { startSystem, type TestSystem } from './test-system.ts'

export type DrillOptions = {
  /** Quiet time between two faults. */
  readonly spacingMs: number
  /** How long one client's line stays cut. */
  readonly cutMs: number
  readonly writers: number
  readonly followers: number
  readonly bars: number
  /** A 311 export that is imported meanwhile, or replayed to its end with simulated technicians. */
  readonly file?: { readonly data: string; readonly rules: string; readonly how: 'import' | 'replay' }
  readonly say: (text: string) => void
}

export type DrillReport = {
  readonly faults: readonly string[]
  readonly acknowledged: number
  readonly unanswered: number
  readonly lost: number
  readonly doubled: number
  readonly gaps: number
  readonly brokenChains: number
  readonly followersEqual: number
  readonly followers: number
  readonly liveBoardEqual: boolean
  readonly longestSilenceMs: number
  readonly imported: Pick<ImportView, 'read' | 'created' | 'unchanged' | 'refused'> | null
  readonly doubledOrders: number
  /** What the replay returned; 0 is its own word for having come to the end with an exact sum. */
  readonly replayed: number | null
  /** Boards of the company, beside the one that was worked on, whose live state differs from the database. */
  readonly otherBoardsDiffering: number
}

type Ledger = { acknowledged: Set<string>; unanswered: Set<string>; stop: boolean }
type Bar = { id: string; version: number }

export async function drill(options: DrillOptions): Promise<DrillReport> {
  const { say } = options
  const system = await startSystem({
    servers: 2,
    workers: 2,
    environment: { COMMANDS_PER_SECOND: '10000', COMMAND_BURST: '10000', LOG_LEVEL: 'warn' },
  })
  const closing: (() => unknown)[] = []
  try {
    const client = await clientOf(system, system.urls, 'manager')
    // A board of its own: what else goes on in the company must not finish the writers' work.
    const made = await client.send('POST', '/boards', { body: { name: 'Fault drill', timeZone: 'UTC' } })
    const boardId = bodyOf<{ id: string }>('board', made).id
    const bars = await makeBars(client, boardId, options.bars)
    const { file } = options
    const importing = file?.how === 'import' ? await startImport(client, boardId, file) : null
    const replaying =
      file?.how === 'replay'
        ? replay(['--data', file.data, '--rules', file.rules, '--speed', '0'], system)
        : null
    say(`${bars.length} bars on the board${file ? `, ${file.how} running` : ''}`)

    let heardAt = performance.now()
    let longestSilenceMs = 0
    const line = await cutLine(system.urls[0] ?? '')
    closing.push(() => line.close())
    const followers: BoardFollower[] = []
    for (let n = 0; n < options.followers; n++) {
      const urls = n === 0 ? [line.url] : n % 2 === 0 ? system.urls : [...system.urls].reverse()
      // The first follower is the one whose line is cut; its own silence is wanted, so the second one keeps time.
      const follower = followBoard({ ...client, urls }, boardId, () => {
        if (n !== 1) return
        longestSilenceMs = Math.max(longestSilenceMs, performance.now() - heardAt)
        heardAt = performance.now()
      })
      followers.push(follower)
      closing.push(() => follower.close())
    }
    const ledger: Ledger = { acknowledged: new Set(), unanswered: new Set(), stop: false }
    const writing = Array.from({ length: options.writers }, (_, n) =>
      write(
        client,
        ledger,
        bars.filter((_bar, i) => i % options.writers === n),
      ),
    )
    await pause(options.spacingMs)

    const mended = cutFor(line, options.cutMs)
    const faults = [`line of one client cut for ${options.cutMs / 1000} s`]
    for (const [name, strike] of nemesis(system)) {
      say(`fault: ${name}; ${ledger.acknowledged.size} accepted so far`)
      await strike()
      faults.push(name)
      await pause(options.spacingMs)
    }
    await mended
    const replayed = await replaying
    await pause(options.spacingMs)
    ledger.stop = true
    await Promise.all(writing)
    const imported = importing === null ? null : await importEnd(client, importing)
    say(`quiet; ${ledger.acknowledged.size} accepted, ${ledger.unanswered.size} without an answer`)
    return {
      faults,
      acknowledged: ledger.acknowledged.size,
      unanswered: ledger.unanswered.size,
      longestSilenceMs: Math.round(longestSilenceMs),
      imported,
      replayed,
      ...(await judge(system, client, boardId, ledger, followers)),
    }
  } finally {
    for (const close of closing) await close()
    await system.stop()
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function clientOf(system: TestSystem, urls: readonly string[], role: string): Promise<Client> {
  const user = system.users.find((one) => one.role === role)
  if (!user) throw new Error(`the demo has no ${role}`)
  return signIn(urls, { company: system.company, email: user.email, password: user.password })
}

async function makeBars(client: Client, boardId: string, count: number): Promise<Bar[]> {
  const customers = bodyOf<{ items: { id: string }[] }>('customers', await client.get('/customers?limit=1'))
  const order = bodyOf<{ id: string }>(
    'order',
    await client.send('POST', '/orders', {
      body: { description: 'Fault drill', customerId: customers.items[0]?.id },
    }),
  )
  const bars: Bar[] = []
  for (let n = 0; n < count; n++)
    bars.push(
      bodyOf<Bar>(
        'activity',
        await client.send('POST', '/activities', { body: { orderId: order.id, boardId } }),
      ),
    )
  return bars
}

/** Moves the writer's own bars until told to stop, learning versions from answers. */
async function write(client: Client, ledger: Ledger, bars: Bar[]): Promise<void> {
  for (let n = 0; !ledger.stop; n++) {
    const bar = bars[n % bars.length]
    if (!bar) return
    const key = `drill-${randomUUID()}`
    try {
      const answer = await client.send('POST', `/activities/${bar.id}/prioritise`, {
        body: { priority: n % 2 === 0 ? 'high' : 'low' },
        expectedVersion: bar.version,
        key,
        withinMs: 90_000,
      })
      if (answer.status === 200) {
        ledger.acknowledged.add(key)
        bar.version = (answer.body as Bar).version
      } else if (answer.status === 412) {
        // Somebody else (the planner) moved it: take the version that stands.
        bar.version = (answer.body as { details: { current: Bar } }).details.current.version
      } else throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
    } catch (error) {
      ledger.unanswered.add(key)
      if (error instanceof Error && !error.message.includes('no answer')) throw error
    }
    await pause(30)
  }
}

async function cutFor(line: { cut(): void; mend(): void }, ms: number): Promise<void> {
  line.cut()
  await pause(ms)
  line.mend()
}

function nemesis(system: TestSystem): [string, () => Promise<void>][] {
  const kill = (
    role: 'server' | 'worker' | 'redis' | 'postgres',
    index: number,
    how: NodeJS.Signals = 'SIGKILL',
  ) => {
    const pid = system.pidsNow()[role][index]
    if (pid !== undefined) signal(pid, how)
  }
  const flush = async (url: string): Promise<void> => {
    const redis = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: 3_000, lazyConnect: true })
    redis.on('error', () => undefined)
    try {
      await redis.connect()
      await redis.flushall()
    } finally {
      redis.disconnect()
    }
  }
  return [
    ['SIGKILL of server 1', async () => kill('server', 0)],
    ['SIGKILL of server 2', async () => kill('server', 1)],
    ['SIGKILL of a worker', async () => kill('worker', 0)],
    ['FLUSHALL of the board’s Redis', () => flush(system.redis.board)],
    ['SIGKILL of the board’s Redis, restarted empty', async () => kill('redis', 0)],
    ['FLUSHALL of the queue’s Redis', () => flush(system.redis.queue)],
    ['SIGKILL of the queue’s Redis', async () => kill('redis', 1)],
    ['immediate stop of Postgres', async () => kill('postgres', 0, 'SIGQUIT')],
    [
      'server 1 frozen for 8 s',
      async () => {
        const pid = system.pidsNow().server[0]
        if (pid === undefined) return
        signal(pid, 'SIGSTOP')
        await pause(8_000)
        signal(pid, 'SIGCONT')
      },
    ],
    [
      'SIGKILL of both servers at once',
      async () => {
        kill('server', 0)
        kill('server', 1)
      },
    ],
  ]
}

async function startImport(
  client: Client,
  boardId: string,
  file: { data: string; rules: string },
): Promise<string> {
  const [data, rules] = await Promise.all([readFile(file.data), readFile(file.rules)])
  const answer = await client.send('POST', '/imports', {
    form: () => {
      const form = new FormData()
      form.set('kind', '311')
      form.set('board', boardId)
      form.set('closed', 'as-open')
      form.set('file', new Blob([new Uint8Array(data)]), basename(file.data))
      form.set('rules', new Blob([new Uint8Array(rules)]), basename(file.rules))
      return form
    },
  })
  return bodyOf<{ id: string }>('import', answer).id
}

async function importEnd(client: Client, id: string): Promise<ImportView> {
  const until = performance.now() + 300_000
  for (;;) {
    const view = bodyOf<ImportView>('import', await client.get(`/imports/${id}`))
    if (view.status !== 'queued' && view.status !== 'running') return view
    if (performance.now() > until) throw new Error(`the import is still ${view.status} after five minutes`)
    await pause(500)
  }
}

async function judge(
  system: TestSystem,
  client: Client,
  boardId: string,
  ledger: Ledger,
  followers: readonly BoardFollower[],
) {
  const db = new pg.Client({ connectionString: system.databaseUrl })
  await db.connect()
  try {
    // The planner may still be answering the last change; a board is quiet when its head stands for two seconds.
    let head = -1
    for (let looks = 0; looks < 60; looks++) {
      const { rows } = await db.query<{ seq: string }>('SELECT seq FROM board WHERE id = $1', [boardId])
      const now = Number(rows[0]?.seq)
      if (now === head) break
      head = now
      await pause(2_000)
    }
    const caught = await Promise.allSettled(followers.map((follower) => follower.reached(head, 15_000)))
    const snapshot = bodyOf<BoardSnapshot>('snapshot', await client.get(`/boards/${boardId}`))
    const truth = await db.query<{ id: string; version: string; state: string }>(
      `SELECT id, version, state FROM activity WHERE board_id = $1 AND state <> 'closed'`,
      [boardId],
    )
    const sum = boardChecksum(truth.rows.map((row) => ({ ...row, version: Number(row.version) })))
    const counts = await db.query<{ command_id: string; n: string }>(
      `SELECT command_id, count(*) AS n FROM board_event WHERE board_id = $1 AND command_id LIKE 'drill-%' GROUP BY 1`,
      [boardId],
    )
    const inLog = new Map(counts.rows.map((row) => [row.command_id, Number(row.n)]))
    const audit = await db.query<{ gaps: string; broken: string; doubled_orders: string }>(
      `SELECT (SELECT max(seq) - count(*) FROM board_event WHERE board_id = $1) AS gaps,
              (SELECT count(*) FROM (
                 SELECT entity_version - lag(entity_version) OVER (PARTITION BY entity_id ORDER BY seq) AS step
                 FROM board_event WHERE board_id = $1 AND entity = 'activity') s WHERE step <> 1) AS broken,
              (SELECT count(*) FROM (SELECT external_id FROM service_order WHERE external_id IS NOT NULL
                 GROUP BY company_id, external_id HAVING count(*) > 1) d) AS doubled_orders`,
      [boardId],
    )
    return {
      otherBoardsDiffering: await otherBoards(system, db, client, boardId),
      lost: [...ledger.acknowledged].filter((key) => !inLog.has(key)).length,
      doubled: [...inLog].filter(([, n]) => n > 1).length,
      gaps: Number(audit.rows[0]?.gaps),
      brokenChains: Number(audit.rows[0]?.broken),
      doubledOrders: Number(audit.rows[0]?.doubled_orders),
      followers: followers.length,
      followersEqual: followers.filter(
        (follower, i) =>
          caught[i]?.status === 'fulfilled' && boardChecksum(follower.activities.values()) === sum,
      ).length,
      liveBoardEqual: snapshot.seq === head && boardChecksum(snapshot.activities) === sum,
    }
  } finally {
    await db.end()
  }
}

/** Compares the live state of every other board that the client may see with the database. */
async function otherBoards(
  system: TestSystem,
  db: pg.Client,
  client: Client,
  except: string,
): Promise<number> {
  const { rows } = await db.query<{
    id: string
    activities: { id: string; version: number; state: string }[]
  }>(
    `SELECT b.id, coalesce(json_agg(json_build_object('id', a.id, 'version', a.version, 'state', a.state))
              FILTER (WHERE a.state <> 'closed'), '[]') AS activities
       FROM board b JOIN company c ON c.id = b.company_id LEFT JOIN activity a ON a.board_id = b.id
       WHERE b.id <> $1 AND c.code = $2 GROUP BY b.id`,
    [except, system.company],
  )
  let differing = 0
  for (const row of rows) {
    const live = bodyOf<BoardSnapshot>('snapshot', await client.get(`/boards/${row.id}`))
    if (boardChecksum(live.activities) !== boardChecksum(row.activities)) differing++
  }
  return differing
}

/** What must hold, as sentences; empty when the drill was passed. */
export function failings(report: DrillReport): string[] {
  const out: string[] = []
  const none = (n: number, what: string): void => {
    if (n !== 0) out.push(`${n} ${what}`)
  }
  none(report.lost, 'accepted commands lost')
  none(report.doubled, 'commands with two effects')
  none(report.gaps, 'numbers missing in the log')
  none(report.brokenChains, 'steps of more or less than one version')
  none(report.doubledOrders, 'imported orders doubled')
  none(report.followers - report.followersEqual, 'followers with another board')
  none(report.otherBoardsDiffering, 'other boards that differ from the database')
  if (report.replayed !== null && report.replayed !== 0) out.push('the replay did not come to its end')
  if (!report.liveBoardEqual) out.push('the live board differs from the database')
  if (report.acknowledged === 0) out.push('nothing was accepted, so nothing was tried')
  const { imported } = report
  if (imported && imported.read !== imported.created + imported.unchanged + imported.refused)
    out.push('the import’s rows do not add up')
  return out
}
