/** Small seeded crews for tests: three people, two trades, two days, and every way of dispatching with a countable budget. */
import { below, unit } from '../../optimiser/random.ts'
import { diceOf } from '../dice.ts'
import type { Dispatcher } from '../dispatcher.ts'
import { callboard } from '../policies/callboard.ts'
import { earliestDue } from '../policies/earliest-due.ts'
import { firstCome } from '../policies/first-come.ts'
import { nearestIdle } from '../policies/nearest-idle.ts'
import { resolveEvery } from '../policies/resolve-every.ts'
import { type Played, simulate } from '../simulator.ts'
import { type Truth, truthOf } from '../truth.ts'
import type { Crew, Order, Technician } from '../world.ts'

export const hour = 3_600
export const day = 24 * hour
export const travel = { speedKmh: 30, roadFactor: 1.4 }

const ours = (seed: number): Dispatcher =>
  callboard({
    name: 'callboard',
    horizonSeconds: 2 * day,
    weights: {},
    churnBudget: 100,
    wishes: { marginSeconds: 1_800 },
    repairBudget: { iterations: 20 },
    backgroundBudget: { iterations: 60 },
    backgroundSeconds: 900,
    seed,
  })

export const ways: readonly (readonly [string, (seed: number) => Dispatcher])[] = [
  ['first-come', firstCome],
  ['nearest-idle', nearestIdle],
  ['earliest-due', earliestDue],
  [
    'resolve-15min',
    (seed) =>
      resolveEvery({
        everySeconds: 900,
        horizonSeconds: 2 * day,
        budget: { iterations: 60 },
        seed,
        weights: {},
      }),
  ],
  ['callboard', ours],
]

export const smallCrew = (seed: number, count = 30): Crew => {
  const dice = diceOf(seed, 'small crew')
  const place = () => ({ lat: 42.3 + unit(dice) * 0.08, lon: -71.1 + unit(dice) * 0.08 })
  const orders = Array.from({ length: count }, (_, i): Order => {
    const arrivesAt = below(dice, Math.floor(1.6 * day))
    return {
      id: `order ${i}`,
      type: unit(dice) < 0.5 ? 'Lamp out' : 'Tree down',
      skill: unit(dice) < 0.6 ? 'lamps' : 'trees',
      priority: unit(dice) < 0.3 ? 'high' : 'normal',
      place: place(),
      arrivesAt,
      plannedSeconds: (10 + below(dice, 50)) * 60,
      dueAt: unit(dice) < 0.2 ? null : arrivesAt + (4 + below(dice, 20)) * hour,
    }
  })
  const technicians = Array.from(
    { length: 3 },
    (_, i): Technician => ({
      id: `technician ${i}`,
      skills: i === 0 ? ['lamps'] : i === 1 ? ['trees'] : ['lamps', 'trees'],
      home: place(),
      shifts: [0, 1, 2].map((d) => ({ from: d * day + 7 * hour, to: d * day + 15 * hour })),
    }),
  )
  return { name: 'small', technicians, orders: sorted(orders) }
}

export const sorted = (orders: readonly Order[]): Order[] =>
  [...orders].sort((a, b) => a.arrivesAt - b.arrivesAt || (a.id < b.id ? -1 : 1))

export const played = (crew: Crew, dispatcher: Dispatcher, truth: Truth = truthOf(1)): Played =>
  simulate({ crew, truth, dispatcher, travel, until: 3 * day, arrivalsUntil: 2 * day, cpu: () => 0 })
