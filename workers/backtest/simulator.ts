/**
 * Plays one crew's days through one way of dispatching, event by event.
 *
 * The simulator knows the truth and tells it only as it happens: an order when it arrives, the length of work when it ends,
 * an illness when it is reported. Everything that happens in one second is told at once. What is committed is carried out
 * to its end, also beyond the shift. Pure: the clock that measures the dispatcher is given.
 */

import type { Place } from '../../server/domain/activity/activity.ts'
import { assertNever } from '../../server/domain/assert-never.ts'
import { type Agenda, agendaOf } from './agenda.ts'
import type { Commitment, Dispatcher, Happening, TechnicianView, View } from './dispatcher.ts'
import { fits, isFree } from './dispatcher.ts'
import type { Absence, Truth } from './truth.ts'
import {
  type Crew,
  type Order,
  plannedTravel,
  type Shift,
  type Technician,
  type TravelPlan,
} from './world.ts'

export type Visit = {
  readonly orderId: string
  readonly technicianId: string
  readonly departsAt: number
  readonly startsAt: number
  readonly endsAt: number
  readonly metres: number
}

export type HomeTrip = {
  readonly technicianId: string
  readonly departsAt: number
  readonly seconds: number
  readonly metres: number
  readonly overtimeSeconds: number
}

export type Decision = {
  readonly at: number
  readonly cpuMs: number
  readonly moved: number
  readonly events: number
}

export type Played = {
  readonly visits: readonly Visit[]
  readonly homeTrips: readonly HomeTrip[]
  readonly decisions: readonly Decision[]
  /** Waiting when the last order had arrived and that day was over, and at the end of the replay. */
  readonly openAfterArrivals: number
  readonly open: readonly string[]
  /** Nobody in the crew has the skill. */
  readonly refused: readonly string[]
  /** Time at work that was planned and not missed, up to the end of arrivals. */
  readonly presentSeconds: number
}

export type Play = {
  readonly crew: Crew
  readonly truth: Truth
  readonly dispatcher: Dispatcher
  readonly travel: TravelPlan
  /** Nobody sets out from here on. */
  readonly until: number
  /** The end of the day on which the last order arrives. */
  readonly arrivalsUntil: number
  /** Milliseconds of CPU used so far; a constant where time is not to be measured. */
  readonly cpu: () => number
}

/** A dispatcher that breaks a rule is a fault of ours, not an outcome. */
export class BadCommitmentError extends Error {
  constructor(dispatcher: string, { technicianId, orderId }: Commitment, because: string) {
    super(`${dispatcher} sent ${technicianId} to ${orderId}: ${because}`)
    this.name = 'BadCommitmentError'
  }
}

/** Work that is over its planned time is expected to take this long yet. */
const OVERRUN_SECONDS = 300

type Person = {
  readonly technician: Technician
  readonly absences: readonly Absence[]
  place: Place
  visit: (Visit & { readonly order: Order; readonly plannedTravelSeconds: number }) | null
  /** The shift that has begun and from which the technician has not gone home. */
  outOn: Shift | null
  lastFreeAt: number
}

type Game = {
  readonly play: Play
  readonly people: ReadonlyMap<string, Person>
  readonly agenda: Agenda<Happening>
  readonly orders: ReadonlyMap<string, Order>
  readonly open: Map<string, Order>
  readonly refused: string[]
  readonly visits: Visit[]
  readonly homeTrips: HomeTrip[]
  readonly decisions: Decision[]
  now: number
}

export function simulate(play: Play): Played {
  const game = begin(play)
  let openAfterArrivals: number | null = null
  for (let next = game.agenda.next(); next !== null; next = game.agenda.next()) {
    if (openAfterArrivals === null && next.at >= play.arrivalsUntil) openAfterArrivals = game.open.size
    game.now = next.at
    for (const happening of next.items) takePlace(game, happening)
    if (game.now < play.until && isWorthAsking(game, next.items)) ask(game, next.items)
  }
  return {
    visits: game.visits,
    homeTrips: game.homeTrips,
    decisions: game.decisions,
    openAfterArrivals: openAfterArrivals ?? game.open.size,
    open: [...game.open.keys()],
    refused: game.refused,
    presentSeconds: presentSeconds(game),
  }
}

function begin(play: Play): Game {
  const { crew, truth, dispatcher, until } = play
  const agenda = agendaOf<Happening>()
  for (const order of crew.orders) agenda.add(order.arrivesAt, { kind: 'arrived', orderId: order.id })
  const people = new Map<string, Person>()
  for (const technician of crew.technicians) {
    const absences = truth.absences(technician)
    const technicianId = technician.id
    people.set(technicianId, {
      technician,
      absences,
      place: technician.home,
      visit: null,
      outOn: null,
      lastFreeAt: 0,
    })
    for (const { from, to } of technician.shifts) {
      if (from >= until) continue
      agenda.add(from, { kind: 'shift-began', technicianId })
      agenda.add(to, { kind: 'shift-ended', technicianId })
    }
    for (const { knownAt } of absences)
      if (knownAt < until) agenda.add(Math.max(0, knownAt), { kind: 'absent', technicianId })
  }
  const tick = dispatcher.tickSeconds
  if (tick !== null) for (let at = 0; at < until; at += tick) agenda.add(at, { kind: 'tick' })
  return {
    play,
    people,
    agenda,
    orders: new Map(crew.orders.map((order) => [order.id, order])),
    open: new Map(),
    refused: [],
    visits: [],
    homeTrips: [],
    decisions: [],
    now: 0,
  }
}

// ---------------------------------------------------------------- what happens

function takePlace(game: Game, happening: Happening): void {
  switch (happening.kind) {
    case 'arrived':
      arrive(game, happening.orderId)
      break
    case 'freed':
      free(game, personOf(game, happening.technicianId))
      break
    case 'shift-began':
      beginShift(game, personOf(game, happening.technicianId))
      break
    case 'shift-ended':
    case 'absent':
      goHomeIfDone(game, personOf(game, happening.technicianId))
      break
    case 'tick':
      break
    default:
      assertNever(happening)
  }
}

function personOf(game: Game, id: string): Person {
  const person = game.people.get(id)
  if (person === undefined) throw new Error(`there is no technician ${id}`)
  return person
}

function arrive(game: Game, orderId: string): void {
  const order = game.orders.get(orderId)
  if (order === undefined) throw new Error(`there is no order ${orderId}`)
  const isKnown = game.play.crew.technicians.some((technician) => technician.skills.includes(order.skill))
  if (isKnown) game.open.set(orderId, order)
  else game.refused.push(orderId)
}

function beginShift(game: Game, person: Person): void {
  const shift = shiftsLeft(game, person)[0]
  if (shift === undefined || shift.from > game.now || person.outOn !== null) return
  person.outOn = shift
  person.lastFreeAt = game.now
}

function free(game: Game, person: Person): void {
  const { visit } = person
  // The end of a visit is put on the agenda when it begins, and nothing takes a visit back.
  if (visit === null) throw new Error(`${person.technician.id} was not at work`)
  const { order: _, plannedTravelSeconds: __, ...done } = visit
  game.visits.push(done)
  person.visit = null
  person.lastFreeAt = game.now
  goHomeIfDone(game, person)
}

function goHomeIfDone(game: Game, person: Person): void {
  const shift = person.outOn
  if (shift === null || person.visit !== null || isPresent(game, person)) return
  const { home, id } = person.technician
  const { seconds, metres } = plannedTravel(person.place, home, game.play.travel)
  // Who waited for the end of the shift without work set out early enough to be home by then.
  const overtimeSeconds = Math.max(0, person.lastFreeAt + seconds - shift.to)
  if (metres > 0) {
    const departsAt = Math.max(person.lastFreeAt, game.now - seconds)
    game.homeTrips.push({ technicianId: id, departsAt, seconds, metres, overtimeSeconds })
  }
  person.place = home
  person.outOn = null
}

const isPresent = (game: Game, person: Person): boolean => {
  const shift = shiftsLeft(game, person)[0]
  return shift !== undefined && shift.from <= game.now
}

/** Shifts that are not over, without the absences that are known. */
function shiftsLeft(game: Game, person: Person): Shift[] {
  const known = person.absences.filter((absence) => absence.knownAt <= game.now)
  const left: Shift[] = []
  for (const shift of person.technician.shifts) {
    if (shift.to <= game.now) continue
    const absence = known.find(({ from, to }) => from < shift.to && to > shift.from)
    const to = absence === undefined ? shift.to : absence.from
    if (to > Math.max(shift.from, game.now)) left.push({ from: shift.from, to })
  }
  return left
}

// ---------------------------------------------------------------- what is decided

/** A tick while nobody is at work, nor about to be, is nobody's business. */
function isWorthAsking(game: Game, happenings: readonly Happening[]): boolean {
  if (happenings.some((happening) => happening.kind !== 'tick')) return true
  const soon = game.now + (game.play.dispatcher.tickSeconds ?? 0)
  for (const person of game.people.values()) {
    const shift = shiftsLeft(game, person)[0]
    if (shift !== undefined && shift.from < soon) return true
  }
  return false
}

function ask(game: Game, happenings: readonly Happening[]): void {
  const { dispatcher, cpu } = game.play
  const view = viewOf(game)
  const before = cpu()
  const { commitments, moved } = dispatcher.react(view, happenings)
  game.decisions.push({ at: game.now, cpuMs: cpu() - before, moved, events: happenings.length })
  for (const commitment of commitments) commit(game, view, commitment)
}

function viewOf(game: Game): View {
  return {
    now: game.now,
    // A copy: a dispatcher may keep what it was shown.
    open: new Map(game.open),
    travel: game.play.travel,
    technicians: [...game.people.values()].map((person): TechnicianView => {
      const shifts = shiftsLeft(game, person)
      return {
        technician: person.technician,
        place: person.place,
        busyUntil: expectedEnd(game, person),
        shifts,
        isOnShift: (shifts[0]?.from ?? Number.POSITIVE_INFINITY) <= game.now && person.outOn !== null,
      }
    }),
  }
}

/** From what has been seen: when the technician set out, and once on site, when the work began. */
function expectedEnd(game: Game, { visit }: Person): number | null {
  if (visit === null) return null
  const { order, plannedTravelSeconds, departsAt, startsAt } = visit
  if (game.now >= startsAt) return Math.max(startsAt + order.plannedSeconds, game.now + OVERRUN_SECONDS)
  return Math.max(departsAt + plannedTravelSeconds, game.now) + order.plannedSeconds
}

function commit(game: Game, view: View, commitment: Commitment): void {
  const { dispatcher, travel, truth } = game.play
  const refuse = (because: string): never => {
    throw new BadCommitmentError(dispatcher.name, commitment, because)
  }
  const person = game.people.get(commitment.technicianId) ?? refuse('there is no such technician')
  const order = game.open.get(commitment.orderId) ?? refuse('the order is not open')
  const shown = view.technicians.find(({ technician }) => technician.id === commitment.technicianId)
  if (shown === undefined || person.visit !== null || !isFree(shown)) refuse('the technician is not free')
  else if (!fits(view, shown, order)) refuse('it does not fit into the shift')
  const planned = plannedTravel(person.place, order.place, travel)
  const startsAt = game.now + Math.round(planned.seconds * truth.travelFactor(order))
  const endsAt = startsAt + truth.workSeconds(order)
  person.visit = {
    orderId: order.id,
    technicianId: person.technician.id,
    departsAt: game.now,
    startsAt,
    endsAt,
    metres: planned.metres,
    order,
    plannedTravelSeconds: planned.seconds,
  }
  person.place = order.place
  game.open.delete(order.id)
  game.agenda.add(endsAt, { kind: 'freed', technicianId: person.technician.id })
}

// ---------------------------------------------------------------- what was paid for

function presentSeconds(game: Game): number {
  let sum = 0
  for (const { technician, absences } of game.people.values()) {
    for (const shift of technician.shifts) {
      const absence = absences.find(({ from, to }) => from < shift.to && to > shift.from)
      const to = Math.min(absence?.from ?? shift.to, game.play.arrivalsUntil)
      sum += Math.max(0, to - shift.from)
    }
  }
  return sum
}
