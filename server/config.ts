/**
 * The environment in, frozen typed settings out.
 *
 * The only file that reads the environment: everything else is handed what it needs. A bad value stops the start and
 * names the variable and what it wanted; the value itself is not repeated, since it may be a secret.
 */
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { FirstCompany } from './operate/first-company.ts'
import type { RunningSystem } from './operate/running-system.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export type Config = {
  readonly databaseUrl: string
  readonly redisBoardUrl: string
  /** May load the board's Redis functions; the running server uses it for nothing else. */
  readonly redisBoardAdminUrl: string
  readonly redisQueueUrl: string
  readonly host: string
  readonly port: number
  readonly instance: string
  /** Origins whose pages may write and open sockets; compared exactly. */
  readonly publicOrigins: readonly string[]
  readonly cookieSecure: boolean
  readonly trustProxy: boolean
  readonly logLevel: LogLevel
  readonly shutdownGraceMs: number
  /** The built screens, null when there are none. */
  readonly uiFolder: string | null
  readonly commandsPerSecond: number
  readonly commandBurst: number
  readonly signInsPerSecond: number
  readonly signInBurst: number
  readonly sessionHours: number
  readonly travel: TravelSettings
  readonly version: string
}

/** What the server and the workers have in common. */
export type CommonConfig = Pick<
  Config,
  | 'databaseUrl'
  | 'redisBoardUrl'
  | 'redisQueueUrl'
  | 'instance'
  | 'logLevel'
  | 'shutdownGraceMs'
  | 'travel'
  | 'version'
>

export class ConfigError extends Error {
  readonly variable: string
  constructor(variable: string, wanted: string) {
    super(`${variable} must be ${wanted}.`)
    this.name = 'ConfigError'
    this.variable = variable
  }
}

export function readConfig(environment: Environment = process.env): Config {
  const { text, integer, flag, url, origins } = settings(environment)
  const common = readCommonConfig(environment)
  const host = text('HOST', '127.0.0.1')
  const port = integer('PORT', { otherwise: 8080, from: 0, to: 65_535 })
  const publicOrigins = origins('PUBLIC_ORIGINS', [`http://localhost:${port}`, `http://127.0.0.1:${port}`])
  return Object.freeze({
    ...common,
    redisBoardAdminUrl: url('REDIS_BOARD_ADMIN_URL', redisSchemes, common.redisBoardUrl),
    host,
    port,
    publicOrigins,
    // A browser drops a Secure cookie that came over plain http, so only a page served in the clear goes without.
    cookieSecure: flag('COOKIE_SECURE', !publicOrigins.every((origin) => origin.startsWith('http://'))),
    trustProxy: flag('TRUST_PROXY', false),
    uiFolder: builtScreens(),
    commandsPerSecond: integer('COMMANDS_PER_SECOND', { otherwise: 10, from: 1, to: 100_000 }),
    commandBurst: integer('COMMAND_BURST', { otherwise: 30, from: 1, to: 100_000 }),
    signInsPerSecond: integer('SIGN_INS_PER_SECOND', { otherwise: 20, from: 1, to: 100_000 }),
    signInBurst: integer('SIGN_IN_BURST', { otherwise: 200, from: 1, to: 100_000 }),
    sessionHours: integer('SESSION_HOURS', { otherwise: 12, from: 1, to: 24 * 30 }),
  })
}

export function readCommonConfig(environment: Environment): CommonConfig {
  const { text, integer, oneOf, url } = settings(environment)
  return {
    databaseUrl: url('DATABASE_URL', databaseSchemes),
    redisBoardUrl: url('REDIS_BOARD_URL', redisSchemes),
    redisQueueUrl: url('REDIS_QUEUE_URL', redisSchemes),
    instance: text('INSTANCE', `${hostname()}-${process.pid}`),
    logLevel: oneOf('LOG_LEVEL', logLevels, 'info'),
    shutdownGraceMs: integer('SHUTDOWN_GRACE_MS', { otherwise: 8_000, from: 0, to: 600_000 }),
    travel: readTravel(environment),
    version: packageVersion(),
  }
}

/** With neither, travel is a straight line by the board's speed and road factor. */
export type TravelSettings = {
  /** An OSRM-compatible `table` service. */
  readonly url: string | null
  /** A JSON file with a given matrix. */
  readonly matrixFile: string | null
  /** Most places in one request to the service. */
  readonly placesMax: number
  readonly timeoutMs: number
}

function readTravel(environment: Environment): TravelSettings {
  const { text, integer, urlOrNull } = settings(environment)
  const url = urlOrNull('TRAVEL_URL', ['http:', 'https:'])
  const matrixFile = text('TRAVEL_MATRIX', '')
  if (url !== null && matrixFile !== '')
    throw new ConfigError('TRAVEL_MATRIX', 'left out where TRAVEL_URL is given: travel has one source')
  return {
    url,
    matrixFile: matrixFile === '' ? null : matrixFile,
    placesMax: integer('TRAVEL_PLACES_PER_REQUEST', { otherwise: 100, from: 4, to: 10_000 }),
    timeoutMs: integer('TRAVEL_TIMEOUT_MS', { otherwise: 3_000, from: 50, to: 60_000 }),
  }
}

/** Servers that are already there: the launcher starts its own only for those not given. */
export type GivenServices = {
  readonly databaseUrl: string | null
  readonly redisBoardUrl: string | null
  readonly redisQueueUrl: string | null
  readonly host: string
  readonly extraOrigins: readonly string[]
  readonly appPassword: string | null
}

export function readGivenServices(environment: Environment = process.env): GivenServices {
  const { text, urlOrNull, origins } = settings(environment)
  const given = {
    databaseUrl: urlOrNull('DATABASE_URL', databaseSchemes),
    redisBoardUrl: urlOrNull('REDIS_BOARD_URL', redisSchemes),
    redisQueueUrl: urlOrNull('REDIS_QUEUE_URL', redisSchemes),
    host: text('HOST', '127.0.0.1'),
    extraOrigins: origins('PUBLIC_ORIGINS', []),
    appPassword: environment.APP_DATABASE_PASSWORD ?? null,
  }
  return Object.freeze(given)
}

/** The environment of a process the launcher starts: our own, with what it decided on top. */
export function childEnvironment(
  decided: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  return { ...process.env, ...decided }
}

/** For the one-shot migration: the owner's connection, the application's password, and who may sign in first. */
export type MigrationConfig = {
  readonly ownerUrl: string
  readonly appPassword: string
  readonly first: FirstCompany | null
  readonly seed: 'storm' | 'none' | null
}

export function readMigrationConfig(environment: Environment = process.env): MigrationConfig {
  const { url, required, oneOf } = settings(environment)
  const seed = oneOf('SEED_DEMO', ['', 'storm', 'none'], '')
  return Object.freeze({
    ownerUrl: url('OWNER_DATABASE_URL', databaseSchemes),
    appPassword: required('APP_DATABASE_PASSWORD', longSecret, (value) => value.length >= 16),
    first: readFirstCompany(environment),
    seed: seed === '' ? null : seed,
  })
}

const longSecret = 'a secret of 16 characters or more'

function readFirstCompany(environment: Environment): FirstCompany | null {
  const { required, text } = settings(environment)
  const code = text('FIRST_COMPANY', '')
  if (code === '') return null
  return {
    code,
    timeZone: text('FIRST_TIME_ZONE', 'UTC'),
    email: required('FIRST_ADMINISTRATOR', 'the e-mail address of the first administrator', (value) =>
      /^[^@\s]+@[^@\s]+$/.test(value),
    ),
    password: required('FIRST_PASSWORD', longSecret, (value) => value.length >= 16),
  }
}

/** The running system as the launcher tells it to the storm demo. */
export function readStormSystem(environment: Environment = process.env): RunningSystem {
  const { required } = settings(environment)
  const wanted = 'the JSON line of a running system (the launcher sets it)'
  const text = required('STORM_SYSTEM', wanted, (value) => value.startsWith('{'))
  try {
    // The launcher wrote it from a RunningSystem just before starting this process.
    return JSON.parse(text) as RunningSystem
  } catch (cause) {
    throw new ConfigError('STORM_SYSTEM', `${wanted}: ${String(cause)}`)
  }
}

const databaseSchemes = ['postgres:', 'postgresql:']
const redisSchemes = ['redis:', 'rediss:', 'unix:']

/** Readers over one environment; an empty value counts as absent, as compose files write it. */
export function settings(environment: Environment) {
  const given = (name: string): string | undefined => {
    const value = environment[name]?.trim()
    return value === '' ? undefined : value
  }

  function required(name: string, wanted: string, fits: (value: string) => boolean): string {
    const value = given(name)
    if (value === undefined || !fits(value)) throw new ConfigError(name, wanted)
    return value
  }

  function text(name: string, otherwise: string): string {
    return given(name) ?? otherwise
  }

  function integer(name: string, range: { otherwise: number; from: number; to: number }): number {
    const value = given(name)
    if (value === undefined) return range.otherwise
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= range.from && number <= range.to)) {
      throw new ConfigError(name, `a whole number from ${range.from} to ${range.to}`)
    }
    return number
  }

  function flag(name: string, otherwise: boolean): boolean {
    const value = given(name)
    if (value === undefined) return otherwise
    if (value === 'true' || value === '1') return true
    if (value === 'false' || value === '0') return false
    throw new ConfigError(name, 'true or false')
  }

  function oneOf<T extends string>(name: string, allowed: readonly T[], otherwise: T): T {
    const value = given(name)
    if (value === undefined) return otherwise
    const found = allowed.find((one) => one === value)
    if (found === undefined) throw new ConfigError(name, `one of ${allowed.join(', ')}`)
    return found
  }

  function urlOrNull(name: string, schemes: readonly string[]): string | null {
    const value = given(name)
    if (value === undefined) return null
    if (!URL.canParse(value) || !schemes.includes(new URL(value).protocol)) {
      throw new ConfigError(
        name,
        `a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
      )
    }
    return value
  }

  function url(name: string, schemes: readonly string[], otherwise?: string): string {
    const value = urlOrNull(name, schemes) ?? otherwise
    if (value === undefined) {
      throw new ConfigError(
        name,
        `a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
      )
    }
    return value
  }

  function origins(name: string, otherwise: readonly string[]): readonly string[] {
    const value = given(name)
    if (value === undefined) return Object.freeze([...otherwise])
    const list = value.split(/[\s,]+/).filter((one) => one !== '')
    for (const one of list) {
      if (!URL.canParse(one) || new URL(one).origin !== one) {
        throw new ConfigError(
          name,
          'a list of origins such as https://board.example.com, separated by commas',
        )
      }
    }
    return Object.freeze(list)
  }

  return { required, text, integer, flag, oneOf, url, urlOrNull, origins }
}

function builtScreens(): string | null {
  const folder = `${packageFolder()}dist/dispatch-ui`
  return existsSync(`${folder}/index.html`) ? folder : null
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(`${packageFolder()}package.json`, 'utf8')) as {
    version: string
  }
  return version
}

/** From dist/server/ the package is two folders up, from server/ (tests) one. */
export function packageFolder(): string {
  for (const place of ['../', '../../']) {
    const folder = fileURLToPath(new URL(place, import.meta.url))
    if (existsSync(`${folder}package.json`)) return folder
  }
  throw new Error('package.json was not found beside the code')
}
