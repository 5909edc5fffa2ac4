import { afterAll, beforeAll, expect, it } from 'vitest'
import { seed } from '../../operate/demo/seed.ts'
import { freshDatabase, type TestDatabase } from '../../operate/test-database.ts'
import type { Account } from '../../ports/sessions.ts'
import { idMaker } from '../ids.ts'
import { createPools, type Pools } from './pools.ts'
import { closedSeconds, createSessions } from './sessions.ts'

let database: TestDatabase
let servers: Pools[]
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  const seeded = await seed(database.ownerUrl, { demo: 'none' })
  servers = Array.from({ length: 3 }, () => createPools(database.appUrl, () => undefined))
  const [pools] = servers
  if (!pools) throw new Error('there are three')
  const found = await createSessions(pools, idMaker()).lookUp(seeded.company, seeded.users[0]?.email ?? '')
  if (!found) throw new Error('the demo user is not there')
  account = found
})
afterAll(async () => {
  await Promise.all(servers.map((pools) => pools.end()))
  await database.drop()
})

it('counts attempts on one account one after the other, whichever server they reach', async () => {
  const stores = servers.map((pools) => createSessions(pools, idMaker()))
  const waits = await Promise.all(
    Array.from({ length: 60 }, (_, i) => stores[i % stores.length]?.countAttempt(account)),
  )
  expect(waits.filter((wait) => wait === 0)).toHaveLength(8)
})

it('never lets more than ten attempts into one minute', () => {
  let attempts = 0
  for (let second = 0; second < 60; ) {
    attempts++
    second += closedSeconds(attempts)
    if (attempts > 100) break
  }
  expect(attempts).toBeLessThanOrEqual(11)
  expect(closedSeconds(40)).toBe(900)
})

it('looks a company up by code or name, in any case, and an e-mail in any case', async () => {
  const [pools] = servers
  if (!pools) throw new Error('there are three')
  const store = createSessions(pools, idMaker())
  expect(await store.lookUp('CITY', 'MANAGER@city.example')).toEqual(account)
  expect(await store.lookUp('city%', 'manager@city.example')).toBeNull()
})
