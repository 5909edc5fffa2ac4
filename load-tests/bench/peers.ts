/**
 * Runs another solver as a command of its own and takes its CPU time from the system, not from its word.
 *
 * The shell that starts it tells what its children used (`times`, user and system), so start-up counts too; a peer may also tell
 * what the solving alone took (`summary.computing_times.solving`), which is told beside it.
 * Commands run in the directory of the caller, in a process group that is ended as a whole when it outstays its time.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Problem } from '../../workers/optimiser/problem.ts'
import type { OrderedRoute } from '../instances/adapter.ts'
import { routesOfVroom, vroomInput } from './vroom-json.ts'

export type Peer = { readonly name: string; readonly command: string }

export type PeerAnswer = {
  readonly routes: readonly OrderedRoute[]
  readonly cpuSeconds: number
  readonly wallSeconds: number
  /** What the peer says its solving took; null where it says nothing. */
  readonly solveSeconds: number | null
}

export class PeerError extends Error {
  override readonly name = 'PeerError'
}

export const peerFrom = (text: string): Peer => {
  const at = text.indexOf('=')
  const name = text.slice(0, at).trim()
  const command = text.slice(at + 1).trim()
  if (at < 1 || name === '' || command === '')
    throw new TypeError(`--peer: must be 'name=command {in} {out} {seconds}'; got '${text}'`)
  for (const place of ['{in}', '{out}']) {
    if (!command.includes(place)) throw new TypeError(`--peer: the command of ${name} must name ${place}`)
  }
  return { name, command }
}

/** Longer than this is a peer that hangs: ten times the budget, for a busy machine, and time to start. */
const patienceMs = (seconds: number): number => seconds * 10_000 + 900_000

const OUTPUT_MAX = 4_000

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`

export const askPeer = async (
  peer: Peer,
  problem: Problem,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): Promise<PeerAnswer> => {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-peer-'))
  try {
    const input = join(folder, 'in.json')
    const output = join(folder, 'out.json')
    writeFileSync(input, JSON.stringify(vroomInput(problem)))
    const command = peer.command
      .replaceAll('{in}', quoted(input))
      .replaceAll('{out}', quoted(output))
      .replaceAll('{seconds}', String(seconds))
      .replaceAll('{seed}', String(seed))
    const ran = await runTimed(peer.name, command, patienceMs(seconds))
    if (!existsSync(output)) throw new PeerError(`${peer.name}: wrote no answer`)
    return { ...ran, ...answerFrom(peer.name, problem, readFileSync(output, 'utf8')) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const answerFrom = (
  name: string,
  problem: Problem,
  text: string,
): Pick<PeerAnswer, 'routes' | 'solveSeconds'> => {
  try {
    const { routes, solvingMs } = routesOfVroom(problem, JSON.parse(text))
    return { routes, solveSeconds: solvingMs === null ? null : solvingMs / 1000 }
  } catch (error) {
    throw new PeerError(`${name}: its answer cannot be read (${String(error)})`, { cause: error })
  }
}

type Ran = { readonly cpuSeconds: number; readonly wallSeconds: number }

const runTimed = (name: string, command: string, limitMs: number): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const from = performance.now()
    // What the peer prints goes to standard error, so that standard output is the shell's account of the time alone.
    const script = `(${command}) 1>&2; code=$?; times; exit $code`
    const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let account = ''
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      account += chunk.toString('utf8')
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-OUTPUT_MAX)
    })
    let late = false
    const timer = setTimeout(() => {
      late = true
      // The group bears the shell's number, because it was started detached.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, limitMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(new PeerError(`${name}: cannot be started (${error.message})`, { cause: error }))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      if (late) reject(new PeerError(`${name}: was ended after ${limitMs / 1000} s`))
      else if (code !== 0)
        reject(
          new PeerError(`${name}: ended with ${code}: ${said.trim() || 'it said nothing on standard error'}`),
        )
      else
        resolve({
          cpuSeconds: childrenSeconds(account),
          wallSeconds: (performance.now() - from) / 1000,
        })
    })
  })

/** `times` prints two lines, the shell's own and its children's, each user and system as `1m2.340000s`. */
export const childrenSeconds = (account: string): number => {
  const last = account.trim().split('\n').at(-1) ?? ''
  const spans = [...last.matchAll(/(\d+)m([\d.,]+)s/g)]
  if (spans.length !== 2) throw new PeerError(`the shell's account of the time cannot be read: '${account}'`)
  return spans.reduce(
    (sum, [, minutes = '', rest = '']) => sum + Number(minutes) * 60 + Number(rest.replace(',', '.')),
    0,
  )
}
