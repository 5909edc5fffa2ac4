/**
 * `npm run demo -- --data FILE --speed N`: a real 311 file, replayed through the running system to its end.
 *
 * Time. Nothing is shifted or scaled: the whole replay happens at the file's own instants. Rows come in by the import
 * path in the order in which they were opened, a step of city time at once, so their clocks start at the true `open_dt`
 * and deadlines can be compared with `target_dt` as they are. The planner is asked to plan as of the step's instant
 * (a span that lies wholly in the past is planned as of its start), so shifts, travel and lateness are judged in city
 * time too. Simulated technicians sign in as themselves and report on site and done; when they finish, the order's
 * clock is stopped at that instant of city time. Only latencies are real time: from a row's order on the board to its
 * first place, and from a command to a second socket client.
 * `--speed N` paces the steps: N seconds of city time to one real second; 0, or more than the machine can do, is as fast
 * as it goes. What the report calls "kept" is the system's own compliance record, not this file's arithmetic.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { ActivityView } from '../contract/activity.ts'
import type { BoardEvent } from '../contract/board.ts'
import type { ImportView } from '../contract/imports.ts'
import type { OrderView } from '../contract/order.ts'
import type { OptimisationView } from '../contract/planning.ts'
import { localOf } from '../domain/calendar/local-time.ts'
import { bostonZone, type ImportedRow, layoutOf, readRow } from '../domain/import/boston-311.ts'
import { localReader } from '../domain/import/city-time.ts'
import { csvRecords } from '../domain/import/csv.ts'
import { readRules, ruleBook } from '../domain/import/rules-311.ts'
import { type Trade, trades } from '../domain/import/trade.ts'
import { HOUR, type Instant, MINUTE } from '../domain/instant.ts'
import { type BoardFollower, followBoard } from './board-follower.ts'
import { type Answer, bodyOf, type Client, signIn } from './client.ts'
import type { RunningSystem } from './running-system.ts'
import { dice } from './storm-generator.ts'

const STEP = 30 * MINUTE
const PLAN_AHEAD = 120 * HOUR
const PLAN_BUDGET_MS = 250
const FLEET = 70
const FLEET_PASSWORD = 'callboard-demo'
/** Work that is not done by then is told as open. */
const DAYS_AFTER_LAST_ROW = 30
const SHIFT = { from: '07:00', to: '19:00' }
const SEED = 311

export async function run(argv: string[], system: RunningSystem): Promise<number> {
  const asked = readArguments(argv)
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`)
  }
  const source = await readSource(asked.data, asked.rules)
  say(
    `${source.rows.length} rows that can be used, ${source.unusable.length} that cannot, from ${basename(asked.data)}`,
  )
  const replay = await setUp(system, source)
  try {
    await playThrough(replay, source, asked.speed, say)
    const report = await reportOn(replay, source)
    say(tellReport(report))
    if (asked.report !== null) await writeFile(asked.report, `${JSON.stringify(report, null, 2)}\n`)
    return report.exact ? 0 : 1
  } finally {
    replay.follower.close()
    replay.second.close()
  }
}

function readArguments(argv: string[]): {
  data: string
  rules: string | null
  speed: number
  report: string | null
} {
  const { values } = parseArgs({
    args: argv,
    strict: false,
    options: {
      data: { type: 'string' },
      rules: { type: 'string' },
      speed: { type: 'string' },
      report: { type: 'string' },
    },
  })
  const { data, rules, speed, report } = values
  if (typeof data !== 'string') throw new Error('--data FILE.csv names the file to replay')
  const beside = join(dirname(data), 'sla_rules_inferred.csv')
  const number = Number(typeof speed === 'string' ? speed : 0)
  if (!Number.isFinite(number) || number < 0) throw new Error('--speed is a number from 0')
  return {
    data,
    rules: typeof rules === 'string' ? rules : existsSync(beside) ? beside : null,
    speed: number,
    report: typeof report === 'string' ? report : null,
  }
}

// ---------------------------------------------------------------- the file

type Source = {
  header: readonly string[]
  /** In the order in which they were opened. */
  rows: { row: ImportedRow; fields: readonly string[] }[]
  unusable: { line: number; fields: readonly string[] | null; reason: string }[]
  rulesText: string | null
}

async function readSource(file: string, rulesFile: string | null): Promise<Source> {
  const bytes = await readFile(file)
  const text = new TextDecoder().decode(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes)
  const rulesText = rulesFile === null ? null : await readFile(rulesFile, 'utf8')
  const rules = rulesText === null ? { rules: [] } : readRules(rulesText)
  if ('error' in rules) throw new Error(rules.error)
  const book = ruleBook(rules.rules)
  const readLocal = localReader(bostonZone)
  const source: Source = { header: [], rows: [], unusable: [], rulesText }
  let layout: ReturnType<typeof layoutOf> = null
  for (const record of csvRecords(text)) {
    if ('error' in record) {
      source.unusable.push({ line: record.line, fields: null, reason: record.error })
      continue
    }
    if (layout === null) {
      layout = layoutOf(record.fields)
      if (layout === null) throw new Error(`${basename(file)} has no header of a known layout`)
      source.header = record.fields
      continue
    }
    const read = readRow(record.fields, { layout, book, readLocal })
    if ('refused' in read)
      source.unusable.push({ line: record.line, fields: record.fields, reason: read.refused })
    else source.rows.push({ row: read.row, fields: record.fields })
  }
  source.rows.sort((a, b) => a.row.openedAt - b.row.openedAt)
  return source
}

const csvLine = (fields: readonly string[]): string =>
  fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')

// ---------------------------------------------------------------- the company

type Technician = { id: string; client: Client; freeAt: Instant }

type Replay = {
  board: string
  /** People who may dispatch; requests go round, because each has a limit of his own. */
  dispatchers: Client[]
  fleet: Map<string, Technician>
  follower: BoardFollower
  /** A second pair of eyes: what it sees is what another dispatcher sees. */
  second: BoardFollower
  meter: Meter
  imports: ImportView[]
  rulesText: string | null
}

async function setUp(system: RunningSystem, source: Source): Promise<Replay> {
  const board = system.boards[0]?.id
  if (board === undefined) throw new Error('the system has no board')
  const people = await Promise.all(
    system.users
      .filter((user) => ['dispatcher', 'manager', 'administrator'].includes(user.role))
      .map(async (user) => ({
        role: user.role,
        client: await signIn(system.urls, {
          company: system.company,
          email: user.email,
          password: user.password,
        }),
      })),
  )
  const admin = people.find((one) => one.role === 'administrator')?.client
  const dispatchers = people.filter((one) => one.role !== 'administrator').map((one) => one.client)
  const first = dispatchers[0]
  if (!admin || !first) throw new Error('the replay needs an administrator and a dispatcher to sign in as')
  const meter = createMeter()
  const fleet = await hireFleet(system, admin, source)
  const follower = followBoard(first, board, (event, at) => meter.seen(event, at))
  const second = followBoard(dispatchers.at(-1) ?? first, board, (event, at) => meter.seenBySecond(event, at))
  await Promise.all([follower.reached(0, 30_000), second.reached(0, 30_000)])
  return { board, dispatchers, fleet, follower, second, meter, imports: [], rulesText: source.rulesText }
}

/** Seventy people with the trades that the file's work needs, in proportion, living where the work is. */
async function hireFleet(
  system: RunningSystem,
  admin: Client,
  source: Source,
): Promise<Map<string, Technician>> {
  const teams = bodyOf<{ items: { id: string; boardId: string | null }[] }>(
    'teams',
    await admin.get('/teams?limit=50'),
  )
  const team = teams.items.find((one) => one.boardId === system.boards[0]?.id)
  if (!team) throw new Error('the board has no team')
  await sendHome(admin)
  const day = [SHIFT]
  const week = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }
  const calendar = bodyOf<{ id: string }>(
    'making the roster',
    await admin.send('POST', '/calendars', {
      body: { code: `REPLAY-${randomUUID().slice(0, 8)}`, name: 'Replay roster', timeZone: bostonZone, week },
    }),
  )
  const d = dice(SEED)
  const places = source.rows.flatMap(({ row }) => (row.place ? [row.place] : []))
  const shares = tradeShares(source)
  const fleet = new Map<string, Technician>()
  const batch = randomUUID().slice(0, 6)
  const hire = async (i: number, trade: Trade): Promise<void> => {
    const near = places.length > 0 ? d.pick(places) : null
    const other = d.pick(shares).trade
    const made = bodyOf<{ id: string }>(
      'hiring',
      await admin.send('POST', '/technicians', {
        body: {
          name: `${trades[trade].skill} ${String(i + 1).padStart(2, '0')}`,
          code: `R${batch}-${i + 1}`,
          teamId: team.id,
          calendarId: calendar.id,
          skills: [...new Set([trades[trade].skill, trades[other].skill])].map((skill) => ({
            skill,
            level: 2,
          })),
          home: near && { lat: near.lat + d.bell() * 0.01, lon: near.lon + d.bell() * 0.01 },
        },
      }),
    )
    const email = `replay-${batch}-${i + 1}@city.example`
    bodyOf(
      'making a sign-in',
      await admin.send('POST', '/users', {
        body: {
          email,
          name: `Technician ${i + 1}`,
          role: 'technician',
          technicianId: made.id,
          password: FLEET_PASSWORD,
        },
      }),
    )
    const client = await signIn(system.urls, { company: system.company, email, password: FLEET_PASSWORD })
    fleet.set(made.id, { id: made.id, client, freeAt: 0 })
  }
  const wanted = shares.flatMap(({ trade, count }) => Array.from({ length: count }, () => trade))
  // A few at a time: each sign-in is slow on purpose.
  for (let i = 0; i < wanted.length; i += 4) {
    await Promise.all(wanted.slice(i, i + 4).map((trade, k) => hire(i + k, trade)))
  }
  return fleet
}

/** The company's own ten would take work that nobody here simulates. */
async function sendHome(admin: Client): Promise<void> {
  const all = bodyOf<{ items: { id: string; version: number; active: boolean }[] }>(
    'technicians',
    await admin.get('/technicians?limit=200'),
  )
  for (const one of all.items.filter((t) => t.active)) {
    bodyOf(
      'sending home',
      await admin.send('PATCH', `/technicians/${one.id}`, {
        body: { active: false },
        expectedVersion: one.version,
      }),
    )
  }
}

function tradeShares(source: Source): { trade: Trade; count: number }[] {
  const minutes = new Map<Trade, number>()
  for (const { row } of source.rows) {
    minutes.set(row.trade, (minutes.get(row.trade) ?? 0) + trades[row.trade].minutes + 15)
  }
  const sum = [...minutes.values()].reduce((a, b) => a + b, 0)
  return [...minutes].map(([trade, own]) => ({ trade, count: Math.max(2, Math.round((FLEET * own) / sum)) }))
}

// ---------------------------------------------------------------- the play

async function playThrough(
  replay: Replay,
  source: Source,
  speed: number,
  say: (text: string) => void,
): Promise<void> {
  const first = source.rows[0]?.row.openedAt
  const last = source.rows.at(-1)?.row.openedAt
  if (first === undefined || last === undefined) throw new Error('the file has no usable row')
  const startAt = Math.floor(first / STEP) * STEP
  const realStart = performance.now()
  let fed = 0
  let doneCount = 0
  await feed(
    replay,
    source.header,
    source.unusable.flatMap((u) => (u.fields ? [u.fields] : [])),
  )
  for (let at = startAt + STEP; at <= last + DAYS_AFTER_LAST_ROW * 24 * HOUR; at += STEP) {
    await pace(realStart, at - startAt, speed)
    const batch: (readonly string[])[] = []
    for (let next = source.rows[fed]; next && next.row.openedAt < at; next = source.rows[fed]) {
      batch.push(next.fields)
      fed++
    }
    await feed(replay, source.header, batch)
    const { day, time } = localOf(at, bostonZone)
    const isAtWork = time >= 7 * HOUR - STEP && time < 19 * HOUR
    if (batch.length > 0 || isAtWork) await plan(replay, at)
    if (isAtWork || running(replay).length > 0) {
      await dispatch(replay, at + STEP)
      doneCount += await work(replay, at, at + STEP)
    }
    if (Math.floor(time / HOUR) % 3 === 0 && time % HOUR < STEP) {
      const left = openWork(replay).length
      say(
        `${new Date(day * 24 * HOUR).toISOString().slice(0, 10)} ${clock(time)}  ${fed} in, ${doneCount} done, ${left} open`,
      )
    }
    if (fed === source.rows.length && openWork(replay).length === 0) return
  }
}

const clock = (time: number): string =>
  `${String(Math.floor(time / HOUR)).padStart(2, '0')}:${String(Math.floor((time % HOUR) / MINUTE)).padStart(2, '0')}`

async function pace(realStart: number, cityMs: number, speed: number): Promise<void> {
  if (speed === 0) return
  const waitMs = cityMs / speed - (performance.now() - realStart)
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
}

const openWork = (replay: Replay): ActivityView[] =>
  [...replay.follower.activities.values()].filter((a) => a.state !== 'closed')
const running = (replay: Replay): ActivityView[] =>
  [...replay.follower.activities.values()].filter((a) => a.state === 'dispatched')

let turn = 0
const anyDispatcher = (replay: Replay): Client => {
  const client = replay.dispatchers[turn++ % replay.dispatchers.length]
  if (!client) throw new Error('nobody may dispatch')
  return client
}

/** Sends rows the way everybody imports, and waits until they are in. */
async function feed(
  replay: Replay,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  if (rows.length === 0) return
  const text = [header, ...rows].map(csvLine).join('\n')
  const client = anyDispatcher(replay)
  const form = (): FormData => {
    const made = new FormData()
    made.set('kind', '311')
    made.set('board', replay.board)
    made.set('closed', 'as-open')
    if (replay.rulesText !== null) made.set('rules', new Blob([replay.rulesText]), 'rules.csv')
    made.set('file', new Blob([text]), 'step.csv')
    return made
  }
  const started = bodyOf<ImportView>('an import', await client.send('POST', '/imports', { form }))
  const ended = await until(`import ${started.id}`, async () => {
    const view = bodyOf<ImportView>('an import', await client.get(`/imports/${started.id}`))
    return view.status === 'done' || view.status === 'failed' || view.status === 'cancelled' ? view : null
  })
  replay.imports.push(ended)
  if (ended.status !== 'done') throw new Error(`import ${ended.id} ${ended.status}: ${ended.error}`)
}

async function plan(replay: Replay, at: Instant): Promise<void> {
  const client = anyDispatcher(replay)
  const answer = await client.send('POST', `/boards/${replay.board}/optimisations`, {
    body: {
      from: new Date(at).toISOString(),
      to: new Date(at + PLAN_AHEAD).toISOString(),
      budgetMs: PLAN_BUDGET_MS,
      mode: 'apply',
      seed: SEED,
    },
  })
  // Someone else's run is open: its plan will do, this step's comes with the next.
  if (answer.status === 409) return
  const asked = bodyOf<OptimisationView>('asking for a plan', answer)
  const ended = await until(`plan ${asked.id}`, async () => {
    const view = bodyOf<OptimisationView>('a plan', await client.get(`/optimisations/${asked.id}`))
    return view.status === 'queued' || view.status === 'running' ? null : view
  })
  replay.meter.planned(ended)
  await caughtUp(replay, client)
}

/** Waits until the follower has seen what the server has. */
async function caughtUp(replay: Replay, client: Client): Promise<void> {
  const answer = await client.get(`/boards/${replay.board}/events?after=${replay.follower.head()}&limit=1`)
  const { head } = bodyOf<{ head: number }>('the head of the board', answer)
  await replay.follower.reached(head, 60_000)
}

/** Tells technicians what they begin before `until`. */
async function dispatch(replay: Replay, untilAt: Instant): Promise<void> {
  const due = openWork(replay).filter(
    (a) =>
      a.state === 'undispatched' &&
      a.technicianId !== null &&
      replay.fleet.has(a.technicianId) &&
      a.start !== null &&
      Date.parse(a.start) < untilAt,
  )
  for (let i = 0; i < due.length; i += 100) {
    const commands = due
      .slice(i, i + 100)
      .map((a) => ({ type: 'dispatch', activityId: a.id, expectedVersion: a.version }))
    const client = anyDispatcher(replay)
    const answer = await timed(replay, client, 'POST', `/boards/${replay.board}/commands`, { commands })
    if (answer.status >= 500) bodyOf('dispatching', answer)
    // A colleague, or the planner, was quicker with one of them: it is judged again in the next step.
  }
  await caughtUp(replay, anyDispatcher(replay))
}

/** Lets the technicians work from one instant to another; answers how much was finished. */
async function work(replay: Replay, from: Instant, to: Instant): Promise<number> {
  const mine = new Map<string, ActivityView[]>()
  for (const activity of running(replay)) {
    if (activity.technicianId === null) continue
    mine.set(activity.technicianId, [...(mine.get(activity.technicianId) ?? []), activity])
  }
  const finished = await Promise.all(
    [...mine].map(async ([id, activities]) => {
      const technician = replay.fleet.get(id)
      return technician ? dayOf(replay, technician, activities, { from, to }) : 0
    }),
  )
  await caughtUp(replay, anyDispatcher(replay))
  return finished.reduce((a, b) => a + b, 0)
}

async function dayOf(
  replay: Replay,
  technician: Technician,
  activities: readonly ActivityView[],
  span: { from: Instant; to: Instant },
): Promise<number> {
  let count = 0
  // Dispatched work has a start.
  const inOrder = [...activities].sort((a, b) => Date.parse(a.start ?? '') - Date.parse(b.start ?? ''))
  for (const activity of inOrder) {
    const begun = replay.meter.begun.get(activity.id)
    const beginsAt = begun ?? Math.max(Date.parse(activity.start ?? ''), technician.freeAt)
    if (beginsAt >= span.to) return count
    let { version } = activity
    if (begun === undefined) {
      const onSite = await step(replay, technician, activity.id, version, 'onSite')
      if (onSite === null) continue
      version = onSite
      replay.meter.begun.set(activity.id, beginsAt)
    }
    const doneAt = beginsAt + activity.durationMinutes * MINUTE * lengthFactor(activity.id)
    technician.freeAt = doneAt
    if (doneAt > span.to) return count
    if ((await step(replay, technician, activity.id, version, 'done')) === null) continue
    replay.meter.doneAt.set(activity.orderId, doneAt)
    await stopClock(replay, activity.orderId, doneAt)
    count++
  }
  return count
}

/** Work takes between seven tenths and one and a half of its plan, and always the same for the same activity. */
function lengthFactor(id: string): number {
  let hash = SEED
  for (const char of id) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  return 0.7 + (hash % 1000) / 1250
}

/** The new version, or null when the step was refused: then the work is no longer this technician's. */
async function step(
  replay: Replay,
  technician: Technician,
  activityId: string,
  version: number,
  fieldStatus: 'onSite' | 'done',
): Promise<number | null> {
  const path = `/activities/${activityId}/field-status`
  let answer = await timed(replay, technician.client, 'POST', path, { fieldStatus }, version)
  if (answer.status === 412) {
    const now = bodyOf<ActivityView>('an activity', await technician.client.get(`/activities/${activityId}`))
    answer = await timed(replay, technician.client, 'POST', path, { fieldStatus }, now.version)
  }
  if (answer.status >= 500) bodyOf('a step', answer)
  return answer.status < 300 ? (answer.body as ActivityView).version : null
}

async function stopClock(replay: Replay, orderId: string, at: Instant): Promise<void> {
  const order = replay.follower.orders.get(orderId)
  if (order?.slaStatus !== 'started') return
  const client = anyDispatcher(replay)
  const path = `/orders/${orderId}/sla/stop`
  const startedAt = Math.max(...order.slas.map((s) => (s.startedAt === null ? 0 : Date.parse(s.startedAt))))
  // A start that was aligned to an opening later than the work: the clock has not run at all.
  const body = { at: new Date(Math.max(at, startedAt + 1000)).toISOString() }
  let answer = await timed(replay, client, 'POST', path, body, order.version)
  if (answer.status === 412) {
    const now = bodyOf<OrderView>('an order', await client.get(`/orders/${orderId}`))
    answer = await timed(replay, client, 'POST', path, body, now.version)
  }
  bodyOf('stopping a clock', answer)
}

async function timed(
  replay: Replay,
  client: Client,
  method: 'POST',
  path: string,
  body: unknown,
  expectedVersion?: number,
): Promise<Answer> {
  const key = randomUUID()
  replay.meter.sent(key, performance.now())
  return client.send(method, path, {
    body,
    key,
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  })
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + 180_000
  for (let waitMs = 30; ; waitMs = Math.min(200, waitMs * 1.3)) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > deadline) throw new Error(`${what} did not end within three minutes`)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

// ---------------------------------------------------------------- measuring

type Meter = ReturnType<typeof createMeter>

function createMeter() {
  const inAt = new Map<string, number>()
  const firstPlanMs = new Map<string, number>()
  const sentAt = new Map<string, number>()
  const commandMs: number[] = []
  const dueAt = new Map<string, string | null>()
  const plans = { count: 0, stale: 0, applied: 0, dropped: 0 }
  return {
    begun: new Map<string, Instant>(),
    doneAt: new Map<string, Instant>(),
    firstPlanMs,
    commandMs,
    /** Deadline of each order as it came in, by external id. */
    dueAt,
    plans,
    sent(key: string, at: number): void {
      sentAt.set(key, at)
    },
    planned(view: OptimisationView): void {
      plans.count++
      if (view.status !== 'done') plans.stale++
      plans.applied += view.applied
      plans.dropped += view.dropped.length
    },
    seen(event: BoardEvent, at: number): void {
      if (event.order && event.order.externalId !== null && !dueAt.has(event.order.externalId)) {
        dueAt.set(
          event.order.externalId,
          event.order.slas.find((s) => s.target === 'complete')?.dueAt ?? null,
        )
      }
      const { activity } = event
      if (!activity) return
      if (!inAt.has(activity.id)) inAt.set(activity.id, at)
      const since = inAt.get(activity.id)
      if (since !== undefined && activity.technicianId !== null && !firstPlanMs.has(activity.id)) {
        firstPlanMs.set(activity.id, at - since)
      }
    },
    seenBySecond(event: BoardEvent, at: number): void {
      if (event.commandId === null) return
      const since = sentAt.get(event.commandId)
      if (since === undefined) return
      sentAt.delete(event.commandId)
      commandMs.push(at - since)
    },
  }
}

// ---------------------------------------------------------------- the report

type Report = {
  file: { rowsRead: number; usable: number; unusable: number }
  system: {
    read: number
    created: number
    unchanged: number
    refused: number
    refusals: Record<string, number>
  }
  /** Every row is accounted for, and every usable row became exactly one order. */
  exact: boolean
  orders: { inSystem: number; done: number; open: number }
  deadlines: { comparable: number; within90s: number; share: number }
  sla: { ours: Kept; city: Kept }
  plans: { count: number; notDone: number; movesApplied: number; movesDropped: number }
  orderInToFirstPlanMs: Spread
  commandToOtherBoardMs: Spread
}
type Kept = { judged: number; kept: number; share: number }
type Spread = { count: number; p50: number; p99: number; max: number }

const share = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000

async function reportOn(replay: Replay, source: Source): Promise<Report> {
  // The file's own orders: other people may work in the same company meanwhile.
  const orders = (await allOrders(replay)).filter((order) => order.externalId !== null)
  const byExternal = new Map(
    orders.flatMap((o) => (o.externalId === null ? [] : [[o.externalId, o] as const])),
  )
  const sum = (pick: (view: ImportView) => number): number =>
    replay.imports.reduce((s, view) => s + pick(view), 0)
  const system = {
    read: sum((v) => v.read),
    created: sum((v) => v.created),
    unchanged: sum((v) => v.unchanged),
    refused: sum((v) => v.refused),
    refusals: countBy(source.unusable.map((u) => u.reason)),
  }
  const unreadable = source.unusable.filter((u) => u.fields === null).length
  const rowsRead = source.rows.length + source.unusable.length
  const distinct = new Set(source.rows.map(({ row }) => row.externalId)).size
  const exact =
    system.read === system.created + system.unchanged + system.refused &&
    system.read === rowsRead - unreadable &&
    system.created === distinct &&
    orders.length === distinct
  const open = openWork(replay).length
  const { plans, firstPlanMs, commandMs } = replay.meter
  return {
    file: { rowsRead, usable: source.rows.length, unusable: source.unusable.length },
    system,
    exact,
    orders: { inSystem: orders.length, done: orders.length - open, open },
    deadlines: compareDeadlines(replay, source),
    sla: judgeSla(source, byExternal),
    plans: {
      count: plans.count,
      notDone: plans.stale,
      movesApplied: plans.applied,
      movesDropped: plans.dropped,
    },
    orderInToFirstPlanMs: spread([...firstPlanMs.values()]),
    commandToOtherBoardMs: spread(commandMs),
  }
}

async function allOrders(replay: Replay): Promise<OrderView[]> {
  const orders: OrderView[] = []
  let cursor: string | null = null
  do {
    const path: string = `/orders?limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    const page: { items: OrderView[]; nextCursor: string | null } = bodyOf(
      'orders',
      await anyDispatcher(replay).get(path),
    )
    orders.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return orders
}

function compareDeadlines(replay: Replay, source: Source): Report['deadlines'] {
  let comparable = 0
  let equal = 0
  for (const { row } of source.rows) {
    const due = replay.meter.dueAt.get(row.externalId)
    if (row.rule === null || row.targetAt === null) continue
    comparable++
    if (due && Math.abs(Date.parse(due) - row.targetAt) <= 90_000) equal++
  }
  return { comparable, within90s: equal, share: share(equal, comparable) }
}

/** Of the rows whose type has a rule: the system's own record of compliance, beside the city's `ontime`. */
function judgeSla(source: Source, orders: ReadonlyMap<string, OrderView>): Report['sla'] {
  const ours = { judged: 0, kept: 0 }
  const city = { judged: 0, kept: 0 }
  for (const { row } of source.rows) {
    if (row.rule === null) continue
    if (row.keptByCity !== null) {
      city.judged++
      if (row.keptByCity) city.kept++
    }
    const promise = orders.get(row.externalId)?.slas.find((s) => s.target === 'complete')
    if (!promise) continue
    ours.judged++
    if (promise.status === 'stopped' && promise.compliance <= 100) ours.kept++
  }
  return {
    ours: { ...ours, share: share(ours.kept, ours.judged) },
    city: { ...city, share: share(city.kept, city.judged) },
  }
}

function countBy(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1
  return counts
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: Math.round(sorted.at(-1) ?? 0) }
}

function tellReport(r: Report): string {
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`
  const refusals = Object.entries(r.system.refusals).map(([reason, count]) => `  ${count} × ${reason}`)
  return [
    '',
    `Rows in          ${r.file.rowsRead}; ${r.system.created} orders made, ${r.system.unchanged} unchanged, ${r.system.refused} refused; the sum is ${r.exact ? 'exact' : 'NOT EXACT'}`,
    ...refusals,
    `Orders done      ${r.orders.done} of ${r.orders.inSystem}, ${r.orders.open} open`,
    `Deadlines        ${r.deadlines.within90s} of ${r.deadlines.comparable} within 90 s of target_dt (${percent(r.deadlines.share)})`,
    `SLA kept         ours ${r.sla.ours.kept} of ${r.sla.ours.judged} (${percent(r.sla.ours.share)}); the city ${r.sla.city.kept} of ${r.sla.city.judged} (${percent(r.sla.city.share)})`,
    `Plans            ${r.plans.count}, ${r.plans.notDone} of them overtaken or failed; ${r.plans.movesApplied} moves applied, ${r.plans.movesDropped} dropped`,
    `Order in → plan  p50 ${r.orderInToFirstPlanMs.p50} ms, p99 ${r.orderInToFirstPlanMs.p99} ms (${r.orderInToFirstPlanMs.count} activities)`,
    `Command → board  p50 ${r.commandToOtherBoardMs.p50} ms, p99 ${r.commandToOtherBoardMs.p99} ms (${r.commandToOtherBoardMs.count} commands)`,
  ].join('\n')
}
