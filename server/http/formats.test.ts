import { expect, it } from 'vitest'
import { isDate, isInstant, isTimeZone } from './formats.ts'

it.each([
  ['2026-11-24T10:00:00Z', true],
  ['2026-11-24T10:00:00.123456+05:30', true],
  ['2024-02-29T00:00:00-11:00', true],
  ['2025-02-29T00:00:00Z', false],
  ['2026-11-24T10:00:00', false],
  ['2026-11-24T10:00Z', false],
  ['2026-11-24T24:00:00Z', false],
  ['2026-11-24T10:00:60Z', false],
  ['2026-11-24T10:00:00+15:00', false],
  ['2026-11-24T10:00:00+0530', false],
  ['1899-12-31T23:59:59Z', false],
  ['2401-01-01T00:00:00Z', false],
  ['-000001-01-01T00:00:00Z', false],
  ['2026-11-24t10:00:00z', false],
  [' 2026-11-24T10:00:00Z', false],
])('%s as an instant: %s', (text, right) => {
  expect(isInstant(text)).toBe(right)
  if (right) expect(Number.isNaN(Date.parse(text))).toBe(false)
})

it('dates are days that exist', () => {
  expect(['2026-02-28', '2024-02-29'].every(isDate)).toBe(true)
  expect(['2026-02-29', '2026-00-10', '2026-1-1', '0000-01-01'].some(isDate)).toBe(false)
})

it('time zones are names that know their clock changes', () => {
  expect(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'].every(isTimeZone)).toBe(true)
  expect(['+02:00', 'Mars/Olympus', '', '../x', 'Europe/Berlin\u0000'].some(isTimeZone)).toBe(false)
})
