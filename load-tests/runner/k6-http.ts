/** `k6/http`: only `asyncRequest`, which real k6 has too. Its answer has the members that our scripts read. */
import { registry } from './registry.ts'

type Params = { headers?: Record<string, string>; tags?: Record<string, string>; timeout?: string }

const TIMEOUT_MS = 30_000

async function asyncRequest(method: string, url: string, body?: string | null, params: Params = {}) {
  const started = performance.now()
  let status = 0
  let text = ''
  const headers: Record<string, string> = {}
  try {
    const response = await fetch(url, {
      method,
      ...(body == null ? {} : { body }),
      ...(params.headers ? { headers: params.headers } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    status = response.status
    text = await response.text()
    // k6 writes header names in canonical form (Etag, Content-Type); so does this.
    response.headers.forEach((value, name) => {
      headers[
        name.replace(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase())
      ] = value
    })
  } catch (error) {
    // k6 answers a broken connection with status 0; the script's checks count it.
    text = error instanceof Error ? error.message : String(error)
  }
  const duration = performance.now() - started
  registry.add('http_req_duration', 'trend', duration)
  registry.add('http_reqs', 'counter', 1)
  registry.add('http_req_failed', 'rate', status === 0 || status >= 400 ? 1 : 0)
  return { status, body: text, headers, timings: { duration }, json: () => JSON.parse(text) as unknown }
}

export default { asyncRequest }
