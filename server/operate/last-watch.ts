/**
 * A tiny shell process that outlives the launcher if it is killed, and then ends what the launcher started.
 *
 * Postgres and Redis know nothing of the launcher, so nothing else would stop them after a SIGKILL. The watch reads
 * the process ids from a pipe, one line for each change; the pipe closes when the launcher is gone, however it went.
 * After an orderly stop the last line is empty and there is nothing left to do.
 */
import { spawn } from 'node:child_process'

/**
 * Each line is `PROCESSES|POSTGRES|REDIS`. Servers and workers are given time to drain, since they see for themselves
 * that the launcher is gone; then the services are stopped, first kindly.
 */
const script = `
trap '' INT TERM HUP
last='||'
while read -r line; do last="$line"; done
drain=\${last%%|*}; rest=\${last#*|}; postgres=\${rest%%|*}; redis=\${rest#*|}
alive() { for p in $1; do kill -0 "$p" 2>/dev/null && return 0; done; return 1; }
send() { for p in $2; do kill "-$1" "$p" 2>/dev/null; done; }
wait_for() { n=0; while alive "$1" && [ $n -lt "$2" ]; do sleep 0.2; n=$((n + 1)); done; }
wait_for "$drain" 60; send KILL "$drain"
send INT "$postgres"; send TERM "$redis"
wait_for "$postgres $redis" 50
send QUIT "$postgres"; send KILL "$redis"
wait_for "$postgres" 25; send KILL "$postgres"
`

export type Watched = {
  readonly processes: readonly number[]
  readonly postgres: readonly number[]
  readonly redis: readonly number[]
}

export type LastWatch = {
  tell(watched: Watched): void
  /** Everything was stopped in order. */
  dismiss(): void
}

export function keepLastWatch(): LastWatch {
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  child.on('error', () => undefined) // without a shell there is no watch; the next start clears up instead
  child.stdin.on('error', () => undefined)
  child.unref()
  return {
    tell: ({ processes, postgres, redis }) => {
      child.stdin.write(`${processes.join(' ')}|${postgres.join(' ')}|${redis.join(' ')}\n`)
    },
    dismiss: () => {
      child.stdin.end('||\n')
    },
  }
}
