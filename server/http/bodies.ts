/**
 * What goes around every request: security headers, cookies, packing of answers, and which bodies are read at all.
 */
import { constants as zlib } from 'node:zlib'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { HttpProblem } from './problem.ts'

export const MULTIPART_LIMIT = 72 * 1024 * 1024

export async function readBodiesAndSetHeaders(app: FastifyInstance, isSecure: boolean): Promise<void> {
  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'worker-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    hsts: isSecure ? { maxAge: 31_536_000 } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
  })
  await app.register(compress, {
    global: true,
    // A small body that unpacks into a large one would pass the limit; nobody needs to send packed commands.
    globalDecompression: false,
    threshold: 1024,
    encodings: ['br', 'gzip'],
    // The default quality takes a second for a large board; this one a fraction for nearly the same size.
    brotliOptions: {
      params: { [zlib.BROTLI_PARAM_QUALITY]: 4, [zlib.BROTLI_PARAM_MODE]: zlib.BROTLI_MODE_TEXT },
    },
    zlibOptions: { level: 5 },
  })
  await app.register(multipart, {
    limits: { fields: 10, fieldSize: 4096, files: 2, fileSize: MULTIPART_LIMIT, parts: 12, headerPairs: 50 },
  })
  readJson(app)
}

/** JSON in strict UTF-8, without keys that would change prototypes; an empty body is no body. */
function readJson(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  app.removeContentTypeParser('application/json')
  const parseJson = app.getDefaultJsonParser('error', 'error')
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    let text: string
    try {
      text = utf8.decode(body as Buffer)
    } catch {
      done(new HttpProblem('MALFORMED_REQUEST', { expected: 'UTF-8' }))
      return
    }
    if (text === '') done(null, undefined)
    else void parseJson(request, text, done)
  })
}
