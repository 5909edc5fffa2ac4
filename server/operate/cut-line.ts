/** A line that can be cut: a TCP proxy in front of a server, for drills. Cutting ends what runs and refuses what comes. */
import { connect, createServer, type Socket } from 'node:net'

export type CutLine = { readonly url: string; cut(): void; mend(): void; close(): Promise<void> }

export async function cutLine(target: string): Promise<CutLine> {
  const { hostname, port } = new URL(target)
  const pairs = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) {
      near.destroy()
      return
    }
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      pairs.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        pairs.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut() {
      isCut = true
      for (const socket of pairs) socket.destroy()
    },
    mend() {
      isCut = false
    },
    close() {
      for (const socket of pairs) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
