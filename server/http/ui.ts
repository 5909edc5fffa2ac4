/**
 * The user interface's files. Names with a hash may be kept for good; pages are asked for again each time.
 *
 * The pages have short addresses of their own; which file is behind one is settled here, once, at the start.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { SessionFacts } from '../ports/sessions.ts'

const pages = ['board', 'technician', 'wall', 'sign-in'] as const

export async function serveUi(
  app: FastifyInstance,
  folder: string | null,
  whoAsks: (request: FastifyRequest) => Promise<SessionFacts | null>,
): Promise<void> {
  app.get('/', async (request, reply) => {
    if (folder === null) return reply.redirect('/docs')
    const session = await whoAsks(request)
    return reply.redirect(
      session === null ? '/sign-in' : session.role === 'technician' ? '/technician' : '/board',
    )
  })
  if (folder === null) return
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/',
    // One route per file: anything else stays with the handler that answers problem documents.
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders(reply, path) {
      const kept = path.includes(`${join(folder, 'assets')}`)
      reply.header('cache-control', kept ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  for (const page of pages) {
    const file = [`${page}.html`, `${page}/index.html`, 'index.html'].find((name) =>
      existsSync(join(folder, name)),
    )
    if (file) app.get(`/${page}`, async (_request, reply) => reply.sendFile(file))
  }
}
