/**
 * `npm run bench:reaction -- [--technicians 200] [--activities 2000] [--events 40] [--every 2000]`: from something happening to
 * the planner's answer on another dispatcher's board, through the whole running system.
 *
 * A board planned to the full stands under automatic repair. Every so often a new activity comes in, or somebody reports ill for
 * the next hours; the clock runs from the sending of that request to the first move of the planner's that answers it, as a
 * second person's open board gets it. Where the time goes is read from the runs, which keep it. A report, never a test.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { io, type Socket } from 'socket.io-client'
import type { ActivityView } from '../server/contract/activity.ts'
import type { BoardEvent } from '../server/contract/board.ts'
import type { NoticeFrame } from '../server/contract/live.ts'
import type { OptimisationView } from '../server/contract/planning.ts'
import { budgets } from './budgets.ts'
import { type Dice, diceOf } from './risk/dice.ts'
import { quantile } from './statistics.ts'
import { type Api, apiOf } from './teams/boards.ts'
import { startSystem } from './teams/system.ts'

const { values } = parseArgs({
  options: {
    technicians: { type: 'string', default: '200' },
    activities: { type: 'string', default: '2000' },
    events: { type: 'string', default: '40' },
    every: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
})
const size = { technicians: Number(values.technicians), activities: Number(values.activities) }
const events = Number(values.events)
const everyMs = Number(values.every)

const ANSWER_MS = 15_000
const PLAN_MS = 20_000
const SETTLED_MS = 60_000
const HOUR = 3_600_000
/** A city about twenty kilometres across. */
const CITY = { lat: 42.35, lon: -71.06, across: 0.2 }

type Place = { lat: number; lon: number }
const placeIn = (dice: Dice): Place => ({
  lat: CITY.lat + (dice.roll() - 0.5) * CITY.across,
  lon: CITY.lon + (dice.roll() - 0.5) * CITY.across,
})

type City = { board: string; order: string; technicians: { id: string; version: number }[] }

/** Eight requests at a time, as fast as they are answered. */
async function many<T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let from = 0; from < count; from += 8) {
    const some = Array.from({ length: Math.min(8, count - from) }, (_, i) => from + i)
    made.push(...(await Promise.all(some.map(make))))
  }
  return made
}

async function makeCity(api: Api, dice: Dice): Promise<City> {
  const day = [{ from: '00:00', to: '24:00' }]
  const calendar = await api('POST', '/calendars', {
    code: 'reaction',
    name: 'Always open',
    timeZone: 'UTC',
    week: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day },
  })
  const board = await api('POST', '/boards', {
    name: 'Reaction',
    timeZone: 'UTC',
    policy: { horizonDays: 1 },
  })
  const team = await api('POST', '/teams', { code: 'R', description: 'Reaction', boardId: board.id })
  const homes = Array.from({ length: size.technicians }, () => placeIn(dice))
  const technicians = await many(size.technicians, (n) =>
    api('POST', '/technicians', {
      name: `Technician ${n}`,
      teamId: team.id,
      calendarId: calendar.id,
      home: homes[n],
    }),
  )
  const customer = await api('POST', '/customers', { name: 'Reaction' })
  const order = await api('POST', '/orders', { description: 'Reaction', customerId: customer.id })
  const work = Array.from({ length: size.activities }, () => ({
    durationMinutes: 30 + 10 * dice.below(4),
    place: placeIn(dice),
  }))
  await many(size.activities, (n) =>
    api('POST', '/activities', { orderId: order.id, boardId: board.id, ...work[n] }),
  )
  // One run opens fifteen hundred activities at the most.
  for (let run = 0; run * 1_500 < size.activities; run++) await planAll(api, board.id)
  await api(
    'PATCH',
    `/boards/${board.id}`,
    { policy: { horizonDays: 1, autoRepair: true, autoApply: true } },
    board.version,
  )
  return { board: board.id, order: order.id, technicians }
}

async function planAll(api: Api, boardId: string): Promise<void> {
  const { id } = await api('POST', `/boards/${boardId}/optimisations`, { budgetMs: PLAN_MS, mode: 'apply' })
  await until(async () => ((await api('GET', `/optimisations/${id}`)) as Run).finishedAt !== null, 90_000)
}

type Answer = Awaited<ReturnType<Api>>
type Run = OptimisationView & Answer

/** Another dispatcher's board: what is told of it, with the time it came. */
class Follower {
  readonly activities = new Map<string, ActivityView>()
  readonly runs = new Set<string>()
  readonly #waiting = new Set<(event: BoardEvent) => void>()
  readonly #socket: Socket

  constructor(url: string, ticket: string, board: string) {
    this.#socket = io(`${url}/live`, { transports: ['websocket'], auth: { ticket }, reconnection: false })
    this.#socket.on('connect', () => this.#socket.emit('subscribe', { board }))
    this.#socket.on('snapshot', ({ seq, activities }: { seq: number; activities: ActivityView[] }) => {
      for (const activity of activities) this.activities.set(activity.id, activity)
      this.#socket.emit('ack', { board, seq })
    })
    this.#socket.on('events', ({ to, items }: { to: number; items: BoardEvent[] }) => {
      for (const event of items) {
        for (const told of [...this.#waiting]) told(event)
        if (event.activity) this.activities.set(event.activity.id, event.activity)
      }
      this.#socket.emit('ack', { board, seq: to })
    })
    this.#socket.on('notice', ({ optimisationId, status }: NoticeFrame) => {
      if (optimisationId !== undefined && status === 'done') this.runs.add(optimisationId)
    })
  }

  /** Milliseconds from now to the first event that `answers`; null when none comes in time. */
  async first(answers: (event: BoardEvent) => boolean): Promise<number | null> {
    const from = performance.now()
    return new Promise((resolve) => {
      const end = (after: number | null): void => {
        clearTimeout(late)
        this.#waiting.delete(told)
        resolve(after)
      }
      const told = (event: BoardEvent): void => {
        if (answers(event)) end(performance.now() - from)
      }
      const late = setTimeout(() => end(null), ANSWER_MS)
      this.#waiting.add(told)
    })
  }

  close(): void {
    this.#socket.close()
  }
}

async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not reached within ${withinMs} ms`)
    await wait(100)
  }
}
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const byPlanner = ({ actor }: BoardEvent): boolean => actor?.kind === 'optimiser'

/** New work, until the planner has given it a place. */
async function newWork(api: Api, city: City, follower: Follower, dice: Dice): Promise<number | null> {
  // Its id is known only once it is answered, which may come after the planner's move: every placing by the planner counts
  // that is of an activity which was not there before.
  const known = new Set(follower.activities.keys())
  const answer = follower.first(
    (event) =>
      byPlanner(event) &&
      event.activity !== undefined &&
      !known.has(event.activity.id) &&
      event.activity.start !== null,
  )
  await api('POST', '/activities', {
    orderId: city.order,
    boardId: city.board,
    durationMinutes: 45,
    place: placeIn(dice),
    latestEnd: new Date(Date.now() + 6 * HOUR).toISOString(),
  })
  return answer
}

/** Somebody is ill for the next hours, until the first visit of these is with somebody else or at another time. */
async function illness(
  api: Api,
  follower: Follower,
  technician: { id: string; version: number },
): Promise<number | null> {
  const from = Date.now()
  const to = from + 8 * HOUR
  const theirs = new Set(
    [...follower.activities.values()]
      .filter(({ technicianId, start }) => technicianId === technician.id && start !== null)
      // What begins within the quarter of an hour that is frozen stays.
      .filter(({ start }) => Date.parse(start ?? '') > from + HOUR / 2 && Date.parse(start ?? '') < to)
      .map(({ id }) => id),
  )
  if (theirs.size === 0) return null
  const answer = follower.first(
    (event) => byPlanner(event) && event.activity !== undefined && theirs.has(event.activity.id),
  )
  const absence = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), reason: 'ill' }
  const changed = await api(
    'PATCH',
    `/technicians/${technician.id}`,
    { absences: [absence] },
    technician.version,
  )
  technician.version = changed.version
  return answer
}

const system = await startSystem({
  servers: 1,
  workers: 1,
  environment: { COMMANDS_PER_SECOND: '10000', COMMAND_BURST: '10000', LOG_LEVEL: 'warn' },
})
try {
  const api = await apiOf(system)
  const dice = diceOf(Number(values.seed))
  process.stderr.write('making the board …\n')
  const city = await makeCity(api, dice)
  const url = system.urls[0] ?? ''
  const { ticket } = (await api('POST', '/socket-tickets', {})) as Answer & { ticket: string }
  const follower = new Follower(url, ticket, city.board)
  await until(() => follower.activities.size >= size.activities, 30_000)
  // What the first plan left out is taken in by repairs; how they answer to news is asked when they have done with it.
  await until(() => [...follower.activities.values()].every(({ start }) => start !== null), SETTLED_MS).catch(
    () => process.stderr.write('some work has no place\n'),
  )
  await wait(2_000)
  const took: Record<string, (number | null)[]> = { 'new work placed': [], 'work of somebody ill moved': [] }
  for (let n = 0; n < events; n++) {
    const due = performance.now() + everyMs
    const technician = city.technicians[dice.below(city.technicians.length)]
    const isIllness = n % 4 === 3 && technician !== undefined
    const answer = isIllness
      ? await illness(api, follower, technician)
      : await newWork(api, city, follower, dice)
    took[isIllness ? 'work of somebody ill moved' : 'new work placed']?.push(answer)
    await wait(Math.max(0, due - performance.now()))
  }
  const runs: Run[] = []
  for (const id of follower.runs) runs.push((await api('GET', `/optimisations/${id}`)) as Run)
  follower.close()
  report(took, runs)
} finally {
  await system.stop()
}

function report(took: Record<string, (number | null)[]>, runs: readonly Run[]): void {
  const goal = budgets.eventToPlanMs
  const row = (name: string, list: readonly number[], more: string): string =>
    `| ${name} | ${list.length} | ${[0.5, 0.95, 0.99, 1].map((p) => quantile(list, p).toFixed(0)).join(' | ')} | ${more} |`
  const lines = [
    `## From an event to the planner's answer on another board: ${size.technicians} × ${size.activities}, seed ${values.seed}`,
    '',
    `Machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; everything on this one machine.`,
    '',
    '| milliseconds of wall time | events | p50 | p95 | p99 | worst | goal |',
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
  ]
  for (const [name, list] of Object.entries(took)) {
    const answered = list.filter((ms) => ms !== null)
    lines.push(row(name, answered, `p95 ≤ ${goal.p95}; ${list.length - answered.length} without an answer`))
  }
  const laps = new Map<string, number[]>()
  const add = (name: string, ms: number): void => {
    laps.set(name, [...(laps.get(name) ?? []), ms])
  }
  const repairs = runs.filter(({ kind }) => kind === 'repair')
  for (const { createdAt, finishedAt, summary } of repairs) {
    const { tookMs = {} } = (summary ?? {}) as { tookMs?: Record<string, number> }
    for (const [name, ms] of Object.entries(tookMs)) add(name, ms)
    if (finishedAt !== null) add('asked for to finished', Date.parse(finishedAt) - Date.parse(createdAt))
  }
  lines.push(
    '',
    `| of ${repairs.length} repairs | runs | p50 | p95 | p99 | worst | |`,
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
  )
  for (const [name, list] of laps) lines.push(row(name, list, ''))
  process.stdout.write(`${lines.join('\n')}\n`)
}
