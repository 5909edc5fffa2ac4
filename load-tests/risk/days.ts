/**
 * Simulated days of a service department, to try forecasts on: what was planned, and what then happened.
 *
 * The truth is on purpose not the forecast's own model: types differ in bias and spread, some jobs go wrong altogether,
 * roads jam, a bad day slows everybody down, and urgent work is pushed into days that were full already. Times are
 * minutes after midnight.
 */
import { type Dice, diceOf } from './dice.ts'

export type Visit = {
  readonly id: number
  readonly typeId: string
  readonly travelMinutes: number
  readonly workMinutes: number
  readonly target: 'arrive' | 'complete'
  readonly due: number
  readonly isUrgent: boolean
  /** When it became known, and when a technician was given it; both 0 for what the morning's plan held. */
  readonly createdAt: number
  readonly placedAt: number
  /** The planned start as it was moved, oldest first. */
  readonly plans: { readonly since: number; readonly start: number }[]
  readonly left: number
  readonly began: number
  readonly ended: number
}

/** Visits in the order in which they were done. */
export type TechnicianDay = { readonly visits: readonly Visit[] }
export type SimulatedDay = { readonly technicians: readonly TechnicianDay[] }

export const OPENS = 8 * 60
export const CLOSES = 17 * 60
export const LUNCH = { from: 12 * 60, to: 12 * 60 + 30 } as const

type Kind = {
  readonly id: string
  readonly planned: readonly number[]
  readonly bias: number
  readonly spread: number
  readonly wrong: number
  readonly share: number
}

/** Twelve kinds of work: some steady, some wild, some planned too short, one that is hardly ever seen. */
const kinds: readonly Kind[] = [
  { id: 'inspect', planned: [30, 45], bias: -0.05, spread: 0.15, wrong: 0.01, share: 14 },
  { id: 'meter', planned: [20, 30], bias: 0, spread: 0.2, wrong: 0.01, share: 12 },
  { id: 'lamp', planned: [45, 60], bias: 0.05, spread: 0.25, wrong: 0.03, share: 14 },
  { id: 'boiler', planned: [90, 120], bias: 0.1, spread: 0.35, wrong: 0.06, share: 12 },
  { id: 'leak', planned: [60, 90], bias: 0.2, spread: 0.5, wrong: 0.08, share: 12 },
  { id: 'tree', planned: [60, 120], bias: -0.1, spread: 0.4, wrong: 0.04, share: 8 },
  { id: 'pump', planned: [120, 150], bias: 0.15, spread: 0.3, wrong: 0.05, share: 6 },
  { id: 'signal', planned: [40, 60], bias: 0.3, spread: 0.3, wrong: 0.04, share: 8 },
  { id: 'lift', planned: [60, 90], bias: 0, spread: 0.6, wrong: 0.1, share: 5 },
  { id: 'survey', planned: [45, 60], bias: -0.2, spread: 0.2, wrong: 0, share: 5 },
  { id: 'rewire', planned: [150, 180], bias: 0.1, spread: 0.25, wrong: 0.03, share: 3 },
  { id: 'rare', planned: [60], bias: 0.25, spread: 0.45, wrong: 0.1, share: 1 },
]
const shares = kinds.reduce((sum, kind) => sum + kind.share, 0)

function kindBy(dice: Dice): Kind {
  let at = dice.roll() * shares
  for (const kind of kinds) {
    at -= kind.share
    if (at < 0) return kind
  }
  // `kinds` is not empty.
  return kinds[0] as Kind
}

type Draft = { -readonly [K in keyof Visit]: Visit[K] } & { trueTravel: number; trueWork: number }

export type Circumstances = {
  readonly technicians: number
  /** Urgent orders per technician and day. */
  readonly urgentRate: number
}
export const usual: Circumstances = { technicians: 12, urgentRate: 0.25 }

export function simulateDay(seed: number, circumstances = usual): SimulatedDay {
  const dice = diceOf(seed)
  const pace = 1 + 0.05 * dice.normal()
  let id = 0
  const draft = (): Draft => draftVisit(dice, id++, pace)
  const technicians = Array.from({ length: circumstances.technicians }, () => {
    const plan = plannedDay(dice, draft)
    const urgent: Draft[] = []
    if (dice.roll() < circumstances.urgentRate) urgent.push(urgentVisit(dice, draft()))
    return { visits: live(plan, urgent) }
  })
  return { technicians }
}

function draftVisit(dice: Dice, id: number, pace: number): Draft {
  const kind = kindBy(dice)
  const workMinutes = kind.planned[dice.below(kind.planned.length)] ?? 60
  const travelMinutes = Math.round(dice.between(5, 35))
  const wrong = dice.roll() < kind.wrong ? dice.between(1.8, 3.5) : 1
  const jam = dice.roll() < 0.03 ? dice.between(10, 45) : 0
  return {
    id,
    typeId: kind.id,
    travelMinutes,
    workMinutes,
    target: dice.roll() < 0.25 ? 'arrive' : 'complete',
    due: 0,
    isUrgent: false,
    createdAt: 0,
    placedAt: 0,
    plans: [],
    left: 0,
    began: 0,
    ended: 0,
    trueTravel: travelMinutes * pace * Math.exp(0.05 + 0.28 * dice.normal()) + jam,
    trueWork: workMinutes * pace * wrong * Math.exp(kind.bias + kind.spread * dice.normal()),
  }
}

function plannedDay(dice: Dice, draft: () => Draft): Draft[] {
  const visits: Draft[] = []
  let at = OPENS
  let hadLunch = false
  for (;;) {
    const visit = draft()
    let start = at + visit.travelMinutes + Math.round(dice.between(0, 25))
    if (!hadLunch && start + visit.workMinutes > LUNCH.from + 20) {
      hadLunch = true
      start = Math.max(at, LUNCH.from) + 30 + visit.travelMinutes
    }
    const end = start + visit.workMinutes
    if (end > CLOSES) return visits
    visit.plans.push({ since: 0, start })
    const promised = visit.target === 'complete' ? end : start
    visit.due = Math.round(promised - 15 - 160 * Math.log(1 - dice.roll()))
    visits.push(visit)
    at = end
  }
}

function urgentVisit(dice: Dice, visit: Draft): Draft {
  visit.isUrgent = true
  visit.target = 'complete'
  visit.createdAt = Math.round(dice.between(OPENS + 20, CLOSES - 150))
  visit.placedAt = Math.round(visit.createdAt + 18 * Math.exp(0.8 * dice.normal()))
  visit.due = Math.round(visit.createdAt + dice.between(120, 300))
  return visit
}

/** Lets the day happen. Urgent work becomes the next thing to do; everything behind it is planned later. */
function live(plan: readonly Draft[], urgent: readonly Draft[]): Visit[] {
  const queue = [...plan]
  const coming = [...urgent].sort((a, b) => a.placedAt - b.placedAt)
  const done: Draft[] = []
  let at: number = OPENS
  let hadLunch = false
  for (;;) {
    const next = queue[0]
    const start = next === undefined ? Number.POSITIVE_INFINITY : startOf(next)
    const leaves = next === undefined ? start : Math.max(at, start - next.travelMinutes)
    const news = coming[0]
    if (news !== undefined && news.placedAt <= leaves) {
      coming.shift()
      at = Math.max(at, news.placedAt)
      pushIn(queue, news, done.at(-1))
      continue
    }
    if (next === undefined) return done
    if (!hadLunch && (at >= LUNCH.from || start > LUNCH.from)) {
      hadLunch = true
      at = Math.max(at, LUNCH.from) + 30
      continue
    }
    queue.shift()
    next.left = leaves
    next.began = Math.max(start, leaves + next.trueTravel)
    next.ended = next.began + next.trueWork
    at = next.ended
    done.push(next)
  }
}

const startOf = (visit: Draft): number => visit.plans.at(-1)?.start ?? visit.placedAt

function pushIn(queue: Draft[], news: Draft, present: Draft | undefined): void {
  const since = news.placedAt
  const busyUntil = present === undefined ? since : startOf(present) + present.workMinutes
  let at = Math.max(since, busyUntil) + news.travelMinutes
  news.plans.push({ since, start: at })
  at += news.workMinutes
  for (const visit of queue) {
    const pushed = Math.max(startOf(visit), at + visit.travelMinutes)
    if (pushed > startOf(visit)) visit.plans.push({ since, start: pushed })
    at = pushed + visit.workMinutes
  }
  queue.unshift(news)
}

/** The planned start as the board showed it at that time. */
export const plannedStartAt = (visit: Visit, at: number): number =>
  visit.plans.findLast((plan) => plan.since <= at)?.start ?? visit.placedAt

export const missed = (visit: Visit): boolean =>
  (visit.target === 'complete' ? visit.ended : visit.began) > visit.due
