/**
 * docker-compose.yml cannot be run where the tests run, so it is read: every key is one the compose specification
 * knows, every reference leads somewhere, and what it hands to our processes is what they accept.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readWorkerConfig } from '../../workers/config.ts'
import { packageFolder, readConfig, readMigrationConfig } from '../config.ts'
import { boardRules, queueRules } from './private-redis.ts'

type Service = {
  image: string
  build?: string
  command?: string[]
  entrypoint?: string[]
  user?: string
  environment?: Record<string, string>
  depends_on?: Record<string, { condition: string }>
  networks: string[]
  ports?: string[]
  volumes?: string[]
  healthcheck?: { test: string[] }
  restart: string
}
type Compose = {
  services: Record<string, Service>
  networks: Record<string, unknown>
  volumes: Record<string, unknown>
}

const text = readFileSync(join(packageFolder(), 'docker-compose.yml'), 'utf8')
// The shape is what the first test checks.
const compose = parse(text, { merge: true, uniqueKeys: true }) as Compose

const duration = { type: 'string', pattern: '^([0-9]+(ms|s|m|h))+$' }
const words = { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: false }
const named = { type: 'object', propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' } }

/** The part of the compose specification that the file uses, with nothing left open. */
const specification = {
  type: 'object',
  additionalProperties: false,
  patternProperties: { '^x-': {} },
  required: ['services'],
  properties: {
    services: {
      ...named,
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['image', 'networks', 'restart'],
        properties: {
          image: { type: 'string', minLength: 1 },
          build: { type: 'string' },
          command: words,
          entrypoint: words,
          user: { type: 'string' },
          init: { type: 'boolean' },
          read_only: { type: 'boolean' },
          restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
          tmpfs: words,
          cap_drop: words,
          security_opt: words,
          shm_size: { type: 'string' },
          stop_grace_period: duration,
          networks: words,
          ports: { type: 'array', items: { type: 'string', pattern: '^[0-9]+:[0-9]+$' } },
          volumes: { type: 'array', items: { type: 'string', pattern: '^[a-z]+:/[a-z/]+$' } },
          environment: { type: 'object', additionalProperties: { type: 'string' } },
          depends_on: {
            ...named,
            additionalProperties: {
              type: 'object',
              additionalProperties: false,
              required: ['condition'],
              properties: {
                condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] },
              },
            },
          },
          healthcheck: {
            type: 'object',
            additionalProperties: false,
            required: ['test'],
            properties: {
              test: {
                type: 'array',
                items: [{ enum: ['CMD', 'CMD-SHELL'] }],
                additionalItems: { type: 'string' },
              },
              interval: duration,
              timeout: duration,
              start_period: duration,
              retries: { type: 'integer', minimum: 1 },
            },
          },
        },
      },
    },
    networks: { ...named, additionalProperties: { type: 'object', maxProperties: 0 } },
    volumes: { ...named, additionalProperties: { type: 'object', maxProperties: 0 } },
  },
}

const service = (name: string): Service => {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`)
  return found
}

/** What a container finds in its environment, with every secret given. */
function environmentOf(name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service(name).environment ?? {}).map(([variable, value]) => [
      variable,
      value
        .replace(/\$\{([A-Z_]+):\?\}/g, 'a-secret-of-enough-length')
        .replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1'),
    ]),
  )
}

describe('docker-compose.yml', () => {
  it('uses only what the compose specification knows', () => {
    const ajv = new Ajv({ strict: false, allErrors: true })
    const validate = ajv.compile(specification)
    validate(compose)
    expect(validate.errors).toBeNull()
    const mistaken = structuredClone(compose) as unknown as {
      services: Record<string, Record<string, unknown>>
    } // broken on purpose
    mistaken.services['server-1'] = { ...mistaken.services['server-1'], port: '80' }
    expect(validate(mistaken)).toBe(false)
  })

  it('is Postgres, two Redis, two servers behind a proxy, two workers and a migration', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'migrate',
      'postgres',
      'proxy',
      'redis-board',
      'redis-queue',
      'server-1',
      'server-2',
      'worker-1',
      'worker-2',
    ])
  })

  it('refers only to services, networks and volumes that are there', () => {
    for (const [name, { depends_on = {}, networks, volumes = [] }] of Object.entries(compose.services)) {
      expect(Object.keys(compose.services), name).toEqual(expect.arrayContaining(Object.keys(depends_on)))
      expect(Object.keys(compose.networks), name).toEqual(expect.arrayContaining(networks))
      expect(Object.keys(compose.volumes), name).toEqual(
        expect.arrayContaining(volumes.map((volume) => volume.split(':')[0])),
      )
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        if (condition === 'service_healthy') expect(service(needed).healthcheck, needed).toBeDefined()
      }
    }
  })

  it('publishes the proxy and nothing else', () => {
    for (const [name, { ports, networks }] of Object.entries(compose.services)) {
      if (name === 'proxy') expect(networks).toEqual(['web'])
      else expect(ports, name).toBeUndefined()
    }
    for (const name of ['postgres', 'redis-board', 'redis-queue'])
      expect(service(name).networks).toEqual(['data'])
  })

  it('holds no secret: each is asked for and its absence stops the start', () => {
    for (const [name, { environment = {} }] of Object.entries(compose.services)) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/PASSWORD$|_URL$/.test(variable) || variable === 'TRAVEL_URL' || variable === 'FIRST_PASSWORD')
          continue
        expect(value, `${name} ${variable}`).toMatch(/\$\{[A-Z_]+:\?\}/)
      }
    }
  })

  it('hands servers, workers and the migration an environment they accept', () => {
    for (const name of ['server-1', 'server-2']) {
      const config = readConfig({ ...environmentOf(name), HOST: '0.0.0.0', PORT: '8080' })
      expect(config).toMatchObject({ instance: name, trustProxy: true, publicOrigins: ['http://localhost'] })
      expect(new URL(config.databaseUrl).username).toBe('callboard_app')
    }
    expect(
      readConfig({ ...environmentOf('server-1'), PUBLIC_ORIGINS: 'https://a.example' }).cookieSecure,
    ).toBe(true)
    for (const name of ['worker-1', 'worker-2']) {
      expect(readWorkerConfig(environmentOf(name)).instance).toBe(name)
    }
    expect(readMigrationConfig(environmentOf('migrate'))).toMatchObject({ first: null, seed: null })
  })

  it('gives Redis users the same rights as a private start does', () => {
    const rulesOf = (name: string, user: string): string | undefined =>
      new RegExp(`^user ${user} on >\\S+ (.*)$`, 'm').exec(service(name).command?.[0] ?? '')?.[1]
    expect(rulesOf('redis-board', 'board')).toBe(boardRules)
    expect(rulesOf('redis-queue', 'queue')).toBe(queueRules)
    for (const name of ['redis-board', 'redis-queue']) {
      expect(service(name).command?.[0]).toContain('user default off\n')
      expect(service(name).command?.[0]).toContain('--maxmemory-policy noeviction')
    }
  })

  it('runs files that the build makes', () => {
    const built = Object.values(compose.services).flatMap(({ command = [] }) =>
      command.filter((word) => word.startsWith('dist/')),
    )
    expect(built.length).toBeGreaterThan(0)
    for (const file of built) {
      const source = join(packageFolder(), file.replace(/^dist\//, '').replace(/\.js$/, '.ts'))
      expect(existsSync(source), file).toBe(true)
    }
  })
})
