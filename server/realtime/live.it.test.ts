/**
 * The live path on real Postgres and Redis, with two servers in one process and clients that keep the rules of
 * consistency.md 2.5 strictly: what a client has applied must be the log, without a hole, a repeat or a change of order.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import type pg from 'pg'
import { io as connect, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createCommands, systemCaller } from '../adapters/postgres/commands.ts'
import { createEventLog } from '../adapters/postgres/event-log.ts'
import { createInboxes } from '../adapters/postgres/inboxes.ts'
import { createLiveGate } from '../adapters/postgres/live-gate.ts'
import { createPools, type Pools } from '../adapters/postgres/pools.ts'
import { createRecords } from '../adapters/postgres/records.ts'
import { createRedisBoard } from '../adapters/redis/board.ts'
import { createRedisBus } from '../adapters/redis/bus.ts'
import { activityEvents, activityRemoved, orderEvents } from '../application/board-changes.ts'
import { changeFork, createFork, discardFork, runForkCommands } from '../application/forks.ts'
import { createLiveBoards, type LiveBoards } from '../application/live-boards.ts'
import { withForks } from '../application/live-forks.ts'
import { noMetrics } from '../application/live-metrics.ts'
import { createNoticePublisher } from '../application/live-notices.ts'
import { mergeFork } from '../application/merge-fork.ts'
import type { ActivityView } from '../contract/activity.ts'
import { type BoardEvent, type BoardSnapshot, boardChecksum } from '../contract/board.ts'
import { type Cut, cutFacts, knifeOf } from '../contract/board-cut.ts'
import type { ForkCreate, ForkView } from '../contract/forks.ts'
import type {
  ErrorFrame,
  EventsFrame,
  HeartbeatFrame,
  InboxFrame,
  NoticeFrame,
  PresenceFrame,
  ResetFrame,
  SnapshotFrame,
} from '../contract/live.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Order } from '../domain/order/order.ts'
import { freshDatabase, openOwner, type TestDatabase } from '../operate/test-database.ts'
import { freshRedis, type TestRedis } from '../operate/test-redis.ts'
import type { Commands, NewEvent, Outcome, Refused, Tx } from '../ports/commands.ts'
import { attachLive, type Live, type LiveLimits } from './attach-live.ts'

const HOUR = 3_600_000
const DAY = Date.UTC(2026, 2, 2, 8)
let database: TestDatabase
let redis: TestRedis
let admin: Redis
let owner: pg.Pool

beforeAll(async () => {
  ;[database, redis] = await Promise.all([freshDatabase(), freshRedis()])
  admin = new Redis(redis.boardAdminUrl)
  admin.on('error', () => undefined)
  owner = openOwner(database.ownerUrl)
  owner.on('error', () => undefined)
})
afterAll(async () => {
  admin.disconnect()
  await owner.end()
  await redis.stop()
  await database.drop()
})

// ---------------------------------------------------------------- two servers

type Node = {
  readonly url: string
  readonly commands: Commands
  readonly boards: LiveBoards
  readonly live: Live
  readonly pools: Pools
  readonly faults: string[]
  /** Ends everything at once, as a killed process does. */
  kill(): Promise<void>
}

async function startNode(
  options: { limits?: Partial<LiveLimits>; origins?: string[]; redisUrl?: string } = {},
): Promise<Node> {
  const faults: string[] = []
  const report = (what: string): void => void faults.push(what)
  const pools = createPools(database.appUrl, () => undefined)
  const eventLog = createEventLog(pools)
  const url = options.redisUrl ?? redis.boardUrl
  const board = createRedisBoard({
    url,
    adminUrl: options.redisUrl ?? redis.boardAdminUrl,
    onError: () => undefined,
  })
  const bus = createRedisBus({ url, onError: () => undefined })
  const boards = createLiveBoards({ eventLog, board, bus, metrics: noMetrics, report })
  const commands = createCommands({
    pools,
    newId: randomUUID,
    writeRefusal: () => ({ status: 409, body: '{}' }),
    afterCommit: boards.afterCommit,
  })
  const server: HttpServer = createServer((_, response) => response.end())
  const live = attachLive(server, {
    boards: withForks(boards, { commands, bus, metrics: noMetrics, report, newEpoch: randomUUID }),
    gate: createLiveGate(pools),
    inboxes: createInboxes(pools),
    bus,
    origins: options.origins ?? [],
    metrics: noMetrics,
    report,
    ...(options.limits ? { limits: options.limits } : {}),
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // listen(0) on TCP gives an address object.
  const { port } = server.address() as AddressInfo
  let dead = false
  return {
    url: `http://127.0.0.1:${port}`,
    commands,
    boards,
    live,
    pools,
    faults,
    async kill() {
      if (dead) return
      dead = true
      server.closeAllConnections()
      await live.close()
      boards.close()
      board.close()
      bus.close()
      await pools.end()
    },
  }
}

// ---------------------------------------------------------------- a company

type Company = {
  readonly id: string
  readonly board: string
  readonly team: string
  readonly otherTeam: string
  readonly technician: string
  readonly other: string
  readonly stage: string
}

let made = 0
async function makeCompany(): Promise<Company> {
  made += 1
  const n = `${made}${randomUUID().slice(0, 6)}`
  const [id, board, team, otherTeam, technician, other, stage] = ['c', 'b', 'm', 'mm', 't', 'tt', 's'].map(
    (x) => `${x}${n}`,
  )
  if (!id || !board || !team || !otherTeam || !technician || !other || !stage)
    throw new Error('ids were made')
  await owner.query(`INSERT INTO company (id, code, name) VALUES ($1, $1, $1)`, [id])
  await owner.query(`INSERT INTO board (company_id, id, name) VALUES ($1, $2, $2)`, [id, board])
  for (const t of [team, otherTeam]) {
    await owner.query(`INSERT INTO team (company_id, id, code, board_id) VALUES ($1, $2, $2, $3)`, [
      id,
      t,
      board,
    ])
  }
  await owner.query(`INSERT INTO technician (company_id, id, name, team_id) VALUES ($1, $2, 'Ann', $3)`, [
    id,
    technician,
    team,
  ])
  await owner.query(`INSERT INTO technician (company_id, id, name, team_id) VALUES ($1, $2, 'Bo', $3)`, [
    id,
    other,
    otherTeam,
  ])
  await owner.query(`INSERT INTO stage (company_id, id, code) VALUES ($1, $2, 'new')`, [id, stage])
  return { id, board, team, otherTeam, technician, other, stage }
}

type User = { readonly id: string; readonly session: string; readonly companyId: string }
async function makeUser(company: Company, role: string, technicianId: string | null = null): Promise<User> {
  const id = `u${randomUUID().slice(0, 8)}`
  const session = `x${id}`
  await owner.query(
    `INSERT INTO app_user (company_id, id, email, name, role, technician_id, password_hash)
       VALUES ($1, $2, $2, $2, $3, $4, '-')`,
    [company.id, id, role, technicianId],
  )
  await owner.query(
    `INSERT INTO session (id, company_id, user_id, token_hash, expires_at) VALUES ($1, $2, $3, $4, now() + interval '1 hour')`,
    [session, company.id, id, createHash('sha256').update(session).digest()],
  )
  return { id, session, companyId: company.id }
}

async function ticketFor(user: User): Promise<string> {
  const ticket = `${randomUUID()}${randomUUID()}`
  await owner.query(
    `INSERT INTO socket_ticket (ticket_hash, company_id, session_id, expires_at) VALUES ($1, $2, $3, now() + interval '30 seconds')`,
    [createHash('sha256').update(ticket).digest(), user.companyId, user.session],
  )
  return ticket
}

// ---------------------------------------------------------------- commands

/** One committed command of the system's own hand. */
async function command(node: Node, company: Company, work: (tx: Tx) => Promise<NewEvent[]>): Promise<number> {
  const answer = await node.commands.run(
    { caller: systemCaller(company.id), key: null, requestHash: new Uint8Array(32) },
    async (tx) => ({ status: 200, body: {}, events: await work(tx) }),
  )
  if (answer.kind !== 'answer') throw new Error(`the command ended ${answer.kind}`)
  return answer.events.at(-1)?.last ?? 0
}

async function createWork(node: Node, company: Company, more: Partial<Activity> = {}): Promise<Activity> {
  const n = randomUUID().slice(0, 12)
  const order = (now: number): Order => ({
    id: `o${n}`,
    version: 1,
    companyId: company.id,
    number: n,
    externalId: null,
    description: 'A lamp is out',
    customerId: null,
    projectId: null,
    agreementId: null,
    serviceDateTime: now,
    stageId: company.stage,
    progress: 'inProcess',
    priority: 'normal',
    address: null,
    preferredTechnicianId: null,
    signedOff: false,
    signedOffAt: null,
    origin: 'user',
    createdAt: now,
    lines: [],
    clock: { terms: null, status: 'none', records: [], reached: {} },
  })
  const activity: Activity = {
    id: `a${n}`,
    version: 1,
    number: n,
    companyId: company.id,
    boardId: company.board,
    orderId: `o${n}`,
    orderLineId: null,
    typeId: null,
    teamId: company.team,
    technicianId: null,
    start: null,
    end: null,
    durationMinutes: 60,
    state: 'undispatched',
    fieldStatus: 'none',
    priority: 'normal',
    locked: false,
    requiredSkills: [],
    earliestStart: null,
    latestEnd: null,
    windows: [],
    preferredTechnicianId: null,
    place: null,
    blocking: false,
    humanTouchedAt: null,
    createdAt: DAY,
    closedAt: null,
    closedBy: null,
    closedCause: null,
    ...more,
  }
  await command(node, company, async (tx) => {
    const placed = order(tx.now)
    await tx.insertOrder(placed)
    await tx.insertActivities([activity])
    return [
      ...(await orderEvents(tx, 'order-created', placed, new Set([company.board]))),
      ...activityEvents('activity-created', null, activity),
    ]
  })
  return activity
}

async function change(node: Node, company: Company, id: string, patch: Partial<Activity>): Promise<Activity> {
  let after: Activity | undefined
  await command(node, company, async (tx) => {
    const before = (await tx.lockActivities([id])).get(id)
    if (!before) throw new Error(`activity ${id} is not there`)
    after = { ...before, ...patch, version: before.version + 1 }
    await tx.updateActivities([after])
    if (patch.technicianId !== undefined && patch.technicianId !== before.technicianId) {
      if (before.technicianId !== null) await tx.tell(before.technicianId, 'removed', after)
      if (patch.technicianId !== null) await tx.tell(patch.technicianId, 'assigned', after)
    }
    return activityEvents('activity-changed', before, after)
  })
  if (!after) throw new Error('the change was made')
  return after
}

// ---------------------------------------------------------------- a strict client

class Client {
  readonly socket: Socket
  readonly errors: ErrorFrame[] = []
  readonly resets: ResetFrame[] = []
  readonly heartbeats: HeartbeatFrame[] = []
  readonly notices: NoticeFrame[] = []
  readonly inbox: InboxFrame[] = []
  readonly violations: string[] = []
  readonly frames: EventsFrame[] = []
  presence: PresenceFrame | null = null
  epoch: string | undefined
  seq: number | undefined
  snapshots = 0
  acks = true
  readonly activities = new Map<string, ActivityView>()
  readonly orders = new Map<string, BoardSnapshot['orders'][number]>()
  readonly technicians = new Map<string, BoardSnapshot['technicians'][number]>()
  readonly applied: BoardEvent[] = []
  readonly board: string
  #parts: SnapshotFrame[] = []

  constructor(url: string, board: string, ticket: string, headers: Record<string, string> = {}) {
    this.board = board
    this.socket = connect(`${url}/live`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { ticket },
      extraHeaders: headers,
    })
    this.socket.on('snapshot', (frame: SnapshotFrame) => this.#onSnapshot(frame))
    this.socket.on('events', (frame: EventsFrame) => this.#onEvents(frame))
    this.socket.on('heartbeat', (frame: HeartbeatFrame) => this.#onHeartbeat(frame))
    this.socket.on('reset', (frame: ResetFrame) => {
      this.resets.push(frame)
      this.epoch = undefined
      this.seq = undefined
      this.#parts = []
    })
    this.socket.on('error', (frame: ErrorFrame) => this.errors.push(frame))
    this.socket.on('notice', (frame: NoticeFrame) => this.notices.push(frame))
    this.socket.on('inbox', (frame: InboxFrame) => this.inbox.push(frame))
    this.socket.on('presence', (frame: PresenceFrame) => {
      this.presence = frame
    })
    clients.push(this)
  }

  async connected(): Promise<this> {
    if (this.socket.connected) return this
    await new Promise<void>((resolve, reject) => {
      this.socket.once('connect', resolve)
      this.socket.once('connect_error', reject)
    })
    return this
  }

  subscribe(more: Cut & { epoch?: unknown; seq?: unknown } = {}): void {
    this.socket.emit('subscribe', { board: this.board, ...more })
  }

  resume(more: Cut = {}): void {
    this.subscribe({ ...more, epoch: this.epoch, seq: this.seq })
  }

  /** Takes over what another client of the same person had. */
  inherit(from: Client): this {
    this.epoch = from.epoch
    this.seq = from.seq
    for (const [id, a] of from.activities) this.activities.set(id, a)
    for (const [id, o] of from.orders) this.orders.set(id, o)
    for (const [id, t] of from.technicians) this.technicians.set(id, t)
    return this
  }

  #onSnapshot(frame: SnapshotFrame): void {
    if (this.epoch === frame.epoch && this.seq !== undefined && frame.seq < this.seq) {
      this.violations.push(`snapshot at ${frame.seq} while at ${this.seq}`)
      return
    }
    if (frame.part !== this.#parts.length + 1)
      this.violations.push(`part ${frame.part} after ${this.#parts.length}`)
    this.#parts.push(frame)
    if (frame.part < frame.parts) return
    this.activities.clear()
    this.orders.clear()
    this.technicians.clear()
    this.applied.length = 0
    for (const part of this.#parts) {
      for (const a of part.activities) this.activities.set(a.id, a)
      for (const o of part.orders) this.orders.set(o.id, o)
      for (const t of part.technicians) this.technicians.set(t.id, t)
    }
    this.#parts = []
    this.snapshots += 1
    this.epoch = frame.epoch
    this.seq = frame.seq
  }

  #onEvents(frame: EventsFrame): void {
    this.frames.push(frame)
    if (frame.epoch !== this.epoch || this.seq === undefined) {
      this.violations.push(`events of ${frame.epoch} while at ${this.epoch} ${this.seq}`)
      return
    }
    if (frame.from !== this.seq + 1) this.violations.push(`events from ${frame.from} while at ${this.seq}`)
    if (frame.to < frame.from) this.violations.push(`events ${frame.from}..${frame.to}`)
    let last = frame.from
    for (const item of frame.items) {
      if (item.seq < last || item.seq > frame.to)
        this.violations.push(`item ${item.seq} in ${frame.from}..${frame.to}`)
      last = item.seq
      this.#fold(item)
      this.applied.push(item)
    }
    this.seq = frame.to
    if (this.acks) this.socket.emit('ack', { board: this.board, seq: this.seq })
  }

  #fold({ activity, order, technician, removed, entity }: BoardEvent): void {
    if (activity) {
      if (activity.state === 'closed') this.activities.delete(activity.id)
      else this.activities.set(activity.id, activity)
    }
    if (order) this.orders.set(order.id, order)
    if (technician) this.technicians.set(technician.id, technician)
    if (removed !== undefined) {
      if (entity === 'technician') this.technicians.delete(removed)
      else if (entity === 'order') this.orders.delete(removed)
      else this.activities.delete(removed)
    }
  }

  #onHeartbeat(frame: HeartbeatFrame): void {
    this.heartbeats.push(frame)
    if (frame.sum === undefined || frame.epoch !== this.epoch || frame.head !== this.seq) return
    const own = boardChecksum(this.activities.values())
    if (own !== frame.sum) this.violations.push(`sum ${own} instead of ${frame.sum} at ${frame.head}`)
  }

  close(): void {
    this.socket.disconnect()
  }
}

const clients: Client[] = []
async function clientOf(node: Node, user: User, board: string): Promise<Client> {
  return new Client(node.url, board, await ticketFor(user)).connected()
}

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 8_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function headOf(board: string): Promise<{ epoch: string; seq: number }> {
  const { rows } = await owner.query('SELECT epoch, seq::int AS seq FROM board WHERE id = $1', [board])
  return rows[0]
}

const caughtUp = async (client: Client): Promise<void> => {
  const { epoch, seq } = await headOf(client.board)
  await until(`client at ${seq}`, () => client.epoch === epoch && client.seq === seq)
}

/** What the client holds is what a fresh snapshot of the truth holds, and it never saw the rules broken. */
async function expectTrue(node: Node, company: Company, client: Client, cut: Cut = {}): Promise<void> {
  await caughtUp(client)
  const snapshot = await createEventLog(node.pools).snapshot(company.id, company.board)
  if (!snapshot) throw new Error('the board is there')
  const knife = knifeOf(cut)
  const activities = snapshot.activities.filter((a) => knife.activity(cutFacts(a)))
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
  expect([...client.activities.values()].sort(byId)).toEqual([...activities].sort(byId))
  for (const a of activities) expect(client.orders.has(a.orderId), `order of ${a.id}`).toBe(true)
  expect(client.violations).toEqual([])
}

let one: Node
let two: Node
let company: Company
let dispatcher: User

beforeEach(async () => {
  ;[one, two, company] = await Promise.all([startNode(), startNode(), makeCompany()])
  dispatcher = await makeUser(company, 'dispatcher')
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await Promise.all([one.kill(), two.kill()])
})

// ---------------------------------------------------------------- the tests

describe('following a board', () => {
  it('opens with a snapshot and goes on with events, from commits on either server', async () => {
    await createWork(one, company)
    const client = await clientOf(two, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    expect(client.snapshots).toBe(1)
    for (let i = 0; i < 10; i++) await createWork(i % 2 ? one : two, company)
    await expectTrue(two, company, client)
    expect(client.applied.map((event) => event.seq)).toEqual(
      client.applied.map((_, i) => (client.applied[0]?.seq ?? 0) + i),
    )
  })

  it('delivers a commit on one server to a client of the other, and tells how soon', async () => {
    const work = await createWork(one, company)
    const client = await clientOf(two, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    const began = performance.now()
    await change(one, company, work.id, { priority: 'high' })
    await until('the change', () => client.activities.get(work.id)?.priority === 'high')
    console.log(`at the other server after ${Math.round(performance.now() - began)} ms`)
  })

  it('keeps every client at the log while two servers commit to one board at once', async () => {
    const works = await Promise.all(Array.from({ length: 8 }, () => createWork(one, company)))
    const followers = await Promise.all(
      [one, two, one, two].map((node) => clientOf(node, dispatcher, company.board)),
    )
    for (const client of followers) client.subscribe()
    await Promise.all(followers.map(caughtUp))
    await Promise.all(
      works.map(async (work, i) => {
        for (let n = 0; n < 25; n++)
          await change(n % 2 ? one : two, company, work.id, { durationMinutes: 30 + n + i })
      }),
    )
    for (const client of followers) {
      await expectTrue(one, company, client)
      expect(client.snapshots).toBe(1)
    }
    const applied = followers.map((client) => client.applied.map((event) => event.seq))
    expect(applied[0]).toHaveLength(200)
    for (const other of applied) expect(other).toEqual(applied[0])
  })

  it('sends a snapshot in parts of at most 500 records that share one position with the events after it', async () => {
    await owner.query(
      `INSERT INTO service_order (company_id, id, number, description, service_date_time, stage_id, created_at, updated_at)
         SELECT $1, 'so' || n || $2, 'so' || n || $2, 'x', now(), $3, now(), now() FROM generate_series(1, 900) n`,
      [company.id, company.board, company.stage],
    )
    await owner.query(
      `INSERT INTO activity (company_id, id, number, board_id, order_id, duration_minutes, created_at)
         SELECT $1, 'sa' || n || $2, 'sa' || n, $2, 'so' || n || $2, 60, now() FROM generate_series(1, 900) n`,
      [company.id, company.board],
    )
    let writing = true
    const work = await createWork(one, company)
    const writer = (async () => {
      for (let n = 0; writing && n < 5_000; n++) {
        await change(one, company, work.id, { durationMinutes: 30 + (n % 100) })
      }
    })()
    const followers = await Promise.all(
      Array.from({ length: 6 }, () => clientOf(two, dispatcher, company.board)),
    )
    for (const client of followers) client.subscribe()
    await until('snapshots', () => followers.every((client) => client.snapshots === 1))
    await new Promise((resolve) => setTimeout(resolve, 200))
    writing = false
    await writer
    for (const client of followers) {
      await expectTrue(one, company, client)
      expect(client.snapshots).toBe(1)
      expect(client.activities.size).toBe(901)
    }
  })

  it('tells head and checksum every two seconds', async () => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    await until('two heartbeats', () => client.heartbeats.length >= 2, 6_000)
    expect(client.heartbeats[0]).toMatchObject({
      head: client.seq,
      sum: boardChecksum(client.activities.values()),
    })
    expect(client.violations).toEqual([])
  })
})

describe('resuming', () => {
  it('goes on from the own position on the other server after the first is gone, without a snapshot', async () => {
    const works = await Promise.all(Array.from({ length: 4 }, () => createWork(one, company)))
    const first = await clientOf(one, dispatcher, company.board)
    first.subscribe()
    await caughtUp(first)
    await one.kill()
    await until('the cut is noticed', () => !first.socket.connected)
    for (const work of works) await change(two, company, work.id, { priority: 'low' })
    const second = (await clientOf(two, dispatcher, company.board)).inherit(first)
    second.resume()
    await expectTrue(two, company, second)
    expect(second.snapshots).toBe(0)
    expect(second.applied).toHaveLength(4)
  })

  it('survives a client that hops between servers all the time while both commit', async () => {
    const works = await Promise.all(Array.from({ length: 4 }, () => createWork(one, company)))
    let client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    let writing = true
    const writers = works.map(async (work, i) => {
      for (let n = 0; writing && n < 5_000; n++) {
        await change((n + i) % 2 ? one : two, company, work.id, { durationMinutes: 10 + (n % 50) })
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })
    const applied: number[] = []
    for (let hop = 0; hop < 20; hop++) {
      const next = new Client(hop % 2 ? one.url : two.url, company.board, await ticketFor(dispatcher))
      await next.connected()
      client.close()
      applied.push(...client.applied.map((event) => event.seq))
      next.inherit(client)
      client = next
      client.resume()
      await until('the next events', () => client.applied.length > 0)
      expect(client.violations).toEqual([])
    }
    writing = false
    await Promise.all(writers)
    await expectTrue(one, company, client)
    applied.push(...client.applied.map((event) => event.seq))
    expect(client.snapshots).toBe(0)
    expect(applied).toEqual(applied.map((_, i) => (applied[0] ?? 0) + i))
  })

  it.each([
    ['a foreign epoch', { epoch: randomUUID(), seq: 1 }, 'epoch'],
    ['an epoch of garbage', { epoch: 'x\u0000y', seq: 0 }, 'epoch'],
    ['a number in the future', { seq: 1_000_000 }, 'ahead'],
  ])('answers %s with a reset and a snapshot', async (_name, position, reason) => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe({ epoch: (await headOf(company.board)).epoch, ...position })
    await expectTrue(one, company, client)
    expect(client.resets).toEqual([{ board: company.board, reason }])
    expect(client.snapshots).toBe(1)
  })

  it.each([
    ['a negative number', { seq: -1 }],
    ['a fraction', { seq: 1.5 }],
    ['a text', { seq: '1' }],
    ['an endless epoch', { epoch: 'e'.repeat(5_000), seq: 1 }],
    ['a date that is none', { from: 'yesterday' }],
    ['an unknown member', { sequel: 1 }],
    ['an object for an id', { teams: [{ $gt: '' }] }],
  ])('refuses %s and goes on living', async (_name, position) => {
    const client = await clientOf(one, dispatcher, company.board)
    client.socket.emit('subscribe', { board: company.board, ...position })
    await until('an error', () => client.errors.length === 1)
    expect(client.errors[0]).toMatchObject({ event: 'subscribe', code: 'VALIDATION' })
    client.subscribe()
    await caughtUp(client)
  })

  it('reads what its own memory no longer holds from the log, and answers a position too far behind with a reset', async () => {
    const work = await createWork(one, company)
    const old = await headOf(company.board)
    await owner.query(
      `INSERT INTO board_event (company_id, board_id, seq, type, at, entity, entity_id, entity_version, payload)
         SELECT $1, $2, $3::int + n, 'activity-changed', now(), 'activity', $4, 1 + n,
           json_build_object('seq', $3::int + n, 'type', 'activity-changed', 'at', now(), 'actor', $6::json, 'commandId', null,
             'entity', 'activity', 'activity', ($5::jsonb || jsonb_build_object('version', 1 + n)))
         FROM generate_series(1, 6000) n`,
      [
        company.id,
        company.board,
        old.seq,
        work.id,
        JSON.stringify((await createEventLog(one.pools).snapshot(company.id, company.board))?.activities[0]),
        JSON.stringify({ id: null, name: 'test', kind: 'system' }),
      ],
    )
    await owner.query('UPDATE activity SET version = 6001 WHERE id = $1', [work.id])
    await owner.query('UPDATE board SET seq = seq + 6000 WHERE id = $1', [company.board])
    const near = await clientOf(two, dispatcher, company.board)
    near.subscribe({ epoch: old.epoch, seq: old.seq + 2_000 })
    near.epoch = old.epoch
    near.seq = old.seq + 2_000
    await caughtUp(near)
    expect(near.applied).toHaveLength(4_000)
    expect([near.snapshots, near.resets, near.violations]).toEqual([0, [], []])
    const far = await clientOf(two, dispatcher, company.board)
    far.subscribe({ epoch: old.epoch, seq: old.seq })
    await expectTrue(two, company, far)
    expect(far.resets).toEqual([{ board: company.board, reason: 'behind' }])
  })

  it('begins everyone anew when the epoch changes', async () => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    await owner.query('UPDATE board SET epoch = gen_random_uuid(), seq = 1 WHERE id = $1', [company.board])
    await until('a reset', () => client.resets.length === 1)
    await expectTrue(one, company, client)
    const work = await createWork(two, company)
    await until('life after it', () => client.activities.has(work.id))
    await expectTrue(one, company, client)
  })
})

describe('a what-if', () => {
  const run = async <T>(node: Node, useCase: (tx: Tx) => Promise<Outcome | Refused>): Promise<T> => {
    const caller = systemCaller(company.id)
    const answer = await node.commands.run({ caller, key: null, requestHash: new Uint8Array(32) }, useCase)
    if (answer.kind !== 'answer' || answer.status >= 300) throw new Error(JSON.stringify(answer))
    // The caller names the body of the use case it runs.
    return JSON.parse(answer.body) as T
  }
  const opened = (body: ForkCreate = {}): Promise<ForkView> =>
    run(one, (tx) => createFork(tx, { boardId: company.board, body }))
  const tried = async (node: Node, fork: ForkView, work: { id: string }, version: number, hour: number) =>
    run<{ results: ActivityView[] }>(node, (tx) =>
      runForkCommands(tx, {
        forkId: fork.id,
        commands: [
          {
            type: 'reschedule',
            activityId: work.id,
            expectedVersion: version,
            technicianId: company.technician,
            start: new Date(DAY + hour * HOUR).toISOString(),
            end: new Date(DAY + (hour + 1) * HOUR).toISOString(),
          },
        ],
      }),
    )
  const follow = async (node: Node, id: string): Promise<Client> => {
    const client = await clientOf(node, dispatcher, id)
    client.subscribe()
    await until('a snapshot', () => client.snapshots === 1)
    return client
  }
  const startOf = (client: Client, id: string): string | null | undefined => client.activities.get(id)?.start

  it('is followed like a board: who looks at it on another server sees what is tried, the board does not', async () => {
    const [work, other] = [await createWork(one, company), await createWork(one, company)]
    const fork = await opened()
    const [near, far] = [await follow(one, fork.id), await follow(two, fork.id)]
    const board = await follow(two, company.board)
    await tried(one, fork, work, 1, 1)
    const at = new Date(DAY + HOUR).toISOString()
    for (const client of [near, far])
      await until('what was tried', () => startOf(client, work.id) === at && client.snapshots === 1)
    await tried(two, fork, work, 2, 5)
    const later = new Date(DAY + 5 * HOUR).toISOString()
    for (const client of [near, far])
      await until('what was tried then', () => startOf(client, work.id) === later)
    // What happens on the board happens in the fork, except to what the fork has otherwise.
    await change(one, company, work.id, { priority: 'high' })
    await change(two, company, other.id, { priority: 'high' })
    const third = await createWork(two, company)
    for (const client of [near, far]) {
      await until('the board’s own events', () => client.activities.has(third.id))
      expect(client.activities.get(other.id)?.priority).toBe('high')
      expect(client.activities.get(work.id)).toMatchObject({ priority: 'normal', start: later, version: 3 })
      expect(client.orders.has(third.orderId)).toBe(true)
      expect(client.snapshots).toBe(1)
    }
    await caughtUp(board)
    expect(startOf(board, work.id)).toBeNull()
    const beats = near.heartbeats.length
    await until('a heartbeat with a sum', () => near.heartbeats.length > beats)
    for (const client of [near, far, board]) expect(client.violations).toEqual([])
  })

  it('begins anew where something was taken back from it, and where a position is another server’s', async () => {
    const work = await createWork(one, company)
    const fork = await opened()
    await tried(one, fork, work, 1, 1)
    const client = await follow(one, fork.id)
    await run(two, (tx) =>
      mergeFork(tx, createRecords(one.pools), { forkId: fork.id, activityIds: [work.id] }),
    )
    await until('a fresh start', () => client.resets.length === 1 && client.snapshots === 2)
    expect(client.activities.get(work.id)).toMatchObject({ technicianId: company.technician })
    const absences = [
      {
        technicianId: company.other,
        from: new Date(DAY).toISOString(),
        to: new Date(DAY + HOUR).toISOString(),
      },
    ]
    await run(two, (tx) => changeFork(tx, { forkId: fork.id, expectedVersion: 3, body: { absences } }))
    await until('who is away', () => client.technicians.get(company.other)?.absences.length === 1)
    const again = (await clientOf(one, dispatcher, fork.id)).inherit(client)
    again.resume()
    await until('to be heard of', () => again.heartbeats.length > 0)
    expect([again.snapshots, again.resets]).toEqual([0, []])
    const elsewhere = (await clientOf(two, dispatcher, fork.id)).inherit(client)
    elsewhere.resume()
    await until('a snapshot', () => elsewhere.snapshots === 1)
    expect(elsewhere.resets).toMatchObject([{ reason: 'epoch' }])
    for (const one_ of [client, again, elsewhere]) expect(one_.violations).toEqual([])
  })

  it('is for those who plan in its company, while it is open', async () => {
    const fork = await opened()
    const asked = async (user: User): Promise<unknown> => {
      const client = await clientOf(one, user, fork.id)
      return new Promise((resolve) => client.socket.emit('subscribe', { board: fork.id }, resolve))
    }
    const technician = await makeUser(company, 'technician', company.technician)
    expect(await asked(technician)).toMatchObject({ ok: false, code: 'FORBIDDEN_ROLE' })
    const stranger = await makeUser(await makeCompany(), 'manager')
    expect(await asked(stranger)).toMatchObject({ ok: false, code: 'NOT_FOUND' })
    expect(await asked(dispatcher)).toEqual({ ok: true })
    await run(one, (tx) => discardFork(tx, { forkId: fork.id }))
    await until('it is over', async () => {
      const answer = await asked(dispatcher)
      return Object(answer).code === 'NOT_FOUND'
    })
  })
})

describe('without Redis', () => {
  it('heals when Redis was flushed, and nobody notices', async () => {
    const work = await createWork(one, company)
    const followers = [
      await clientOf(one, dispatcher, company.board),
      await clientOf(two, dispatcher, company.board),
    ]
    for (const client of followers) client.subscribe()
    await Promise.all(followers.map(caughtUp))
    for (let round = 0; round < 5; round++) {
      await admin.flushall()
      for (let n = 0; n < 5; n++)
        await change(n % 2 ? one : two, company, work.id, { durationMinutes: 20 + n + round })
    }
    for (const client of followers) await expectTrue(one, company, client)
    expect(followers.map((client) => client.snapshots)).toEqual([1, 1])
    await until(
      'Redis has the board again',
      async () =>
        Number(await admin.hget(`{b:${company.board}}:m`, 'seq')) === (await headOf(company.board)).seq,
    )
  })

  it('heals when Redis is killed and comes back empty, and hints and notices flow again', async () => {
    const work = await createWork(one, company)
    const followers = [
      await clientOf(one, dispatcher, company.board),
      await clientOf(two, dispatcher, company.board),
    ]
    for (const client of followers) client.subscribe()
    await Promise.all(followers.map(caughtUp))
    const victim = redis.pids().board
    if (victim === null) throw new Error('Redis runs')
    process.kill(victim, 'SIGKILL')
    for (let n = 0; n < 20; n++)
      await change(n % 2 ? one : two, company, work.id, { durationMinutes: 20 + n })
    for (const client of followers) await expectTrue(one, company, client)
    await until('Redis is back', () => redis.pids().board !== null && redis.pids().board !== victim, 20_000)
    await until(
      'Redis has the board again',
      async () => {
        const { seq } = await headOf(company.board)
        const there = await admin.hget(`{b:${company.board}}:m`, 'seq').catch(() => null)
        return Number(there) === seq
      },
      10_000,
    )
    const bus = createRedisBus({ url: redis.boardUrl, onError: () => undefined })
    await until('a notice', async () => {
      await createNoticePublisher(bus)(company.id, {
        board: company.board,
        kind: 'duty',
        at: new Date(DAY).toISOString(),
      })
      await new Promise((resolve) => setTimeout(resolve, 50))
      return followers.every((client) => client.notices.length > 0)
    })
    bus.close()
    const began = performance.now()
    await change(one, company, work.id, { priority: 'high' })
    await until('the change', () =>
      followers.every((client) => client.activities.get(work.id)?.priority === 'high'),
    )
    console.log(`without a bus at every follower after ${Math.round(performance.now() - began)} ms`)
    expect(followers.map((client) => client.snapshots)).toEqual([1, 1])
  })

  it('serves snapshots and events from Postgres alone while Redis is away', async () => {
    const nowhere = await startNode({ redisUrl: 'redis://127.0.0.1:1' })
    try {
      const work = await createWork(nowhere, company)
      const client = await clientOf(nowhere, dispatcher, company.board)
      client.subscribe()
      await caughtUp(client)
      await change(nowhere, company, work.id, { priority: 'high' })
      await until('a change of the same server', () => client.activities.get(work.id)?.priority === 'high')
      await change(two, company, work.id, { priority: 'low' })
      await until(
        'a change of another server',
        () => client.activities.get(work.id)?.priority === 'low',
        2_000,
      )
      await expectTrue(nowhere, company, client)
      expect((await nowhere.boards.readSnapshot(company.id, company.board))?.activities).toHaveLength(1)
    } finally {
      await nowhere.kill()
    }
  })
})

describe('a reader that does not read', () => {
  it('is sent at most its window, and is cut off; the others do not notice', async () => {
    const work = await createWork(one, company)
    const slow = await clientOf(one, dispatcher, company.board)
    const quick = await clientOf(one, dispatcher, company.board)
    slow.acks = false
    for (const client of [slow, quick]) client.subscribe()
    await Promise.all([slow, quick].map(caughtUp))
    const bulk = async (): Promise<void> => {
      await command(one, company, async (tx) => {
        let before = (await tx.lockActivities([work.id])).get(work.id)
        const events: NewEvent[] = []
        for (let n = 0; n < 100 && before; n++) {
          const after: Activity = { ...before, version: before.version + 1, durationMinutes: 10 + n }
          await tx.updateActivities([after])
          events.push(...activityEvents('activity-changed', before, after))
          before = after
        }
        return events
      })
    }
    for (let n = 0; n < 12; n++) await bulk()
    await expectTrue(one, company, quick)
    expect(slow.applied.length).toBeLessThanOrEqual(500)
    expect(slow.applied.length).toBeGreaterThan(100)
    await until('the slow one is cut off', () => !slow.socket.connected, 16_000)
    const again = (await clientOf(two, dispatcher, company.board)).inherit(slow)
    again.resume()
    await expectTrue(two, company, again)
    expect(again.snapshots).toBe(0)
  })

  it('goes on as soon as it acknowledges', async () => {
    const work = await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.acks = false
    client.subscribe()
    await caughtUp(client)
    for (let n = 0; n < 520; n += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => change(one, company, work.id, { durationMinutes: 10 + i })),
      )
    }
    const { seq } = await headOf(company.board)
    await until('the window is used up', () => client.applied.length >= 200)
    expect(client.seq).toBeLessThan(seq)
    client.acks = true
    client.socket.emit('ack', { board: company.board, seq: client.seq })
    await expectTrue(one, company, client)
  })

  it('is disconnected when it acknowledges what was never sent', async () => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.resume()
    await caughtUp(client)
    // An early one may be of an earlier history; that grace must end.
    client.socket.emit('ack', { board: company.board, seq: 9_999 })
    await new Promise((resolve) => setTimeout(resolve, 10_500))
    expect(client.socket.connected).toBe(true)
    client.socket.emit('ack', { board: company.board, seq: 9_999 })
    await until('the cut', () => !client.socket.connected)
  }, 30_000)
})

describe('a part of a board', () => {
  it('shows a technician the own activities only, in contiguous ranges, with enter and leave', async () => {
    const mine = await createWork(one, company, { technicianId: company.technician })
    const foreign = await createWork(one, company, { technicianId: company.other })
    const user = await makeUser(company, 'technician', company.technician)
    const client = await clientOf(two, user, company.board)
    client.subscribe()
    await caughtUp(client)
    expect([...client.activities.keys()]).toEqual([mine.id])
    expect([...client.technicians.keys()]).toEqual([company.technician])
    await change(one, company, foreign.id, { priority: 'high' })
    await change(one, company, mine.id, { priority: 'high' })
    await change(one, company, foreign.id, { technicianId: company.technician })
    await change(one, company, mine.id, { technicianId: company.other })
    await until('both moves', () => client.activities.has(foreign.id) && !client.activities.has(mine.id))
    await change(one, company, mine.id, { priority: 'low' })
    await expectTrue(two, company, client, { technicianId: company.technician })
    const text = JSON.stringify(client.frames)
    expect(text).not.toContain('"priority":"low"')
    expect(client.applied.map((event) => event.type)).toEqual([
      'activity-changed',
      'order-entered',
      'activity-changed',
      'activity-left-view',
    ])
    expect(client.violations).toEqual([])
  })

  it('keeps team and date cuts equal to the cut of a fresh snapshot under random changes', async () => {
    const works = await Promise.all(Array.from({ length: 10 }, () => createWork(one, company)))
    const cuts: Cut[] = [
      { teams: [company.team] },
      { from: new Date(DAY).toISOString(), to: new Date(DAY + 4 * HOUR).toISOString() },
      {
        teams: [company.otherTeam],
        from: new Date(DAY).toISOString(),
        to: new Date(DAY + 2 * HOUR).toISOString(),
      },
    ]
    const followers = await Promise.all(cuts.map(() => clientOf(two, dispatcher, company.board)))
    for (const [i, client] of followers.entries()) client.subscribe(cuts[i])
    await Promise.all(followers.map(caughtUp))
    for (let n = 0; n < 120; n++) {
      const work = works[(n * 7) % works.length]
      if (!work) throw new Error('works were made')
      const start = DAY + ((n * 37) % 9) * HOUR
      await change(n % 2 ? one : two, company, work.id, {
        teamId: n % 3 ? company.team : company.otherTeam,
        ...(n % 5 ? { start, end: start + HOUR } : { start: null, end: null }),
        state: n % 11 === 0 ? 'closed' : 'undispatched',
      })
    }
    for (const [i, client] of followers.entries()) {
      await expectTrue(two, company, client, cuts[i])
      expect(client.snapshots).toBe(1)
    }
  })
})

describe('who may', () => {
  it('lets a ticket work once', async () => {
    const ticket = await ticketFor(dispatcher)
    await new Client(one.url, company.board, ticket).connected()
    await expect(new Client(two.url, company.board, ticket).connected()).rejects.toThrow('UNAUTHENTICATED')
    await expect(new Client(two.url, company.board, 'x'.repeat(43)).connected()).rejects.toThrow(
      'UNAUTHENTICATED',
    )
    await expect(new Client(two.url, company.board, '').connected()).rejects.toThrow('UNAUTHENTICATED')
  })

  it('refuses pages of foreign and opaque origins at the upgrade, whatever they carry', async () => {
    const strict = await startNode({ origins: ['https://board.example'] })
    try {
      const upgrade = (origin: string | null): Promise<number> =>
        new Promise((resolve) => {
          const socket = new WebSocket(
            `${strict.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
            {
              headers: origin === null ? {} : { origin },
            },
          )
          socket.on('open', () => {
            socket.close()
            resolve(101)
          })
          socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
          socket.on('error', () => undefined)
        })
      const bad = [
        'https://evil.example',
        'null',
        '',
        'http://board.example',
        'https://board.example:8443',
        'https://BOARD.example.evil',
        'https://sub.board.example',
        'https://board.example.',
      ]
      for (const origin of bad) expect([origin, await upgrade(origin)]).toEqual([origin, 400])
      expect(await upgrade('https://board.example')).toBe(101)
      expect(await upgrade(null)).toBe(101)
    } finally {
      await strict.kill()
    }
  })

  it('answers another company and a board that does not exist alike, and a customer with a refusal', async () => {
    const foreign = await makeCompany()
    const stranger = await makeUser(foreign, 'manager')
    const ask = async (user: User, board: string): Promise<unknown> =>
      new Promise((resolve) => {
        void clientOf(one, user, board).then((client) => client.socket.emit('subscribe', { board }, resolve))
      })
    const there = await ask(stranger, company.board)
    const nowhere = await ask(stranger, 'no-such-board')
    expect(there).toMatchObject({ ok: false, code: 'NOT_FOUND' })
    expect({ ...Object(there), board: '' }).toEqual({ ...Object(nowhere), board: '' })
    expect(await ask(await makeUser(company, 'customer'), company.board)).toMatchObject({
      ok: false,
      code: 'FORBIDDEN_ROLE',
    })
  })

  it('cuts a revoked session off and leaves the others', async () => {
    await createWork(one, company)
    const other = await makeUser(company, 'dispatcher')
    const [gone, stays] = [
      await clientOf(two, dispatcher, company.board),
      await clientOf(two, other, company.board),
    ]
    for (const client of [gone, stays]) client.subscribe()
    await Promise.all([gone, stays].map(caughtUp))
    const began = performance.now()
    await owner.query('UPDATE session SET revoked_at = now() WHERE id = $1', [dispatcher.session])
    await owner.query(`SELECT append_security_event($1, 'session-revoked', $2, $3)`, [
      company.id,
      dispatcher.id,
      dispatcher.session,
    ])
    await until('the cut', () => !gone.socket.connected)
    console.log(`a revoked session was cut off after ${Math.round(performance.now() - began)} ms`)
    expect(stays.socket.connected).toBe(true)
  })

  it('narrows the view at once when a role is taken, with a reset and a snapshot of what is left', async () => {
    const mine = await createWork(one, company, { technicianId: company.technician })
    await createWork(one, company, { technicianId: company.other })
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    expect(client.activities.size).toBe(2)
    await owner.query(
      `UPDATE app_user SET role = 'technician', technician_id = $2, perm_version = perm_version + 1 WHERE id = $1`,
      [dispatcher.id, company.technician],
    )
    await owner.query(`SELECT append_security_event($1, 'user-changed', $2, NULL)`, [
      company.id,
      dispatcher.id,
    ])
    await until('a reset', () => client.resets.length === 1)
    await caughtUp(client)
    expect(client.resets[0]?.reason).toBe('rights')
    expect([...client.activities.keys()]).toEqual([mine.id])
  })

  it('limits what one socket may say, and ends it when it does not stop', async () => {
    const client = await clientOf(one, dispatcher, company.board)
    for (let n = 0; n < 1_000; n++) client.socket.emit('presence', { board: company.board, holding: null })
    await until('the cut', () => !client.socket.connected)
    expect(client.errors.some((error) => error.code === 'TOO_MANY')).toBe(true)
  })

  it('closes a socket that watches nothing', async () => {
    const hasty = await startNode({ limits: { idleMs: 300 } })
    try {
      const client = await clientOf(hasty, dispatcher, company.board)
      await until('the cut', () => !client.socket.connected)
    } finally {
      await hasty.kill()
    }
  })

  it('survives ten thousand frames of garbage', async () => {
    const socket = new WebSocket(`${one.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send('40/live,{"ticket":{"$ne":1}}')
    const garbage = [
      '42/live,["subscribe",',
      '42/live,[]',
      '42',
      '4',
      '5',
      '451-/live,["subscribe",{"_placeholder":true,"num":0}]',
      '42/live,["__proto__",{"constructor":{"prototype":{"x":1}}}]',
      `42/live,${'['.repeat(5_000)}`,
    ]
    for (let n = 0; n < 10_000 && socket.readyState === WebSocket.OPEN; n++)
      socket.send(garbage[n % garbage.length] ?? '')
    const client = await clientOf(one, dispatcher, company.board)
    for (const payload of [
      null,
      [],
      'x',
      { board: ['x'] },
      Buffer.from([1, 2, 3]),
      { board: '__proto__' },
      { board: 'constructor' },
    ]) {
      client.socket.emit('subscribe', payload)
    }
    client.socket.emit('no-such-message', 1)
    await until('the errors', () => client.errors.length === 8)
    client.subscribe()
    await caughtUp(client)
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    socket.terminate()
  })
})

describe('people and notices', () => {
  it('shows who is on the board and what they hold, across servers', async () => {
    const work = await createWork(one, company)
    const colleague = await makeUser(company, 'dispatcher')
    const ann = await clientOf(one, dispatcher, company.board)
    const bo = await clientOf(two, colleague, company.board)
    for (const client of [ann, bo]) client.subscribe()
    await Promise.all([ann, bo].map(caughtUp))
    ann.socket.emit('presence', { board: company.board, holding: work.id })
    await until('Bo sees what Ann holds', () =>
      Boolean(
        bo.presence?.people.some((person) => person.userId === dispatcher.id && person.holding === work.id),
      ),
    )
    ann.close()
    await until(
      'Bo sees that Ann left',
      () => bo.presence?.people.every((person) => person.userId !== dispatcher.id) ?? false,
    )
  })

  it('brings a notice to the board on every server, and to no other company', async () => {
    const client = await clientOf(two, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    const bus = createRedisBus({ url: redis.boardUrl, onError: () => undefined })
    const publish = createNoticePublisher(bus)
    const notice: NoticeFrame = {
      board: company.board,
      kind: 'sla-warning',
      at: new Date(DAY).toISOString(),
      percent: 75,
    }
    await until('the notice', async () => {
      await publish('another-company', { ...notice, percent: 1 })
      await publish(company.id, notice)
      await new Promise((resolve) => setTimeout(resolve, 50))
      return client.notices.length > 0
    })
    bus.close()
    expect(client.notices.every((received) => received.percent === 75)).toBe(true)
  })
})

describe('a technician’s inbox', () => {
  it('is contiguous, repeats what was not received, and goes on from a position on the other server', async () => {
    const user = await makeUser(company, 'technician', company.technician)
    const phone = await clientOf(one, user, company.board)
    phone.socket.emit('inbox', {})
    await new Promise((resolve) => setTimeout(resolve, 100))
    const works = await Promise.all(Array.from({ length: 3 }, () => createWork(one, company)))
    for (const work of works) await change(two, company, work.id, { technicianId: company.technician })
    await until('three entries', () => phone.inbox.at(-1)?.to === 3)
    expect(phone.inbox.flatMap((frame) => frame.items.map((item) => item.seq))).toEqual([1, 2, 3])
    expect(
      phone.inbox
        .flatMap((frame) => frame.items)
        .every((item) => item.kind === 'assigned' && item.order !== null),
    ).toBe(true)
    const { epoch } = phone.inbox[0] ?? { epoch: '' }
    const before = phone.inbox.length
    phone.socket.emit('inbox', { epoch, received: 2 })
    await until('the third again, unconfirmed', () => phone.inbox.length > before, 9_000)
    expect(phone.inbox.at(-1)).toMatchObject({ from: 3, to: 3 })
    phone.close()
    const again = await clientOf(two, user, company.board)
    again.socket.emit('inbox', { epoch, seq: 2 })
    await until('from the position', () => again.inbox.length === 1)
    expect([again.inbox[0]?.from, again.inbox[0]?.to]).toEqual([3, 3])
    again.socket.emit('inbox', { epoch, received: 3 })
    await change(two, company, works[0]?.id ?? '', { technicianId: company.other })
    await until('the fourth', () => again.inbox.at(-1)?.to === 4)
    expect(again.inbox.at(-1)?.items[0]).toMatchObject({
      seq: 4,
      kind: 'removed',
      activity: null,
      order: null,
    })
    const { rows } = await owner.query('SELECT inbox_received::int AS n FROM technician WHERE id = $1', [
      company.technician,
    ])
    expect(rows[0].n).toBe(3)
  }, 30_000)

  it('is refused to who is no technician', async () => {
    const client = await clientOf(one, dispatcher, company.board)
    client.socket.emit('inbox', {})
    await until('a refusal', () => client.errors.length === 1)
    expect(client.errors[0]?.code).toBe('FORBIDDEN_ROLE')
  })
})

describe('the past', () => {
  it('shows the board exactly as it stood at every number', async () => {
    const log = createEventLog(one.pools)
    const stood: BoardSnapshot[] = []
    const remember = async (): Promise<void> => {
      const snapshot = await log.snapshot(company.id, company.board)
      if (snapshot) stood.push(snapshot)
    }
    await remember()
    const works: Activity[] = []
    for (let n = 0; n < 4; n++) {
      works.push(await createWork(one, company))
      await remember()
    }
    for (let n = 0; n < 12; n++) {
      await change(one, company, works[n % 4]?.id ?? '', {
        durationMinutes: 10 + n,
        state: n % 5 === 4 ? 'closed' : 'undispatched',
      })
      await remember()
    }
    const dropped = works[0]
    if (!dropped) throw new Error('works were made')
    await command(one, company, async (tx) => {
      const before = (await tx.lockActivities([dropped.id])).get(dropped.id)
      if (!before) throw new Error('it is there')
      await tx.deleteActivity(before)
      return [activityRemoved('activity-deleted', before, before.version + 1)]
    })
    await remember()
    for (const snapshot of stood)
      expect(await log.at(company.id, company.board, { seq: snapshot.seq })).toEqual(snapshot)
    expect(await log.at('another-company', company.board, { seq: 1 })).toBeNull()
  })
})

describe('leaving', () => {
  it('drains: everyone is sent elsewhere and resumes', async () => {
    await createWork(one, company)
    const client = await clientOf(one, dispatcher, company.board)
    client.subscribe()
    await caughtUp(client)
    const began = performance.now()
    await one.live.drain()
    await until('the cut', () => !client.socket.connected)
    console.log(`everyone was sent elsewhere after ${Math.round(performance.now() - began)} ms`)
    await expect(
      new Client(one.url, company.board, await ticketFor(dispatcher)).connected(),
    ).rejects.toThrow()
    const next = (await clientOf(two, dispatcher, company.board)).inherit(client)
    next.resume()
    await createWork(two, company)
    await expectTrue(two, company, next)
    expect(next.snapshots).toBe(0)
  })
})
