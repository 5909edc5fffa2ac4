/**
 * The city's wall time as text. The hour that exists twice in autumn is read as its first pass, the one that does not
 * exist in spring as the time an hour later; a row with either is still a row.
 */
import { instantOf } from '../calendar/local-time.ts'
import type { ReadLocal } from './boston-311.ts'

export const localReader =
  (zone: string): ReadLocal =>
  (text) => {
    const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?$/.exec(text)
    if (!match) return null
    const [, date = '', time = '', fraction = ''] = match
    const resolved = instantOf({ date, time }, zone)
    return resolved === undefined
      ? null
      : resolved.instant + Math.floor(Number(`0.${fraction || '0'}`) * 1000)
  }
