/**
 * Postgres and Redis of one test file of the live path, started before its first test and gone after its last.
 *
 * The surprising rule: importing this is what starts them; the names below hold nothing before.
 */
import { Redis } from 'ioredis'
import type pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { freshDatabase, openOwner, type TestDatabase } from '../test-database.ts'
import { freshRedis, type TestRedis } from '../test-redis.ts'

export let database: TestDatabase
export let redis: TestRedis
export let admin: Redis
export let owner: pg.Pool

beforeAll(async () => {
  ;[database, redis] = await Promise.all([freshDatabase(), freshRedis()])
  admin = new Redis(redis.boardAdminUrl)
  admin.on('error', () => undefined)
  owner = openOwner(database.ownerUrl)
  owner.on('error', () => undefined)
})
afterAll(async () => {
  admin.disconnect()
  await owner.end()
  await redis.stop()
  await database.drop()
})
