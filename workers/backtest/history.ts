/**
 * A city's file as the past to be replayed: which rows are visits, where and until when, and what the city itself made of them.
 *
 * Left out, and counted: desk work, which needs no visit; rows that were closed when they were entered; rows that cannot be
 * read. A row without a place gets the middle of its neighbourhood. Deadlines come from the product's own SLA clock.
 */
import type { Place } from '../../server/domain/activity/activity.ts'
import type { Calendar, OpenHours } from '../../server/domain/calendar/calendar.ts'
import { dateOfDay, dayNumber, instantAt, localOf } from '../../server/domain/calendar/local-time.ts'
import { bostonZone, type ImportedRow, layoutOf, readRow } from '../../server/domain/import/boston-311.ts'
import { localReader } from '../../server/domain/import/city-time.ts'
import { csvRecords } from '../../server/domain/import/csv.ts'
import { readRules, ruleBook, ruleCode, ruleTerms } from '../../server/domain/import/rules-311.ts'
import { trades } from '../../server/domain/import/trade.ts'
import type { Instant } from '../../server/domain/instant.ts'
import { attach, dueAt } from '../../server/domain/sla/clock.ts'
import type { Order } from './world.ts'

/** Something about the request itself is wrong; the message names it. */
export class BacktestInputError extends Error {
  override readonly name = 'BacktestInputError'
}

export type CityOutcome = {
  readonly openedAt: Instant
  readonly closedAt: Instant | null
  readonly dueAt: Instant | null
  /** The city's own word, ONTIME or OVERDUE, where the file has one. */
  readonly keptByCity: boolean | null
}

export type History = {
  /** Local midnight of the first day: second 0 of all times. */
  readonly zero: Instant
  readonly firstDate: string
  readonly lastDate: string
  /** The second at which the clock on the wall shows `seconds` since midnight, so many days after the first. */
  readonly wall: (daysLater: number, seconds: number) => number
  readonly days: number
  readonly departments: readonly { readonly name: string; readonly orders: readonly Order[] }[]
  readonly city: ReadonlyMap<string, CityOutcome>
  readonly leftOut: { readonly desk: number; readonly afterTheFact: number; readonly unreadable: number }
  readonly withoutPlace: number
}

export type HistoryRequest = {
  readonly data: string
  readonly rules: string | null
  readonly from: string | null
  readonly to: string | null
}

export function readHistory(request: HistoryRequest): History {
  const { rows, unreadable } = readRows(request)
  const { first, last } = datesOf(rows, request)
  const zero = instantAt(bostonZone, first, 0).instant
  const end = instantAt(bostonZone, last + 1, 0).instant
  const inside = rows.filter((row) => row.openedAt >= zero && row.openedAt < end)
  const field = inside.filter((row) => row.trade !== 'desk')
  const live = field.filter((row) => row.closedAt === null || row.closedAt > row.openedAt)
  if (live.length === 0) throw new BacktestInputError('--data: no row of these days needs a visit')
  const placeOf = places(live)
  const promise = promises()
  const departments = new Map<string, Order[]>()
  const city = new Map<string, CityOutcome>()
  for (const row of live) {
    const due = promise(row)
    city.set(row.externalId, {
      openedAt: row.openedAt,
      closedAt: row.closedAt,
      dueAt: due,
      keptByCity: row.keptByCity,
    })
    const name = departmentOf(row)
    const orders = departments.get(name) ?? []
    departments.set(name, orders)
    orders.push({
      id: row.externalId,
      type: row.type,
      skill: trades[row.trade].skill,
      priority: row.priority,
      place: placeOf(row),
      arrivesAt: seconds(row.openedAt - zero),
      plannedSeconds: trades[row.trade].minutes * 60,
      dueAt: due === null ? null : seconds(due - zero),
    })
  }
  return {
    zero,
    firstDate: dateOfDay(first),
    lastDate: dateOfDay(last),
    days: last - first + 1,
    wall: (daysLater, time) => seconds(instantAt(bostonZone, first + daysLater, time * 1000).instant - zero),
    departments: [...departments]
      .map(([name, orders]) => ({ name, orders: orders.sort(byArrival) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    city,
    leftOut: { desk: inside.length - field.length, afterTheFact: field.length - live.length, unreadable },
    withoutPlace: live.filter((row) => row.place === null).length,
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

const byArrival = (a: Order, b: Order): number => a.arrivesAt - b.arrivesAt || (a.id < b.id ? -1 : 1)

const departmentOf = (row: ImportedRow): string =>
  row.departmentCode === 'CITY' ? row.departmentName : row.departmentCode

function readRows({ data, rules: rulesText, from, to }: HistoryRequest): {
  rows: ImportedRow[]
  unreadable: number
} {
  const rules = rulesText === null ? { rules: [] } : readRules(rulesText)
  if ('error' in rules) throw new BacktestInputError(`--rules: ${rules.error}`)
  for (const [name, date] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    if (date !== null && dayNumber(date) === undefined)
      throw new BacktestInputError(`${name}: must be a date like 2026-06-24`)
  }
  const book = ruleBook(rules.rules)
  const readLocal = localReader(bostonZone)
  const seen = new Map<string, ImportedRow>()
  let unreadable = 0
  let layout: ReturnType<typeof layoutOf> = null
  for (const record of csvRecords(data)) {
    if ('error' in record) {
      unreadable++
    } else if (layout === null) {
      layout = layoutOf(record.fields)
      if (layout === null)
        throw new BacktestInputError('--data: the header belongs to no layout that is known')
    } else {
      const read = readRow(record.fields, { layout, book, readLocal })
      if ('refused' in read) unreadable++
      else seen.set(read.row.externalId, read.row)
    }
  }
  if (seen.size === 0) throw new BacktestInputError('--data: the file has no row that can be read')
  return { rows: [...seen.values()], unreadable }
}

function datesOf(
  rows: readonly ImportedRow[],
  { from, to }: HistoryRequest,
): { first: number; last: number } {
  let earliest = Number.POSITIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY
  for (const { openedAt } of rows) {
    earliest = Math.min(earliest, openedAt)
    latest = Math.max(latest, openedAt)
  }
  // Both dates were checked when the request was read.
  const first = from === null ? localOf(earliest, bostonZone).day : dayNumber(from)!
  const last = to === null ? localOf(latest, bostonZone).day : dayNumber(to)!
  if (last < first) throw new BacktestInputError('--to: must not be before --from')
  if (last - first >= DAYS_MAX)
    throw new BacktestInputError(`--to: at most ${DAYS_MAX} days are replayed at once`)
  return { first, last }
}

const DAYS_MAX = 400

// ---------------------------------------------------------------- where

/** The row's own place, else the middle of its neighbourhood's, else of all. */
function places(rows: readonly ImportedRow[]): (row: ImportedRow) => Place {
  type Sum = { lat: number; lon: number; count: number }
  const sums = new Map<string, Sum>()
  const add = (key: string, place: Place): void => {
    const sum = sums.get(key) ?? { lat: 0, lon: 0, count: 0 }
    sums.set(key, { lat: sum.lat + place.lat, lon: sum.lon + place.lon, count: sum.count + 1 })
  }
  for (const { place, address } of rows) {
    if (place === null) continue
    add(`in ${address.city}`, place)
    add('all', place)
  }
  return ({ place, address }) => {
    if (place !== null) return place
    const sum = sums.get(`in ${address.city}`) ?? sums.get('all')
    if (sum === undefined) throw new BacktestInputError('--data: no row has a place')
    return { lat: sum.lat / sum.count, lon: sum.lon / sum.count }
  }
}

// ---------------------------------------------------------------- until when

/** The deadline of a row, worked out as for an imported order. */
function promises(): (row: ImportedRow) => Instant | null {
  const office = calendarOf('office', [{ from: '08:30', to: '17:00' }], [])
  const wholeDay = [{ from: '00:00', to: '24:00' }]
  const everyDay = calendarOf('every-day', wholeDay, wholeDay)
  return (row) => {
    if (row.rule === null) return null
    const { limit, clockMode, startAlignment, calendar } = ruleTerms(row.rule, row.alignment)
    const own = calendar === null ? null : calendar === 'office' ? office : everyDay
    const slaId = ruleCode(row.rule, row.alignment)
    const terms = {
      slaId,
      targets: { complete: limit },
      clockMode,
      startAlignment,
      calendarId: own?.id ?? null,
    }
    return dueAt(attach(terms, own, row.openedAt), own, 'complete')
  }
}

function calendarOf(id: string, workday: readonly OpenHours[], weekend: readonly OpenHours[]): Calendar {
  return {
    id,
    timeZone: bostonZone,
    week: {
      mon: workday,
      tue: workday,
      wed: workday,
      thu: workday,
      fri: workday,
      sat: weekend,
      sun: weekend,
    },
    exceptions: [],
    standardWorkDayHours: 8,
  }
}

/** Local weekday of a second of the replay: 0 is Monday. */
export const weekdayOf = (date: string, daysLater: number): number => {
  const day = dayNumber(date)
  if (day === undefined) throw new BacktestInputError(`${date} is no date`)
  // 1 January 1970 was a Thursday.
  return (((day + daysLater + 3) % 7) + 7) % 7
}
