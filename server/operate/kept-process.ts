/**
 * A process that is started again whenever it dies, until it is told to stop.
 *
 * The first start must succeed, so that a wrong setting is shown at once and not hidden by endless tries. After that
 * it is started for ever, at most every two seconds: a database that is away for an hour comes back to a living system.
 */
import type { ChildProcess } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, signal, waitUntilGone } from './processes.ts'

const backoffMs = { first: 100, longest: 2_000 }
/** A process that lived this long was well: its next death starts with a short wait again. */
const wellAfterMs = 10_000

export type KeptOptions = {
  readonly name: string
  readonly logFile: string
  /** Starts the process with its output going to `log` (a file descriptor). */
  readonly start: (log: number) => ChildProcess | Promise<ChildProcess>
  /** Resolves once the process does its work; rejects when it will not. */
  readonly ready: (child: ChildProcess) => Promise<void>
  readonly say: (text: string) => void
  readonly onPid: () => void
}

export type KeptProcess = {
  readonly name: string
  pid(): number | null
  stop(way: { ask: NodeJS.Signals; patienceMs: number; force?: NodeJS.Signals }): Promise<void>
}

export async function keepRunning(options: KeptOptions): Promise<KeptProcess> {
  const { name, say } = options
  let child: ChildProcess | null = null
  let startedAt = 0
  let logFrom = 0
  let waitMs = backoffMs.first
  let stopping = false
  const abort = new AbortController()

  async function begin(): Promise<ChildProcess> {
    const log = openSync(options.logFile, 'a')
    logFrom = fstatSync(log).size
    try {
      const begun = await options.start(log)
      startedAt = performance.now()
      child = begun
      options.onPid()
      return begun
    } finally {
      closeSync(log)
    }
  }

  function watch(begun: ChildProcess): void {
    const died = (how: string): void => {
      if (child !== begun) return
      child = null
      options.onPid()
      if (stopping) return
      if (performance.now() - startedAt > wellAfterMs) waitMs = backoffMs.first
      say(`${name} ended (${how}); starting it again.`)
      void again()
    }
    begun.on('error', (error) => died(error.message))
    begun.on('exit', (code, by) => died(by ?? `code ${code}`))
    if (begun.exitCode !== null || begun.signalCode !== null)
      died(begun.signalCode ?? `code ${begun.exitCode}`)
  }

  async function again(): Promise<void> {
    while (!stopping) {
      const pause = waitMs
      waitMs = Math.min(waitMs * 2, backoffMs.longest)
      try {
        await sleep(pause, undefined, { signal: abort.signal })
      } catch {
        return // told to stop while waiting
      }
      try {
        const begun = await begin()
        watch(begun)
        if (stopping && begun.pid !== undefined) signal(begun.pid, 'SIGTERM')
        return
      } catch (error) {
        say(`${name} could not be started: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }

  const first = await begin()
  await firstIsReady(first, options, () => lastLines(options.logFile, logFrom))
  watch(first)

  return {
    name,
    pid: () => child?.pid ?? null,
    stop: async (way) => {
      stopping = true
      abort.abort()
      const pid = child?.pid
      if (pid === undefined || !isAlive(pid)) return
      signal(pid, way.ask)
      if (await waitUntilGone(pid, way.patienceMs)) return
      say(`${name} did not end in ${Math.round(way.patienceMs / 1000)} s; ending it.`)
      signal(pid, way.force ?? 'SIGKILL')
      if (await waitUntilGone(pid, 5_000)) return
      signal(pid, 'SIGKILL')
      await waitUntilGone(pid, 5_000)
    },
  }
}

async function firstIsReady(child: ChildProcess, options: KeptOptions, itSaid: () => string): Promise<void> {
  let giveUp: (error: Error) => void = () => undefined
  const failed = new Promise<never>((_resolve, reject) => {
    giveUp = reject
  })
  const onError = (error: Error): void => giveUp(error)
  const onExit = (code: number | null, by: string | null): void =>
    giveUp(new Error(`it ended (${by ?? `code ${code}`})`))
  child.on('error', onError)
  child.on('exit', onExit)
  if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
  try {
    await Promise.race([options.ready(child), failed])
  } catch (cause) {
    if (child.pid !== undefined) signal(child.pid, 'SIGKILL')
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${options.name} did not start: ${why}\n${itSaid()}`, { cause })
  } finally {
    child.off('error', onError)
    child.off('exit', onExit)
  }
}

function lastLines(file: string, from: number): string {
  const text = readFileSync(file).subarray(from).toString('utf8').trimEnd()
  return text
    .slice(-8_000)
    .split('\n')
    .slice(-25)
    .map((line) => `  | ${line}`)
    .join('\n')
}
