/**
 * One row of Boston's 311 exports, read as what an order needs: three layouts, two systems, one meaning.
 *
 * All times are the city's wall time, also where the file writes `+00`. What cannot be used is refused with a reason;
 * what is merely odd (no place, no rule, a target before the opening, a closing before the opening) is kept.
 */
import type { Place, Priority } from '../activity/activity.ts'
import type { Instant } from '../instant.ts'
import { type BusinessDayAlignment, plain, type Rule311, type RuleBook } from './rules-311.ts'
import { priorityOf, type Trade, tradeOf } from './trade.ts'

export const bostonZone = 'America/New_York'

export type Layout = {
  readonly name: 'boston311-2011' | 'boston311-2026'
  readonly columns: number
  readonly cell: (fields: readonly string[], name: Field) => string
}

type Field = keyof (typeof names)['boston311-2011']

const names = {
  'boston311-2011': {
    id: 'case_enquiry_id',
    openedAt: 'open_dt',
    targetAt: 'target_dt',
    closedAt: 'closed_dt',
    onTime: 'ontime',
    title: 'case_title',
    type: 'type',
    category: 'reason',
    department: 'department',
    departmentName: 'subject',
    location: 'location',
    street: 'location_street_name',
    zip: 'location_zipcode',
    neighbourhood: 'neighborhood',
    lat: 'latitude',
    lon: 'longitude',
    source: 'source',
  },
  'boston311-2026': {
    id: 'case_id',
    openedAt: 'open_date',
    targetAt: 'target_close_date',
    closedAt: 'close_date',
    onTime: 'on_time',
    title: 'service_name',
    type: 'case_topic',
    category: 'assigned_team',
    department: 'assigned_department',
    departmentName: 'assigned_department',
    location: 'full_address',
    street: 'street_name',
    zip: 'zip_code',
    neighbourhood: 'neighborhood',
    lat: 'latitude',
    lon: 'longitude',
    source: 'report_source',
  },
} as const

/** The layout that a header line belongs to; null when it is none of those known. */
export function layoutOf(header: readonly string[]): Layout | null {
  for (const name of ['boston311-2011', 'boston311-2026'] as const) {
    const index = new Map(
      Object.entries(names[name]).map(([field, column]) => [field, header.indexOf(column)]),
    )
    if ([...index.values()].some((at) => at < 0)) continue
    return {
      name,
      columns: header.length,
      cell: (fields, field) => clean(fields[index.get(field) ?? -1] ?? ''),
    }
  }
  return null
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out; Postgres refuses NUL
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g
const clean = (text: string): string => plain(text.replaceAll(control, ''))

export type ImportedRow = {
  readonly externalId: string
  readonly description: string
  readonly type: string
  readonly trade: Trade
  readonly priority: Priority
  readonly openedAt: Instant
  readonly closedAt: Instant | null
  /** What the city itself had promised; only for comparing. */
  readonly targetAt: Instant | null
  readonly keptByCity: boolean | null
  readonly departmentCode: string
  readonly departmentName: string
  readonly customer: string
  readonly address: {
    readonly street?: string
    readonly zip?: string
    readonly city: string
    readonly lat?: number
    readonly lon?: number
  }
  readonly place: Place | null
  readonly rule: Rule311 | null
  readonly alignment: BusinessDayAlignment
}

/** Reads local wall time `YYYY-MM-DD HH:MM:SS[.fraction]` in the city's zone; null when it is no such time. */
export type ReadLocal = (text: string) => Instant | null

export function readRow(
  fields: readonly string[],
  { layout, book, readLocal }: { layout: Layout; book: RuleBook; readLocal: ReadLocal },
): { row: ImportedRow } | { refused: string } {
  if (fields.length !== layout.columns) {
    return { refused: `${layout.columns} columns expected, ${fields.length} found` }
  }
  const cell = (name: Field): string => layout.cell(fields, name)
  const externalId = cell('id')
  if (externalId === '' || externalId.length > 120) return { refused: 'no case number' }
  const openedText = cell('openedAt')
  if (openedText === '') return { refused: 'no opening time' }
  const openedAt = readLocal(withoutOffset(openedText))
  if (openedAt === null) return { refused: `the opening time ${openedText.slice(0, 40)} cannot be read` }
  const closedText = cell('closedAt')
  const closedAt = closedText === '' ? null : readLocal(withoutOffset(closedText))
  if (closedText !== '' && closedAt === null) {
    return { refused: `the closing time ${closedText.slice(0, 40)} cannot be read` }
  }

  const type = cell('type') || withoutAppointment(cell('title')) || 'Request'
  const system = layout.name === 'boston311-2011' ? null : externalId.startsWith('BCS-') ? 'new' : 'legacy'
  const rule = book.find({ system, type, date: openedText.slice(0, 10) })
  const targetText = cell('targetAt')
  const departmentName = cell('departmentName') || 'City'
  const place = placeOf(cell('lat'), cell('lon'))
  const neighbourhood = cell('neighbourhood')
  return {
    row: {
      externalId,
      description: (cell('title') || type).slice(0, 1000),
      type,
      trade: tradeOf(type, cell('category')),
      priority: priorityOf(type, rule),
      openedAt,
      closedAt,
      targetAt: targetText === '' ? null : readLocal(withoutOffset(targetText)),
      keptByCity: onTime(cell('onTime')),
      departmentCode: (cell('department') || 'CITY').slice(0, 40),
      departmentName: departmentName.slice(0, 200),
      customer: customerOf(neighbourhood, departmentName, cell('source')),
      address: {
        ...present('street', (cell('location') || cell('street')).slice(0, 200)),
        ...present('zip', zipOf(cell('zip'))),
        city: neighbourhood.slice(0, 120) || 'Boston',
        ...(place ?? {}),
      },
      place,
      rule,
      alignment: layout.name === 'boston311-2011' ? 'after-hours' : 'open',
    },
  }
}

/** The new export's `+00` is an artefact: the loader added it to wall time. */
const withoutOffset = (text: string): string =>
  text.replace(/(?<=:\d\d(?:\.\d+)?)(?:Z|[+-]\d\d(?::?\d\d)?)$/, '')

/** `SCH 8/13 Unsatisfactory …`: the date of an appointment, written into the name for want of a board. */
const withoutAppointment = (title: string): string => title.replace(/^(SCH|DISP)\s+\d{1,2}\/\d{1,2}\s+/, '')

const present = <K extends string>(key: K, value: string): Partial<Record<K, string>> =>
  // The one key is of type K.
  value === '' ? {} : ({ [key]: value } as Record<K, string>)

/** Zip codes lost their leading zero on the way through a spreadsheet. */
const zipOf = (text: string): string => (/^\d{4}$/.test(text) ? `0${text}` : text.slice(0, 20))

const onTime = (text: string): boolean | null =>
  text === 'ONTIME' ? true : text === 'OVERDUE' ? false : null

/** Where a row without a place was put: City Hall's door is no place to send anyone. */
const DEFAULT_POINT = { lat: 42.3594, lon: -71.0587 }
const CITY_CENTRE = { lat: 42.32, lon: -71.08 }
const CITY_REACH_DEGREES = 0.5

function placeOf(latText: string, lonText: string): Place | null {
  const lat = Number(latText)
  const lon = Number(lonText)
  if (latText === '' || lonText === '' || !Number.isFinite(lat) || !Number.isFinite(lon)) return null
  if (Math.abs(lat - DEFAULT_POINT.lat) < 1e-6 && Math.abs(lon - DEFAULT_POINT.lon) < 1e-6) return null
  const isNear =
    Math.abs(lat - CITY_CENTRE.lat) < CITY_REACH_DEGREES &&
    Math.abs(lon - CITY_CENTRE.lon) < CITY_REACH_DEGREES
  return isNear ? { lat, lon } : null
}

const customerOf = (neighbourhood: string, departmentName: string, source: string): string => {
  if (source === 'Employee Generated') return departmentName.slice(0, 200)
  return neighbourhood === '' ? 'Residents' : `Residents of ${neighbourhood}`.slice(0, 200)
}
