/**
 * From a request to a command and back: the key, the precondition, what "the same command" means, and the answer.
 */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { CommandAnswer, CommandRequest, Commands, Outcome, Refused, Tx } from '../ports/commands.ts'
import type { Answer, Ask } from './endpoint.ts'
import type { Metrics } from './metrics.ts'
import { type AskedBy, HttpProblem } from './problem.ts'

const KEY = /^[A-Za-z0-9._~:-]{16,64}$/
const VERSION_TAG = /^"(\d{1,15})"$/

export function keyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || !KEY.test(key)) throw new HttpProblem('IDEMPOTENCY_KEY_REQUIRED')
  return key
}

/** The version the client saw, from If-Match or the body; both may be there if they agree. */
export function expectedVersion(ask: Ask<unknown, unknown>): number {
  const header = ask.request.headers['if-match']
  const { body } = ask
  const inBody =
    typeof body === 'object' &&
    body !== null &&
    'expectedVersion' in body &&
    typeof body.expectedVersion === 'number'
      ? body.expectedVersion
      : undefined
  if (header === undefined) {
    if (inBody === undefined) throw new HttpProblem('PRECONDITION_REQUIRED')
    return inBody
  }
  const tag = VERSION_TAG.exec(header)
  const inHeader = tag?.[1] === undefined ? Number.NaN : Number(tag[1])
  if (!Number.isSafeInteger(inHeader) || inHeader < 1)
    throw new HttpProblem('VALIDATION', { fields: [{ field: 'If-Match', expected: 'one ETag such as "3"' }] })
  if (inBody !== undefined && inBody !== inHeader)
    throw new HttpProblem('VALIDATION', {
      fields: [{ field: 'expectedVersion', expected: 'the version of If-Match' }],
    })
  return inHeader
}

/** JSON with the members of every object in one order. The body has passed its schema, so it is small and shallow. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, inside]) => inside !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inside]) => `${JSON.stringify(name)}:${canonical(inside)}`)
  return `{${members.join(',')}}`
}

export const requestHash = (request: FastifyRequest, content: unknown): Uint8Array =>
  createHash('sha256')
    .update(`${request.method}\n${request.url}\n${String(request.headers['if-match'] ?? '')}\n`)
    .update(canonical(content))
    .digest()

export type RunCommand = (
  ask: Ask<unknown, unknown>,
  useCase: (tx: Tx) => Promise<Outcome | Refused>,
  content?: unknown,
) => Promise<Answer>

export function commandRunner(commands: Commands, metrics: Metrics): RunCommand {
  return async (ask, useCase, content = ask.body) => {
    const answer = await commands.run(commandRequest(ask, content), useCase)
    return answerOf(answer, metrics)
  }
}

export const commandRequest = (
  ask: Ask<unknown, unknown>,
  content: unknown,
): CommandRequest & AskedBy & { key: string } => ({
  caller: ask.caller,
  key: keyOf(ask.request),
  requestHash: requestHash(ask.request, content),
  language: ask.language,
  requestId: ask.request.id,
})

export function answerOf(answer: CommandAnswer, metrics: Metrics): Answer {
  metrics.commands.inc({
    outcome:
      answer.kind !== 'answer'
        ? answer.kind
        : answer.replay
          ? 'replay'
          : answer.status < 400
            ? 'accepted'
            : 'refused',
  })
  switch (answer.kind) {
    case 'answer':
      return {
        status: answer.status,
        // As stored: parsing and printing it again could change a byte.
        ...(answer.body === '' ? {} : { body: Buffer.from(answer.body) }),
        headers: { ...answer.headers, ...(answer.replay ? { 'idempotent-replay': 'true' } : {}) },
        type:
          answer.status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8',
      }
    case 'signed-out':
      throw new HttpProblem('NOT_SIGNED_IN')
    case 'key-reused':
      throw new HttpProblem('IDEMPOTENCY_KEY_REUSED')
    case 'unknown':
      throw new HttpProblem('OUTCOME_UNKNOWN', undefined, { 'retry-after': '1' })
  }
}
