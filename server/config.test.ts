import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig, readGivenServices, readMigrationConfig } from './config.ts'

const needed = {
  DATABASE_URL: 'postgresql://callboard_app:x@127.0.0.1:5432/callboard',
  REDIS_BOARD_URL: 'redis://board:x@127.0.0.1:6379',
  REDIS_QUEUE_URL: 'redis://queue:x@127.0.0.1:6380',
}

describe('the settings of a server', () => {
  it('come frozen, with defaults that suit a loopback start', () => {
    const config = readConfig({ ...needed, PORT: '4000' })
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      publicOrigins: ['http://localhost:4000', 'http://127.0.0.1:4000'],
      cookieSecure: false,
      redisBoardAdminUrl: needed.REDIS_BOARD_URL,
      travel: { url: null, matrixFile: null, placesMax: 100, timeoutMs: 3_000 },
    })
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.publicOrigins)).toBe(true)
  })

  it('keep cookies to https as soon as one page is served over it', () => {
    expect(readConfig({ ...needed, PUBLIC_ORIGINS: 'https://a.example' }).cookieSecure).toBe(true)
    expect(
      readConfig({ ...needed, PUBLIC_ORIGINS: 'https://a.example,http://localhost:1' }).cookieSecure,
    ).toBe(true)
  })

  it('count an empty value as absent', () => {
    expect(readConfig({ ...needed, TRAVEL_URL: '', LOG_LEVEL: ' ' })).toMatchObject({
      travel: { url: null },
      logLevel: 'info',
    })
  })

  it.each([
    ['DATABASE_URL', ''],
    ['DATABASE_URL', 'mysql://x'],
    ['REDIS_BOARD_URL', '127.0.0.1:6379'],
    ['REDIS_BOARD_ADMIN_URL', 'http://x'],
    ['PORT', '65536'],
    ['PORT', '1e3'],
    ['PUBLIC_ORIGINS', 'https://a.example/'],
    ['PUBLIC_ORIGINS', 'a.example'],
    ['COOKIE_SECURE', 'yes'],
    ['LOG_LEVEL', 'loud'],
    ['SHUTDOWN_GRACE_MS', '-1'],
    ['TRAVEL_URL', 'ftp://x'],
    ['TRAVEL_PLACES_PER_REQUEST', '3'],
    ['TRAVEL_TIMEOUT_MS', '0'],
    ['SESSION_HOURS', '0'],
  ])('stop the start when %s is "%s", naming it', (variable, value) => {
    const read = () => readConfig({ ...needed, [variable]: value })
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(`${variable} must be `)
  })

  it('take travel times from one source, not from two', () => {
    const read = () => readConfig({ ...needed, TRAVEL_URL: 'http://osrm', TRAVEL_MATRIX: 'roads.json' })
    expect(read).toThrow('TRAVEL_MATRIX must be left out where TRAVEL_URL is given')
  })

  it('never repeat a bad value, which may be a secret', () => {
    expect(() => readConfig({ ...needed, DATABASE_URL: 'oops://user:hunter2@host' })).toThrow(
      /^(?!.*hunter2)/,
    )
  })
})

describe('the settings of a start and of a migration', () => {
  it('let given services win and know none otherwise', () => {
    expect(readGivenServices({})).toMatchObject({
      databaseUrl: null,
      redisBoardUrl: null,
      redisQueueUrl: null,
    })
    expect(readGivenServices(needed)).toMatchObject({
      databaseUrl: needed.DATABASE_URL,
      redisBoardUrl: needed.REDIS_BOARD_URL,
      redisQueueUrl: needed.REDIS_QUEUE_URL,
    })
  })

  it('want a first administrator only with a first company', () => {
    const owner = { OWNER_DATABASE_URL: 'postgresql://o:x@h/d', APP_DATABASE_PASSWORD: 'sixteen characters' }
    expect(readMigrationConfig(owner)).toMatchObject({ first: null, seed: null })
    expect(() => readMigrationConfig({ ...owner, FIRST_COMPANY: 'acme' })).toThrow(
      'FIRST_ADMINISTRATOR must be',
    )
    expect(() => readMigrationConfig({ ...owner, APP_DATABASE_PASSWORD: 'short' })).toThrow(
      'APP_DATABASE_PASSWORD',
    )
    expect(() => readMigrationConfig({ ...owner, SEED_DEMO: 'rain' })).toThrow('SEED_DEMO')
  })
})
