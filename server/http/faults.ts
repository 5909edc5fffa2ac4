/**
 * Faults that reach the edge, told apart: the store is away or too busy (ask again), data that slipped past the
 * schemas (the asker's), and everything else (ours).
 */
import type { ProblemCode } from './problem-table.ts'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const away = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  // Postgres: too many connections, shutting down, starting up, statement cancelled, lock not had, read-only, disk full.
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '57014',
  '55P03',
  '25006',
  '53100',
  '40001',
  '40P01',
])
const awayWords =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end|not queryable/

export function faultCode(error: unknown): ProblemCode {
  if (!(error instanceof Error)) return 'INTERNAL'
  if (error.name === 'BusyError') return 'OVERLOADED'
  const code = codeOf(error)
  if (away.has(code) || code.startsWith('08') || awayWords.test(error.message)) return 'OVERLOADED'
  // The walls of the database behind our own checks: values no column takes, and references that went away meanwhile.
  if (code.startsWith('22') || code === '23514' || code === '23503') return 'VALIDATION'
  if (code === '23505') return 'DUPLICATE'
  return error.cause instanceof Error ? faultCode(error.cause) : 'INTERNAL'
}
