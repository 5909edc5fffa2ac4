import { expect, it } from 'vitest'
import { clockTime, countdown, duration } from './time.ts'

it.each([
  [0, '0:00'],
  [27, '0:27'],
  [-27, '−0:27'],
  [453, '7:33'],
  [2_879, '47:59'],
  [2_880, '2 d 0 h'],
  [20_002, '13 d 21 h'],
])('a length of %d minutes reads %s', (minutes, expected) => {
  expect(duration(minutes)).toBe(expected)
})

it.each([
  [1_000, '0:01'],
  [44 * 60_000 + 6_000, '44:06'],
  [2 * 3_600_000 + 7 * 60_000 + 54_000, '2:07:54'],
  [-(18 * 60_000 + 24_000), '+18:24'],
  [2 * 86_400_000 + 20 * 3_600_000, '2 d 20 h'],
])('%d ms left read %s', (ms, expected) => {
  expect(countdown(ms)).toBe(expected)
})

it('writes midnight as 00:00, in the board’s zone', () => {
  expect(clockTime(Date.parse('2026-03-02T23:00:00Z'), 'Europe/Berlin')).toBe('00:00')
})
