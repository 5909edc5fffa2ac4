/**
 * `callboard import 311 FILE.csv[.gz]`: sends a city's 311 export to a running system and follows it to the end.
 *
 * A client of `POST /imports` and nothing more. Progress and refusals go to standard error; with `--json` the last line
 * on standard output is the import's final record.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { ImportView } from '../contract/imports.ts'
import { bodyOf, type Client, signIn } from './client.ts'

const usage = `callboard import 311 FILE.csv[.gz] --url URL --company C --email E --password P
  --rules RULES.csv   SLA rules by request type
  --board ID          board that gets the work; the company's own default when absent
  --as-open           bring requests in open although the file says that they were closed
  --json              end with the import's record on standard output
`
const LOOK_MS = 300
const REFUSALS_SHOWN = 50
/** An import that does not move for this long is given up on here; the server goes on by itself. */
const STILL_MS = 10 * 60_000

export async function run(argv: string[]): Promise<number> {
  const asked = readArguments(argv)
  if (typeof asked === 'string') {
    process.stderr.write(`${asked}\n${usage}`)
    return 2
  }
  const client = await signIn([asked.url], asked)
  const started = await send(client, asked)
  const record = await follow(client, started.id)
  tellEnd(record)
  if (asked.json) process.stdout.write(`${JSON.stringify(record)}\n`)
  return record.status === 'done' ? 0 : 1
}

type Arguments = {
  file: string
  rules: string | undefined
  url: string
  company: string
  email: string
  password: string
  board: string | undefined
  asOpen: boolean
  json: boolean
}

function readArguments(argv: string[]): Arguments | string {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(argv)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const { values, positionals } = parsed
  const [kind, file] = positionals
  if (kind !== '311') return `The kind of file must be named; known: 311.`
  if (file === undefined) return 'A file must be named.'
  const { url, company, email, password } = values
  if (!url || !company || !email || !password) return '--url, --company, --email and --password are needed.'
  return {
    file,
    rules: values.rules,
    url: url.replace(/\/$/, ''),
    company,
    email,
    password,
    board: values.board,
    asOpen: values['as-open'] ?? false,
    json: values.json ?? false,
  }
}

const parse = (argv: string[]) =>
  parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      rules: { type: 'string' },
      url: { type: 'string' },
      company: { type: 'string' },
      email: { type: 'string' },
      password: { type: 'string' },
      board: { type: 'string' },
      'as-open': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  })

export async function send(
  client: Client,
  asked: { file: string; rules: string | undefined; board: string | undefined; asOpen: boolean },
): Promise<ImportView> {
  const file = new Blob([new Uint8Array(await readFile(asked.file))])
  const rules = asked.rules === undefined ? null : new Blob([new Uint8Array(await readFile(asked.rules))])
  const form = (): FormData => {
    const made = new FormData()
    made.set('kind', '311')
    if (asked.board !== undefined) made.set('board', asked.board)
    if (asked.asOpen) made.set('closed', 'as-open')
    if (rules !== null && asked.rules !== undefined) made.set('rules', rules, basename(asked.rules))
    made.set('file', file, basename(asked.file))
    return made
  }
  return bodyOf<ImportView>('starting the import', await client.send('POST', '/imports', { form }))
}

/** Looks until the import has ended. */
export async function follow(client: Client, id: string): Promise<ImportView> {
  let last = ''
  let movedAt = performance.now()
  for (;;) {
    const view = bodyOf<ImportView>('reading the import', await client.get(`/imports/${id}`))
    const line = counts(view)
    if (line !== last) {
      last = line
      movedAt = performance.now()
      process.stderr.write(`${line}\n`)
    }
    if (view.status !== 'queued' && view.status !== 'running') return view
    if (performance.now() - movedAt > STILL_MS)
      throw new Error(`the import has not moved for ${STILL_MS / 60_000} minutes`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

const counts = (view: ImportView): string =>
  `${view.status}: ${view.read} read, ${view.created} created, ${view.unchanged} unchanged, ${view.refused} refused`

function tellEnd(record: ImportView): void {
  for (const { line, reason } of record.refusals.slice(0, REFUSALS_SHOWN)) {
    process.stderr.write(`line ${line}: ${reason}\n`)
  }
  const more = record.refused - Math.min(record.refusals.length, REFUSALS_SHOWN)
  if (more > 0) process.stderr.write(`and ${more} more, all at /api/v1/imports/${record.id}/refusals.csv\n`)
  if (record.error !== null) process.stderr.write(`${record.error}\n`)
}
