/**
 * Master data in Postgres: one table per collection, one column per field.
 *
 * Columns are the fields in snake case. What the tables' own walls refuse is translated here into the business's
 * refusals, because only this file knows which constraint says what.
 */
import type pg from 'pg'
import { type AnyRecord, type CollectionName, collectionNames, kinds } from '../../contract/records.ts'
import type { Refusal } from '../../domain/refusal.ts'
import type { Tx } from '../../ports/commands.ts'
import {
  BadSortError,
  type RecordPage,
  type RecordQuery,
  type Records,
  type Secrets,
} from '../../ports/records.ts'
import { containing, pageSql, type SortColumn, sortOf, writeCursor } from './paging.ts'
import { type Pools, underWall } from './pools.ts'

type Collection = {
  readonly table: string
  /** Fields kept as JSON documents. */
  readonly json: readonly string[]
  /** Fields that name another record, and where it lives. */
  readonly refs: Readonly<Record<string, CollectionName>>
  readonly filters: readonly string[]
  readonly search: readonly string[]
  readonly sorts: readonly string[]
  /** Fields the database keeps by itself. */
  readonly kept?: readonly string[]
}

const collections: Readonly<Record<CollectionName, Collection>> = {
  customers: {
    table: 'customer',
    json: ['address'],
    refs: {},
    filters: ['code'],
    search: ['name', 'code', 'phone', 'email'],
    sorts: ['name', 'code'],
  },
  projects: {
    table: 'project',
    json: ['address'],
    refs: { customerId: 'customers' },
    filters: ['code', 'customerId', 'type'],
    search: ['name', 'code'],
    sorts: ['name', 'code'],
  },
  items: {
    table: 'item',
    json: [],
    refs: {},
    filters: ['code', 'kind'],
    search: ['name', 'code'],
    sorts: ['code', 'name', 'price'],
  },
  teams: {
    table: 'team',
    json: [],
    refs: { boardId: 'boards', ownerTechnicianId: 'technicians' },
    filters: ['code', 'boardId', 'ownerTechnicianId'],
    search: ['code', 'description'],
    sorts: ['code', 'description'],
  },
  technicians: {
    table: 'technician',
    json: ['skills', 'home', 'absences'],
    refs: { teamId: 'teams', calendarId: 'calendars' },
    filters: ['code', 'teamId', 'active', 'kind'],
    search: ['name', 'code', 'email'],
    sorts: ['name', 'code'],
  },
  boards: {
    table: 'board',
    json: ['policy'],
    refs: {},
    filters: ['name'],
    search: ['name'],
    sorts: ['name'],
    kept: ['epoch', 'seq', 'policyVersion'],
  },
  calendars: {
    table: 'calendar',
    json: ['week', 'exceptions'],
    refs: { baseCalendarId: 'calendars' },
    filters: ['code'],
    search: ['code', 'name'],
    sorts: ['code', 'name'],
  },
  slas: {
    table: 'sla',
    json: ['respond', 'arrive'],
    refs: { calendarId: 'calendars' },
    filters: ['code', 'suspended', 'calendarId'],
    search: ['code', 'description'],
    sorts: ['code', 'description'],
  },
  'agreement-groups': {
    table: 'agreement_group',
    json: [],
    refs: { slaId: 'slas' },
    filters: ['code', 'slaId'],
    search: ['code', 'description'],
    sorts: ['code', 'description', 'weight'],
  },
  agreements: {
    table: 'agreement',
    json: [],
    refs: {
      projectId: 'projects',
      groupId: 'agreement-groups',
      slaId: 'slas',
      responsibleTechnicianId: 'technicians',
      preferredTechnicianId: 'technicians',
    },
    filters: ['code', 'customerId', 'projectId', 'groupId', 'suspended', 'isTemplate'],
    search: ['code', 'description'],
    sorts: ['code', 'description', 'startDate'],
  },
  stages: {
    table: 'stage',
    json: ['allowedRoles'],
    refs: { parentStageId: 'stages' },
    filters: ['code', 'parentStageId'],
    search: ['code', 'description'],
    sorts: ['code', 'description'],
  },
  'reason-codes': {
    table: 'reason_code',
    json: [],
    refs: {},
    filters: ['code'],
    search: ['code', 'description'],
    sorts: ['code', 'description'],
  },
  'activity-types': {
    table: 'activity_type',
    json: ['requiredSkills'],
    refs: {},
    filters: ['code'],
    search: ['code', 'description', 'shortName'],
    sorts: ['code', 'description'],
  },
  users: {
    table: 'app_user',
    json: ['monitoredTeamIds'],
    refs: { technicianId: 'technicians', customerId: 'customers' },
    filters: ['email', 'role', 'active', 'technicianId', 'customerId'],
    search: ['name', 'email'],
    sorts: ['name', 'email', 'role'],
  },
}

const snake = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const fieldsOf = (name: CollectionName): readonly string[] => Object.keys(kinds[name].fields)
const writable = (name: CollectionName): readonly string[] =>
  fieldsOf(name).filter((field) => !collections[name].kept?.includes(field))
/** Fields that are unique without regard to case: their filters do not look at case either. */
const caseless = new Set(['code', 'email', 'name'])

const sortColumns = (name: CollectionName): SortColumn[] => [
  ...collections[name].sorts.map((field): SortColumn => {
    const kind = field === 'price' || field === 'weight' ? 'number' : 'text'
    return { name: field, sql: field === 'startDate' ? 'start_date::text' : snake(field), kind }
  }),
  { name: 'id', sql: 'id', kind: 'text' },
]

const recordOf = (name: CollectionName, row: Record<string, unknown>): AnyRecord => ({
  // Both are columns of every one of these tables, of these types.
  id: row.id as string,
  version: row.version as number,
  ...Object.fromEntries(fieldsOf(name).map((field) => [field, row[snake(field)]])),
})

const selectOf = (name: CollectionName): string =>
  `SELECT id, version, ${fieldsOf(name).map(snake).join(', ')} FROM ${collections[name].table}`

const stored = (name: CollectionName, field: string, value: unknown): unknown =>
  collections[name].json.includes(field) && value !== null ? JSON.stringify(value) : value

/** Which collection a table belongs to, for saying what still uses a record. */
const collectionOfTable = new Map<string, string>([
  ...collectionNames.map((name): [string, string] => [collections[name].table, name]),
  ['service_order', 'orders'],
  ['order_line', 'orders'],
  ['stage_reason', 'orders'],
  ['activity', 'activities'],
  ['optimisation', 'optimisations'],
  ['proposal', 'proposals'],
])

function refusalOf(error: unknown, deleting: boolean): Refusal {
  if (!(error instanceof Error) || !('code' in error)) throw error
  const { code, table, constraint, detail } = error as pg.DatabaseError
  if (code === '23505') {
    const field = /code/.test(constraint ?? '')
      ? 'code'
      : /email/.test(constraint ?? '')
        ? 'email'
        : /name/.test(constraint ?? '')
          ? 'name'
          : undefined
    if (constraint === 'stage_one_root') return { code: 'STAGE_ROOT_EXISTS' }
    return { code: 'DUPLICATE', details: field === undefined ? {} : { field } }
  }
  if (code === '23503')
    return deleting
      ? { code: 'IN_USE', details: { by: collectionOfTable.get(table ?? '') ?? 'other records' } }
      : {
          code: 'VALIDATION',
          details: { fields: [{ field: fieldOfKey(detail), expected: 'a record of this company' }] },
        }
  throw error
}

/** The last column that a broken reference names: the first is the company. */
const fieldOfKey = (detail: string | undefined): string => {
  const columns = /Key \(([^)]*)\)/.exec(detail ?? '')?.[1]?.split(', ')
  return (columns?.at(-1) ?? 'reference').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

export function createRecords(pools: Pick<Pools, 'reads'>): Records {
  return {
    filtersOf: (name) => collections[name].filters,
    sortsOf: (name) => sortColumns(name).map((sort) => sort.name),

    list: (companyId, name, query) =>
      underWall(pools.reads, companyId, (client) => page(client, companyId, name, query)),

    get: (companyId, name, id) =>
      underWall(pools.reads, companyId, async (client) => {
        const { rows } = await client.query<Record<string, unknown>>(
          `${selectOf(name)} WHERE company_id = $1 AND id = $2`,
          [companyId, id],
        )
        return rows[0] ? recordOf(name, rows[0]) : null
      }),

    async lock(tx, name, id) {
      const rows = await tx.query(`${selectOf(name)} WHERE company_id = $1 AND id = $2 FOR UPDATE`, [
        tx.caller.companyId,
        id,
      ])
      return rows[0] ? recordOf(name, rows[0]) : null
    },

    async missing(tx, name, record) {
      const gone: string[] = []
      for (const [field, target] of Object.entries(collections[name].refs)) {
        const id = record[field]
        if (typeof id === 'string' && !(await existing(tx, target, [id])).has(id)) gone.push(field)
      }
      if (name === 'users' && Array.isArray(record.monitoredTeamIds)) {
        // The schema has checked that these are ids.
        const ids = record.monitoredTeamIds as string[]
        if ((await existing(tx, 'teams', ids)).size < ids.length) gone.push('monitoredTeamIds')
      }
      return gone
    },

    async insert(tx, name, record, secrets) {
      const fields = writable(name)
      const columns = ['company_id', 'id', 'version', ...fields.map(snake)]
      const values = [
        tx.caller.companyId,
        record.id,
        record.version,
        ...fields.map((field) => stored(name, field, record[field])),
      ]
      addSecrets(columns, values, secrets)
      return guarded(false, () =>
        tx.query(
          `INSERT INTO ${collections[name].table} (${columns.join(', ')})
           VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
          values,
        ),
      )
    },

    async update(tx, name, record, secrets) {
      const fields = writable(name)
      const columns = ['version', ...fields.map(snake)]
      const values = [record.version, ...fields.map((field) => stored(name, field, record[field]))]
      addSecrets(columns, values, secrets)
      const set = columns.map((column, i) => `${column} = $${i + 1}`).join(', ')
      const company = `$${values.push(tx.caller.companyId)}`
      const id = `$${values.push(record.id)}`
      return guarded(false, async () => {
        const rows = await tx.query(
          `UPDATE ${collections[name].table} SET ${set}
           WHERE company_id = ${company} AND id = ${id} AND version = $1 - 1 RETURNING id`,
          values,
        )
        if (rows.length !== 1)
          throw new Error(
            `${name} ${record.id} was expected at version ${record.version - 1} and is elsewhere`,
          )
      })
    },

    remove: (tx, name, id) =>
      guarded(true, async () => {
        await tx.query(`DELETE FROM ${collections[name].table} WHERE company_id = $1 AND id = $2`, [
          tx.caller.companyId,
          id,
        ])
        // Deferred references speak up now, while the answer can still be a refusal.
        await tx.query('SET CONSTRAINTS ALL IMMEDIATE')
      }),
  }
}

async function guarded(deleting: boolean, work: () => Promise<unknown>): Promise<Refusal | null> {
  try {
    await work()
    return null
  } catch (error) {
    return refusalOf(error, deleting)
  }
}

function addSecrets(columns: string[], values: unknown[], secrets: Secrets): void {
  if (secrets.passwordHash === undefined) return
  columns.push('password_hash')
  values.push(secrets.passwordHash)
}

async function existing(tx: Tx, name: CollectionName, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    // Held against deletion until this command ends.
    `SELECT id FROM ${collections[name].table} WHERE company_id = $1 AND id = ANY ($2) ORDER BY id FOR SHARE`,
    [tx.caller.companyId, ids],
  )
  return new Set(rows.map((row) => row.id))
}

async function page(
  client: pg.PoolClient,
  companyId: string,
  name: CollectionName,
  query: RecordQuery,
): Promise<RecordPage> {
  const collection = collections[name]
  const sorts = sortColumns(name)
  const sort = sortOf(sorts, query.sort, sorts[0]?.name ?? 'id')
  if (!sort) throw new BadSortError(sorts.map((column) => column.name))
  const values: unknown[] = [companyId]
  const conditions = ['company_id = $1']
  for (const [field, value] of Object.entries(query.filters)) {
    if (!collection.filters.includes(field)) throw new Error(`${name} cannot be filtered by ${field}`)
    const at = `$${values.push(value)}`
    conditions.push(caseless.has(field) ? `lower(${snake(field)}) = lower(${at})` : `${snake(field)} = ${at}`)
  }
  if (query.q !== null) {
    const at = `$${values.push(containing(query.q))}`
    conditions.push(`(${collection.search.map((field) => `${snake(field)} ILIKE ${at}`).join(' OR ')})`)
  }
  const { where, order } = pageSql(sort, 'id', query.cursor, values)
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT *, ${sort.sql} AS sorted_by FROM ${collection.table}
     WHERE ${[...conditions, where].join(' AND ')} ORDER BY ${order} LIMIT ${query.limit + 1}`,
    values,
  )
  const items = rows.slice(0, query.limit).map((row) => recordOf(name, row))
  const last = rows[items.length - 1]
  return {
    items,
    nextCursor: rows.length > query.limit && last ? writeCursor(sort, last.sorted_by, String(last.id)) : null,
  }
}
