/** Starts the real system for a load run, and reads what its processes use. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type System = {
  urls: string[]
  databaseUrl: string
  redis: { board: string; queue: string }
  /** Arrays by role; `launcher` alone is one number. */
  pids: Record<string, number[] | number>
  company: string
  users: { email: string; password: string; role: string }[]
  boards: { id: string; name: string }[]
  stop(): Promise<void>
}

const start = fileURLToPath(new URL('../../server/operate/start.mjs', import.meta.url))

export async function startSystem(options: {
  servers: number
  workers: number
  environment?: Record<string, string>
}): Promise<System> {
  const data = mkdtempSync(join(tmpdir(), 'callboard-load-data-'))
  const child = spawn(
    process.execPath,
    [
      start,
      ...['--json', '--port', '0', '--demo', 'none', '--data', data],
      ...['--servers', String(options.servers), '--workers', String(options.workers)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...options.environment } },
  )
  const line = await firstLine(child)
  return {
    ...(JSON.parse(line) as Omit<System, 'stop'>),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      rmSync(data, { recursive: true, force: true })
    },
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the system was not ready within five minutes')), 300_000)
    child.once('exit', (code) => reject(new Error(`the system ended with ${code} before it was ready`)))
    // The pipe was asked for above, so it is there.
    createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> }).once('line', (line) => {
      clearTimeout(timer)
      resolve(line)
    })
  })
}

const TICKS_PER_SECOND = 100

export type Use = { cpuSeconds: number; rssMb: number }

/** CPU so far and resident memory of a process, with its children where it works through them. Linux only. */
export function useOf(pid: number, withChildren = false): Use {
  const pids = withChildren ? [pid, ...childrenOf(pid)] : [pid]
  return pids
    .map((one) => ownUse(one, withChildren))
    .reduce((a, b) => ({ cpuSeconds: a.cpuSeconds + b.cpuSeconds, rssMb: a.rssMb + b.rssMb }))
}

function ownUse(pid: number, withChildren: boolean): Use {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    // Of children that ended, too, where children count: Postgres's backends come and go with the pools.
    const own = Number(fields[11]) + Number(fields[12])
    const ticks = withChildren ? own + Number(fields[13]) + Number(fields[14]) : own
    return { cpuSeconds: ticks / TICKS_PER_SECOND, rssMb: Number(resident?.[1] ?? 0) / 1024 }
  } catch {
    // Ended meanwhile, or no /proc here: nothing to add.
    return { cpuSeconds: 0, rssMb: 0 }
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return text === '' ? [] : text.split(' ').map(Number)
  } catch {
    return []
  }
}

export const usesOf = (pids: System['pids']): Map<string, Use> =>
  new Map(
    Object.entries(pids).flatMap(([role, list]) =>
      [list].flat().map((pid, i) => [`${role} ${i + 1}`, useOf(pid, role === 'postgres')] as const),
    ),
  )
