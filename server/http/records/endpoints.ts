/** One set of endpoints per collection of master data, and the company's parameters. */
import { type TProperties, type TSchema, Type } from 'typebox'
import { changeParameters, parametersView } from '../../application/change-parameters.ts'
import { createRecord, deleteRecord, updateRecord } from '../../application/change-record.ts'
import { recordRules } from '../../application/record-rules/record-rules.ts'
import { hashPassword } from '../../application/sign-in.ts'
import { closed, Id, InstantText } from '../../contract/common.ts'
import {
  type CollectionName,
  collectionNames,
  kinds,
  listOf,
  ParametersPut,
  ParametersView,
} from '../../contract/records.ts'
import { openSpans } from '../../domain/calendar/open-time.ts'
import { DAY } from '../../domain/instant.ts'
import type { Secrets } from '../../ports/records.ts'
import { allow, found } from '../allow.ts'
import { expectedVersion } from '../command.ts'
import type { HttpDeps } from '../deps.ts'
import { type Ask, type Endpoint, endpoint } from '../endpoint.ts'
import type { Inside } from '../endpoints.ts'
import { listing, listQuery, pageOf } from '../lists.ts'
import { HttpProblem } from '../problem.ts'

const CALENDAR_DAYS_MAX = 400

export const recordEndpoints = (deps: HttpDeps, inside: Inside): readonly Endpoint[] => [
  ...collectionNames.flatMap((name) => collectionEndpoints(deps, inside, name)),
  ...parameterEndpoints(deps, inside),
  openIntervals(deps),
]

/** A filter compares exactly, so it takes the field's plain values: no null, no document. */
function filtersOf(deps: HttpDeps, name: CollectionName): TProperties {
  const fields: TProperties = kinds[name].fields
  return Object.fromEntries(
    deps.records.filtersOf(name).flatMap((field) => {
      const schema = fields[field]
      return schema ? [[field, Type.Optional(withoutNull(schema))]] : []
    }),
  )
}

function withoutNull(schema: TSchema): TSchema {
  if (!('anyOf' in schema) || !Array.isArray(schema.anyOf)) return schema
  // The members of a union are schemas.
  const filled = (schema.anyOf as TSchema[]).filter((branch) => !('type' in branch && branch.type === 'null'))
  return filled.length === 1 && filled[0] ? filled[0] : Type.Union(filled)
}

async function secretsOf(
  body: Readonly<Record<string, unknown>>,
): Promise<{ fields: Record<string, unknown>; secrets: Secrets }> {
  const { password, ...fields } = body
  return typeof password === 'string'
    ? { fields, secrets: { passwordHash: await hashPassword(password) } }
    : { fields, secrets: {} }
}

function collectionEndpoints(
  deps: HttpDeps,
  { run, identity }: Inside,
  name: CollectionName,
): readonly Endpoint[] {
  const { records } = deps
  const kind = kinds[name]
  const { action } = recordRules[name]
  const tag = { tag: name } as const
  const filterNames = records.filtersOf(name)
  const looking = (ask: Ask<unknown, unknown>): void =>
    allow(ask, name === 'technicians' ? 'configure' : action)

  const list = endpoint({
    ...tag,
    method: 'GET',
    path: `/${name}`,
    id: `list${kind.name}s`,
    summary: `The company’s ${name.replaceAll('-', ' ')}`,
    query: listQuery(records.sortsOf(name), {
      q: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'Text to search for' })),
      ...filtersOf(deps, name),
    }),
    replies: { 200: listOf(kind.View) },
    async handle(ask) {
      looking(ask)
      // The query has passed the schema above: filters are plain values.
      const query = ask.query as Record<string, string | number | boolean | undefined>
      const filters = Object.fromEntries(
        filterNames.flatMap((field) => (query[field] === undefined ? [] : [[field, query[field]]])),
      )
      return {
        status: 200,
        body: await listing(() =>
          records.list(ask.caller.companyId, name, {
            ...pageOf(ask.query),
            q: typeof query.q === 'string' ? query.q : null,
            filters,
          }),
        ),
      }
    },
  })

  const get = endpoint({
    ...tag,
    method: 'GET',
    // A board's own address is its live snapshot; its settings are beside it.
    path: name === 'boards' ? '/boards/{id}/settings' : `/${name}/{id}`,
    id: name === 'boards' ? 'getBoardSettings' : `get${kind.name}`,
    summary: `One of the ${name.replaceAll('-', ' ')}`,
    replies: { 200: kind.View },
    async handle(ask) {
      looking(ask)
      const record = found(await records.get(ask.caller.companyId, name, ask.params.id ?? ''))
      return { status: 200, body: record, headers: { etag: `"${record.version}"` } }
    },
  })

  const create = endpoint({
    ...tag,
    method: 'POST',
    path: `/${name}`,
    id: `create${kind.name}`,
    summary: `Add to the ${name.replaceAll('-', ' ')}`,
    command: 'new',
    body: kind.Create,
    replies: { 201: kind.View },
    async handle(ask) {
      const { fields, secrets } = await secretsOf(ask.body as Record<string, unknown>)
      return run(ask, (tx) => createRecord(tx, records, { collection: name, body: fields, secrets }))
    },
  })

  const update = endpoint({
    ...tag,
    method: 'PATCH',
    path: `/${name}/{id}`,
    id: `update${kind.name}`,
    summary: `Change one of the ${name.replaceAll('-', ' ')}`,
    command: 'existing',
    body: kind.Patch,
    replies: { 200: kind.View },
    async handle(ask) {
      const expected = expectedVersion(ask)
      const { expectedVersion: _expected, ...patch } = ask.body as Record<string, unknown>
      const { fields, secrets } = await secretsOf(patch)
      const id = ask.params.id ?? ''
      const answer = await run(ask, (tx) =>
        updateRecord(tx, records, {
          collection: name,
          id,
          expectedVersion: expected,
          patch: fields,
          secrets,
        }),
      )
      if (name === 'users') identity.forget({ userId: id })
      return answer
    },
  })

  const remove = endpoint({
    ...tag,
    method: 'DELETE',
    path: `/${name}/{id}`,
    id: `delete${kind.name}`,
    summary: `Remove one of the ${name.replaceAll('-', ' ')}`,
    command: 'existing',
    replies: { 204: null },
    async handle(ask) {
      const expected = expectedVersion(ask)
      const id = ask.params.id ?? ''
      const answer = await run(ask, (tx) =>
        deleteRecord(tx, records, { collection: name, id, expectedVersion: expected }),
      )
      if (name === 'users') identity.forget({ userId: id })
      return answer
    },
  })

  return [list, create, get, update, remove]
}

const parameterEndpoints = ({ commands }: HttpDeps, { run }: Inside): readonly Endpoint[] => [
  endpoint({
    tag: 'parameters',
    method: 'GET',
    path: '/parameters',
    id: 'getParameters',
    summary: 'How this company works',
    replies: { 200: ParametersView },
    async handle(ask) {
      allow(ask, 'configure')
      const view = await commands.read(ask.caller.companyId, parametersView)
      return { status: 200, body: view, headers: { etag: `"${view.version}"` } }
    },
  }),
  endpoint({
    tag: 'parameters',
    method: 'PUT',
    path: '/parameters',
    id: 'putParameters',
    summary: 'Change how this company works; members left out keep their value',
    command: 'existing',
    body: ParametersPut,
    replies: { 200: ParametersView },
    handle: (ask) => {
      const expected = expectedVersion(ask)
      const { expectedVersion: _expected, ...put } = ask.body as Record<string, unknown>
      return run(ask, (tx) => changeParameters(tx, { expectedVersion: expected, put }))
    },
  }),
]

const OpenIntervals = Type.Object(
  {
    calendarId: Id,
    from: InstantText,
    to: InstantText,
    intervals: Type.Array(Type.Object({ from: InstantText, to: InstantText }, closed)),
  },
  { $id: 'OpenIntervals', ...closed },
)

const openIntervals = ({ commands }: HttpDeps): Endpoint =>
  endpoint({
    tag: 'calendars',
    method: 'GET',
    path: '/calendars/{id}/open-intervals',
    id: 'listOpenIntervals',
    summary: 'When a calendar is open, in instants',
    query: Type.Object({ from: InstantText, to: InstantText }, closed),
    replies: { 200: OpenIntervals },
    async handle(ask) {
      allow(ask, 'configure')
      const from = Date.parse(ask.query.from)
      const to = Date.parse(ask.query.to)
      if (from >= to || to - from > CALENDAR_DAYS_MAX * DAY)
        throw new HttpProblem('VALIDATION', {
          fields: [
            { field: 'to', expected: `an instant after from, at most ${CALENDAR_DAYS_MAX} days later` },
          ],
        })
      const id = ask.params.id ?? ''
      const calendar = found(
        await commands.read(ask.caller.companyId, async (tx) => (await tx.calendars([id])).get(id)),
      )
      return {
        status: 200,
        body: {
          calendarId: id,
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          intervals: openSpans(calendar, from, to).map((span) => ({
            from: new Date(span.from).toISOString(),
            to: new Date(span.to).toISOString(),
          })),
        },
      }
    },
  })
