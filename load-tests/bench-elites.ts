/**
 * What it is worth to remember plans between searches: `npm run bench:elites -- --technicians 60 --activities 500`.
 *
 * The same seeded events fall on two boards, and after every `--every` of them each is optimised for `--budget` milliseconds of
 * CPU, by turns: one search knows nothing, the other begins from the pool. `--apply` puts the plans on the boards, as on a board
 * that is optimised by itself; without it they stay proposals that nobody takes up.
 */
import { parseArgs } from 'node:util'
import { check } from '../workers/optimiser/checker/checker.ts'
import { elitePool } from '../workers/optimiser/construct/elite-pool.ts'
import { type LiveEngine, liveEngine } from '../workers/optimiser/live/live-engine.ts'
import type { Plan, Problem } from '../workers/optimiser/problem.ts'
import { solve } from '../workers/optimiser/solve.ts'
import { boardBySeed, eventsBySeed } from './bench/repair-board.ts'

const asked = () => {
  const { values } = parseArgs({
    options: {
      technicians: { type: 'string', default: '60' },
      activities: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '8' },
      every: { type: 'string', default: '20' },
      budget: { type: 'string', default: '1000' },
      start: { type: 'string', default: '3000' },
      seeds: { type: 'string', default: '3' },
      apply: { type: 'boolean', default: false },
    },
  })
  const count = (name: Exclude<keyof typeof values, 'apply'>): number => {
    const number = Number(values[name])
    if (!Number.isInteger(number) || number < 1)
      throw new Error(`--${name}: must be a whole number from 1 on`)
    return number
  }
  return {
    technicians: count('technicians'),
    activities: count('activities'),
    rounds: count('rounds'),
    every: count('every'),
    budget: count('budget'),
    start: count('start'),
    seeds: count('seeds'),
    apply: values.apply,
  }
}

type Asked = ReturnType<typeof asked>
type Result = { readonly left: number; readonly live: number; readonly points: number }

/** One board living through its events; `pooled` says whether its searches remember. */
const lives = (ask: Asked, board: Problem, start: Plan, seed: number, pooled: boolean) => {
  const pool = elitePool()
  const about = { key: 'board', zeroAt: 0 }
  const next = eventsBySeed(board, seed + 100)
  let engine: LiveEngine = liveEngine(board, { warm: start })
  if (pooled) pool.remember(about, start)
  return (round: number): Result => {
    for (let i = 0; i < ask.every; i++) {
      engine.mend([next(engine.problem())], { churnBudget: 6, seed: i, stop: { iterations: 20 } })
    }
    const problem = engine.problem()
    const live = engine.plan()
    const plan = solve(problem, {
      seed: seed * 1_000 + round,
      stop: { cpuMs: ask.budget },
      ...(pooled ? { elites: pool.plansFor(about, problem) } : {}),
    })
    const [wrong] = check(problem, plan).violations
    if (wrong !== undefined) throw new Error(`the checker refuses a plan: ${wrong.rule}: ${wrong.sentence}`)
    if (pooled) pool.remember(about, plan)
    if (ask.apply) engine = liveEngine(problem, { warm: plan })
    return { left: plan.unassigned.length, live: live.points, points: plan.points }
  }
}

const main = (): void => {
  const ask = asked()
  const lines: string[] = []
  const sums = { without: 0, with: 0, better: 0, worse: 0 }
  for (let seed = 1; seed <= ask.seeds; seed++) {
    const board = boardBySeed({ technicians: ask.technicians, activities: ask.activities, seed })
    const start = solve(board, { seed, stop: { cpuMs: ask.start } })
    const without = lives(ask, board, start, seed, false)
    const pooled = lives(ask, board, start, seed, true)
    for (let round = 1; round <= ask.rounds; round++) {
      const a = without(round)
      const b = pooled(round)
      sums.without += a.points
      sums.with += b.points
      if (b.points < a.points) sums.better++
      if (b.points > a.points) sums.worse++
      lines.push(
        `| ${[seed, round, a.live, a.points, `${a.left}`, b.live, b.points, `${b.left}`, b.points - a.points].join(' | ')} |`,
      )
    }
  }
  process.stdout.write(
    [
      `${ask.technicians} technicians, ${ask.activities} activities, a search of ${ask.budget} ms CPU after every ${ask.every} events, ` +
        (ask.apply ? 'plans put on the board' : 'plans only proposed'),
      '',
      '| seed | search | live before, without | points, without | left out | live before, pool | points, pool | left out | difference |',
      '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...lines,
      '',
      `with the pool ${sums.better} better, ${sums.worse} worse; ` +
        `${((sums.with - sums.without) / (ask.seeds * ask.rounds)).toFixed(0)} points on average, of which a second of travel is one`,
      '',
    ].join('\n'),
  )
}

main()
