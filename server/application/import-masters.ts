/**
 * Master data that imported rows refer to: made where it is missing, found by code where it is there.
 *
 * Codes are made from the city's own words, so two imports, or two workers at once, meet the same records. What a person
 * has changed since is left as it is.
 */
import { createHash } from 'node:crypto'
import type { ImportedRow } from '../domain/import/boston-311.ts'
import { bostonZone } from '../domain/import/boston-311.ts'
import { ruleCode, ruleTerms } from '../domain/import/rules-311.ts'
import { trades } from '../domain/import/trade.ts'
import type { SlaTerms } from '../domain/sla/sla.ts'
import type { Tx } from '../ports/commands.ts'

export type Masters = {
  teamOf(row: ImportedRow): string
  typeOf(row: ImportedRow): string
  customerOf(row: ImportedRow): string
  /** Null for a row without a rule. */
  promiseOf(row: ImportedRow): { agreementId: string; groupId: string; terms: SlaTerms | null } | null
  readonly projectId: string
}

const day = (from: string, to: string) => [{ from, to }]
const officeDay = day('08:30', '17:00')
const wholeDay = day('00:00', '24:00')

/** A code of at most forty characters that still tells names apart which begin alike. */
export function codeOf(text: string, max = 40): string {
  const slug = text
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .toUpperCase()
  if (slug.length <= max && slug !== '') return slug
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 6).toUpperCase()
  return `${slug.slice(0, max - 7)}-${mark}`
}

const customerCode = (row: ImportedRow): string => codeOf(row.customer)
const teamCode = (row: ImportedRow): string => codeOf(row.departmentCode)
const typeCode = (row: ImportedRow): string => codeOf(row.type)
const groupCode = (row: ImportedRow): string => codeOf(`311 ${row.departmentCode}`)
const slaCode = (row: ImportedRow): string => (row.rule ? `311-${ruleCode(row.rule, row.alignment)}` : '')
const agreementCode = (row: ImportedRow): string => codeOf(`311 ${row.departmentCode} ${slaCode(row)}`)

type New = { code: string; values: Record<string, unknown> }

export async function ensureMasters(tx: Tx, rows: readonly ImportedRow[], boardId: string): Promise<Masters> {
  const ruled = rows.filter((row) => row.rule !== null)
  const calendars = await ensure(tx, 'calendar', [
    calendarRow('311-OFFICE', 'City office hours', { workday: officeDay, weekend: [] }),
    calendarRow('311-EVERY-DAY', 'Every day', { workday: wholeDay, weekend: wholeDay }),
  ])
  const slas = await ensure(
    tx,
    'sla',
    distinct(ruled, slaCode).map((row) => slaRow(row, calendars)),
  )
  const cities = await ensure(tx, 'customer', [{ code: '311-CITY', values: { name: 'City' } }])
  const projects = await ensure(tx, 'project', [
    { code: '311-REQUESTS', values: { name: 'Service requests', customer_id: found(cities, '311-CITY') } },
  ])
  const projectId = found(projects, '311-REQUESTS')
  const groups = await ensure(
    tx,
    'agreement_group',
    distinct(ruled, groupCode).map((row) => ({
      code: groupCode(row),
      values: { description: row.departmentName },
    })),
  )
  const agreements = await ensure(
    tx,
    'agreement',
    distinct(ruled, agreementCode).map((row) => ({
      code: agreementCode(row),
      values: {
        description: `${row.departmentName}: ${row.rule ? ruleTerms(row.rule, row.alignment).description : ''}`,
        project_id: projectId,
        customer_id: found(cities, '311-CITY'),
        group_id: found(groups, groupCode(row)),
        // Requests go back a long way; the promise is as old as the oldest of them.
        start_date: '2000-01-01',
        sla_id: found(slas, slaCode(row)),
      },
    })),
  )
  const customers = await ensure(
    tx,
    'customer',
    distinct(rows, customerCode).map((row) => ({ code: customerCode(row), values: { name: row.customer } })),
  )
  const teams = await ensure(
    tx,
    'team',
    distinct(rows, teamCode).map((row) => ({
      code: teamCode(row),
      values: { description: row.departmentName, board_id: boardId },
    })),
  )
  const types = await ensure(
    tx,
    'activity_type',
    distinct(rows, typeCode).map((row) => ({
      code: typeCode(row),
      values: {
        description: row.type.slice(0, 200),
        default_minutes: trades[row.trade].minutes,
        required_skills: JSON.stringify([{ skill: trades[row.trade].skill, level: 1 }]),
      },
    })),
  )
  const terms = await termsOf(tx, [...slas.values()])
  return {
    projectId,
    teamOf: (row) => found(teams, teamCode(row)),
    typeOf: (row) => found(types, typeCode(row)),
    customerOf: (row) => found(customers, customerCode(row)),
    promiseOf: (row) =>
      row.rule === null
        ? null
        : {
            agreementId: found(agreements, agreementCode(row)),
            groupId: found(groups, groupCode(row)),
            terms: terms.get(found(slas, slaCode(row))) ?? null,
          },
  }
}

const distinct = (rows: readonly ImportedRow[], code: (row: ImportedRow) => string): ImportedRow[] => [
  ...new Map(rows.map((row) => [code(row), row])).values(),
]

function found(ids: ReadonlyMap<string, string>, code: string): string {
  const id = ids.get(code.toLowerCase())
  if (id === undefined) throw new Error(`the record with code ${code} was neither found nor made`)
  return id
}

type Table =
  | 'calendar'
  | 'sla'
  | 'customer'
  | 'project'
  | 'agreement_group'
  | 'agreement'
  | 'team'
  | 'activity_type'

/** Ids by lower-case code. The table comes from a closed union of names, never from outside. */
async function ensure(tx: Tx, table: Table, wanted: readonly New[]): Promise<Map<string, string>> {
  const company = tx.caller.companyId
  const codes = wanted.map((one) => one.code.toLowerCase())
  const read = async (): Promise<Map<string, string>> => {
    const rows = await tx.query<{ id: string; code: string }>(
      `SELECT id, lower(code) AS code FROM ${table} WHERE company_id = $1 AND lower(code) = ANY ($2)`,
      [company, codes],
    )
    return new Map(rows.map((row) => [row.code, row.id]))
  }
  if (wanted.length === 0) return new Map()
  const known = await read()
  const missing = wanted.filter((one) => !known.has(one.code.toLowerCase()))
  // In code order, so that two imports at once wait for each other instead of meeting head on.
  for (const { code, values } of missing.sort((a, b) => (a.code < b.code ? -1 : 1))) {
    const row = { company_id: company, id: tx.newId(), code, ...values }
    const names = Object.keys(row)
    await tx.query(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})
         ON CONFLICT DO NOTHING`,
      Object.values(row),
    )
  }
  return missing.length === 0 ? known : read()
}

function calendarRow(
  code: string,
  name: string,
  hours: {
    workday: readonly { from: string; to: string }[]
    weekend: readonly { from: string; to: string }[]
  },
): New {
  const { workday, weekend } = hours
  const week = {
    mon: workday,
    tue: workday,
    wed: workday,
    thu: workday,
    fri: workday,
    sat: weekend,
    sun: weekend,
  }
  return { code, values: { name, time_zone: bostonZone, week: JSON.stringify(week) } }
}

function slaRow(row: ImportedRow, calendars: ReadonlyMap<string, string>): New {
  if (row.rule === null) throw new Error('a row without a rule has no SLA')
  const { limit, clockMode, startAlignment, calendar, description } = ruleTerms(row.rule, row.alignment)
  const calendarCode = calendar === 'office' ? '311-OFFICE' : '311-EVERY-DAY'
  return {
    code: slaCode(row),
    values: {
      description,
      ...limit,
      calendar_id: calendar === null ? null : found(calendars, calendarCode),
      clock_mode: clockMode,
      start_alignment: startAlignment,
    },
  }
}

/** Terms as the SLA records stand now, a person's changes included; suspended ones promise nothing. */
async function termsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, SlaTerms>> {
  const rows = await tx.query<{
    id: string
    days: number
    hours: number
    minutes: number
    respond: SlaTerms['targets']['complete'] | null
    arrive: SlaTerms['targets']['complete'] | null
    calendar_id: string | null
    clock_mode: SlaTerms['clockMode']
    start_alignment: SlaTerms['startAlignment']
  }>(
    `SELECT id, days, hours, minutes, respond, arrive, calendar_id, clock_mode, start_alignment FROM sla
      WHERE company_id = $1 AND id = ANY ($2) AND NOT suspended`,
    [tx.caller.companyId, ids],
  )
  return new Map(
    rows.map((row) => [
      row.id,
      {
        slaId: row.id,
        targets: {
          complete: { days: row.days, hours: row.hours, minutes: row.minutes },
          ...(row.respond ? { respond: row.respond } : {}),
          ...(row.arrive ? { arrive: row.arrive } : {}),
        },
        clockMode: row.clock_mode,
        startAlignment: row.start_alignment,
        calendarId: row.calendar_id,
      },
    ]),
  )
}
