import { describe, expect, it } from 'vitest'
import { NO_WAY, UNKNOWN } from '../../ports/travel-times.ts'
import { createMatrixTravel, TravelMatrixError } from './given-matrix.ts'

const places = [
  { lat: 52, lon: 4 },
  { lat: 53, lon: 5 },
]
const file = (change: object = {}): string =>
  JSON.stringify({
    places,
    profiles: {
      car: {
        durations: [
          [0, 70],
          [null, 0],
        ],
        distances: [
          [0, 900],
          [null, 0],
        ],
      },
    },
    ...change,
  })

describe('a given matrix', () => {
  it('knows its places by their coordinates, to the metre', async () => {
    const given = createMatrixTravel(file())
    expect(given.knows({ lat: 52.000001, lon: 4 }, 'car')).toBe(true)
    expect(given.knows({ lat: 52.1, lon: 4 }, 'car')).toBe(false)
    expect(given.knows({ lat: 52, lon: 4 }, 'foot')).toBe(false)
    const block = await given.block({
      profile: 'car',
      from: places,
      to: [...places, { lat: 1, lon: 1 }],
      signal: AbortSignal.timeout(1_000),
    })
    expect([...block.seconds]).toEqual([0, 70, UNKNOWN, NO_WAY, 0, UNKNOWN])
    expect([...block.metres]).toEqual([0, 900, UNKNOWN, UNKNOWN, 0, UNKNOWN])
  })

  it.each([
    ['no JSON', 'x', 'is not JSON'],
    ['no places', file({ places: [] }), 'places must be a list'],
    [
      'a place without longitude',
      file({ places: [{ lat: 1 }, { lat: 2, lon: 2 }] }),
      'places[0] must have lat and lon',
    ],
    ['an unknown profile', file({ profiles: { boat: {} } }), 'profiles.boat must be one of car, bike, foot'],
    [
      'too few rows',
      file({ profiles: { car: { durations: [[0, 1]] } } }),
      'profiles.car.durations must be 2 rows',
    ],
    [
      'a word for a number',
      file({
        profiles: {
          car: {
            durations: [
              [0, 'far'],
              [1, 0],
            ],
          },
        },
      }),
      'profiles.car.durations[0][1] must be a number from 0, or null',
    ],
  ])('is refused for %s, with the place of the mistake', (_what, text, sentence) => {
    expect(() => createMatrixTravel(text)).toThrow(TravelMatrixError)
    expect(() => createMatrixTravel(text)).toThrow(sentence)
  })
})
