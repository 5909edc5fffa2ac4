/**
 * The file of a replay: its rows in the order in which they were opened, and what is wrong with the others.
 *
 * Rows are read by the rules of the import itself; what cannot be used is kept too, because it is fed as well and has to be refused.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { bostonZone, type ImportedRow, layoutOf, readRow } from '../../domain/import/boston-311.ts'
import { localReader } from '../../domain/import/city-time.ts'
import { csvRecords } from '../../domain/import/csv.ts'
import { readRules, ruleBook } from '../../domain/import/rules-311.ts'

export type Source = {
  header: readonly string[]
  /** In the order in which they were opened. */
  rows: { row: ImportedRow; fields: readonly string[] }[]
  unusable: { line: number; fields: readonly string[] | null; reason: string }[]
  rulesText: string | null
}

export async function readSource(file: string, rulesFile: string | null): Promise<Source> {
  const bytes = await readFile(file)
  const text = new TextDecoder().decode(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes)
  const rulesText = rulesFile === null ? null : await readFile(rulesFile, 'utf8')
  const rules = rulesText === null ? { rules: [] } : readRules(rulesText)
  if ('error' in rules) throw new Error(rules.error)
  const book = ruleBook(rules.rules)
  const readLocal = localReader(bostonZone)
  const source: Source = { header: [], rows: [], unusable: [], rulesText }
  let layout: ReturnType<typeof layoutOf> = null
  for (const record of csvRecords(text)) {
    if ('error' in record) {
      source.unusable.push({ line: record.line, fields: null, reason: record.error })
      continue
    }
    if (layout === null) {
      layout = layoutOf(record.fields)
      if (layout === null) throw new Error(`${basename(file)} has no header of a known layout`)
      source.header = record.fields
      continue
    }
    const read = readRow(record.fields, { layout, book, readLocal })
    if ('refused' in read)
      source.unusable.push({ line: record.line, fields: record.fields, reason: read.refused })
    else source.rows.push({ row: read.row, fields: record.fields })
  }
  source.rows.sort((a, b) => a.row.openedAt - b.row.openedAt)
  return source
}

export const csvLine = (fields: readonly string[]): string =>
  fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')
