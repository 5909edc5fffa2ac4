/**
 * Loaded before a server or worker (`node --import`): when the launcher is gone, the process drains and ends too.
 *
 * A launcher that was killed cannot stop its children, but the channel to it closes; the process then signals itself,
 * so that its own orderly way out is taken, and leaves without it when that takes too long.
 */
import { isMainThread } from 'node:worker_threads'

const patienceMs = 12_000

// Threads inherit the preload, but only the process has the channel.
if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.exit(1), patienceMs).unref()
  })
  // Listening alone must not keep an otherwise finished process alive.
  process.channel.unref()
}
