/**
 * The live board in Redis. The rules are in scripts/board.lua, which says what each key holds.
 *
 * The application's user may call functions, not load them: a Redis that came back empty is given the library again
 * over the administrator's address, at most once a second.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import { activityHash, type BoardEvent, type BoardSnapshot } from '../../contract/board.ts'
import { foldStep } from '../../contract/board-fold.ts'
import { type WireEvent, wireEvent } from '../../contract/wire-event.ts'
import type { ApplyReply, Board, BoardMark } from '../../ports/board.ts'
import { openRedis } from './connection.ts'

/** Entries a board's stream keeps, about: what a client may lag behind and still be served without Postgres. */
const STREAM_KEPT = 10_000
/** Records per command while a board is built beside the live one. */
const CHUNK = 500
/** A build that was abandoned (its process died) goes away by itself. */
const BUILD_SECONDS = 60
const LOAD_EVERY_MS = 1_000

const keysOf = (boardId: string): string[] =>
  ['m', 'a', 't', 'o', 'v', 'c', 'w', 'q', 's'].map((part) => `{b:${boardId}}:${part}`)

export function createRedisBoard(options: {
  url: string
  adminUrl: string | null
  onError: (error: Error) => void
}): Board & { ping(): Promise<boolean>; close(): void } {
  const { onError } = options
  const redis = openRedis(options.url, onError)
  const library = createLibrary(options.adminUrl ?? options.url, onError)

  const call = async (name: string, keys: string[], args: (string | number)[]): Promise<unknown> => {
    try {
      return await redis.call('FCALL', name, keys.length, ...keys, ...args)
    } catch (error) {
      if (!(error instanceof Error) || !/Function not found/i.test(error.message)) throw error
      await library.load()
      return await redis.call('FCALL', name, keys.length, ...keys, ...args)
    }
  }

  return {
    async apply(boardId, epoch, events) {
      const args: (string | number)[] = [boardId, epoch, STREAM_KEPT]
      for (const { event, text, state } of events) {
        const step = foldStep(event, boardId)
        if (step === null) args.push(event.seq, 'none', '', '', '', text, '')
        else if (step.act === 'drop') args.push(event.seq, `${step.entity} drop`, step.id, '', '', text, '')
        else
          args.push(event.seq, `${step.entity} put`, step.id, step.version, step.orderId ?? '', text, state)
      }
      return replyOf(await call('board_apply', keysOf(boardId), args))
    },

    async install(companyId, boardId, snapshot, { anew = false } = {}) {
      const build = randomUUID()
      const built = ['a', 't', 'o', 'v', 'c'].map((part) => `{b:${boardId}}:new:${build}:${part}`)
      const parts = partsOf(snapshot)
      for (const [i, key] of built.entries()) await fill(redis, key, parts.hashes[i] ?? new Map())
      const reply = await call(
        'board_install',
        [...keysOf(boardId), ...built],
        [
          boardId,
          companyId,
          snapshot.epoch,
          snapshot.seq,
          parts.sum,
          anew ? '1' : '0',
          ...parts.hashes.map((hash) => hash.size),
        ],
      )
      return reply === 'INSTALLED'
    },

    async marks(boardIds) {
      if (boardIds.length === 0) return []
      const pipeline = redis.pipeline()
      for (const id of boardIds) pipeline.hmget(`{b:${id}}:m`, 'company', 'epoch', 'seq', 'sum')
      const replies = (await pipeline.exec()) ?? []
      return boardIds.map((_, i) => {
        const [error, fields] = replies[i] ?? [new Error('no reply'), null]
        if (error) throw error
        return markOf(fields)
      })
    },

    async read(boardId) {
      const [m = '', a = '', t = '', o = '', , c = ''] = keysOf(boardId)
      // One MULTI, so that the records belong to the number that is read with them.
      const replies = await redis
        .multi()
        .hmget(m, 'company', 'epoch', 'seq', 'sum')
        .hvals(a)
        .hvals(t)
        .hvals(o)
        .hlen(c)
        .exec()
      if (!replies) throw new Error(`reading board ${boardId} from Redis was broken off`)
      const [mark, activities, technicians, orders, referred] = replies.map(([error, value]) => {
        if (error) throw error
        return value
      })
      const read = markOf(mark)
      if (!read || !isTexts(activities) || !isTexts(technicians) || !isTexts(orders)) return null
      if (orders.length !== referred) return null
      return { ...read, activities, technicians, orders }
    },

    async range(boardId, epoch, seq, limit) {
      const key = `{b:${boardId}}:s`
      const replies = await redis
        .multi()
        .hmget(`{b:${boardId}}:m`, 'company', 'epoch', 'seq', 'sum')
        // An explicit place, never `$`: nothing between the last look and this one may be missed.
        .xrange(key, `${seq + 1}-0`, '+', 'COUNT', limit)
        .exec()
      if (!replies) return []
      const [mark, entries] = replies.map(([error, value]) => {
        if (error) throw error
        return value
      })
      if (markOf(mark)?.epoch !== epoch || !Array.isArray(entries)) return []
      return contiguous(entries, seq)
    },

    async ping() {
      return (await redis.ping()) === 'PONG'
    },

    close() {
      redis.disconnect()
    },
  }
}

function createLibrary(adminUrl: string, onError: (error: Error) => void): { load(): Promise<void> } {
  let loading: Promise<void> | null = null
  let loadedAt = Number.NEGATIVE_INFINITY
  const loadOnce = async (): Promise<void> => {
    const text = await readFile(new URL('./scripts/board.lua', import.meta.url), 'utf8')
    const admin = openRedis(adminUrl, onError, { lazyConnect: true, retryStrategy: () => null })
    try {
      await admin.connect()
      await admin.call('FUNCTION', 'LOAD', 'REPLACE', text)
    } finally {
      admin.disconnect()
    }
  }
  return {
    load() {
      if (loading) return loading
      if (performance.now() - loadedAt < LOAD_EVERY_MS) {
        return Promise.reject(new Error('the board functions were loaded a moment ago and are gone again'))
      }
      loading = loadOnce()
        .then(() => {
          loadedAt = performance.now()
        })
        .finally(() => {
          loading = null
        })
      return loading
    },
  }
}

async function fill(redis: Redis, key: string, values: ReadonlyMap<string, string | number>): Promise<void> {
  let chunk: (string | number)[] = []
  for (const [field, value] of values) {
    chunk.push(field, value)
    if (chunk.length < CHUNK * 2) continue
    await redis.hset(key, ...chunk)
    chunk = []
  }
  if (chunk.length > 0) await redis.hset(key, ...chunk)
  if (values.size > 0) await redis.expire(key, BUILD_SECONDS)
}

/** The five hashes of a board, in the order a, t, o, v, c. */
function partsOf(snapshot: BoardSnapshot): { hashes: Map<string, string | number>[]; sum: number } {
  const [a, t, o, v, c] = [
    new Map<string, string>(),
    new Map<string, string>(),
    new Map<string, string>(),
    new Map<string, string | number>(),
    new Map<string, number>(),
  ]
  let sum = 0
  for (const activity of snapshot.activities) {
    a.set(activity.id, JSON.stringify(activity))
    v.set(`a:${activity.id}`, `${activity.version} ${activity.orderId}`)
    c.set(activity.orderId, (c.get(activity.orderId) ?? 0) + 1)
    sum = (sum + activityHash(activity.id, activity.version)) >>> 0
  }
  for (const technician of snapshot.technicians) {
    t.set(technician.id, JSON.stringify(technician))
    v.set(`t:${technician.id}`, technician.version)
  }
  for (const order of snapshot.orders) {
    o.set(order.id, JSON.stringify(order))
    v.set(`o:${order.id}`, order.version)
  }
  return { hashes: [a, t, o, v, c], sum }
}

function replyOf(reply: unknown): ApplyReply {
  const [kind, head] = Array.isArray(reply) ? reply : []
  if (kind === 'OK') return { kind: 'ok', head: Number(head) }
  if (kind === 'GAP') return { kind: 'gap', head: Number(head) }
  if (kind === 'EPOCH') return { kind: 'epoch' }
  if (kind === 'NONE') return { kind: 'none' }
  throw new Error(`board_apply answered ${JSON.stringify(reply)}`)
}

function markOf(fields: unknown): BoardMark | null {
  if (!Array.isArray(fields)) return null
  const [companyId, epoch, seq, sum] = fields
  if (typeof companyId !== 'string' || typeof epoch !== 'string') return null
  return { companyId, epoch, seq: Number(seq), sum: Number(sum) }
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value)

/** The entries that follow `seq` without a hole. A hole would mean the stream is not to be trusted from there on. */
function contiguous(entries: unknown[], seq: number): WireEvent[] {
  const events: WireEvent[] = []
  for (const entry of entries) {
    const [id, fields] = Array.isArray(entry) ? entry : []
    if (id !== `${seq + 1 + events.length}-0` || !Array.isArray(fields)) break
    // Written by board_apply from an event of ours.
    const event = JSON.parse(String(fields[1])) as BoardEvent
    events.push(wireEvent(event))
  }
  return events
}
