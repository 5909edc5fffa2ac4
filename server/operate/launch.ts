/**
 * The launcher: from nothing to a running system, and back to nothing.
 *
 * It owns every process of the system: what dies is started again, what was started is stopped, in order — first the
 * faces to the user, then Redis, then Postgres. Standard output carries what a person or a script came for; all
 * progress goes to standard error, the processes' own words to `logs/` in the data folder.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { appUrlOf, migrate } from '../adapters/postgres/migrate.ts'
import { childEnvironment, type GivenServices, packageFolder, readGivenServices } from '../config.ts'
import { type DataFolder, takeDataFolder } from './data-folder.ts'
import { type KeptProcess, keepRunning } from './kept-process.ts'
import { keepLastWatch, type LastWatch } from './last-watch.ts'
import { type LaunchOptions, parseLaunchOptions, UsageError, usage } from './launch-options.ts'
import { freePort, isFree, signal, waitFor } from './processes.ts'
import type { RunningSystem, SeedResult } from './running-system.ts'
import { type Services, startServices } from './services.ts'

const drainMs = 10_000
const serverReadyMs = 60_000
const workerReadyMs = 30_000

export async function launch(argv: readonly string[]): Promise<void> {
  // A reader that went away must not end the system through a broken pipe.
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  if (argv.includes('--help')) {
    process.stdout.write(`${usage}\n`)
    return
  }
  const system = new Launch(say)
  let exitCode = 0
  try {
    const options = parseLaunchOptions(argv, `${packageFolder()}.callboard`, process.cwd())
    const stopAsked = stopSignal(system)
    const begun = begin(system, options)
    exitCode = await Promise.race([begun, stopAsked])
  } catch (error) {
    exitCode = error instanceof UsageError ? 2 : 1
    say(error instanceof Error ? error.message : String(error))
  }
  await system.stop()
  process.exit(exitCode)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function begin(system: Launch, options: LaunchOptions): Promise<number> {
  const running = await system.start(options)
  if (options.json) process.stdout.write(`${JSON.stringify(running)}\n`)
  else process.stdout.write(`${greeting(running)}\n`)
  if (options.replay !== null) {
    const { run } = await import('./replay/replay.ts')
    const code = await run([...options.replay], running)
    if (!options.stay) return code
  }
  return await new Promise<never>(() => undefined)
}

/** Resolves when the system is asked to stop; a second request ends it at once. */
function stopSignal(system: Launch): Promise<number> {
  return new Promise((resolve) => {
    let asked = false
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (asked) system.hurry()
        else say('Stopping …')
        asked = true
        resolve(0)
      })
    }
    // Started by a program that holds a channel to it (a test), the launcher ends with that program.
    if (process.channel) process.once('disconnect', () => resolve(0))
    for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(name, (error: unknown) => {
        say(`The launcher failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
        resolve(1)
      })
    }
  })
}

class Launch {
  readonly #say: (text: string) => void
  #watch: LastWatch | null = null
  #folder: DataFolder | null = null
  #stopBounding: () => void = () => undefined
  #services: Services | null = null
  /** Becomes null once the services are up or have failed to come up; stop() waits for it. */
  #servicesComing: Promise<Services> | null = null
  readonly #servers: KeptProcess[] = []
  readonly #workers: KeptProcess[] = []
  readonly #storms: KeptProcess[] = []
  readonly #coming = new Set<Promise<unknown>>()
  /** Of processes that are not ready yet: they must be stopped as well. */
  readonly #children = new Set<ChildProcess>()
  #system: Omit<RunningSystem, 'pids'> | null = null
  #stopping = false

  constructor(sayText: (text: string) => void) {
    this.#say = sayText
  }

  async start(options: LaunchOptions): Promise<RunningSystem> {
    const given = readGivenServices()
    const folder = await takeDataFolder(options.data, { fresh: options.fresh, say: this.#say })
    this.#folder = folder
    this.#stopBounding = folder.boundLogs()
    this.#watch = keepLastWatch()
    const ports = await serverPorts(options, given.host, Object.values(folder.settings.ports))

    this.#say('Starting Postgres and Redis …')
    this.#servicesComing = startServices({ folder, given, say: this.#say, onPid: () => this.#pidsChanged() })
    const services = await this.#servicesComing
    this.#services = services
    this.#pidsChanged()
    this.#goOn()

    await migrate(services.ownerUrl, { app: services.appPassword })
    this.#goOn()
    const seeded = await seedDemo(services.ownerUrl, options.demo)
    this.#goOn()

    const urls = ports.map((port) => `http://${hostInUrl(given.host)}:${port}`)
    this.#system = {
      urls,
      databaseUrl: services.ownerUrl,
      redis: { board: services.redis.board.adminUrl, queue: services.redis.queue.adminUrl },
      company: seeded.company,
      users: seeded.users,
      boards: seeded.boards,
    }
    await this.#startProcesses(options, given, ports)
    if (options.demo === 'storm') await this.#startStorm(options, given, ports)
    this.#pidsChanged()
    return this.#running()
  }

  async #startProcesses(
    options: LaunchOptions,
    given: GivenServices,
    ports: readonly number[],
  ): Promise<void> {
    this.#say(`Starting ${count(options.servers, 'server')} and ${count(options.workers, 'worker')} …`)
    const servers = ports.map(async (port, index) => {
      const url = `http://${hostInUrl(given.host)}:${port}`
      const kept = await this.#keep({
        name: `server-${index + 1}`,
        script: '../main.js',
        environment: { ...this.#environment(given, ports), HOST: given.host, PORT: String(port) },
        ready: () => serverIsReady(url),
      })
      this.#servers[index] = kept
    })
    const workers = Array.from({ length: options.workers }, async (_, index) => {
      const name = `worker-${index + 1}`
      const kept = await this.#keep({
        name,
        script: '../../workers/main.js',
        environment: this.#environment(given, ports),
        ready: (child) => saysReady(child, name),
      })
      this.#workers[index] = kept
    })
    await allOrFirstError([...servers, ...workers])
  }

  async #startStorm(options: LaunchOptions, given: GivenServices, ports: readonly number[]): Promise<void> {
    const system = { ...this.#running() }
    const kept = await this.#keep({
      name: 'storm',
      script: './storm.js',
      environment: { ...this.#environment(given, ports), STORM: '1', STORM_SYSTEM: JSON.stringify(system) },
      ready: () => Promise.resolve(),
    })
    this.#storms.push(kept)
    if (!options.json) this.#say('The storm day has begun.')
  }

  #environment(given: GivenServices, ports: readonly number[]): Record<string, string> {
    const services = this.#services
    if (services === null) throw new Error('processes are started after the services')
    const origins = ports.flatMap((port) => [`http://localhost:${port}`, `http://127.0.0.1:${port}`])
    return {
      NODE_ENV: 'production',
      DATABASE_URL: appUrlOf(services.ownerUrl, services.appPassword),
      REDIS_BOARD_URL: services.redis.board.url,
      REDIS_BOARD_ADMIN_URL: services.redis.board.adminUrl,
      REDIS_QUEUE_URL: services.redis.queue.url,
      PUBLIC_ORIGINS: [...origins, ...given.extraOrigins].join(','),
    }
  }

  async #keep(how: {
    name: string
    script: string
    environment: Record<string, string>
    ready: (child: ChildProcess) => Promise<void>
  }): Promise<KeptProcess> {
    const folder = this.#folder
    if (folder === null) throw new Error('processes are started after the data folder is ours')
    const kept = keepRunning({
      name: how.name,
      logFile: folder.logFile(how.name),
      say: this.#say,
      onPid: () => this.#pidsChanged(),
      start: (log) => {
        const child = spawn(
          process.execPath,
          [
            '--enable-source-maps',
            '--import',
            here('./follow-launcher.js').href,
            fileURLToPath(here(how.script)),
          ],
          {
            cwd: packageFolder(),
            detached: true,
            stdio: ['ignore', log, log, 'ipc'],
            env: childEnvironment({ ...how.environment, INSTANCE: how.name }),
          },
        )
        this.#children.add(child)
        child.on('exit', () => this.#children.delete(child))
        if (this.#stopping) child.kill('SIGTERM')
        return child
      },
      ready: how.ready,
    })
    this.#coming.add(kept)
    return await kept.finally(() => this.#coming.delete(kept))
  }

  #running(): RunningSystem {
    if (this.#system === null) throw new Error('there is no running system before it was started')
    return { ...this.#system, pids: this.#pids() }
  }

  #pids(): RunningSystem['pids'] {
    const idsOf = (kept: readonly (KeptProcess | undefined)[]): number[] =>
      kept.map((one) => one?.pid() ?? null).filter((pid) => pid !== null)
    return {
      launcher: process.pid,
      server: idsOf(this.#servers),
      worker: idsOf(this.#workers),
      storm: idsOf(this.#storms),
      ...(this.#services?.pids() ?? { postgres: [], redis: [] }),
    }
  }

  #pidsChanged(): void {
    const pids = this.#pids()
    const processes = [...this.#children].map((child) => child.pid).filter((pid) => pid !== undefined)
    this.#watch?.tell({ processes, postgres: pids.postgres, redis: pids.redis })
    this.#folder?.writeRunning({
      launcher: process.pid,
      processes,
      postgres: pids.postgres,
      redis: pids.redis,
      system: this.#system === null ? null : { ...this.#system, pids },
    })
  }

  /** After each step of a start: whoever asked to stop meanwhile gets no further processes. */
  #goOn(): void {
    if (this.#stopping) throw new Error('stopped while starting')
  }

  async stop(): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    this.#stopBounding()
    // What is still coming up is told to end; its start then fails, which is settled here.
    for (const child of this.#children) child.kill('SIGTERM')
    const kept = [...this.#storms, ...this.#servers, ...this.#workers].filter((one) => one !== undefined)
    await Promise.all(kept.map((one) => one.stop({ ask: 'SIGTERM', patienceMs: drainMs })))
    await Promise.allSettled([...this.#coming])
    await this.#endChildren()
    const services = this.#services ?? (await this.#servicesComing?.catch(() => null)) ?? null
    await services?.stop()
    this.#watch?.dismiss()
    this.#folder?.release()
  }

  async #endChildren(): Promise<void> {
    const gone = (): boolean => this.#children.size === 0
    if (await waitFor(gone, drainMs)) return
    for (const child of this.#children) child.kill('SIGKILL')
    await waitFor(gone, 5_000)
  }

  /** The second Ctrl-C: no more draining. */
  hurry(): void {
    for (const child of this.#children) if (child.pid !== undefined) signal(child.pid, 'SIGKILL')
  }
}

function here(relative: string): URL {
  return new URL(relative, import.meta.url)
}

async function seedDemo(ownerUrl: string, demo: 'storm' | 'none'): Promise<SeedResult> {
  const { seed } = await import('./demo/seed.ts')
  return await seed(ownerUrl, { demo })
}

async function serverPorts(
  options: LaunchOptions,
  host: string,
  taken: readonly number[],
): Promise<readonly number[]> {
  if (options.port === 0) {
    const ports: number[] = []
    while (ports.length < options.servers) {
      ports.push(await freePort([...taken, ...ports]))
    }
    return ports
  }
  const ports = Array.from({ length: options.servers }, (_, index) => options.port + index)
  for (const port of ports) {
    if (port > 65_535)
      throw new UsageError(`--port ${options.port} leaves no room for ${options.servers} servers.`)
    if (!(await isFree(port, host))) {
      throw new Error(`Port ${port} is in use; name another with --port N (0 takes any free one).`)
    }
  }
  return ports
}

async function serverIsReady(url: string): Promise<void> {
  let answer = 'nothing'
  const ready = await waitFor(
    async () => {
      try {
        const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })
        answer = `${response.status} ${(await response.text()).slice(0, 500)}`
        return response.status === 200
      } catch (error) {
        answer = error instanceof Error ? String(error.cause ?? error.message) : String(error)
        return false
      }
    },
    serverReadyMs,
    50,
  )
  if (!ready)
    throw new Error(`GET ${url}/readyz was not 200 within ${serverReadyMs / 1000} s (last answer: ${answer})`)
}

function saysReady(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${name} was not ready within ${workerReadyMs / 1000} s`)),
      workerReadyMs,
    )
    child.on('message', (message) => {
      if (message !== 'ready') return
      clearTimeout(timer)
      resolve()
    })
    child.on('exit', () => clearTimeout(timer))
  })
}

/** Waits for all, so that nothing is left half started, then reports the first that failed. */
async function allOrFirstError(all: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(all)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`
}

function greeting(system: RunningSystem): string {
  const widest = Math.max(...system.users.map((user) => user.email.length))
  return [
    '',
    'Callboard is ready:',
    ...system.urls.map((url) => `  ${url}`),
    '',
    `Sign in to the company ${system.company} as`,
    ...system.users.map((user) => `  ${user.email.padEnd(widest)}  ${user.password}  (${user.role})`),
    '',
    'Ctrl-C stops it; the data stays.',
  ].join('\n')
}
