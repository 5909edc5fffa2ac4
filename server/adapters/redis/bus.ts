/** Hints, notices and presence over Redis pub/sub: at most once, silent while Redis is away. */
import type { LiveBus } from '../../ports/board.ts'
import { openRedis } from './connection.ts'

export function createRedisBus(options: {
  url: string
  onError: (error: Error) => void
}): LiveBus & { close(): void } {
  const { url, onError } = options
  const out = openRedis(url, onError)
  const listeners = new Map<string, ((text: string) => void)[]>()
  // A subscriber's connection carries nothing else; after a disconnect it subscribes again by itself.
  const incoming = openRedis(url, onError, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
  })
  incoming.on('message', (channel: string, text: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(text)
  })
  return {
    publish(channel, text) {
      if (out.status !== 'ready') return
      out.publish(channel, text).catch(onError)
    },
    subscribe(channel, listener) {
      const known = listeners.get(channel)
      if (known) {
        known.push(listener)
        return
      }
      listeners.set(channel, [listener])
      incoming.subscribe(channel).catch(onError)
    },
    close() {
      out.disconnect()
      incoming.disconnect()
    },
  }
}
