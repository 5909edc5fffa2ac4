/**
 * The HTTP face on a database of its own, with the demo company and a second one as the stranger next door.
 *
 * Boards are read from Postgres: what Redis adds is tested where Redis is.
 */
import { randomBytes } from 'node:crypto'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { LightMyRequestResponse } from 'fastify'
import type pg from 'pg'
import { createPlanner } from '../../workers/jobs/planner.ts'
import { createBoardTravel } from '../../workers/jobs/travel/board-travel.ts'
import { idMaker } from '../adapters/ids.ts'
import { createCommands } from '../adapters/postgres/commands.ts'
import { createEventLog } from '../adapters/postgres/event-log.ts'
import { createOutlooks } from '../adapters/postgres/outlooks.ts'
import { createPlanningBoards } from '../adapters/postgres/planning-board.ts'
import { createPools } from '../adapters/postgres/pools.ts'
import { createReading } from '../adapters/postgres/reading.ts'
import { createRecords } from '../adapters/postgres/records.ts'
import { closedSeconds, createSessions } from '../adapters/postgres/sessions.ts'
import { hashPassword } from '../application/sign-in.ts'
import { createBoardWatch } from '../application/watch-board.ts'
import type { Role } from '../domain/permission/role.ts'
import { buildApp, type HttpApp } from '../http/app.ts'
import { defaultHttpConfig, type HttpConfig } from '../http/deps.ts'
import { writeRefusal } from '../http/problem.ts'
import { DEMO_PASSWORD } from './demo/company.ts'
import { seed } from './demo/seed.ts'
import { freshDatabase, openOwner } from './test-database.ts'

export type Asked = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  token?: string | undefined
  body?: unknown
  key?: string
  ifMatch?: number
  headers?: Record<string, string>
}

export type TestApp = {
  readonly http: HttpApp
  readonly company: string
  readonly boardId: string
  /** The application's own way to the database, behind its wall. */
  readonly appUrl: string
  ask(asked: Asked): Promise<LightMyRequestResponse>
  /** A token of the demo company's user in this role; the first technician for `technician`. */
  tokenOf(role: Role): Promise<string>
  /** A token of the neighbour company's user in this role. */
  strangerOf(role: Role): Promise<string>
  signIn(company: string, email: string, password: string): Promise<LightMyRequestResponse>
  asOwner<Row extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>
  stop(): Promise<void>
}

export const newKey = (): string => randomBytes(16).toString('hex')
export const neighbour = 'next-door'

export async function startTestApp(config: Partial<HttpConfig> = {}): Promise<TestApp> {
  const database = await freshDatabase()
  const seeded = await seed(database.ownerUrl, { demo: 'none' })
  const owner = openOwner(database.ownerUrl)
  await openNextDoor(owner, seeded.company)
  const faults: unknown[] = []
  const pools = createPools(database.appUrl, (_pool, error) => faults.push(error))
  const newId = idMaker()
  const eventLog = createEventLog(pools)
  const http = await buildApp({
    config: {
      ...defaultHttpConfig,
      cookieSecure: false,
      commandsPerSecond: 100_000,
      commandBurst: 100_000,
      signInsPerSecond: 100_000,
      signInBurst: 100_000,
      ...config,
    },
    commands: createCommands({ pools, newId, writeRefusal, afterCommit: () => undefined }),
    sessions: createSessions(pools, newId),
    reading: createReading(pools),
    records: createRecords(pools),
    planner: createPlanner(createBoardTravel({ now: Date.now })),
    planningBoards: createPlanningBoards(pools.reads),
    boardWatch: createBoardWatch({ outlooks: createOutlooks(pools.reads), now: Date.now }),
    boards: {
      readSnapshot: (companyId, boardId) => eventLog.snapshot(companyId, boardId),
      async readSnapshotText(companyId, boardId) {
        const snapshot = await eventLog.snapshot(companyId, boardId)
        return snapshot && { epoch: snapshot.epoch, seq: snapshot.seq, text: JSON.stringify(snapshot) }
      },
    },
    eventLog,
    asyncApi: { asyncapi: '3.0.0' },
    newId,
    health: {
      postgres: async () => (await pools.tail.query('SELECT 1')).rowCount === 1,
      redis: async () => true,
    },
    poolWaiting: () => pools.commands.waitingCount + pools.reads.waitingCount,
    closedSeconds,
    logger: false,
  })
  await http.app.ready()

  const described = describedBy(http)
  const ask = async ({ method = 'GET', url, token, body, key, ifMatch, headers }: Asked) => {
    const answer = await http.app.inject({
      method,
      url,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'GET' ? {} : { 'idempotency-key': key ?? newKey() }),
        ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    })
    const wrong = described(method, url, answer)
    if (wrong !== null) throw new Error(`${method} ${url} answered what is not described: ${wrong}`)
    return answer
  }
  const signIn = (company: string, email: string, password: string) =>
    http.app.inject({ method: 'POST', url: '/api/v1/sessions', payload: { company, email, password } })
  const tokens = new Map<string, Promise<string>>()
  const tokenFor = (company: string, email: string): Promise<string> => {
    const name = `${company}\n${email}`
    const known = tokens.get(name)
    if (known) return known
    const token = signIn(company, email, DEMO_PASSWORD).then((answer) => {
      if (answer.statusCode !== 201) throw new Error(`${email} could not sign in: ${answer.body}`)
      return answer.json<{ token: string }>().token
    })
    tokens.set(name, token)
    return token
  }
  const emailOf = (role: Role): string => {
    const user = seeded.users.find((candidate) => candidate.role === role)
    return user?.email ?? `${role}@${neighbour}.example`
  }

  return {
    http,
    company: seeded.company,
    boardId: seeded.boards[0]?.id ?? '',
    appUrl: database.appUrl,
    ask,
    tokenOf: (role) => tokenFor(seeded.company, emailOf(role)),
    strangerOf: (role) => tokenFor(neighbour, `${role}@${neighbour}.example`),
    signIn,
    asOwner: async <Row extends Record<string, unknown>>(sql: string, values: unknown[] = []) =>
      (await owner.query<Row>(sql, values)).rows,
    async stop() {
      await http.app.close()
      await pools.end()
      await owner.end()
      await database.drop()
    },
  }
}

/** A second company with one record of every kind, and a customer's user in both. */
async function openNextDoor(owner: pg.Pool, demoCode: string): Promise<void> {
  const hash = await hashPassword(DEMO_PASSWORD)
  const c = neighbour
  const put = async (table: string, row: Record<string, unknown>, company = c): Promise<void> => {
    const full = table === 'company' ? row : { company_id: company, ...row }
    const names = Object.keys(full)
    await owner.query(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(full).map((value) =>
        Array.isArray(value) || isDocument(value) ? JSON.stringify(value) : value,
      ),
    )
  }
  const day = [{ from: '08:00', to: '17:00' }]
  await put('company', { id: c, code: c, name: 'Next Door Ltd', time_zone: 'Europe/Berlin' })
  await put('calendar', {
    id: 'nd-calendar',
    code: 'ND',
    name: 'Weekdays',
    time_zone: 'Europe/Berlin',
    week: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [], sun: [] },
  })
  await put('sla', { id: 'nd-sla', code: 'ND', hours: 8, clock_mode: 'wall', start_alignment: 'none' })
  await put('board', { id: 'nd-board', name: 'Next door' })
  await put('team', { id: 'nd-team', code: 'ND', board_id: 'nd-board' })
  await put('technician', {
    id: 'nd-technician',
    name: 'Nadia',
    team_id: 'nd-team',
    calendar_id: 'nd-calendar',
  })
  await put('customer', { id: 'nd-customer', name: 'Neighbour' })
  await put('project', { id: 'nd-project', name: 'Project', customer_id: 'nd-customer' })
  await put('item', { id: 'nd-item', code: 'ND', name: 'Bolt' })
  await put('activity_type', { id: 'nd-type', code: 'ND' })
  await put('reason_code', { id: 'nd-reason', code: 'ND' })
  await put('stage', { id: 'nd-stage', code: 'ND', can_modify: true, can_cancel: true, can_delete: true })
  await put('agreement_group', { id: 'nd-group', code: 'ND', sla_id: 'nd-sla' })
  await put('agreement', {
    id: 'nd-agreement',
    code: 'ND',
    project_id: 'nd-project',
    customer_id: 'nd-customer',
    group_id: 'nd-group',
    start_date: '2020-01-01',
  })
  await put('service_order', {
    id: 'nd-order',
    number: '1',
    description: 'Next door’s leak',
    customer_id: 'nd-customer',
    service_date_time: new Date(),
    stage_id: 'nd-stage',
    updated_at: new Date(),
    created_at: new Date(),
  })
  await put('activity', {
    id: 'nd-activity',
    number: '1',
    board_id: 'nd-board',
    order_id: 'nd-order',
    duration_minutes: 60,
    created_at: new Date(),
  })
  await put('optimisation', {
    id: 'nd-optimisation',
    board_id: 'nd-board',
    kind: 'optimise',
    mode: 'propose',
    request: {},
    status: 'done',
  })
  await put('proposal', {
    id: 'nd-proposal',
    board_id: 'nd-board',
    optimisation_id: 'nd-optimisation',
    base_epoch: '00000000-0000-4000-8000-000000000000',
    base_seq: 0,
    moves: [],
    summary: {},
  })
  await put('fork', { id: 'nd-fork', board_id: 'nd-board', name: 'what if' })
  await put('import', {
    id: 'nd-import',
    kind: '311',
    board_id: 'nd-board',
    file_name: 'x.csv',
    file: Buffer.from('x'),
  })
  for (const role of [
    'manager',
    'dispatcher',
    'technician',
    'customer-service',
    'customer',
    'administrator',
  ] as const)
    await put('app_user', {
      id: `nd-${role}`,
      email: `${role}@${neighbour}.example`,
      name: role,
      role,
      technician_id: role === 'technician' ? 'nd-technician' : null,
      customer_id: role === 'customer' ? 'nd-customer' : null,
      password_hash: hash,
    })
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM company WHERE code = $1', [demoCode])
  const demo = rows[0]?.id
  if (demo === undefined) throw new Error('the demo company is not there')
  await put('customer', { id: 'own-customer', name: 'Portal Customer' }, demo)
  await put(
    'app_user',
    {
      id: 'own-customer-user',
      email: `customer@${neighbour}.example`,
      name: 'Portal user',
      role: 'customer',
      customer_id: 'own-customer',
      password_hash: hash,
    },
    demo,
  )
}

const isDocument = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value)

type Described = { status: number; type: string | undefined; body: string }

/** Judges an answer by the OpenAPI document: what is wrong with it, or null. */
export function describedBy(
  http: HttpApp,
): (method: string, url: string, answer: LightMyRequestResponse) => string | null {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(http.document, 'document')
  const operations = http.endpoints.map((e) => ({
    ...e,
    pattern: new RegExp(`^${e.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }))
  return (method, url, answer) => {
    const path = url.split('?')[0] ?? ''
    const operation = operations.find((e) => e.method === method && e.pattern.test(path))
    if (!operation) return null
    return judge(ajv, http.document, ['paths', operation.path, method.toLowerCase()], {
      status: answer.statusCode,
      type: answer.headers['content-type']?.toString(),
      body: answer.body,
    })
  }
}

type Node = Readonly<Record<string, unknown>>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Follows a path of names through the document, and the references on the way. */
function stepTo(document: Node, names: readonly string[]): { node: Node; pointer: string } | null {
  let node: unknown = document
  let pointer = ''
  for (const name of names) {
    node = isNode(node) ? node[name] : undefined
    pointer += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (isNode(node) && typeof node.$ref === 'string') {
      const target = stepTo(document, node.$ref.slice(2).split('/'))
      node = target?.node
      pointer = target?.pointer ?? ''
    }
  }
  return isNode(node) ? { node, pointer } : null
}

function judge(ajv: Ajv2020, document: Node, names: readonly string[], answer: Described): string | null {
  const response = stepTo(document, [...names, 'responses', String(answer.status)])
  if (response === null) return `status ${answer.status}: ${answer.body.slice(0, 300)}`
  const { content } = response.node
  if (!isNode(content)) return answer.body === '' ? null : `a body: ${answer.body.slice(0, 200)}`
  const type = (answer.type ?? '').split(';')[0] ?? ''
  if (!(type in content)) return `content type ${type}`
  if (!type.endsWith('json')) return null
  const pointer = `${response.pointer}/content/${type.replaceAll('/', '~1')}/schema`
  const validate = compiled(ajv, `document#${encodeURI(pointer)}`)
  if (validate(JSON.parse(answer.body))) return null
  return ajv.errorsText(validate.errors, { separator: '; ' }).slice(0, 600)
}

const validators = new WeakMap<Ajv2020, Map<string, ValidateFunction>>()
function compiled(ajv: Ajv2020, ref: string): ValidateFunction {
  const known = validators.get(ajv) ?? new Map<string, ValidateFunction>()
  validators.set(ajv, known)
  const validate = known.get(ref) ?? ajv.compile({ $ref: ref })
  known.set(ref, validate)
  return validate
}
