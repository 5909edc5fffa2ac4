import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMatrixTravel } from '../../../server/adapters/travel/given-matrix.ts'
import {
  roadSeconds,
  startTableServer,
  type TableServer,
} from '../../../server/adapters/travel/table-server.ts'
import { createTableService } from '../../../server/adapters/travel/table-service.ts'
import type { Place } from '../../../server/domain/activity/activity.ts'
import { travelMinutes } from '../../../server/domain/plan/travel.ts'
import type { TravelProfile } from '../../../server/ports/travel-times.ts'
import { type BoardTravel, createBoardTravel, type TravelNumbers } from './board-travel.ts'
import { UNREACHABLE_SECONDS } from './place-table.ts'
import { travelSentence } from './told.ts'

let server: TableServer
let travel: BoardTravel
let now = 0
beforeEach(async () => {
  now = 1_000_000
  server = await startTableServer()
  travel = createBoardTravel({
    times: createTableService({ url: server.url, timeoutMs: 200 }),
    now: () => now,
    pauseMs: 10_000,
  })
})
afterEach(async () => {
  travel.close()
  await server.close()
})

const pace = { speedKmh: 30, roadFactor: 1.4 }
const street = (count: number, first = 0): Place[] =>
  Array.from({ length: count }, (_, i) => ({ lat: 52 + (first + i) / 1000, lon: 4.9 }))
const wish = (places: Place[], profiles: TravelProfile[] = ['car'], boardId = 'b') => ({
  companyId: 'c',
  boardId,
  pace,
  source: 'best' as const,
  places,
  profiles,
})
const seconds = (numbers: TravelNumbers, from: Place, to: Place, profile = 0): number => {
  const matrix = numbers.matrices[profile]
  const a = numbers.indexOf(from)
  const b = numbers.indexOf(to)
  if (matrix === undefined || a === null || b === null) throw new Error('the numbers cover these places')
  return matrix.seconds[a * matrix.size + b] ?? Number.NaN
}
const wholeMinutes = (s: number): number => Math.ceil(s / 60) * 60
const down: TableServer['mischief'] = (_asked, answer) => {
  answer.writeHead(500).end()
  return true
}

describe('travel from a service', () => {
  it('is what the service says, in whole minutes, each way by itself and for each way of travelling', async () => {
    const places = street(70)
    const numbers = await travel.numbers(wish(places, ['car', 'foot']))
    expect(travelSentence(numbers.told)).toBe('travel service')
    for (const from of places)
      for (const to of places) {
        expect(seconds(numbers, from, to)).toBe(wholeMinutes(roadSeconds(from, to)))
        expect(seconds(numbers, from, to, 1)).toBe(wholeMinutes(roadSeconds(from, to, 'foot')))
      }
  })

  it('asks nothing again, and only about the places that are new', async () => {
    await travel.numbers(wish(street(30)))
    server.requests.length = 0
    await travel.numbers(wish(street(30).toReversed()))
    expect(server.requests).toHaveLength(0)
    const numbers = await travel.numbers(wish([...street(30), ...street(1, 600)]))
    const newcomer = street(1, 600)[0]
    for (const { from, to } of server.requests) expect(from.length === 1 || to.length === 1).toBe(true)
    expect(seconds(numbers, newcomer!, street(1)[0]!)).toBe(
      wholeMinutes(roadSeconds(newcomer!, street(1)[0]!)),
    )
  })

  it('is a straight line while the service is down, says so, and leaves it alone for a while', async () => {
    server.mischief = down
    const places = street(5, 100)
    const numbers = await travel.numbers(wish(places))
    expect(travelSentence(numbers.told)).toBe(
      'straight line because the travel service did not answer: it answered 500',
    )
    expect(seconds(numbers, places[0]!, places[4]!)).toBe(travelMinutes(places[0]!, places[4]!, pace) * 60)
    const asked = server.requests.length
    // Another board does not wait for it either.
    expect((await travel.numbers(wish(street(5), ['car'], 'other'))).told.fallback?.places).toBe(5)
    expect(server.requests).toHaveLength(asked)

    server.mischief = null
    now += 10_001
    const later = await travel.numbers(wish(places))
    expect(travelSentence(later.told)).toBe('travel service')
    expect(seconds(later, places[4]!, places[0]!)).toBe(wholeMinutes(roadSeconds(places[4]!, places[0]!)))
    expect(seconds(numbers, places[0]!, places[4]!)).toBe(travelMinutes(places[0]!, places[4]!, pace) * 60)
  })

  it('keeps what it was told before the service fell silent, and says for how many places it has to guess', async () => {
    await travel.numbers(wish(street(40)))
    server.mischief = down
    const numbers = await travel.numbers(wish([...street(40), ...street(3, 500)]))
    expect(travelSentence(numbers.told)).toBe(
      'travel service; straight line for 3 of 43 places because the travel service did not answer: it answered 500',
    )
    expect(seconds(numbers, street(1)[0]!, street(1, 39)[0]!)).toBe(wholeMinutes(390))
  })

  it('does not keep a plan waiting: a large board is filled behind its back', async () => {
    let release: (() => void) | null = null
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    server.mischief = (_asked, answer, right) => {
      void gate.then(() => answer.end(JSON.stringify(right)))
      return true
    }
    const patient = createBoardTravel({
      times: createTableService({ url: server.url, timeoutMs: 5_000 }),
      now: () => now,
      patienceMs: 30,
    })
    const places = street(10)
    const first = await patient.numbers(wish(places))
    expect(first.told.fallback?.reason).toMatch(/needs more time/)
    release!()
    let second = await patient.numbers(wish(places))
    for (let i = 0; i < 50 && second.told.fallback !== null; i++) second = await patient.numbers(wish(places))
    expect(travelSentence(second.told)).toBe('travel service')
    patient.close()
  })

  it('puts what no road leads to out of reach, and a place that no road leads to at all on a straight line', async () => {
    const [near, far, sea] = [street(1)[0]!, street(1, 90)[0]!, street(1, 300)[0]!]
    server.mischief = (asked, answer, right) => {
      const noRoad = (a: Place, b: Place): boolean =>
        (a.lat === sea.lat) !== (b.lat === sea.lat) || (a.lat === near.lat && b.lat === far.lat)
      asked.from.forEach((a, r) => {
        asked.to.forEach((b, c) => {
          if (noRoad(a, b)) right.durations[r]![c] = null
        })
      })
      answer.end(JSON.stringify(right))
      return true
    }
    const numbers = await travel.numbers(wish([near, far, sea]))
    expect(seconds(numbers, near, far)).toBe(UNREACHABLE_SECONDS)
    expect(seconds(numbers, far, near)).toBe(wholeMinutes(1800))
    expect(seconds(numbers, near, sea)).toBe(travelMinutes(near, sea, pace) * 60)
    expect(travelSentence(numbers.told)).toBe('travel service; 1 place is off the roads')
  })

  it('is not asked on a board whose policy wants straight lines', async () => {
    const numbers = await travel.numbers({ ...wish(street(5)), source: 'straight-line' })
    expect(travelSentence(numbers.told)).toBe('straight line')
    expect(server.requests).toHaveLength(0)
  })
})

describe('travel from a given matrix', () => {
  it('is what the matrix says, and a straight line where it does not name a place', async () => {
    const [a, b, stranger] = street(3)
    const given = createMatrixTravel(
      JSON.stringify({
        places: [a, b],
        profiles: {
          car: {
            durations: [
              [0, 300],
              [null, 0],
            ],
          },
        },
      }),
    )
    const fromMatrix = createBoardTravel({ times: given, now: () => now })
    const numbers = await fromMatrix.numbers(wish([a!, b!, stranger!]))
    expect(seconds(numbers, a!, b!)).toBe(300)
    expect(seconds(numbers, b!, a!)).toBe(UNREACHABLE_SECONDS)
    expect(seconds(numbers, a!, stranger!)).toBe(travelMinutes(a!, stranger!, pace) * 60)
    expect(travelSentence(numbers.told)).toBe(
      'given matrix; straight line for 1 of 3 places because the given travel matrix does not name them',
    )
  })
})

describe('what is kept', () => {
  it('is bounded: the board that was not planned for longest is forgotten', async () => {
    const small = createBoardTravel({
      times: createTableService({ url: server.url }),
      now: () => now,
      cellsMax: 150,
    })
    await small.numbers(wish(street(10), ['car'], 'one'))
    await small.numbers(wish(street(10), ['car'], 'two'))
    server.requests.length = 0
    await small.numbers(wish(street(10), ['car'], 'two'))
    expect(server.requests).toHaveLength(0)
    await small.numbers(wish(street(10), ['car'], 'one'))
    expect(server.requests.length).toBeGreaterThan(0)
    small.close()
  })

  it('hands a small problem a table of its own places only', async () => {
    await travel.numbers(wish(street(50)))
    const numbers = await travel.numbers(wish(street(3, 20)))
    expect(numbers.matrices[0]?.size).toBe(3)
    expect(seconds(numbers, street(1, 20)[0]!, street(1, 22)[0]!)).toBe(60)
  })
})
