/**
 * `npm run bench:live`: the live path beside its yardsticks, each pair in one run.
 *
 * 1. Durable commands on one hot board, beside what `pgbench` commits with the same row writes on the same server.
 * 2. The same commands coalesced, a hundred per request.
 * 3. CPU per event delivered to boards, beside a bare `ws` broadcast of the same bytes to as many sockets.
 * 4. Opening a board of ten thousand activities: time to the last byte, and bytes on the wire.
 *
 * Rounds alternate; the report gives medians. CPU seconds come from /proc, so they are Linux only.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { io, type Socket } from 'socket.io-client'
import { WebSocket } from 'ws'
import { budgets } from './budgets.ts'
import { apiOf, type BoardSeed, makeBoards } from './teams/boards.ts'
import { type System, startSystem, useOf } from './teams/system.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    viewers: { type: 'string', default: '300' },
    activities: { type: 'string', default: '10000' },
  },
})
const rounds = Number(options.rounds)
const seconds = Number(options.seconds)
const CLIENTS = 16

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const note = (text: string): void => void process.stderr.write(`${text}\n`)

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
type Answer = { status: number; body: string; wireBytes: number; ms: number }

function ask(
  url: string,
  method: string,
  path: string,
  token: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${url}/api/v1${path}`,
      {
        method,
        agent,
        timeout: 60_000,
        headers: {
          authorization: `Bearer ${token}`,
          ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const raw = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            body: response.headers['content-encoding'] ? '' : raw.toString('utf8'),
            wireBytes: raw.length,
            ms: performance.now() - started,
          })
        })
      },
    )
    request.on('error', reject)
    request.on('timeout', () => request.destroy(new Error('no answer within a minute')))
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function tokenOf(system: System): Promise<string> {
  const person = system.users.find((user) => user.role === 'manager')
  const answer = await fetch(`${system.urls[0]}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ company: system.company, email: person?.email, password: person?.password }),
  })
  return ((await answer.json()) as { token: string }).token
}

// ---------------------------------------------------------------- 1 and 2: commands

type Bar = { id: string; version: number }

async function barsOf(url: string, token: string, boardId: string): Promise<Bar[]> {
  const answer = await ask(url, 'GET', `/boards/${boardId}`, token, undefined, {
    'accept-encoding': 'identity',
  })
  return (JSON.parse(answer.body) as { activities: Bar[] }).activities
}

/** Each client moves its own bars back and forth, so that commands meet only at the board's counter. */
async function hotBoard(url: string, token: string, bars: Bar[]): Promise<number> {
  const until = performance.now() + seconds * 1_000
  let done = 0
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const mine = bars.filter((_bar, i) => i % CLIENTS === client)
      for (let n = 0; performance.now() < until; n++) {
        const bar = mine[n % mine.length]
        if (!bar) return
        const answer = await ask(url, 'POST', `/activities/${bar.id}/prioritise`, token, {
          priority: n % 2 === 0 ? 'high' : 'normal',
          expectedVersion: bar.version,
        })
        if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`)
        bar.version = (JSON.parse(answer.body) as Bar).version
        done++
      }
    }),
  )
  return done / seconds
}

async function bulk(url: string, token: string, boardId: string, bars: Bar[]): Promise<number> {
  const until = performance.now() + seconds * 1_000
  let done = 0
  for (let n = 0; performance.now() < until; n++) {
    const some = bars.slice(0, 100)
    const answer = await ask(url, 'POST', `/boards/${boardId}/commands`, token, {
      commands: some.map((bar) => ({
        type: 'prioritise',
        activityId: bar.id,
        expectedVersion: bar.version,
        priority: n % 2 === 0 ? 'low' : 'high',
      })),
    })
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`)
    const { results } = JSON.parse(answer.body) as { results: Bar[] }
    results.forEach((result, i) => {
      const bar = some[i]
      if (bar) bar.version = result.version
    })
    done += some.length
  }
  return done / seconds
}

/** The rows a command writes, without rules, HTTP and answers: the yardstick's script. */
const pgbenchScript = `\\set a random(1, 100)
BEGIN;
INSERT INTO bench.command (company_id, actor_id, key, request_hash) VALUES ('c', 'u', gen_random_uuid()::text, '\\x00');
SELECT * FROM bench.activity WHERE company_id = 'c' AND id = 'a' || :a FOR UPDATE;
UPDATE bench.activity SET version = version + 1, priority = 'high' WHERE company_id = 'c' AND id = 'a' || :a;
UPDATE bench.board SET seq = seq + 1 WHERE company_id = 'c' AND id = 'b';
INSERT INTO bench.board_event (company_id, board_id, seq, type, at, entity, entity_id, entity_version, payload)
  SELECT 'c', 'b', seq, 'x', now(), 'activity', 'a' || :a, 1, json_build_object('pad', repeat('x', 900)) FROM bench.board;
COMMIT;
`

async function preparePgbench(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`
    DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench;
    CREATE TABLE bench.command (LIKE public.command INCLUDING ALL);
    CREATE TABLE bench.activity (LIKE public.activity INCLUDING ALL);
    CREATE TABLE bench.board (LIKE public.board INCLUDING ALL);
    CREATE TABLE bench.board_event (LIKE public.board_event INCLUDING ALL);
    INSERT INTO bench.board (company_id, id, name) VALUES ('c', 'b', 'b');
    INSERT INTO bench.activity (company_id, id, number, board_id, order_id, duration_minutes, created_at)
      SELECT 'c', 'a' || n, 'A', 'b', 'o', 60, now() FROM generate_series(1, 100) n`)
  await client.end()
}

function pgbench(databaseUrl: string, script: string): number | null {
  const ran = spawnSync(
    'pgbench',
    ['-n', '-M', 'prepared', '-c', '8', '-j', '2', '-T', String(seconds), '-f', script, databaseUrl],
    { encoding: 'utf8', timeout: (seconds + 30) * 1_000 },
  )
  const tps = /tps = ([\d.]+)/.exec(ran.stdout ?? '')
  return tps ? Number(tps[1]) : null
}

// ---------------------------------------------------------------- 3: deliveries

async function viewersOf(
  url: string,
  token: string,
  boardId: string,
  count: number,
  onBytes: (n: number) => void,
): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let i = 0; i < count; i++) {
    const ticket = JSON.parse((await ask(url, 'POST', '/socket-tickets', token, {})).body) as {
      ticket: string
    }
    const socket = io(`${url}/live`, {
      transports: ['websocket'],
      forceNew: true,
      auth: ticket,
      reconnection: false,
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect_error', reject)
      socket.once('snapshot', () => resolve())
      socket.once('connect', () => socket.emit('subscribe', { board: boardId }))
    })
    let ackAt = 0
    socket.on('events', (frame: { to: number; items: unknown[] }) => {
      onBytes(frame.items.length)
      // Cumulative, and the window is hundreds of events: once a second is what the board's page does as well.
      if (performance.now() - ackAt < 1_000) return
      ackAt = performance.now()
      socket.emit('ack', { board: boardId, seq: frame.to })
    })
    socket.on('heartbeat', (frame: { head: number }) =>
      socket.emit('ack', { board: boardId, seq: frame.head }),
    )
    sockets.push(socket)
  }
  return sockets
}

const EVENTS_PER_SECOND = 20

/** CPU µs of the viewers' server per delivered event, while another server takes the commands. */
async function deliver(
  system: System,
  token: string,
  seed: BoardSeed,
  bars: Bar[],
): Promise<{ us: number; bytes: number; delivered: number }> {
  const [viewerUrl, commandUrl] = system.urls
  const [pid] = [system.pids.server ?? []].flat()
  if (!viewerUrl || !commandUrl || !pid) throw new Error('two servers are needed')
  let delivered = 0
  let bytes = 0
  const sockets = await viewersOf(viewerUrl, token, seed.id, Number(options.viewers), (n) => {
    delivered += n
  })
  sockets[0]?.io.engine.on('packet', (packet: { data?: string }) => {
    if (packet.data?.includes('"events"')) bytes += packet.data.length
  })
  await pause(1_500)
  const before = useOf(pid).cpuSeconds
  const start = delivered
  await paced(seconds * EVENTS_PER_SECOND, 1_000 / EVENTS_PER_SECOND, async (n) => {
    const bar = bars[n % bars.length]
    if (!bar) return
    const answer = await ask(commandUrl, 'POST', `/activities/${bar.id}/prioritise`, token, {
      priority: n % 2 === 0 ? 'high' : 'low',
      expectedVersion: bar.version,
    })
    bar.version = (JSON.parse(answer.body) as Bar).version
  })
  await pause(500)
  const cpu = useOf(pid).cpuSeconds - before
  const got = delivered - start
  for (const socket of sockets) socket.disconnect()
  return { us: (cpu / got) * 1e6, bytes: bytes / (seconds * EVENTS_PER_SECOND), delivered: got }
}

/** The yardstick: a process that does nothing but send the same bytes to as many sockets at the same pace. */
async function bareBroadcast(bytes: number): Promise<number> {
  const file = fileURLToPath(new URL('./bare-broadcast.mjs', import.meta.url))
  const child = spawn(
    process.execPath,
    [file, String(Math.round(bytes)), String(1_000 / EVENTS_PER_SECOND)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  try {
    const port = Number(await firstOutput(child))
    let got = 0
    const sockets = await Promise.all(
      Array.from({ length: Number(options.viewers) }, async () => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}`)
        await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
        socket.on('message', () => got++)
        return socket
      }),
    )
    await pause(1_500)
    // The child was spawned above and has answered, so it has a pid.
    const pid = child.pid as number
    const before = useOf(pid).cpuSeconds
    const start = got
    await pause(seconds * 1_000)
    const us = ((useOf(pid).cpuSeconds - before) / (got - start)) * 1e6
    for (const socket of sockets) socket.terminate()
    return us
  } finally {
    child.kill()
  }
}

function firstOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString()))
    child.once('exit', () => reject(new Error('the yardstick ended early')))
  })
}

async function paced(count: number, gapMs: number, act: (n: number) => Promise<void>): Promise<void> {
  const started = performance.now()
  for (let n = 0; n < count; n++) {
    await pause(started + n * gapMs - performance.now())
    await act(n)
  }
}
const pause = (ms: number): Promise<void> =>
  ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))

// ---------------------------------------------------------------- the report

const system = await startSystem({
  servers: 2,
  workers: 1,
  environment: { COMMANDS_PER_SECOND: '100000', COMMAND_BURST: '100000', LOG_LEVEL: 'warn' },
})
const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'))
try {
  const api = await apiOf(system)
  const token = await tokenOf(system)
  const url = system.urls[0] ?? ''
  const [hot] = await makeBoards(api, 1, 160)
  if (!hot) throw new Error('no board')
  const bars = await barsOf(url, token, hot.id)
  const script = join(folder, 'writes.sql')
  writeFileSync(script, pgbenchScript)
  await preparePgbench(system.databaseUrl)

  const ours: number[] = []
  const theirs: number[] = []
  const coalesced: number[] = []
  for (let round = 1; round <= rounds; round++) {
    note(`commands, round ${round}`)
    ours.push(await hotBoard(url, token, bars))
    const tps = pgbench(system.databaseUrl, script)
    if (tps !== null) theirs.push(tps)
    coalesced.push(await bulk(url, token, hot.id, bars))
  }

  const delivery: number[] = []
  const bare: number[] = []
  let bytes = 0
  let delivered = 0
  for (let round = 1; round <= rounds; round++) {
    note(`deliveries, round ${round}`)
    const one = await deliver(system, token, hot, bars)
    delivery.push(one.us)
    bytes = one.bytes
    delivered += one.delivered
    bare.push(await bareBroadcast(bytes))
  }

  note(`opening a board of ${options.activities} activities`)
  const [large] = await makeBoards(api, 1, 1)
  if (!large) throw new Error('no board')
  const order = await api('POST', '/orders', {
    description: 'Large board',
    customerId: (await api('POST', '/customers', { name: 'Large board' })).id,
  })
  const count = Number(options.activities)
  const day = Date.now() + 86_400_000
  for (let n = 1; n < count; n += CLIENTS)
    await Promise.all(
      Array.from({ length: Math.min(CLIENTS, count - n) }, (_, i) =>
        api('POST', '/activities', {
          orderId: order.id,
          boardId: large.id,
          durationMinutes: 30,
          start: new Date(day + (n + i) * 60_000).toISOString(),
          end: new Date(day + (n + i) * 60_000 + 1_800_000).toISOString(),
        }),
      ),
    )
  const cold: number[] = []
  const warm: number[] = []
  let wire = 0
  const [touched] = await barsOf(url, token, large.id)
  for (let round = 0; round < 7; round++) {
    if (touched) {
      // A change makes the kept copy stale, so the next opening is a first one.
      const answer = await ask(url, 'POST', `/activities/${touched.id}/prioritise`, token, {
        priority: round % 2 === 0 ? 'high' : 'low',
        expectedVersion: touched.version,
      })
      touched.version = (JSON.parse(answer.body) as Bar).version
      await pause(300)
    }
    const first = await ask(url, 'GET', `/boards/${large.id}`, token, undefined, {
      'accept-encoding': 'gzip',
    })
    cold.push(first.ms)
    wire = first.wireBytes
    warm.push(
      (await ask(url, 'GET', `/boards/${large.id}`, token, undefined, { 'accept-encoding': 'gzip' })).ms,
    )
  }

  const share = theirs.length > 0 ? median(ours) / median(theirs) : Number.NaN
  const { openBoard } = budgets
  process.stdout.write(`## bench:live

Machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; everything on this one machine. Medians of ${rounds} rounds of ${seconds} s.

| measure | ours | yardstick | ratio | goal |
| --- | ---: | ---: | ---: | --- |
| durable commands/s on one hot board, ${CLIENTS} clients | ${median(ours).toFixed(0)} | pgbench ${theirs.length > 0 ? median(theirs).toFixed(0) : 'not installed'} | ${share.toFixed(2)} | ≥ ${budgets.hotBoardShareOfPgbench} |
| commands/s, 100 per request | ${median(coalesced).toFixed(0)} | | | ≥ ${budgets.bulkCommandsPerSecond} |
| CPU µs per delivered event (${bytes.toFixed(0)} bytes, ${options.viewers} viewers, ${delivered} deliveries) | ${median(delivery).toFixed(1)} | bare ws ${median(bare).toFixed(1)} | ${(median(delivery) / median(bare)).toFixed(2)} | ≤ ${budgets.deliveryCpuOverBareWs} |
| opening ${count} activities, ms to the last byte, changed since the last opening | ${median(cold).toFixed(0)} | | | ≤ ${openBoard.firstPictureMs} |
| opening it again | ${median(warm).toFixed(0)} | | | |
| bytes on the wire | ${wire} | | | ≤ ${openBoard.wireBytes} |

Memory: ${[system.pids.server ?? []]
    .flat()
    .map((pid, i) => `server ${i + 1} ${useOf(pid).rssMb.toFixed(0)} MB`)
    .join(', ')}.
`)
} finally {
  rmSync(folder, { recursive: true, force: true })
  agent.destroy()
  await system.stop()
}
