import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Place } from '../../domain/activity/activity.ts'
import { NO_WAY, UNKNOWN } from '../../ports/travel-times.ts'
import { roadSeconds, startTableServer, type TableServer } from './table-server.ts'
import { createTableService } from './table-service.ts'

let server: TableServer
beforeEach(async () => {
  server = await startTableServer()
})
afterEach(() => server.close())

const street = (count: number, first = 0): Place[] =>
  Array.from({ length: count }, (_, i) => ({ lat: 52 + (first + i) / 1000, lon: 4.9 }))
const signal = (): AbortSignal => AbortSignal.timeout(5_000)
const ask = (from: Place[], to: Place[], profile: 'car' | 'foot' = 'car') => ({
  profile,
  from,
  to,
  signal: signal(),
})
const rightSeconds = (from: Place[], to: Place[], profile = 'car'): number[] =>
  from.flatMap((a) => to.map((b) => roadSeconds(a, b, profile)))

describe('a table service that answers', () => {
  it('gives the seconds and metres of each way, which need not be the same in both directions', async () => {
    const places = street(3)
    const block = await createTableService({ url: `${server.url}/` }).block(ask(places, places))
    expect(block.failure).toBeNull()
    expect([...block.seconds]).toEqual([0, 10, 20, 20, 0, 10, 40, 20, 0])
    expect([...block.metres]).toEqual([0, 111, 222, 111, 0, 111, 222, 111, 0])
  })

  it('is asked by the profile that the technician travels by', async () => {
    const places = street(2)
    const block = await createTableService({ url: server.url }).block(ask(places, places, 'foot'))
    expect(server.requests[0]?.profile).toBe('foot')
    expect([...block.seconds]).toEqual(rightSeconds(places, places, 'foot'))
  })

  it.each([
    ['as many as it likes', 3, 240],
    ['many to few', 240, 3],
    ['many to many', 130, 170],
  ])('is asked for %s in requests of no more places than it takes', async (_what, rows, columns) => {
    const from = street(rows)
    const to = street(columns, 500)
    const service = createTableService({ url: server.url, placesMax: 100, concurrency: 3 })
    const block = await service.block(ask(from, to))
    expect(block.failure).toBeNull()
    expect([...block.seconds]).toEqual(rightSeconds(from, to))
    for (const { from: sources, to: destinations } of server.requests)
      expect(sources.length + destinations.length).toBeLessThanOrEqual(100)
    expect(server.most()).toBeLessThanOrEqual(3)
  })

  it('says where there is no way, and keeps seconds whose metres are missing', async () => {
    server.mischief = (_asked, answer, right) => {
      right.durations[0] = [0, null]
      answer.end(JSON.stringify({ code: 'Ok', durations: right.durations }))
      return true
    }
    const places = street(2)
    const block = await createTableService({ url: server.url }).block(ask(places, places))
    expect(block.failure).toBeNull()
    expect([...block.seconds]).toEqual([0, NO_WAY, 20, 0])
    expect([...block.metres]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN])
  })

  it('is asked a second time when it stumbled once', async () => {
    let times = 0
    server.mischief = (_asked, answer) => {
      if (times++ > 0) return false
      answer.writeHead(503).end('busy')
      return true
    }
    const places = street(2)
    const block = await createTableService({ url: server.url }).block(ask(places, places))
    expect(block.failure).toBeNull()
    expect(server.requests).toHaveLength(2)
  })
})

describe('a table service that does not answer rightly', () => {
  const failing = async (
    mischief: TableServer['mischief'],
    timeoutMs = 2_000,
  ): Promise<{ failure: string | null; asked: number; outcomes: string[] }> => {
    server.mischief = mischief
    const outcomes: string[] = []
    const places = street(3)
    const block = await createTableService({
      url: server.url,
      timeoutMs,
      onRequest: (outcome) => outcomes.push(outcome),
    }).block(ask(places, places))
    expect([...block.seconds]).toEqual(Array(9).fill(UNKNOWN))
    return { failure: block.failure, asked: server.requests.length, outcomes }
  }

  it('leaves all unknown and says that it answered 500, twice', async () => {
    const { failure, asked, outcomes } = await failing((_asked, answer) => {
      answer.writeHead(500).end('oops')
      return true
    })
    expect(failure).toBe('it answered 500')
    expect(asked).toBe(2)
    expect(outcomes).toEqual(['failed'])
  })

  it('is not waited for longer than its time', async () => {
    const { failure, asked } = await failing(() => true, 60)
    expect(failure).toBe('it did not answer within 60 ms')
    expect(asked).toBe(2)
  })

  it.each([
    ['no JSON', 'not json at all', 'its answer is not JSON'],
    ['a bare number', '7', 'its answer is not an object'],
    ['another code', '{"code":"NoTable"}', 'it answered 200 (NoTable)'],
    ['no table', '{"code":"Ok"}', 'its durations are not the table that was asked for'],
    [
      'too few rows',
      '{"code":"Ok","durations":[[0,1,2]]}',
      'its durations are not the table that was asked for',
    ],
    [
      'too short rows',
      '{"code":"Ok","durations":[[0,1],[1,0],[1,1]]}',
      'its durations are not the table that was asked for',
    ],
    [
      'negative times',
      '{"code":"Ok","durations":[[0,1,-5],[1,0,1],[1,1,0]]}',
      'its durations are not the table that was asked for',
    ],
    [
      'distances of another size',
      '{"code":"Ok","durations":[[0,1,1],[1,0,1],[1,1,0]],"distances":[[0]]}',
      'its distances are not the table that was asked for',
    ],
  ])('is not asked again after %s', async (_what, body, reason) => {
    const { failure, asked } = await failing((_asked, answer) => {
      answer.end(body)
      return true
    })
    expect(failure).toBe(reason)
    expect(asked).toBe(1)
  })

  it('is not read beyond what its table could need', async () => {
    const { failure } = await failing((_asked, answer) => {
      answer.end(`{"code":"Ok","x":"${'x'.repeat(1_000_000)}"}`)
      return true
    })
    expect(failure).toBe('its answer is longer than the table that was asked for')
  })

  it('is not followed to another address', async () => {
    const { failure } = await failing((_asked, answer) => {
      answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
      return true
    })
    expect(failure).toMatch(/could not be reached/)
  })

  it('keeps what was answered before it fell silent, and asks no more', async () => {
    let times = 0
    server.mischief = (_asked, answer) => {
      if (++times <= 2) return false
      answer.writeHead(404).end('{"code":"NoSegment"}')
      return true
    }
    const places = street(200)
    const service = createTableService({ url: server.url, concurrency: 1 })
    const block = await service.block(ask(places, places))
    expect(block.failure).toBe('it answered 404 (NoSegment)')
    expect(server.requests).toHaveLength(3)
    expect(block.seconds.filter((s) => s !== UNKNOWN)).toHaveLength(2 * 50 * 50)
  })

  it('tells a closed door from silence', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const address = closed.address()
    await new Promise((resolve) => closed.close(resolve))
    // It listened on a port, so its address is one.
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const places = street(2)
    const block = await createTableService({ url: `http://127.0.0.1:${port}` }).block(ask(places, places))
    expect(block.failure).toBe('it refused the connection')
  })

  it('gives up at once when the asker does', async () => {
    server.mischief = () => true
    const places = street(2)
    const block = await createTableService({ url: server.url }).block({
      ...ask(places, places),
      signal: AbortSignal.abort(),
    })
    expect(block.failure).toBe('there was no time left to ask it')
  })
})
