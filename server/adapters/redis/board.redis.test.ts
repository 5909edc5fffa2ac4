import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActivityView } from '../../contract/activity.ts'
import {
  type BoardEvent,
  type BoardSnapshot,
  boardChecksum,
  type TechnicianView,
} from '../../contract/board.ts'
import type { OrderView } from '../../contract/order.ts'
import { wireEvent } from '../../contract/wire-event.ts'
import { unplanned } from '../../domain/activity/new-activity.ts'
import { freshRedis, type TestRedis } from '../../operate/test-redis.ts'
import type { Board, BoardTexts } from '../../ports/board.ts'
import { createMemoryBoard } from '../memory/board.ts'
import { createRedisBoard } from './board.ts'

const EPOCH = '11111111-1111-4111-8111-111111111111'
const OTHER = '22222222-2222-4222-8222-222222222222'
const BOARD = 'board1'
const at = '2026-03-02T08:00:00.000Z'
const actor = { id: null, name: 'test', kind: 'system' } as const

const activity = (id: string, version: number, more: Partial<ActivityView> = {}): ActivityView => ({
  ...unplanned,
  requiredSkills: [],
  windows: [],
  id,
  version,
  number: id,
  boardId: BOARD,
  orderId: `order-of-${id}`,
  createdAt: at,
  ...more,
})

const order = (id: string, version: number): OrderView => ({
  id,
  version,
  number: id,
  externalId: null,
  description: `version ${version}`,
  customerId: null,
  customerName: null,
  projectId: null,
  agreementId: null,
  agreementGroupId: null,
  serviceDateTime: at,
  stageId: 's',
  progress: 'inProcess',
  priority: 'normal',
  address: null,
  preferredTechnicianId: null,
  signedOff: false,
  signedOffAt: null,
  origin: 'user',
  createdAt: at,
  slaStatus: 'none',
  slas: [],
  lines: [],
})

const technician = (id: string, version: number, more: Partial<TechnicianView> = {}): TechnicianView => ({
  id,
  version,
  name: id,
  kind: 'employee',
  active: true,
  teamId: 't',
  boardId: BOARD,
  calendarId: null,
  skills: [],
  home: null,
  absences: [],
  ...more,
})

const event = (seq: number, body: Partial<BoardEvent>): BoardEvent => ({
  seq,
  type: 'test',
  at,
  actor,
  commandId: null,
  ...body,
})
const wires = (...events: BoardEvent[]) => events.map(wireEvent)
const empty = (seq = 0, epoch = EPOCH): BoardSnapshot => ({
  epoch,
  seq,
  activities: [],
  technicians: [],
  orders: [],
})

/** Records by id, whatever the order in which they are kept. */
function recordsOf(board: Pick<BoardTexts, 'activities' | 'technicians' | 'orders'> | null) {
  const parse = (texts: readonly string[]) =>
    texts.map((text): { id: string } => JSON.parse(text)).sort((a, b) => (a.id < b.id ? -1 : 1))
  return board && { a: parse(board.activities), t: parse(board.technicians), o: parse(board.orders) }
}

/** What a fresh snapshot of the truth would hold: a plain model of the rows, sharing no code with the boards. */
class Rows {
  seq = 0
  readonly activities = new Map<string, ActivityView>()
  readonly orders = new Map<string, OrderView>()
  readonly technicians = new Map<string, TechnicianView>()

  snapshot(epoch = EPOCH): BoardSnapshot {
    const activities = [...this.activities.values()].filter(
      (a) => a.state !== 'closed' && a.boardId === BOARD,
    )
    const technicians = [...this.technicians.values()].filter((t) => t.active && t.boardId === BOARD)
    const ids = new Set(activities.map((a) => a.orderId))
    return {
      epoch,
      seq: this.seq,
      activities,
      technicians,
      orders: [...this.orders.values()].filter((o) => ids.has(o.id)),
    }
  }
}

/** A seeded walk over everything that can happen to a board. Answers the events of one command. */
function walk(rows: Rows, random: () => number): BoardEvent[] {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const events: BoardEvent[] = []
  const tell = (body: Partial<BoardEvent>) => events.push(event(++rows.seq, body))
  const putActivity = (a: ActivityView) => {
    rows.activities.set(a.id, a)
    tell({ entity: 'activity', activity: a })
  }
  const putOrder = (o: OrderView) => {
    rows.orders.set(o.id, o)
    tell({ entity: 'order', order: o })
  }
  const some = pick([...rows.activities.values()])
  const roll = random()
  if (roll < 0.3 || !some) {
    const known = pick([...rows.orders.values()])
    const owner = random() < 0.4 && known ? known : order(`o${rows.seq}`, 1)
    const first = random() < 0.5
    const made = activity(`a${rows.seq}`, 1, { orderId: owner.id })
    // The order is told before or after its activity; both happen.
    if (first) putOrder(owner)
    putActivity(made)
    if (!first) putOrder(owner)
  } else if (roll < 0.45)
    putActivity({ ...some, version: some.version + 1, start: at, end: '2026-03-02T09:00:00.000Z' })
  else if (roll < 0.6) {
    putActivity({ ...some, version: some.version + 1, state: 'closed', closedAt: at })
    const owner = rows.orders.get(some.orderId)
    if (owner && random() < 0.5) putOrder(order(owner.id, owner.version + 1))
  } else if (roll < 0.7) {
    const owner = rows.orders.get(some.orderId)
    putActivity({ ...some, version: some.version + 1, state: 'undispatched', closedAt: null, boardId: BOARD })
    if (owner) putOrder(owner)
  } else if (roll < 0.75) {
    const moved = { ...some, version: some.version + 1, boardId: 'elsewhere' }
    rows.activities.set(some.id, moved)
    tell({ entity: 'activity', removed: some.id })
  } else if (roll < 0.85) {
    const owner = pick([...rows.orders.values()])
    if (owner) putOrder(order(owner.id, owner.version + 1))
  } else if (roll < 0.95) {
    const known = pick([...rows.technicians.values()])
    const next =
      known && random() < 0.7
        ? technician(known.id, known.version + 1, {
            active: random() < 0.8,
            boardId: random() < 0.8 ? BOARD : 'elsewhere',
          })
        : technician(`t${rows.seq}`, 1)
    rows.technicians.set(next.id, next)
    tell({ entity: 'technician', technician: next })
  } else {
    rows.activities.delete(some.id)
    tell({ entity: 'activity', removed: some.id })
  }
  return events
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

let redis: TestRedis
let admin: Redis
let real: ReturnType<typeof createRedisBoard>

beforeAll(async () => {
  redis = await freshRedis()
  admin = new Redis(redis.boardAdminUrl)
  real = createRedisBoard({ url: redis.boardUrl, adminUrl: redis.boardAdminUrl, onError: () => undefined })
  await admin.ping()
})
afterAll(async () => {
  real.close()
  admin.disconnect()
  await redis.stop()
})

const kinds = {
  memory: (): { board: Board; flush: () => Promise<void> } => {
    const board = createMemoryBoard()
    return { board, flush: async () => board.flush() }
  },
  redis: (): { board: Board; flush: () => Promise<void> } => ({
    board: real,
    flush: async () => {
      await admin.flushall()
    },
  }),
}

describe.each(Object.entries(kinds))('the live board in %s', (_name, make) => {
  const fresh = async (): Promise<{ board: Board; flush: () => Promise<void> }> => {
    const made = make()
    await made.flush()
    return made
  }

  it('answers none until a board is installed, and again after everything was flushed', async () => {
    const { board, flush } = await fresh()
    expect(await board.apply(BOARD, EPOCH, wires(event(1, { activity: activity('a', 1) })))).toEqual({
      kind: 'none',
    })
    expect(await board.marks([BOARD])).toEqual([null])
    expect(await board.install('c', BOARD, empty())).toBe(true)
    expect(await board.apply(BOARD, EPOCH, wires(event(1, { activity: activity('a', 1) })))).toEqual({
      kind: 'ok',
      head: 1,
    })
    await flush()
    expect(await board.apply(BOARD, EPOCH, wires(event(2, { activity: activity('a', 2) })))).toEqual({
      kind: 'none',
    })
    expect(await board.read(BOARD)).toBeNull()
  })

  it('applies the same events twice without a trace', async () => {
    const { board } = await fresh()
    await board.install('c', BOARD, empty())
    const events = wires(
      event(1, { order: order('order-of-a', 1) }),
      event(2, { activity: activity('a', 1) }),
      event(3, { activity: activity('a', 2) }),
    )
    await board.apply(BOARD, EPOCH, events)
    const once = { read: await board.read(BOARD), range: await board.range(BOARD, EPOCH, 0, 10) }
    expect(await board.apply(BOARD, EPOCH, events)).toEqual({ kind: 'ok', head: 3 })
    expect({ read: await board.read(BOARD), range: await board.range(BOARD, EPOCH, 0, 10) }).toEqual(once)
    expect(once.range.map((wire) => wire.event.seq)).toEqual([1, 2, 3])
    expect(once.read?.sum).toBe(boardChecksum([activity('a', 2)]))
  })

  it('takes what it can before a gap, says where it stands, and takes the rest when the hole is filled', async () => {
    const { board } = await fresh()
    await board.install('c', BOARD, empty())
    const [one, two, three, four] = wires(
      event(1, { activity: activity('a', 1) }),
      event(2, { activity: activity('a', 2) }),
      event(3, { activity: activity('a', 3) }),
      event(4, { activity: activity('a', 4) }),
    )
    if (!one || !two || !three || !four) throw new Error('four events were made')
    expect(await board.apply(BOARD, EPOCH, [one, three])).toEqual({ kind: 'gap', head: 1 })
    expect(await board.marks([BOARD])).toMatchObject([{ seq: 1 }])
    expect(await board.range(BOARD, EPOCH, 0, 10)).toHaveLength(1)
    expect(await board.apply(BOARD, EPOCH, [one, two, three, four])).toEqual({ kind: 'ok', head: 4 })
  })

  it('refuses events of another epoch', async () => {
    const { board } = await fresh()
    await board.install('c', BOARD, empty(7))
    expect(await board.apply(BOARD, OTHER, wires(event(8, { activity: activity('a', 1) })))).toEqual({
      kind: 'epoch',
    })
    expect(await board.range(BOARD, OTHER, 7, 10)).toEqual([])
  })

  it('installs over nothing, a lower number or another epoch, and never over what is ahead', async () => {
    const { board } = await fresh()
    expect(await board.install('c', BOARD, empty(5))).toBe(true)
    expect(await board.install('c', BOARD, empty(4))).toBe(false)
    expect(await board.install('c', BOARD, empty(5))).toBe(false)
    expect(await board.install('c', BOARD, empty(5), { anew: true })).toBe(true)
    expect(await board.install('c', BOARD, empty(6))).toBe(true)
    expect(await board.install('c', BOARD, empty(2, OTHER))).toBe(true)
    expect(await board.marks([BOARD])).toEqual([{ companyId: 'c', epoch: OTHER, seq: 2, sum: 0 }])
  })

  it('lets a late install lose against events that were applied meanwhile', async () => {
    const { board } = await fresh()
    const rows = new Rows()
    const random = seeded(5)
    for (let i = 0; i < 20; i++) walk(rows, random)
    const late = rows.snapshot()
    await board.install('c', BOARD, late)
    await board.apply(BOARD, EPOCH, walk(rows, random).map(wireEvent))
    const results = await Promise.all([board.install('c', BOARD, late), board.install('c', BOARD, late)])
    expect(results).toEqual([false, false])
    expect((await board.marks([BOARD]))[0]?.seq).toBe(rows.seq)
  })

  it('keeps an order exactly as long as an open activity belongs to it, told before or after', async () => {
    const { board } = await fresh()
    await board.install('c', BOARD, empty())
    const orders = async () => recordsOf(await board.read(BOARD))?.o.map((o) => o.id)
    await board.apply(BOARD, EPOCH, wires(event(1, { order: order('o', 1) })))
    expect(await orders()).toEqual([])
    await board.apply(BOARD, EPOCH, wires(event(2, { activity: activity('a', 1, { orderId: 'o' }) })))
    await board.apply(BOARD, EPOCH, wires(event(3, { activity: activity('b', 1, { orderId: 'o' }) })))
    expect(await orders()).toEqual(['o'])
    await board.apply(
      BOARD,
      EPOCH,
      wires(event(4, { activity: activity('a', 2, { orderId: 'o', state: 'closed' }) })),
    )
    expect(await orders()).toEqual(['o'])
    await board.apply(BOARD, EPOCH, wires(event(5, { entity: 'activity', removed: 'b' })))
    expect(await orders()).toEqual([])
    await board.apply(BOARD, EPOCH, wires(event(6, { activity: activity('a', 3, { orderId: 'o' }) })))
    expect(await orders()).toEqual(['o'])
    await board.apply(
      BOARD,
      EPOCH,
      wires(event(7, { activity: activity('z', 1, { orderId: 'never-told' }) })),
    )
    expect(await board.read(BOARD)).toBeNull()
  })

  it('passes on an event of a kind it does not know, and stands at its number', async () => {
    const { board } = await fresh()
    await board.install('c', BOARD, empty())
    expect(await board.apply(BOARD, EPOCH, wires(event(1, { type: 'from-the-future' })))).toEqual({
      kind: 'ok',
      head: 1,
    })
    expect((await board.range(BOARD, EPOCH, 0, 10))[0]?.event.type).toBe('from-the-future')
  })

  it.each([1, 2, 3, 4, 5, 6])('equals a fresh snapshot after a random history (seed %i)', async (seed) => {
    const { board } = await fresh()
    const rows = new Rows()
    const random = seeded(seed)
    for (let i = 0; i < 30; i++) walk(rows, random)
    await board.install('c', BOARD, rows.snapshot())
    for (let i = 0; i < 200; i++) {
      const events = walk(rows, random).map(wireEvent)
      // Two projectors, sometimes with an overlap of what both saw.
      await board.apply(BOARD, EPOCH, events.slice(0, 1))
      expect((await board.apply(BOARD, EPOCH, events)).kind).toBe('ok')
    }
    const snapshot = rows.snapshot()
    const texts = (list: readonly object[]) => list.map((record) => JSON.stringify(record))
    expect(recordsOf(await board.read(BOARD))).toEqual(
      recordsOf({
        activities: texts(snapshot.activities),
        technicians: texts(snapshot.technicians),
        orders: texts(snapshot.orders),
      }),
    )
    expect((await board.marks([BOARD]))[0]).toEqual({
      companyId: 'c',
      epoch: EPOCH,
      seq: rows.seq,
      sum: boardChecksum(snapshot.activities),
    })
  })

  it('ends equal to the log when two projectors push the same history in pieces, in any order', async () => {
    const { board } = await fresh()
    const rows = new Rows()
    const random = seeded(99)
    await board.install('c', BOARD, empty())
    const log: ReturnType<typeof wires> = []
    for (let i = 0; i < 120; i++) log.push(...walk(rows, random).map(wireEvent))
    const projector = async (): Promise<void> => {
      for (;;) {
        const [mark] = await board.marks([BOARD])
        const from = (mark?.seq ?? 0) + Math.floor(random() * 3)
        if ((mark?.seq ?? 0) >= rows.seq) return
        await board.apply(BOARD, EPOCH, log.slice(from, from + 1 + Math.floor(random() * 6)))
      }
    }
    await Promise.all([projector(), projector(), projector()])
    expect((await board.range(BOARD, EPOCH, 0, 1000)).map((wire) => wire.text)).toEqual(
      log.map((wire) => wire.text),
    )
    expect((await board.marks([BOARD]))[0]?.sum).toBe(boardChecksum(rows.snapshot().activities))
  })
})

describe('the board in Redis', () => {
  it('loads its functions again into a Redis that came back empty', async () => {
    await admin.call('FUNCTION', 'FLUSH')
    // Loading is allowed once a second; earlier tests may have used this second's.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect(await real.apply('unknown', EPOCH, wires(event(1, {})))).toEqual({ kind: 'none' })
  })

  it('runs as a user who may neither load functions nor read other keys', async () => {
    const user = new Redis(redis.boardUrl)
    await expect(user.call('FUNCTION', 'LIST')).rejects.toThrow(/NOPERM/)
    await expect(user.call('FLUSHALL')).rejects.toThrow(/NOPERM/)
    await expect(user.get('other')).rejects.toThrow(/NOPERM/)
    user.disconnect()
  })

  it('rebuilds a board of 5,000 orders in one go', async () => {
    const rows = new Rows()
    for (let i = 0; i < 5_000; i++) {
      rows.activities.set(`a${i}`, activity(`a${i}`, 1, { orderId: `o${i}` }))
      rows.orders.set(`o${i}`, order(`o${i}`, 1))
    }
    const began = performance.now()
    expect(await real.install('c', 'big', { ...rows.snapshot(), seq: 1 })).toBe(true)
    expect((await real.read('big'))?.activities).toHaveLength(5_000)
    console.log(`a board of 5,000 orders stood again after ${Math.round(performance.now() - began)} ms`)
  })
})
