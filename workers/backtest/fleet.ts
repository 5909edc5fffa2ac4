/**
 * An invented fleet for a real file, which has none: as many people as the file's own work keeps busy for a given share.
 *
 * Rule, the same for all ways of dispatching: offered work is the planned time on site plus an allowance for the journey; a
 * department with less than one person's worth is pooled with the others like it. Each person has the trades of the
 * department in proportion and one or two more, lives near some of its work, and works eight hours on five days of seven:
 * two in five have Saturday and Sunday off, the others other days; every third starts late.
 */
import { below, type Random, unit } from '../optimiser/random.ts'
import { diceOf } from './dice.ts'
import type { History } from './history.ts'
import { BacktestInputError, weekdayOf } from './history.ts'
import type { Crew, Order, Shift, Technician } from './world.ts'

const JOURNEY_SECONDS = 8 * 60
const EARLY = { from: 7 * 3_600, to: 15 * 3_600 }
const LATE = { from: 11 * 3_600, to: 19 * 3_600 }
/** Days off, Monday is 0; they go round. */
const REST = [
  [5, 6],
  [6, 0],
  [5, 6],
  [4, 5],
  [2, 3],
] as const
/** Each trade is known by at least this share of a crew. */
const KNOWN_SHARE = 0.4
const POOL = 'Other departments'
const HOME_SPREAD_DEGREES = 0.01
const TECHNICIANS_MAX = 2_000

export type FleetRequest = {
  /** Share of the working time that the file's work takes. */
  readonly load: number
  /** Takes the place of `load`: so many people in all, shared out by work. */
  readonly technicians: number | null
  readonly seed: number
  /** Shifts are made for so many days from the first. */
  readonly days: number
}

export function crewsOf(history: History, request: FleetRequest): Crew[] {
  const perPerson = secondsPerPerson(history)
  const full = history.departments.filter((one) => offered(one.orders) / request.load >= perPerson)
  const small = history.departments.filter((one) => !full.includes(one)).flatMap((one) => one.orders)
  small.sort((a, b) => a.arrivesAt - b.arrivesAt || (a.id < b.id ? -1 : 1))
  const departments = small.length === 0 ? full : [...full, { name: POOL, orders: small }]
  const all = departments.reduce((sum, one) => sum + offered(one.orders), 0)
  const crews = departments.map(({ name, orders }): Crew => {
    const people =
      request.technicians === null
        ? offered(orders) / request.load / perPerson
        : (request.technicians * offered(orders)) / all
    return {
      name,
      orders,
      technicians: hire(name, orders, Math.max(1, Math.round(people)), history, request),
    }
  })
  const count = crews.reduce((sum, crew) => sum + crew.technicians.length, 0)
  if (count > TECHNICIANS_MAX)
    throw new BacktestInputError(
      `--load: would need ${count} people; at most ${TECHNICIANS_MAX} are simulated`,
    )
  return crews
}

const offered = (orders: readonly Order[]): number =>
  orders.reduce((sum, order) => sum + order.plannedSeconds + JOURNEY_SECONDS, 0)

/** What one person works on average in the days in which orders arrive. */
function secondsPerPerson(history: History): number {
  let sum = 0
  for (let i = 0; i < REST.length; i++)
    sum += shiftsOf(i, history, history.days).reduce((own, { from, to }) => own + to - from, 0)
  const mean = sum / REST.length
  if (mean === 0) throw new BacktestInputError('--from, --to: nobody works on these days')
  return mean
}

function shiftsOf(i: number, history: History, days: number): Shift[] {
  const off: readonly number[] = REST[i % REST.length] ?? []
  const hours = i % 3 === 2 ? LATE : EARLY
  const shifts: Shift[] = []
  for (let day = 0; day < days; day++) {
    if (off.includes(weekdayOf(history.firstDate, day))) continue
    shifts.push({ from: history.wall(day, hours.from), to: history.wall(day, hours.to) })
  }
  return shifts
}

function hire(
  crew: string,
  orders: readonly Order[],
  count: number,
  history: History,
  request: FleetRequest,
): Technician[] {
  const dice = diceOf(request.seed, `fleet ${crew}`)
  const skills = skillsOf(orders, count)
  return Array.from({ length: count }, (_, i): Technician => {
    const near = orders[below(dice, orders.length)]
    if (near === undefined) throw new Error('a crew without orders needs nobody')
    return {
      id: `${crew} ${String(i + 1).padStart(2, '0')}`,
      skills: skills[i] ?? [],
      home: { lat: near.place.lat + spread(dice), lon: near.place.lon + spread(dice) },
      shifts: shiftsOf(i, history, request.days),
    }
  })
}

const spread = (dice: Random): number => (unit(dice) - 0.5) * 2 * HOME_SPREAD_DEGREES

/** Main trades by share of the work, then each trade to those who know least until enough people know it. */
function skillsOf(orders: readonly Order[], count: number): string[][] {
  const work = new Map<string, number>()
  for (const order of orders)
    work.set(order.skill, (work.get(order.skill) ?? 0) + order.plannedSeconds + JOURNEY_SECONDS)
  const trades = [...work].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const all = trades.reduce((sum, [, own]) => sum + own, 0)
  const skills: string[][] = []
  const given = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    // Whoever is furthest behind its share gets the next person.
    let main = trades[0]?.[0] ?? ''
    let most = Number.NEGATIVE_INFINITY
    for (const [trade, own] of trades) {
      const behind = (own / all) * (i + 1) - (given.get(trade) ?? 0)
      if (behind <= most) continue
      main = trade
      most = behind
    }
    given.set(main, (given.get(main) ?? 0) + 1)
    skills.push([main])
  }
  for (const [trade] of trades) {
    const wanted = Math.min(count, Math.max(2, Math.ceil(KNOWN_SHARE * count)))
    const others = skills.filter((own) => !own.includes(trade)).sort((a, b) => a.length - b.length)
    const missing = wanted - (count - others.length)
    for (const own of others.slice(0, Math.max(0, missing))) own.push(trade)
  }
  return skills
}
