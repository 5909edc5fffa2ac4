/**
 * SLA rules of a city's request types: how long a request of a type may take, and between which dates that held.
 *
 * Three kinds: business days, calendar days (both keep the wall time across a clock change) and elapsed hours (real
 * time). The city changed the alignment of business days over the years, so that is told by the layout.
 */
import type { SlaTerms } from '../sla/sla.ts'
import { csvRecords } from './csv.ts'

export type RuleKind = 'business_days' | 'calendar_days' | 'elapsed_hours'

export type Rule311 = {
  /** Which of the city's systems the rule belongs to; null when the file knows one system only. */
  readonly system: 'new' | 'legacy' | null
  readonly type: string
  readonly kind: RuleKind
  readonly n: number
  /** Local dates of the first and last request that followed it; null = always. */
  readonly firstDate: string | null
  readonly lastDate: string | null
}

export type BusinessDayAlignment = 'after-hours' | 'open'

const kinds: readonly string[] = ['business_days', 'calendar_days', 'elapsed_hours'] satisfies RuleKind[]
const isKind = (text: string): text is RuleKind => kinds.includes(text)

/** The rules of a file, or what is wrong with it. */
export function readRules(text: string): { rules: Rule311[] } | { error: string } {
  const [header, ...rows] = [...csvRecords(text)]
  if (header === undefined || 'error' in header) return { error: 'the rules file has no header' }
  const column = (name: string): number => header.fields.indexOf(name)
  const type = Math.max(column('type'), column('case_topic'))
  const kind = column('inferred_kind')
  const n = Math.max(column('inferred_n_days'), column('inferred_n'))
  const system = column('system')
  if (type < 0 || kind < 0 || n < 0) {
    return {
      error:
        'the rules file needs the columns type or case_topic, inferred_kind, and inferred_n_days or inferred_n',
    }
  }
  const rules: Rule311[] = []
  for (const row of rows) {
    if ('error' in row) return { error: `line ${row.line} of the rules file: ${row.error}` }
    const cell = (index: number): string => (index < 0 ? '' : (row.fields[index] ?? '').trim())
    const count = Number(cell(n))
    const kindText = cell(kind)
    if (!isKind(kindText) || !Number.isInteger(count) || count <= 0) {
      return { error: `line ${row.line} of the rules file: ${kindText} ${cell(n)} is no rule` }
    }
    const from = cell(system)
    rules.push({
      system: from === 'new' || from === 'legacy' ? from : null,
      type: plain(cell(type)),
      kind: kindText,
      n: count,
      firstDate: cell(column('first_open_date')) || null,
      lastDate: cell(column('last_open_date')) || null,
    })
  }
  return { rules }
}

/** Runs of spaces are an artefact of the publisher, who put one in place of each comma. */
export const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

export type RuleBook = {
  find(row: { system: 'new' | 'legacy' | null; type: string; date: string }): Rule311 | null
}

/**
 * Finds the rule of a request. Where two rules of a type overlap in time, the older holds until its own last day:
 * early strays of a new policy do not end the old one. Outside all dates the nearest rule counts.
 */
export function ruleBook(rules: readonly Rule311[]): RuleBook {
  const byType = new Map<string, Rule311[]>()
  for (const rule of rules) {
    const key = `${rule.system ?? ''}|${rule.type.toLowerCase()}`
    byType.set(key, [...(byType.get(key) ?? []), rule])
  }
  for (const list of byType.values()) list.sort((a, b) => compare(a.lastDate ?? '9999', b.lastDate ?? '9999'))
  return {
    find({ system, type, date }) {
      const name = plain(type).toLowerCase()
      const list = byType.get(`${system ?? ''}|${name}`) ?? byType.get(`|${name}`) ?? []
      return list.find((rule) => date <= (rule.lastDate ?? '9999')) ?? list.at(-1) ?? null
    },
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A name for the rule that people recognise and that is the same in every import. */
export const ruleCode = (rule: Rule311, alignment: BusinessDayAlignment): string => {
  switch (rule.kind) {
    case 'business_days':
      return alignment === 'open' ? `BD${rule.n}-OPEN` : `BD${rule.n}`
    case 'calendar_days':
      return `CD${rule.n}`
    case 'elapsed_hours':
      return `H${rule.n}`
  }
}

/** The rule as terms of an SLA; calendars by their role, because their ids belong to a company. */
export function ruleTerms(
  rule: Rule311,
  alignment: BusinessDayAlignment,
): Pick<SlaTerms, 'clockMode' | 'startAlignment'> & {
  limit: { days: number; hours: number; minutes: number }
  calendar: 'office' | 'every-day' | null
  description: string
} {
  switch (rule.kind) {
    case 'business_days':
      return {
        limit: { days: rule.n, hours: 0, minutes: 0 },
        clockMode: 'days',
        startAlignment: alignment,
        calendar: 'office',
        description: `${rule.n} business day${rule.n === 1 ? '' : 's'}`,
      }
    case 'calendar_days':
      return {
        limit: { days: rule.n, hours: 0, minutes: 0 },
        clockMode: 'days',
        startAlignment: 'none',
        calendar: 'every-day',
        description: `${rule.n} calendar day${rule.n === 1 ? '' : 's'}`,
      }
    case 'elapsed_hours':
      return {
        limit: { days: 0, hours: rule.n, minutes: 0 },
        clockMode: 'wall',
        startAlignment: 'none',
        calendar: null,
        description: `${rule.n} hour${rule.n === 1 ? '' : 's'} around the clock`,
      }
  }
}
