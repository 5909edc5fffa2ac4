/**
 * The storm demo's weather: a process of its own that makes an ordinary running system live through a bad day.
 *
 * It is a client like any other: it signs in, takes calls (orders and activities), dispatches what is about to begin,
 * and plays the technicians, who accept, travel, arrive and finish. Planning is the system's own; the storm board
 * repairs itself. City time runs faster than the clock for what people do, so jobs of half an hour are over in minutes
 * and the plan behind them moves up. Everything is bounded: requests a second, open work, people at once.
 */
import { readStormSystem } from '../config.ts'
import type { ActivityView } from '../contract/activity.ts'
import type { OrderView } from '../contract/order.ts'
import { MINUTE } from '../domain/instant.ts'
import { type BoardFollower, followBoard } from './board-follower.ts'
import { type Answer, bodyOf, type Client, signIn } from './client.ts'
import { DEMO_PASSWORD } from './demo/company.ts'
import {
  districtId,
  STORM_SEED,
  stormAgreement,
  stormEmail,
  stormTechnicianId,
  stormType,
} from './demo/storm-company.ts'
import { type StormRequest, stormRequests, stormTechnicians } from './demo/storm-generator.ts'
import { dice } from './dice.ts'
import type { RunningSystem } from './running-system.ts'

/** How much faster than the clock people come, go and work. */
const SPEED = 12
/** Requests at the start, so that the first look at the board is a full one. */
const FIRST_REQUESTS = 130
/** No more calls are taken while this much work is open. */
const OPEN_MAX = 260
const TICK_MS = 1_000
/** Technicians' steps in one tick, over all of them. */
const STEPS_PER_TICK = 8
/** Work that begins this soon is dispatched. */
const DISPATCH_AHEAD_MS = 20 * MINUTE
const DISPATCHES_PER_TICK = 6

type Person = { client: Client | null; technicianId: string; email: string; nextAt: number }

type Storm = {
  system: RunningSystem
  board: string
  desk: Client
  dispatcher: Client
  follower: BoardFollower
  people: Map<string, Person>
  stopped: AbortSignal
}

export async function rage(system: RunningSystem, stopped: AbortSignal): Promise<void> {
  const board = system.boards[0]?.id
  if (board === undefined) throw new Error('the system has no board')
  const enter = (email: string): Promise<Client> =>
    signIn(system.urls, { company: system.company, email, password: DEMO_PASSWORD })
  const [desk, dispatcher] = await Promise.all([
    enter('dispatcher2@storm.example'),
    enter('dispatcher3@storm.example'),
  ])
  const people = stormTechnicians(STORM_SEED).map(
    (t): Person => ({
      client: null,
      technicianId: stormTechnicianId(t.code),
      email: stormEmail(t.code),
      nextAt: 0,
    }),
  )
  const follower = followBoard(desk, board, () => undefined)
  const storm: Storm = {
    system,
    board,
    desk,
    dispatcher,
    follower,
    people: new Map(people.map((person) => [person.technicianId, person])),
    stopped,
  }
  try {
    await follower.reached(0, 60_000)
    await Promise.all([takeCalls(storm), runDay(storm)])
  } finally {
    follower.close()
  }
}

// ---------------------------------------------------------------- calls

async function takeCalls(storm: Storm): Promise<void> {
  // Another start, another stretch of the same storm: orders already there must not come again.
  const requests = stormRequests(STORM_SEED + Math.floor(Date.now() / 1000))
  const missing = FIRST_REQUESTS - openWork(storm).length
  for (let i = 0; i < missing && !storm.stopped.aborted; i++) {
    await takeCall(storm, requests.next().value)
  }
  for (const request of requests) {
    if (storm.stopped.aborted) return
    await pause((request.afterSeconds * 1000) / SPEED, storm.stopped)
    if (openWork(storm).length < OPEN_MAX) await takeCall(storm, request)
  }
}

async function takeCall(storm: Storm, request: StormRequest): Promise<void> {
  const { trade } = request
  const address = { street: request.street, city: request.district, ...request.place }
  const order = bodyOf<OrderView>(
    'taking a call',
    await storm.desk.send('POST', '/orders', {
      body: {
        description: request.description,
        customerId: districtId(request.district),
        agreementId: stormAgreement(trade.team, trade.sla),
        priority: trade.priority,
        address,
      },
    }),
  )
  bodyOf(
    'planning a call',
    await storm.desk.send('POST', '/activities', {
      body: {
        orderId: order.id,
        boardId: storm.board,
        typeId: stormType(trade.code),
        priority: trade.priority,
        place: request.place,
      },
    }),
  )
}

// ---------------------------------------------------------------- dispatching and working

async function runDay(storm: Storm): Promise<void> {
  const d = dice(STORM_SEED)
  while (!storm.stopped.aborted) {
    const began = performance.now()
    await dispatchSoon(storm)
    await moveTechnicians(storm, d)
    await pause(TICK_MS - (performance.now() - began), storm.stopped)
  }
}

const openWork = (storm: Storm): ActivityView[] =>
  [...storm.follower.activities.values()].filter((a) => a.state !== 'closed')

async function dispatchSoon(storm: Storm): Promise<void> {
  const soon = Date.now() + DISPATCH_AHEAD_MS
  const busy = new Set(
    openWork(storm).flatMap((a) => (a.state === 'dispatched' && a.technicianId ? [a.technicianId] : [])),
  )
  const due = openWork(storm)
    .filter(
      (a) =>
        a.state === 'undispatched' &&
        a.technicianId !== null &&
        a.start !== null &&
        Date.parse(a.start) < soon,
    )
    // Each technician is told of one job at a time: what is not dispatched may still be planned better.
    .filter((a) => a.fieldStatus !== 'declined' && !busy.has(a.technicianId ?? ''))
    .sort((a, b) => Date.parse(a.start ?? '') - Date.parse(b.start ?? ''))
  const told = new Set<string>()
  for (const activity of due) {
    if (told.size >= DISPATCHES_PER_TICK || storm.stopped.aborted) return
    if (told.has(activity.technicianId ?? '')) continue
    told.add(activity.technicianId ?? '')
    tolerate(
      'dispatching',
      await storm.dispatcher.send('POST', `/activities/${activity.id}/dispatch`, {
        expectedVersion: activity.version,
      }),
    )
  }
}

const nextStep = {
  none: 'accepted',
  received: 'accepted',
  seen: 'accepted',
  accepted: 'travelling',
  travelling: 'onSite',
  onSite: 'done',
} as const

/** Minutes of city time that a step takes after the one before it. */
const stepMinutes = { accepted: 2, travelling: 3, onSite: 14, done: 1 } as const

async function moveTechnicians(storm: Storm, d: ReturnType<typeof dice>): Promise<void> {
  const now = Date.now()
  let steps = 0
  for (const activity of openWork(storm)) {
    if (steps >= STEPS_PER_TICK || storm.stopped.aborted) return
    if (activity.state !== 'dispatched' || activity.technicianId === null) continue
    const person = storm.people.get(activity.technicianId)
    if (!person || person.nextAt > now || !isNext(storm, activity)) continue
    if (!(activity.fieldStatus in nextStep)) continue
    // Just looked up: the status is one of those with a next step.
    const step = nextStep[activity.fieldStatus as keyof typeof nextStep]
    person.client ??= await signIn(storm.system.urls, {
      company: storm.system.company,
      email: person.email,
      password: DEMO_PASSWORD,
    })
    const answer = await person.client.send('POST', `/activities/${activity.id}/field-status`, {
      body: { fieldStatus: step },
      expectedVersion: activity.version,
    })
    tolerate('a technician’s step', answer)
    if (step === 'done' && answer.status < 300) await signOff(storm, activity.orderId)
    steps++
    const minutes = step === 'onSite' ? activity.durationMinutes : stepMinutes[step]
    person.nextAt = now + (minutes * MINUTE * (0.6 + d.next() * 0.9)) / SPEED
  }
}

/** The work is done and checked: the order's clock ends. */
async function signOff(storm: Storm, orderId: string): Promise<void> {
  const order = storm.follower.orders.get(orderId)
  if (!order || order.signedOff) return
  tolerate(
    'signing off',
    await storm.dispatcher.send('POST', `/orders/${orderId}/sign-off`, { expectedVersion: order.version }),
  )
}

/** A technician begins the first of the jobs that were dispatched to him or her. */
const isNext = (storm: Storm, activity: ActivityView): boolean =>
  !openWork(storm).some(
    (other) =>
      other.id !== activity.id &&
      other.technicianId === activity.technicianId &&
      other.state === 'dispatched' &&
      (other.fieldStatus === 'travelling' ||
        other.fieldStatus === 'onSite' ||
        (other.start ?? '') < (activity.start ?? '')),
  )

/** Someone was quicker, or watched more closely: the next tick looks again. Anything else is worth knowing. */
function tolerate(what: string, answer: Answer): void {
  if (answer.status < 300 || [404, 409, 412].includes(answer.status)) return
  bodyOf(what, answer)
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopped.aborted || ms <= 0) {
      setImmediate(resolve)
      return
    }
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      stopped.removeEventListener('abort', done)
      resolve()
    }
    stopped.addEventListener('abort', done, { once: true })
  })
}

// ---------------------------------------------------------------- the process

const AGAIN_MS = 3_000

async function main(system: RunningSystem): Promise<void> {
  const stop = new AbortController()
  const end = (): void => {
    stop.abort()
    // A request in flight would be repeated until the servers are back; the weather has nothing to save.
    setTimeout(() => process.exit(0), 500).unref()
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  while (!stop.signal.aborted) {
    try {
      await rage(system, stop.signal)
    } catch (error) {
      if (stop.signal.aborted) break
      // The system is restarting, or a person took something away: the weather does not stop for that.
      process.stderr.write(`storm: ${error instanceof Error ? error.message : String(error)}\n`)
      await pause(AGAIN_MS, stop.signal)
    }
  }
  process.exit(0)
}

await main(readStormSystem())
