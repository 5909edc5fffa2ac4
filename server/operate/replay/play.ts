/**
 * The play: step by step through the city's time, rows in, a plan, work told to technicians, work done.
 */
import type { ImportView } from '../../contract/imports.ts'
import type { OptimisationView } from '../../contract/planning.ts'
import { localOf } from '../../domain/calendar/local-time.ts'
import { bostonZone } from '../../domain/import/boston-311.ts'
import { HOUR, type Instant, MINUTE } from '../../domain/instant.ts'
import { bodyOf } from '../client.ts'
import { anyDispatcher, caughtUp, openWork, type Replay, running, SEED } from './cast.ts'
import { timed } from './meter.ts'
import { csvLine, type Source } from './source.ts'
import { work } from './technicians.ts'

const STEP = 30 * MINUTE
const PLAN_AHEAD = 120 * HOUR
const PLAN_BUDGET_MS = 250

/** Work that is not done by then is told as open. */
const DAYS_AFTER_LAST_ROW = 30

export async function playThrough(
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

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + 180_000
  for (let waitMs = 30; ; waitMs = Math.min(200, waitMs * 1.3)) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > deadline) throw new Error(`${what} did not end within three minutes`)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}
