/**
 * A travel service for tests: a real HTTP server that speaks the `table` protocol, and misbehaves on demand.
 *
 * Its roads are one-way in time: from a to b takes the difference of latitudes in thousandths of a degree times ten
 * seconds northwards and twice that southwards, so that a table read the wrong way round is seen to be wrong.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Place } from '../../domain/activity/activity.ts'

export type TableRequest = {
  readonly profile: string
  readonly from: readonly Place[]
  readonly to: readonly Place[]
}

/** Says whether it has answered in its own way; else the right answer follows. */
export type Mischief = (
  request: TableRequest,
  answer: ServerResponse,
  right: { code: 'Ok'; durations: (number | null)[][]; distances: (number | null)[][] },
) => boolean

export type TableServer = {
  readonly url: string
  readonly requests: TableRequest[]
  /** Most requests that were open at once. */
  readonly most: () => number
  mischief: Mischief | null
  close(): Promise<void>
}

const thousandths = (from: Place, to: Place): number => Math.round((to.lat - from.lat) * 1000)

export function roadSeconds(from: Place, to: Place, profile = 'car'): number {
  const north = thousandths(from, to)
  return (north >= 0 ? north * 10 : -north * 20) * (profile === 'foot' ? 6 : 1)
}

export async function startTableServer(options: { readonly placesMax?: number } = {}): Promise<TableServer> {
  const requests: TableRequest[] = []
  let open = 0
  let most = 0
  const server = createServer((request, answer) => {
    open++
    most = Math.max(most, open)
    answer.once('close', () => open--)
    const asked = requestOf(request)
    if (asked === null || asked.from.length + asked.to.length > (options.placesMax ?? 100)) {
      answer.writeHead(400).end(JSON.stringify({ code: asked === null ? 'InvalidQuery' : 'TooBig' }))
      return
    }
    requests.push(asked)
    const right = {
      code: 'Ok' as const,
      durations: asked.from.map((a) => asked.to.map((b) => roadSeconds(a, b, asked.profile))),
      distances: asked.from.map((a) => asked.to.map((b) => Math.abs(thousandths(a, b)) * 111)),
    }
    if (self.mischief?.(asked, answer, right)) return
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(right))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const self: TableServer = {
    // A server that listens on a port has an address with one.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    most: () => most,
    mischief: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return self
}

function requestOf(request: IncomingMessage): TableRequest | null {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const match = /^\/table\/v1\/([a-z]+)\/([-0-9.,;]+)$/.exec(url.pathname)
  if (match === null || url.searchParams.get('annotations') !== 'duration,distance') return null
  const places = (match[2] ?? '').split(';').map((pair): Place => {
    const [lon, lat] = pair.split(',').map(Number)
    return { lat: lat ?? Number.NaN, lon: lon ?? Number.NaN }
  })
  const picked = (name: string): Place[] =>
    (url.searchParams.get(name) ?? '').split(';').flatMap((i) => places[Number(i)] ?? [])
  return { profile: match[1] ?? '', from: picked('sources'), to: picked('destinations') }
}
