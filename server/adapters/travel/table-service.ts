/**
 * Travel times from an OSRM-compatible `table` service: `GET /table/v1/{profile}/{lon,lat;…}?sources&destinations`.
 *
 * A block is cut into requests of at most so many places, a few of which run at once. Each has its own time limit and is
 * tried once more when the network or the server failed; an answer that makes no sense is not asked for again. After the
 * first request that failed for good the rest of the block is not asked either: whoever is down stays down for all of them.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Place } from '../../domain/activity/activity.ts'
import {
  NO_WAY,
  type TravelAsk,
  type TravelBlock,
  type TravelTimes,
  UNKNOWN,
} from '../../ports/travel-times.ts'

export type TableServiceOptions = {
  /** Up to and without `/table/v1`. */
  readonly url: string
  /** Most places in one request, sources and destinations together. */
  readonly placesMax?: number
  readonly timeoutMs?: number
  readonly concurrency?: number
  /** Told of every request that was answered or not, for the metrics. */
  readonly onRequest?: (outcome: 'answered' | 'failed') => void
}

const PLACES_MAX = 100
const TIMEOUT_MS = 3_000
const CONCURRENCY = 4
const RETRY_AFTER_MS = 100
/** A table of numbers needs some twenty characters a cell; what is longer is no table. */
const BYTES_PER_CELL = 64
const BYTES_BESIDE = 256 * 1024
/** No journey of a working day is longer; beyond it the number is a mistake of the service. */
const SECONDS_MAX = 10 * 86_400

type Piece = {
  readonly fromAt: number
  readonly from: readonly Place[]
  readonly toAt: number
  readonly to: readonly Place[]
}
type Table = { readonly durations: readonly Row[]; readonly distances: readonly Row[] | null }
type Row = readonly (number | null)[]

/** An answer that a second try would not better. */
class TravelAnswerError extends Error {
  override readonly name = 'TravelAnswerError'
}

export function createTableService(options: TableServiceOptions): TravelTimes {
  const limits = {
    placesMax: options.placesMax ?? PLACES_MAX,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    concurrency: options.concurrency ?? CONCURRENCY,
  }
  const base = options.url.replace(/\/+$/, '')

  return {
    source: 'service',
    knows: () => true,
    async block(ask) {
      const cells = ask.from.length * ask.to.length
      const block = {
        seconds: new Int32Array(cells).fill(UNKNOWN),
        metres: new Int32Array(cells).fill(UNKNOWN),
      }
      const pieces = piecesOf(ask, limits.placesMax)
      let next = 0
      let failure: string | null = null
      const work = async (): Promise<void> => {
        for (;;) {
          const piece = pieces[next++]
          if (piece === undefined || failure !== null) return
          try {
            put(block, ask.to.length, piece, await tableOf(base, piece, ask, limits.timeoutMs))
            options.onRequest?.('answered')
          } catch (error) {
            options.onRequest?.('failed')
            failure ??= reasonOf(error, limits.timeoutMs)
          }
        }
      }
      await Promise.all(Array.from({ length: limits.concurrency }, work))
      return { ...block, failure } satisfies TravelBlock
    },
  }
}

/** Rectangles that together cover the block, each small enough for one request. */
function piecesOf({ from, to }: TravelAsk, placesMax: number): Piece[] {
  const half = Math.floor(placesMax / 2)
  const rows = from.length <= half ? from.length : to.length <= half ? placesMax - to.length : half
  const columns = placesMax - rows
  const pieces: Piece[] = []
  for (let r = 0; r < from.length; r += rows)
    for (let c = 0; c < to.length; c += columns)
      pieces.push({ fromAt: r, from: from.slice(r, r + rows), toAt: c, to: to.slice(c, c + columns) })
  return pieces
}

async function tableOf(base: string, piece: Piece, ask: TravelAsk, timeoutMs: number): Promise<Table> {
  try {
    return await requestTable(base, piece, ask, timeoutMs)
  } catch (error) {
    if (error instanceof TravelAnswerError || ask.signal.aborted) throw error
    await wait(RETRY_AFTER_MS, undefined, { signal: ask.signal })
    return await requestTable(base, piece, ask, timeoutMs)
  }
}

async function requestTable(base: string, piece: Piece, ask: TravelAsk, timeoutMs: number): Promise<Table> {
  const numbers = (first: number, count: number): string =>
    Array.from({ length: count }, (_, i) => first + i).join(';')
  const coordinates = [...piece.from, ...piece.to]
    .map((p) => `${p.lon.toFixed(5)},${p.lat.toFixed(5)}`)
    .join(';')
  const query =
    `annotations=duration,distance&sources=${numbers(0, piece.from.length)}` +
    `&destinations=${numbers(piece.from.length, piece.to.length)}`
  const answer = await fetch(`${base}/table/v1/${ask.profile}/${coordinates}?${query}`, {
    signal: AbortSignal.any([ask.signal, AbortSignal.timeout(timeoutMs)]),
    headers: { accept: 'application/json' },
    redirect: 'error',
  })
  const text = await textOf(answer, piece.from.length * piece.to.length * BYTES_PER_CELL + BYTES_BESIDE)
  if (answer.status >= 500) throw new Error(`it answered ${answer.status}`)
  return tableFrom(answer.status, text, piece)
}

/** The body, given up on when it is longer than any right answer could be. */
async function textOf(answer: Response, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length
    if (bytes > bytesMax)
      throw new TravelAnswerError('its answer is longer than the table that was asked for')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function tableFrom(status: number, text: string, piece: Piece): Table {
  const answer = parsed(text)
  const code = 'code' in answer && typeof answer.code === 'string' ? answer.code : null
  if (status !== 200 || code !== 'Ok')
    throw new TravelAnswerError(`it answered ${status}${code === null ? '' : ` (${code.slice(0, 40)})`}`)
  const durations = 'durations' in answer ? answer.durations : undefined
  const distances = 'distances' in answer ? answer.distances : undefined
  if (!isTable(durations, piece))
    throw new TravelAnswerError('its durations are not the table that was asked for')
  if (distances === undefined || distances === null) return { durations, distances: null }
  if (!isTable(distances, piece))
    throw new TravelAnswerError('its distances are not the table that was asked for')
  return { durations, distances }
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw new TravelAnswerError('its answer is not JSON', { cause })
  }
  throw new TravelAnswerError('its answer is not an object')
}

const isTable = (value: unknown, { from, to }: Piece): value is Row[] =>
  Array.isArray(value) &&
  value.length === from.length &&
  value.every(
    (row) =>
      Array.isArray(row) &&
      row.length === to.length &&
      row.every((cell) => cell === null || (typeof cell === 'number' && cell >= 0 && Number.isFinite(cell))),
  )

function put(
  block: { seconds: Int32Array; metres: Int32Array },
  columns: number,
  piece: Piece,
  table: Table,
): void {
  table.durations.forEach((row, r) => {
    row.forEach((duration, c) => {
      const at = (piece.fromAt + r) * columns + piece.toAt + c
      const distance = table.distances?.[r]?.[c]
      block.seconds[at] = duration === null || duration > SECONDS_MAX ? NO_WAY : Math.round(duration)
      block.metres[at] = distance === undefined || distance === null ? UNKNOWN : Math.round(distance)
    })
  })
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `it did not answer within ${timeoutMs} ms`
  if (error.name === 'AbortError') return 'there was no time left to ask it'
  // What the network says stands in the cause: "fetch failed" alone helps nobody.
  const cause = error.cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null
  if (code === 'ECONNREFUSED') return 'it refused the connection'
  return error.name === 'TypeError'
    ? `it could not be reached${code === null ? '' : ` (${code})`}`
    : error.message
}
