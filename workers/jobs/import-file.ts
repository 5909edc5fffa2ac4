/**
 * Carries out one import: claim the row, read the file from its next line, bring it in chunk by chunk.
 *
 * Each chunk is a transaction that also moves the next line, so it does not matter where a worker dies. The file is held
 * in memory whole; its size was bounded when it was taken in.
 */

import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Value } from 'typebox/value'
import { ImportJob, type JobOutcome } from '../../server/contract/jobs.ts'
import { bostonZone, layoutOf, readRow } from '../../server/domain/import/boston-311.ts'
import { localReader } from '../../server/domain/import/city-time.ts'
import { csvRecords } from '../../server/domain/import/csv.ts'
import { readRules, ruleBook } from '../../server/domain/import/rules-311.ts'
import type { PublishNotice } from '../../server/ports/relay.ts'
import type { ImportRun, ImportRuns } from '../../server/ports/runs.ts'

const CHUNK = 100
const RENEW_MS = 3_000
const TOLD_MS = 500

type Row = ReturnType<typeof readRow> & { line: number }

export type ImportParts = {
  imports: ImportRuns
  /** One transaction; answers what it counted. */
  bringIn: (run: ImportRun, chunk: { rows: readonly Row[]; nextLine: number }) => Promise<{ read: number }>
  publish: PublishNotice
  now: () => number
  onError: (what: string, error: unknown) => void
  draining: AbortSignal
}

const unzip = promisify(gunzip)

class CalledOffError extends Error {}

export async function importFile(data: unknown, parts: ImportParts): Promise<JobOutcome> {
  const job = Value.Parse(ImportJob, data)
  const run = await parts.imports.claim(job.company, job.import)
  if (run === null) return 'nothing-to-do'
  if ('poisoned' in run) return 'gave-up'
  let isMine = true
  const heartbeat = setInterval(() => {
    parts.imports.renew(run).then(
      (mine) => {
        isMine = mine
      },
      (error) => parts.onError('renewing a lease', error),
    )
  }, RENEW_MS)
  const mayGoOn = (): boolean => isMine && !parts.draining.aborted
  try {
    await readThrough(run, parts, mayGoOn)
    await parts.imports.finish(run, { status: 'done' })
    await tell(run, parts, 'done', '')
    return 'done'
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    if (!(error instanceof CalledOffError)) parts.onError(`import ${run.id}`, error)
    await parts.imports.giveBack(run, { error: message.slice(0, 500), counted: !parts.draining.aborted })
    return 'again'
  } finally {
    clearInterval(heartbeat)
  }
}

async function readThrough(run: ImportRun, parts: ImportParts, mayGoOn: () => boolean): Promise<void> {
  const stored = await parts.imports.files(run)
  // Broken UTF-8 becomes the replacement character: a damaged note must not cost the row.
  const text = new TextDecoder().decode(await unzip(stored.file))
  const rules = stored.rules === null ? null : readRules(new TextDecoder().decode(await unzip(stored.rules)))
  if (rules !== null && 'error' in rules) throw new Error(rules.error)
  const book = ruleBook(rules?.rules ?? [])
  const header = csvRecords(text).next().value
  const layout = header && 'fields' in header ? layoutOf(header.fields) : null
  if (!header || layout === null) throw new Error('the header belongs to no layout that is known')
  const readLocal = localReader(bostonZone)

  let rows: Row[] = []
  let read = 0
  let toldAt = parts.now()
  const flush = async (): Promise<void> => {
    const last = rows.at(-1)
    if (!last) return
    if (!mayGoOn()) throw new CalledOffError('called off between two chunks')
    const counts = await parts.bringIn(run, { rows, nextLine: last.line + 1 })
    read += counts.read
    rows = []
    const now = parts.now()
    if (now - toldAt < TOLD_MS) return
    toldAt = now
    await tell(run, parts, 'running', `${read} rows read`)
  }
  for (const record of csvRecords(text, Math.max(run.nextLine, header.line + 1))) {
    const outcome =
      'error' in record ? { refused: record.error } : readRow(record.fields, { layout, book, readLocal })
    rows.push({ line: record.line, ...outcome })
    if (rows.length === CHUNK) await flush()
  }
  await flush()
}

const tell = (run: ImportRun, parts: ImportParts, status: string, message: string): Promise<void> =>
  parts.publish(run.companyId, {
    board: run.boardId,
    kind: 'import',
    at: new Date(parts.now()).toISOString(),
    status,
    message: `${run.fileName} ${message}`.trim(),
  })
