/**
 * How fast a live board is mended, and whether it stays good: `npm run bench:repair -- --technicians 200 --activities 2000`.
 *
 * Two streams of the same events. The first mends without searching on: what a dispatcher waits for. The second searches `--budget`
 * milliseconds of CPU at each event, and is compared with a re-solve of `--resolve-seconds` from the same plan (the better of an
 * annealing and a walk onwards), after a tenth of the events and after all of them: promises missed, work left out, travel, and last
 * the points, in which one missed promise outweighs all travel. The re-solve may move anything and pays for each move as mending
 * does. The checker judges the plan after every 50th event; a plan that it refuses ends the run.
 *
 * `--background-every N` plans the whole board anew after every Nth event of the second stream, within the same churn budget, as the
 * background watch does on a live board: 28 of a thousand events in a day of nine hours is its quarter of an hour.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { check } from '../workers/optimiser/checker/checker.ts'
import { candidates } from '../workers/optimiser/explain/candidates.ts'
import { explain } from '../workers/optimiser/explain/explain.ts'
import { type LiveEngine, liveEngine } from '../workers/optimiser/live/live-engine.ts'
import type { Plan, Problem } from '../workers/optimiser/problem.ts'
import { repair } from '../workers/optimiser/repair.ts'
import { solve } from '../workers/optimiser/solve.ts'
import type { Stop } from '../workers/optimiser/stop/budget.ts'
import { rates } from '../workers/optimiser/weights.ts'
import { boardBySeed, eventsBySeed } from './bench/repair-board.ts'

type Asked = {
  readonly technicians: number
  readonly activities: number
  readonly events: number
  readonly seed: number
  readonly churn: number
  readonly budget: number
  readonly resolveSeconds: number
  readonly startSeconds: number
  /** Events between two plans in the background; 0 is never. */
  readonly backgroundEvery: number
  readonly backgroundMs: number
}

const asked = (): Asked => {
  const { values } = parseArgs({
    options: {
      technicians: { type: 'string', default: '200' },
      activities: { type: 'string', default: '2000' },
      events: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      churn: { type: 'string', default: '6' },
      budget: { type: 'string', default: '100' },
      'resolve-seconds': { type: 'string', default: '10' },
      'start-seconds': { type: 'string', default: '20' },
      'background-every': { type: 'string', default: '0' },
      'background-ms': { type: 'string', default: '2000' },
    },
  })
  const count = (value: string, name: string, least: number): number => {
    const number = Number(value)
    if (!Number.isInteger(number) || number < least)
      throw new Error(`--${name}: must be a whole number from ${least} on`)
    return number
  }
  return {
    technicians: count(values.technicians, 'technicians', 1),
    activities: count(values.activities, 'activities', 1),
    events: count(values.events, 'events', 1),
    seed: count(values.seed, 'seed', 0),
    churn: count(values.churn, 'churn', 0),
    budget: count(values.budget, 'budget', 0),
    resolveSeconds: count(values['resolve-seconds'], 'resolve-seconds', 0),
    startSeconds: count(values['start-seconds'], 'start-seconds', 1),
    backgroundEvery: count(values['background-every'], 'background-every', 0),
    backgroundMs: count(values['background-ms'], 'background-ms', 1),
  }
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

type Timed = { readonly cpu: number[]; readonly wall: number[] }

const timed = <Answer>(into: Timed, work: () => Answer): Answer => {
  const cpuFrom = cpuMs()
  const wallFrom = performance.now()
  const answer = work()
  into.wall.push(performance.now() - wallFrom)
  into.cpu.push(cpuMs() - cpuFrom)
  return answer
}

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

type Line = { readonly name: string; readonly timed: Timed; readonly note: string }

const table = (lines: readonly Line[]): string =>
  [
    '| what | count | CPU p50 ms | CPU p95 | CPU p99 | wall p50 | wall p95 | wall p99 | |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...lines.map(({ name, timed: { cpu, wall }, note }) =>
      [
        '',
        name,
        String(cpu.length),
        ...[cpu, wall].flatMap((list) => [0.5, 0.95, 0.99].map((share) => quantile(list, share).toFixed(1))),
        note,
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ].join('\n')

type Quality = { readonly after: number; readonly mended: Plan; readonly resolved: Plan }

/**
 * What the plan costs where promises and work left out do not come in: travel, overtime, and the price of the moves that the
 * re-solve makes from the plan that stands; in minutes of travel.
 */
const daily = ({ cost }: Plan): number =>
  cost.travelMinutes + rates.overtimePerSecond * cost.overtimeMinutes + (rates.moved / 60) * cost.moved

const qualityTable = (quality: readonly Quality[], resolveSeconds: number): string => {
  const above = (mended: number, resolved: number): string => (100 * (mended / resolved - 1)).toFixed(2)
  const both = (of: (plan: Plan) => number | string) => (item: Quality) =>
    `${of(item.mended)} / ${of(item.resolved)}`
  const columns: readonly (readonly [string, (item: Quality) => string | number])[] = [
    ['after events', ({ after }) => after],
    [`promises missed / re-solved ${resolveSeconds} s`, both(({ cost }) => cost.missedTargets)],
    ['late, h', both(({ cost }) => (cost.lateMinutes / 60).toFixed(1))],
    ['without a place', both(({ unassigned }) => unassigned.length)],
    ['travel, min', both(({ cost }) => cost.travelMinutes.toFixed(0))],
    ['moves of the re-solve', ({ resolved }) => resolved.cost.moved],
    [
      'travel, overtime and moves above it, %',
      ({ mended, resolved }) => above(daily(mended), daily(resolved)),
    ],
    [
      'travel above it, %',
      ({ mended, resolved }) => above(mended.cost.travelMinutes, resolved.cost.travelMinutes),
    ],
    ['points', both(({ points }) => points)],
    ['points above it, %', ({ mended, resolved }) => above(mended.points, resolved.points)],
  ]
  return [
    `| ${columns.map(([name]) => name).join(' | ')} |`,
    `|${' ---: |'.repeat(columns.length)}`,
    ...quality.map((item) => `| ${columns.map(([, cell]) => cell(item)).join(' | ')} |`),
  ].join('\n')
}

const refuse = (problem: Problem, plan: Plan, when: string): void => {
  const { violations } = check(problem, plan)
  const [first] = violations
  if (first !== undefined)
    throw new Error(`${when}: the checker refuses the plan: ${first.rule}: ${first.sentence}`)
}

const compared = (engine: LiveEngine, after: number, { resolveSeconds, seed }: Asked): Quality => {
  const problem = engine.problem()
  const plan = engine.plan()
  const stop = { cpuMs: resolveSeconds * 1000 }
  // An annealing that begins hot may not come back to a plan that is good already; a walk from that plan, free to move all, may.
  const anew = solve(problem, { seed, stop, warm: plan })
  const onwards = repair(problem, {
    changed: [],
    churnBudget: problem.activities.length,
    everywhere: true,
    seed,
    stop,
    warm: plan,
  })
  refuse(problem, anew, 'the re-solve')
  refuse(problem, onwards, 'the free walk')
  return { after, mended: plan, resolved: onwards.points < anew.points ? onwards : anew }
}

/** The board planned anew as a whole, as far as the churn budget goes; the moves made. */
const inBackground = (engine: LiveEngine, seed: number, { churn, backgroundMs }: Asked) => {
  const problem = engine.problem()
  const plan = repair(problem, {
    changed: [],
    churnBudget: churn,
    everywhere: true,
    seed,
    stop: { cpuMs: backgroundMs },
    warm: engine.plan(),
  })
  refuse(problem, plan, 'the plan in the background')
  return { engine: liveEngine(problem, { warm: plan }), moves: plan.moved.length }
}

type Run = { readonly line: Line; readonly quality: Quality[]; readonly engine: LiveEngine }

const stream = (
  ask: Asked,
  board: Problem,
  warm: Plan,
  stop: Stop,
  name: string,
  isFollowed: boolean,
): Run => {
  let engine = liveEngine(board, { warm })
  const next = eventsBySeed(board, ask.seed + 1)
  const times: Timed = { cpu: [], wall: [] }
  const quality: Quality[] = []
  let moves = 0
  let movesMost = 0
  let compiled = 0
  let backgroundMoves = 0
  for (let i = 1; i <= ask.events; i++) {
    const event = next(engine.problem())
    const mended = timed(times, () => engine.mend([event], { churnBudget: ask.churn, seed: i, stop }))
    moves += mended.moved.length
    movesMost = Math.max(movesMost, mended.moved.length)
    if (i % 50 === 0) refuse(engine.problem(), engine.plan(), `${name}, event ${i}`)
    if (isFollowed && ask.backgroundEvery > 0 && i % ask.backgroundEvery === 0) {
      compiled += engine.compiledAfresh()
      const planned = inBackground(engine, i, ask)
      engine = planned.engine
      backgroundMoves += planned.moves
    }
    if (isFollowed && (i === ask.events || i === Math.ceil(ask.events / 10)))
      quality.push(compared(engine, i, ask))
  }
  const note =
    `moves per event ${(moves / ask.events).toFixed(2)}, most ${movesMost}; ` +
    `compiled afresh ${compiled + engine.compiledAfresh()} times` +
    (isFollowed && ask.backgroundEvery > 0 ? `; moves in the background ${backgroundMoves}` : '')
  return { line: { name, timed: times, note }, quality, engine }
}

/** Candidates and explanations of a hundred activities spread over the board. */
const questions = (engine: LiveEngine): Line[] => {
  const problem = engine.problem()
  const warm = engine.plan()
  const chosen = Array.from(
    { length: Math.min(100, problem.activities.length) },
    // The index stays inside the list.
    (_, i) => problem.activities[Math.floor((i * problem.activities.length) / 100)]!.id,
  )
  const left = warm.unassigned.slice(0, 50).map(({ activityId }) => activityId)
  const ask = (name: string, ids: readonly string[], work: (id: string) => unknown): Line => {
    const times: Timed = { cpu: [], wall: [] }
    for (const id of ids) timed(times, () => work(id))
    return { name, timed: times, note: '' }
  }
  return [
    ask('candidates', chosen, (id) => candidates(problem, id, { warm })),
    ask('explanation', chosen, (id) => explain(problem, id, { warm })),
    ...(left.length === 0
      ? []
      : [ask('explanation of work without a place', left, (id) => explain(problem, id, { warm }))]),
  ]
}

const main = (): void => {
  const ask = asked()
  const board = boardBySeed(ask)
  const warm = solve(board, { seed: ask.seed, stop: { cpuMs: ask.startSeconds * 1000 } })
  refuse(board, warm, 'the first plan')
  const quick = stream(ask, board, warm, { iterations: 0 }, 'event, mended without a search', false)
  const searched = stream(ask, board, warm, { cpuMs: ask.budget }, `event, ${ask.budget} ms of search`, true)
  const out = [
    `${ask.technicians} technicians, ${ask.activities} activities, ${ask.events} events in a row, seed ${ask.seed}, ` +
      `churn budget ${ask.churn}, 1 thread, Node ${process.version}, ${cpus().length} cores`,
    '',
    table([quick.line, searched.line, ...questions(searched.engine)]),
    '',
    qualityTable(searched.quality, ask.resolveSeconds),
    '',
  ]
  process.stdout.write(`${out.join('\n')}\n`)
}

main()
