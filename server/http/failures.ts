/**
 * Whatever goes wrong on the way of a request leaves as a problem document, also what Fastify or Node itself refuses.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { faultCode } from './faults.ts'
import { HttpProblem, languageOf, problemOf, statusOf } from './problem.ts'
import type { ProblemCode } from './problem-table.ts'

export const sendProblem = async (
  request: FastifyRequest,
  reply: FastifyReply,
  code: ProblemCode,
  details?: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<FastifyReply> => {
  const language = languageOf(request.headers['accept-language'])
  const body = JSON.stringify(problemOf(code, details, { language, instance: request.id }))
  return reply
    .code(statusOf(code))
    .headers(headers)
    .header('content-language', language)
    .type('application/problem+json; charset=utf-8')
    .send(Buffer.from(body))
}

export function answerFailures(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError | HttpProblem, request, reply) => {
    if (error instanceof HttpProblem)
      return sendProblem(request, reply, error.code, error.details, error.headers)
    if (error.validation) {
      // An address that no record can have is an address where nothing is.
      if (error.validationContext === 'params') return sendProblem(request, reply, 'NOT_FOUND')
      return sendProblem(request, reply, 'VALIDATION', { fields: fieldsOf(error) })
    }
    const [code, details] = frameworkProblem(error)
    if (code !== 'INTERNAL') return sendProblem(request, reply, code, details)
    const fault = faultCode(error)
    if (fault === 'INTERNAL') request.log.error({ err: error }, 'request failed')
    else request.log.warn({ err: error }, 'request could not be served')
    return sendProblem(request, reply, fault, undefined, fault === 'OVERLOADED' ? { 'retry-after': '1' } : {})
  })
  app.setNotFoundHandler(async (request, reply) => sendProblem(request, reply, 'NOT_FOUND'))
}

const FIELDS_MAX = 20

/** One entry per wrong field, in the words of the schema. */
function fieldsOf(error: FastifyError): { field: string; expected: string }[] {
  const fields = new Map<string, string>()
  for (const { instancePath, keyword, params, message } of error.validation ?? []) {
    if (keyword === 'anyOf' || keyword === 'if') continue
    const path = instancePath.split('/').filter(Boolean)
    const named = params as Record<string, unknown>
    if (keyword === 'required') path.push(String(named.missingProperty))
    if (keyword === 'additionalProperties') path.push(String(named.additionalProperty))
    const field = path.join('.') || String(error.validationContext ?? 'body')
    const expected =
      keyword === 'additionalProperties'
        ? 'no such member'
        : keyword === 'required'
          ? 'a value'
          : keyword === 'enum'
            ? `one of ${JSON.stringify(named.allowedValues)}`
            : keyword === 'minProperties'
              ? `at least ${String(named.limit)} member`
              : (message ?? 'another value').replace(/^must be /, '').replace(/^must /, '')
    if (!fields.has(field.slice(0, 200))) fields.set(field.slice(0, 200), expected.slice(0, 300))
    if (fields.size >= FIELDS_MAX) break
  }
  if (fields.size === 0) fields.set(String(error.validationContext ?? 'body'), 'another value')
  return [...fields].map(([field, expected]) => ({ field, expected }))
}

/** What Fastify itself refuses, in our words. */
export function frameworkProblem(error: FastifyError): [ProblemCode, Readonly<Record<string, unknown>>?] {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
    case 'FST_FILES_LIMIT':
    case 'FST_FIELDS_LIMIT':
    case 'FST_PARTS_LIMIT':
      return ['PAYLOAD_TOO_LARGE']
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return ['UNSUPPORTED_MEDIA_TYPE']
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return ['NOT_FOUND']
    case 'FST_ERR_HANDLER_TIMEOUT':
      return ['OVERLOADED']
    default:
      if (error.statusCode === 413) return ['PAYLOAD_TOO_LARGE']
      if (error.statusCode === 415) return ['UNSUPPORTED_MEDIA_TYPE']
      return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
        ? ['MALFORMED_REQUEST']
        : ['INTERNAL']
  }
}

/** A request that is not HTTP, is too slow or too large in its head: answered on the bare socket, then cut. */
export function answerBrokenRequest(
  this: FastifyInstance,
  error: Error & { code?: string },
  socket: import('node:net').Socket,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const code: ProblemCode =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'HEADERS_TOO_LARGE'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'REQUEST_TIMEOUT'
        : 'MALFORMED_REQUEST'
  const body = JSON.stringify(problemOf(code, undefined, { language: 'en', instance: 'none' }))
  if (socket.writable) {
    socket.end(
      `HTTP/1.1 ${statusOf(code)} Refused\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  socket.destroySoon()
}
