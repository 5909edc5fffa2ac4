/**
 * How far breach forecasts can be trusted: `npm run bench:risk -- [--train N] [--days N] [--seed N]`.
 *
 * Learns from simulated days, forecasts later ones at several moments, and prints what was said beside what happened, with
 * the usual rules of thumb on the same days; and how long a whole board takes.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { createWalk, missChances } from '../server/domain/risk/day.ts'
import { createSpreads } from '../server/domain/risk/spreads.ts'
import { simulateDay } from './risk/days.ts'
import { dayOf, type Forecast, forecastDay, halfHours, type Knowledge, learnFrom } from './risk/forecasts.ts'
import {
  asShare,
  brierOf,
  calibrationErrorOf,
  reliabilityOf,
  thresholdFor,
  warningsOf,
} from './risk/judge.ts'

const { values } = parseArgs({
  options: {
    train: { type: 'string', default: '60' },
    days: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
  },
})
const whole = (value: string, name: string): number => {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name}: must be a whole number from 1`)
  return number
}
const train = whole(values.train, 'train')
const days = whole(values.days, 'days')
const seed = whole(values.seed, 'seed')

const MOMENTS = [8 * 60, 10 * 60, 12 * 60, 14 * 60, 16 * 60]
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const daysFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => simulateDay(seed * 100_000 + first + i))
const past = daysFrom(0, train)
const future = daysFrom(50_000, days)
const knowledge = learnFrom(past)
const forecastsOf = (list: typeof past, moments: readonly number[]): Forecast[] =>
  list.flatMap((day, i) => forecastDay(day, i, knowledge, moments))

const held = forecastsOf(future, MOMENTS)
const seen = forecastsOf(past, MOMENTS)
say(
  `${train} days learned from, ${days} held out, ${held.length} forecasts at 8, 10, 12, 14 and 16 o'clock; ${percent(held.filter((f) => f.isMissed).length / held.length)} were missed (seed ${seed})\n`,
)
printReliability(held)
printScores(held, seen)
printWarnings(forecastsOf(future, halfHours))
printTime(knowledge)

function printReliability(forecasts: readonly Forecast[]): void {
  const bins = reliabilityOf(forecasts, (f) => f.chance)
  say('said          forecasts   mean said   happened')
  for (const [i, bin] of bins.entries())
    say(
      `${`${i * 10} to ${i * 10 + 10} %`.padEnd(12)}${String(bin.count).padStart(11)}${percent(bin.forecast).padStart(12)}${percent(bin.happened).padStart(11)}  ${'#'.repeat(Math.round(bin.happened * 40))}`,
    )
  say('')
}

function printScores(forecasts: readonly Forecast[], training: readonly Forecast[]): void {
  const rules: readonly [string, (f: Forecast) => number][] = [
    ['breach probability', (f) => f.chance],
    ['less than four hours left', (f) => (f.isUnderFourHours ? 1 : 0)],
    ['  the same, as its share on training days', asShare(training, (f) => f.isUnderFourHours)],
    ['planned end after the deadline', (f) => (f.isPlannedLate ? 1 : 0)],
    ['  the same, as its share on training days', asShare(training, (f) => f.isPlannedLate)],
    ['planned end plus present delay after it', (f) => (f.isShiftedLate ? 1 : 0)],
    ['  the same, as its share on training days', asShare(training, (f) => f.isShiftedLate)],
  ]
  say(`${''.padEnd(44)}Brier     ECE`)
  for (const [name, rule] of rules)
    say(
      `${name.padEnd(42)}${brierOf(forecasts, rule).toFixed(4).padStart(7)} ${calibrationErrorOf(reliabilityOf(forecasts, rule)).toFixed(4).padStart(7)}`,
    )
  const unplanned = forecasts.filter((f) => !f.isPlanned)
  const bins = reliabilityOf(unplanned, (f) => f.chance)
  say(
    `of these, not yet given to anyone (${unplanned.length})`.padEnd(42) +
      `${brierOf(unplanned, (f) => f.chance)
        .toFixed(4)
        .padStart(7)} ${calibrationErrorOf(bins).toFixed(4).padStart(7)}`,
  )
  say('')
}

function printWarnings(forecasts: readonly Forecast[]): void {
  say('warned every half hour                    alerts   misses caught   median lead, minutes')
  const rules: readonly [string, (f: Forecast) => boolean][] = [
    ['less than four hours left', (f) => f.isUnderFourHours],
    ['planned end after the deadline', (f) => f.isPlannedLate],
    ['planned end plus present delay after it', (f) => f.isShiftedLate],
  ]
  for (const [name, rule] of rules) {
    const theirs = warningsOf(forecasts, rule)
    const threshold = thresholdFor(forecasts, theirs.alerts)
    const ours = warningsOf(forecasts, (f) => f.chance >= threshold)
    for (const [who, w] of [
      [name, theirs],
      [`  probability from ${percent(threshold)}`, ours],
    ] as const)
      say(
        `${who.padEnd(42)}${String(w.alerts).padStart(6)}${percent(w.caught).padStart(16)}${w.medianLead.toFixed(0).padStart(23)}`,
      )
  }
  say('')
}

/** 200 technicians with ten activities each: what a whole board costs, durations learned anew each time. */
function printTime(known: Knowledge): void {
  const board = Array.from({ length: 17 }, (_, i) => simulateDay(900_000 + i))
    .flatMap((day) => day.technicians)
    .slice(0, 200)
    .map(({ visits }) => {
      const long = [...visits, ...visits].slice(0, 10)
      const day = dayOf(
        long.map((visit, i) => ({ ...visit, placedAt: 0, began: i === 0 ? 480 : 1e6, left: 1e6 })),
        500,
      )
      return {
        day,
        stakes: day.legs.map((leg, i) => ({ leg: i, target: 'complete' as const, due: leg.notBefore + 60 })),
      }
    })
  const activities = board.reduce((sum, { day }) => sum + day.legs.length, 0)
  const times: number[] = []
  for (let round = 0; round < 15; round++) {
    const before = process.cpuUsage()
    const spreads = createSpreads(known.learned)
    const walk = createWalk()
    for (const { day, stakes } of board) missChances(walk, day, spreads, stakes)
    const spent = process.cpuUsage(before)
    times.push((spent.user + spent.system) / 1_000)
  }
  const [coldMs = 0] = times
  const warm = times.slice(3).sort((a, b) => a - b)
  say(
    `${board.length} technicians, ${activities} activities: ${(warm[Math.floor(warm.length / 2)] ?? 0).toFixed(1)} ms CPU (first ${coldMs.toFixed(1)} ms), ${cpus()[0]?.model ?? 'unknown processor'}`,
  )
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
