/**
 * Problems by chance for property tests: every rule turns up, alone and with the others, and the seed is enough to see one again.
 */
import type {
  Problem,
  ProblemActivity,
  ProblemTechnician,
  Shift,
  SlaTarget,
  TravelMatrix,
} from '../problem.ts'
import { type Random, randomFrom, unit } from '../random.ts'
import { wishesFor } from '../wishes.ts'

const DAY = 86_400
const HOUR = 3_600

type Dice = {
  readonly int: (low: number, high: number) => number
  readonly chance: (share: number) => boolean
}

const diceFrom = (random: Random): Dice => ({
  int: (low, high) => low + Math.floor(unit(random) * (high - low + 1)),
  chance: (share) => unit(random) < share,
})

export type Size = { readonly activities: number; readonly technicians: number }

export const randomProblem = (seed: number, size: Size): Problem => {
  const dice = diceFrom(randomFrom(seed))
  const { int, chance } = dice
  const places = int(2, 12)
  const travel = matrix(dice, places)
  const days = int(1, 3)
  const dimensions = int(0, 2)
  const has = {
    mixedLoads: chance(0.3),
    breaks: chance(0.6),
    targets: chance(0.7),
    fixed: chance(0.5),
    current: chance(0.5),
    plain: chance(0.25),
  }
  const count = int(1, size.technicians)
  const someone = (): string => `t${int(0, count - 1)}`
  const shift = (day: number): Shift => {
    const from = day * DAY + int(7, 9) * HOUR
    const lunch = from + int(3, 5) * HOUR
    const to = from + int(7, 9) * HOUR
    const breaks = has.breaks && !has.plain
    return {
      open:
        breaks && chance(0.6)
          ? [
              { from, to: lunch },
              { from: lunch + 1_800, to },
            ]
          : [{ from, to }],
      breaks:
        breaks && chance(0.4) ? [{ earliest: from + HOUR, latest: from + 6 * HOUR, duration: 900 }] : [],
      startLocation: chance(0.9) ? int(0, places - 1) : null,
      endLocation: chance(0.8) ? int(0, places - 1) : null,
      overtimeMax: chance(0.3) && !has.plain ? HOUR : 0,
    }
  }
  const technicians = Array.from(
    { length: count },
    (_, t): ProblemTechnician => ({
      id: `t${t}`,
      skills: chance(0.8) ? [{ skill: 'gas', level: int(1, 3) }] : [],
      shifts: Array.from({ length: days }, (__, day) => shift(day)),
      ...(chance(0.2) ? { speedFactor: 1.3 } : {}),
      ...(chance(0.2) ? { perKm: 300 } : {}),
      ...(chance(0.1) ? { fixedCost: 5_000 } : {}),
      ...(dimensions > 0 && chance(0.9)
        ? { capacity: Array.from({ length: dimensions }, () => int(3, 12)) }
        : {}),
      ...(chance(0.2) ? { maxTasks: int(2, 5) } : {}),
    }),
  )
  const target = (): SlaTarget => ({
    // The index is one of three.
    kind: (['complete', 'arrive', 'respond'] as const)[int(0, 2)]!,
    dueAt: int(-HOUR, days * DAY),
    weight: int(1, 5),
  })
  const activities = Array.from({ length: int(1, size.activities) }, (_, i): ProblemActivity => {
    const rich = !has.plain
    return {
      id: `a${i}`,
      duration: int(0, 6) * 900,
      location: chance(0.9) ? int(0, places - 1) : null,
      setup: rich && chance(0.2) ? 300 : 0,
      skills: chance(0.3) ? [{ skill: 'gas', level: int(1, 3) }] : [],
      windows: chance(0.5)
        ? []
        : Array.from({ length: has.plain ? 1 : int(1, 3) }, () => {
            const from = int(0, days - 1) * DAY + int(6, 14) * HOUR
            return { from, to: from + int(0, 4) * HOUR }
          }),
      targets: wished(i, rich && has.targets && chance(0.7) ? Array.from({ length: int(1, 2) }, target) : []),
      priority: int(0, 100),
      ...(chance(0.2) ? { preferred: [someone()] } : {}),
      ...(chance(0.1) ? { excluded: [someone()] } : {}),
      ...(chance(0.05) ? { only: [someone()] } : {}),
      ...(rich && has.fixed && chance(0.2)
        ? { fixed: { technicianId: someone(), start: int(0, days * DAY) } }
        : {}),
      ...(rich && has.current && chance(0.5)
        ? {
            current: {
              technicianId: someone(),
              start: int(0, days - 1) * DAY + int(7, 15) * HOUR,
              tolerance: chance(0.5) ? 600 : 0,
            },
          }
        : {}),
      delivery: Array.from({ length: dimensions }, () => (has.mixedLoads && chance(0.5) ? 0 : int(0, 4))),
      pickup: Array.from({ length: dimensions }, () => (has.mixedLoads && chance(0.5) ? int(0, 4) : 0)),
    }
  })
  return { horizon: days * DAY, activities, technicians, travel: [travel] }
}

/** Of work with promises, some is wished for soon and some with time to spare: every other and every third. */
const wished = (i: number, promises: SlaTarget[]): SlaTarget[] => {
  const wishes = wishesFor(
    promises.filter(({ kind }) => kind !== 'respond'),
    { weight: 1 + (i % 4) / 2, since: i * 900, marginSeconds: i * 300 },
  )
  return promises.length === 0
    ? []
    : [...promises, ...wishes.filter(({ wish }) => (wish === 'waiting' ? i % 2 === 0 : i % 3 === 0))]
}

const matrix = ({ int, chance }: Dice, size: number): TravelMatrix => {
  const points = Array.from({ length: size }, () => ({ x: int(0, 30_000), y: int(0, 30_000) }))
  const oneWay = chance(0.5)
  const seconds = new Int32Array(size * size)
  const metres = new Int32Array(size * size)
  points.forEach((a, i) => {
    points.forEach((b, j) => {
      const distance = Math.hypot(a.x - b.x, a.y - b.y)
      metres[i * size + j] = Math.round(distance)
      seconds[i * size + j] = Math.round(distance / 10 + (oneWay && i < j ? distance / 50 : 0))
    })
  })
  return { size, seconds, metres }
}

/** The same with limited vans, depots and paid working time, alone or together, and now and then someone on the road already. */
export const randomVanProblem = (seed: number, size: Size): Problem => {
  const problem = randomProblem(seed, size)
  const { int, chance } = diceFrom(randomFrom(seed + 1))
  const has = {
    tools: chance(0.6),
    parts: chance(0.6),
    depots: chance(0.8),
    pay: chance(0.7),
    road: chance(0.3),
  }
  const places = problem.travel[0]?.size ?? 1
  const some = <T>(list: readonly T[]): T[] => list.filter(() => chance(0.4))
  const amounts = (most: number) => some(['pipe', 'valve']).map((part) => ({ part, amount: int(0, most) }))
  return {
    ...problem,
    technicians: problem.technicians.map((technician): ProblemTechnician => {
      const departs = has.road && chance(0.3)
      return {
        ...technician,
        ...(has.tools && chance(0.8) ? { tools: some(['saw', 'drill']) } : {}),
        ...(has.parts && chance(0.8) ? { parts: amounts(4) } : {}),
        ...(has.depots && chance(0.8)
          ? { depot: { location: int(0, places - 1), ...(chance(0.5) ? { duration: 600 } : {}) } }
          : {}),
        ...(has.pay && chance(0.8) ? { perHourWorked: int(1, 7_200) } : {}),
        ...(has.pay && chance(0.3) ? { perHour: int(0, 3_600) } : {}),
        shifts: technician.shifts.map((shift, i) =>
          departs && i === 0 ? { ...shift, departed: true } : shift,
        ),
      }
    }),
    activities: problem.activities.map((activity) => ({
      ...activity,
      ...(has.tools && chance(0.5) ? { tools: some(['saw', 'drill']) } : {}),
      ...(has.parts && chance(0.5) ? { parts: amounts(2) } : {}),
    })),
  }
}
