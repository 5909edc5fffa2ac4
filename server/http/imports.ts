/** Imports: a file goes in, is read by a worker, and every row is accounted for. */

import { createHash } from 'node:crypto'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { IMPORT_BYTES_MAX, importRefusals, importView, startImport } from '../application/start-import.ts'
import { closed } from '../contract/common.ts'
import { ImportView } from '../contract/imports.ts'
import { allow, found } from './allow.ts'
import type { HttpDeps } from './deps.ts'
import { type Ask, type Endpoint, endpoint } from './endpoint.ts'
import type { Inside } from './endpoints.ts'
import { unusable } from './hygiene.ts'
import { HttpProblem } from './problem.ts'

const Binary = Type.String({
  contentMediaType: 'application/octet-stream',
  description: 'A file, also gzipped',
})
const ImportForm = Type.Object(
  {
    kind: Type.String({ maxLength: 40, description: '`311`' }),
    file: Binary,
    rules: Type.Optional(Binary),
    board: Type.Optional(Type.String({ maxLength: 40 })),
    closed: Type.Optional(Type.Union([Type.Literal('history'), Type.Literal('as-open')])),
  },
  closed,
)
const RULES_BYTES_MAX = 4 * 1024 * 1024
const REFUSALS_PAGE = 2_000

const wrong = (field: string, expected: string): HttpProblem =>
  new HttpProblem('VALIDATION', { fields: [{ field, expected }] })

type Form = { fields: Map<string, string>; files: Map<string, { name: string; bytes: Buffer }> }

/** Reads the form part by part; each file within its own bound, nothing more than the form has. */
async function readForm({ request }: Ask<unknown, unknown>): Promise<Form> {
  if (!request.isMultipart()) throw new HttpProblem('UNSUPPORTED_MEDIA_TYPE')
  const form: Form = { fields: new Map(), files: new Map() }
  try {
    await readParts(request, form)
  } catch (error) {
    // The parser's own complaints are plain errors without a status: the form was not one.
    if (!(error instanceof Error) || error instanceof HttpProblem || 'code' in error || 'statusCode' in error)
      throw error
    throw new HttpProblem('MALFORMED_REQUEST', { expected: 'a multipart form' })
  }
  return form
}

async function readParts(request: FastifyRequest, form: Form): Promise<void> {
  for await (const part of request.parts()) {
    const known = form.fields.has(part.fieldname) || form.files.has(part.fieldname)
    if (known) throw wrong(part.fieldname.slice(0, 60), 'given once')
    if (part.type === 'file')
      form.files.set(part.fieldname, { name: part.filename ?? '', bytes: await bytesOf(part) })
    else if (part.valueTruncated || typeof part.value !== 'string')
      throw wrong(part.fieldname.slice(0, 60), 'a short text')
    else form.fields.set(part.fieldname, part.value)
  }
}

async function bytesOf(part: MultipartFile): Promise<Buffer> {
  const max = part.fieldname === 'rules' ? RULES_BYTES_MAX : IMPORT_BYTES_MAX
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of part.file) {
    // The stream of a multipart file yields buffers.
    const bytes = chunk as Buffer
    size += bytes.length
    if (size > max) throw new HttpProblem('PAYLOAD_TOO_LARGE', { field: part.fieldname, bytesMax: max })
    chunks.push(bytes)
  }
  if (part.file.truncated)
    throw new HttpProblem('PAYLOAD_TOO_LARGE', { field: part.fieldname, bytesMax: max })
  return Buffer.concat(chunks, size)
}

function askedOf({ fields, files }: Form): Omit<Parameters<typeof startImport>[1], never> {
  const bad = unusable(Object.fromEntries(fields))
  if (bad) throw new HttpProblem('VALIDATION', { fields: [bad] })
  for (const name of [...fields.keys(), ...files.keys()])
    if (!['kind', 'file', 'rules', 'board', 'closed'].includes(name))
      throw wrong(name.slice(0, 60), 'no such member')
  const file = files.get('file')
  if (!file) throw wrong('file', 'a file')
  const kind = fields.get('kind')
  if (kind === undefined || kind.length > 40) throw wrong('kind', 'a short text, for instance 311')
  const board = fields.get('board')
  if (board !== undefined && !/^[A-Za-z0-9_-]{1,40}$/.test(board)) throw wrong('board', 'the id of a board')
  const past = fields.get('closed')
  if (past !== undefined && past !== 'history' && past !== 'as-open')
    throw wrong('closed', 'history or as-open')
  return {
    kind,
    boardId: board ?? null,
    fileName: cleanName(file.name),
    file: file.bytes,
    rules: files.get('rules')?.bytes ?? rulesText(fields.get('rules')),
    ...(past === undefined ? {} : { options: { closed: past } }),
  }
}

const rulesText = (text: string | undefined): Buffer | null =>
  text === undefined || text === '' ? null : Buffer.from(text)

/** The last part of the name, in letters any store and log can hold. */
const cleanName = (name: string): string =>
  (name.split(/[\\/]/).at(-1) ?? '').replace(/[^\p{L}\p{N}._ -]/gu, '_').slice(0, 200)

/** A cell that a spreadsheet would run as a formula gets an apostrophe; quotes are doubled. */
export const csvCell = (text: string): string => {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

export function importEndpoints({ commands }: HttpDeps, { run }: Inside): readonly Endpoint[] {
  const tag = { tag: 'imports' } as const
  return [
    endpoint({
      ...tag,
      method: 'POST',
      path: '/imports',
      id: 'startImport',
      summary: 'Bring orders in from a file',
      description:
        'Fields: kind, file, rules, board, closed. The file may be gzipped. A row that is there already is left as it is.',
      shed: 'history',
      command: 'new',
      multipart: ImportForm,
      replies: { 202: ImportView },
      async handle(ask) {
        allow(ask, 'import')
        const asked = askedOf(await readForm(ask))
        const { file, rules, ...rest } = asked
        const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
        return run(ask, (tx) => startImport(tx, asked), {
          ...rest,
          file: sha(file),
          rules: rules && sha(rules),
        })
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/imports/{id}',
      id: 'getImport',
      summary: 'How far an import is',
      replies: { 200: ImportView },
      async handle(ask) {
        allow(ask, 'import')
        const view = await commands.read(ask.caller.companyId, (tx) => importView(tx, ask.params.id ?? ''))
        return { status: 200, body: found(view) }
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/imports/{id}/refusals.csv',
      id: 'getImportRefusals',
      summary: 'Every row that could not be used, with its line and reason',
      shed: 'history',
      replies: { 200: { media: 'text/csv' } },
      async handle(ask) {
        allow(ask, 'import')
        const id = ask.params.id ?? ''
        const text = await commands.read(ask.caller.companyId, async (tx) => {
          found(await importView(tx, id))
          const lines = ['line,reason']
          for (let after = 0, more = true; more; ) {
            const page = await importRefusals(tx, id, after, REFUSALS_PAGE)
            for (const { line, reason } of page) lines.push(`${line},${csvCell(reason)}`)
            after = page.at(-1)?.line ?? after
            more = page.length === REFUSALS_PAGE
          }
          return `${lines.join('\r\n')}\r\n`
        })
        return {
          status: 200,
          body: text,
          type: 'text/csv; charset=utf-8',
          headers: { 'content-disposition': 'attachment; filename="refusals.csv"' },
        }
      },
    }),
  ]
}
