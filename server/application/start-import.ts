/**
 * Takes a file in: looks at its first lines, keeps it compressed, and leaves the reading to a worker.
 *
 * A file that cannot be meant is refused at once; a row that cannot be used is the import's own business, later.
 */

import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { ImportView } from '../contract/imports.ts'
import { layoutOf } from '../domain/import/boston-311.ts'
import { csvRecords } from '../domain/import/csv.ts'
import { readRules } from '../domain/import/rules-311.ts'
import type { Outcome, Refused, Tx } from '../ports/commands.ts'

export const IMPORT_BYTES_MAX = 64 * 1024 * 1024
const RULES_BYTES_MAX = 4 * 1024 * 1024
const HEADER_CHARS = 65_536
const REFUSALS_SHOWN = 1_000

export type ImportOptions = {
  /** `history`: rows that the file calls closed become closed work. `as-open`: all rows come in open. */
  readonly closed: 'history' | 'as-open'
}

const unzip = promisify(gunzip)
const zip = promisify(gzip)
const isZipped = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

const badFile = (reason: string): Refused => ({ refusal: { code: 'IMPORT_BAD_FILE', details: { reason } } })

export async function startImport(
  tx: Tx,
  asked: {
    kind: string
    boardId: string | null
    fileName: string
    file: Uint8Array
    rules: Uint8Array | null
    options?: Partial<ImportOptions>
  },
): Promise<Outcome | Refused> {
  const { caller } = tx
  if (
    caller.kind === 'user' &&
    !['manager', 'dispatcher', 'administrator', 'customer-service'].includes(caller.role)
  ) {
    return { refusal: { code: 'FORBIDDEN_ROLE', details: { role: caller.role, act: 'import' } } }
  }
  if (asked.kind !== '311') return badFile(`the kind "${asked.kind.slice(0, 40)}" is not known; known: 311`)
  const file = await opened(asked.file, IMPORT_BYTES_MAX)
  if (typeof file === 'string') return badFile(file)
  const wrong = headerProblem(file)
  if (wrong !== null) return badFile(wrong)
  let rules: Uint8Array | null = null
  if (asked.rules !== null && asked.rules.length > 0) {
    const text = await opened(asked.rules, RULES_BYTES_MAX)
    if (typeof text === 'string') return badFile(`rules: ${text}`)
    const read = readRules(new TextDecoder().decode(text))
    if ('error' in read) return badFile(read.error)
    rules = text
  }
  const boardId = await boardFor(tx, asked.boardId)
  if (boardId === null) {
    return { refusal: { code: 'NOT_FOUND', details: { entity: 'board', id: asked.boardId } } }
  }
  const id = tx.newId()
  const options: ImportOptions = { closed: asked.options?.closed ?? 'history' }
  await tx.query(
    `INSERT INTO import (company_id, id, kind, board_id, file_name, file, rules, options, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      caller.companyId,
      id,
      asked.kind,
      boardId,
      asked.fileName.slice(0, 200) || 'file.csv',
      await zip(file),
      rules === null ? null : await zip(rules),
      JSON.stringify(options),
      caller.userId,
    ],
  )
  return {
    status: 202,
    body: await importView(tx, id),
    location: `/api/v1/imports/${id}`,
    effects: [{ kind: 'import', dedupeKey: id, payload: { import: id } }],
  }
}

/** The bytes, unzipped where they were zipped; or what is wrong with them. */
async function opened(bytes: Uint8Array, max: number): Promise<Uint8Array | string> {
  const tooBig = `the file is larger than ${max / 1024 / 1024} MB`
  if (!isZipped(bytes)) return bytes.length > max ? tooBig : bytes
  try {
    return await unzip(bytes, { maxOutputLength: max })
  } catch (error) {
    const isTooBig = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return isTooBig ? tooBig : 'the compressed file is damaged'
  }
}

function headerProblem(file: Uint8Array): string | null {
  const start = new TextDecoder().decode(file.subarray(0, HEADER_CHARS))
  const header = csvRecords(start).next().value
  if (header === undefined || header === null) return 'the file is empty'
  if ('error' in header) return `line ${header.line}: ${header.error}`
  return layoutOf(header.fields) === null ? 'the header belongs to no layout that is known' : null
}

async function boardFor(tx: Tx, wanted: string | null): Promise<string | null> {
  if (wanted !== null) return (await tx.boards([wanted])).has(wanted) ? wanted : null
  const { defaultBoardId } = await tx.parameters()
  if (defaultBoardId !== null) return defaultBoardId
  const rows = await tx.query<{ id: string }>(
    'SELECT id FROM board WHERE company_id = $1 ORDER BY id LIMIT 1',
    [tx.caller.companyId],
  )
  return rows[0]?.id ?? null
}

export async function importView(tx: Tx, id: string): Promise<ImportView | null> {
  const rows = await tx.query<{
    id: string
    kind: string
    board_id: string
    file_name: string
    status: ImportView['status']
    read: number
    created: number
    unchanged: number
    refused: number
    error: string | null
    created_at: Date
    finished_at: Date | null
  }>(
    `SELECT id, kind, board_id, file_name, status, read, created, unchanged, refused, error, created_at, finished_at
       FROM import WHERE company_id = $1 AND id = $2`,
    [tx.caller.companyId, id],
  )
  const row = rows[0]
  if (!row) return null
  return {
    id: row.id,
    kind: row.kind,
    boardId: row.board_id,
    fileName: row.file_name,
    status: row.status,
    read: row.read,
    created: row.created,
    unchanged: row.unchanged,
    refused: row.refused,
    refusals: await importRefusals(tx, id, 0, REFUSALS_SHOWN),
    error: row.error,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}

/** Refused rows after a line, in order; ask again with the last line until none come. */
export async function importRefusals(
  tx: Tx,
  id: string,
  afterLine: number,
  limit: number,
): Promise<{ line: number; reason: string }[]> {
  return tx.query<{ line: number; reason: string }>(
    `SELECT line, reason FROM import_refusal WHERE company_id = $1 AND import_id = $2 AND line > $3
      ORDER BY line LIMIT $4`,
    [tx.caller.companyId, id, afterLine, limit],
  )
}
