/** The OpenAPI 3.1 document, made from the endpoints and the same schemas that validate. */
import { Problem } from '../contract/common.ts'
import { type Endpoint, refusalsOf } from './endpoint.ts'
import { problems } from './problem-table.ts'
import { type Components, forDocument, type Plain, plainSchema } from './schema.ts'

const header = (description: string, schema: Plain = { type: 'string' }): Plain => ({ description, schema })

const answerHeaders = {
  ETag: header('The record’s version, quoted'),
  Location: header('Where the new record is', { type: 'string', format: 'uri-reference' }),
  'Board-Epoch': header('Which history of the board the number belongs to'),
  'Board-Seq': header('Number of the last event this command caused', {
    type: 'string',
    pattern: '^[0-9]+$',
  }),
  'Idempotent-Replay': header('`true` when the answer was stored by an earlier request with the same key'),
}

const headerRefs = Object.fromEntries(
  Object.keys(answerHeaders).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
)

const statusWords = new Map<number, string>()
for (const { status, en } of Object.values(problems))
  statusWords.set(status, [statusWords.get(status), en.title].filter(Boolean).join('; '))

const refusal = (status: number): Plain => ({
  description: (statusWords.get(status) ?? 'Refused').slice(0, 600),
  ...(status === 429 || status === 503 ? { headers: { 'Retry-After': header('Seconds to wait') } } : {}),
  ...(status === 405 ? { headers: { Allow: header('Methods offered here') } } : {}),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const parameterName = /\{(\w+)\}/g
export const pathParameters = (path: string): readonly string[] =>
  [...path.matchAll(parameterName)].map((match) => match[1] ?? '')

export const idSchema = { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._~:-]+$' }

const commandParameters = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description:
      'New for each command; the same key again repeats the answer instead of the effect. Kept at least 7 days.',
    schema: { type: 'string', minLength: 16, maxLength: 64, pattern: '^[A-Za-z0-9._~:-]+$' },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'ETag of the version that was changed; or `expectedVersion` in the body',
    schema: { type: 'string', pattern: '^"[0-9]{1,15}"$' },
  },
}

function parametersOf(e: Endpoint, components: Components): Plain[] {
  const list: Plain[] = pathParameters(e.path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: idSchema,
  }))
  if (e.query) {
    const schema = plainSchema(e.query, components)
    const required = Array.isArray(schema.required) ? schema.required : []
    for (const [name, inside] of Object.entries((schema.properties ?? {}) as Record<string, Plain>)) {
      const { description, ...rest } = inside
      list.push({
        name,
        in: 'query',
        required: required.includes(name),
        ...(description === undefined ? {} : { description }),
        schema: forDocument(rest),
      })
    }
  }
  if (e.command) list.push({ $ref: '#/components/parameters/IdempotencyKey' })
  if (e.command === 'existing') list.push({ $ref: '#/components/parameters/IfMatch' })
  return list
}

function operationOf(e: Endpoint, components: Components): Plain {
  const responses: Record<string, unknown> = {}
  for (const [status, kind] of Object.entries(e.replies)) {
    const headers = e.command ? { headers: headerRefs } : {}
    const content =
      kind === null
        ? {}
        : 'media' in kind && typeof kind.media === 'string'
          ? { content: { [kind.media]: { schema: { type: 'string' } } } }
          : { content: { 'application/json': { schema: forDocument(plainSchema(kind, components)) } } }
    responses[status] = { description: e.summary, ...headers, ...content }
  }
  for (const status of refusalsOf(e))
    responses[String(status)] = { $ref: `#/components/responses/Refused${status}` }
  const parameters = parametersOf(e, components)
  const [media, schema] = e.multipart ? ['multipart/form-data', e.multipart] : ['application/json', e.body]
  return {
    operationId: e.id,
    tags: [e.tag],
    summary: e.summary,
    ...(e.description === undefined ? {} : { description: e.description }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(schema
      ? {
          requestBody: {
            required: !e.bodyOptional,
            content: { [media as string]: { schema: forDocument(plainSchema(schema, components)) } },
          },
        }
      : {}),
    responses,
    security: e.access === 'public' ? [] : [{ bearer: [] }, { cookie: [] }],
  }
}

export function documentOf(endpoints: readonly Endpoint[], version: string): Plain {
  const components: Components = new Map()
  plainSchema(Problem, components)
  const paths: Record<string, Record<string, Plain>> = {}
  for (const e of endpoints) {
    paths[e.path] = { ...paths[e.path], [e.method.toLowerCase()]: operationOf(e, components) }
  }
  const tags = [...new Set(endpoints.map((e) => e.tag))].map((name) => ({ name }))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Callboard',
      version,
      description:
        'Real-time dispatch and scheduling. Every write is a command: it carries an Idempotency-Key and, on an existing record, the version it was based on. Socket messages are described in /api/v1/asyncapi.json.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags,
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'callboard_session' },
      },
      parameters: commandParameters,
      headers: answerHeaders,
      responses: Object.fromEntries(
        [...new Set(endpoints.flatMap(refusalsOf))]
          .sort((a, b) => a - b)
          .map((status) => [`Refused${status}`, refusal(status)]),
      ),
      schemas: Object.fromEntries([...components].map(([name, schema]) => [name, forDocument(schema)])),
    },
  }
}
