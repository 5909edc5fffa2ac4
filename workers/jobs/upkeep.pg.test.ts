import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seed } from '../../server/operate/demo/seed.ts'
import { freshDatabase, type TestDatabase } from '../../server/operate/test-database.ts'

let database: TestDatabase
let owner: pg.Client
let app: pg.Client

beforeAll(async () => {
  database = await freshDatabase()
  await seed(database.ownerUrl, { demo: 'none' })
  owner = new pg.Client({ connectionString: database.ownerUrl })
  app = new pg.Client({ connectionString: database.appUrl })
  await Promise.all([owner.connect(), app.connect()])
})
afterAll(async () => {
  await Promise.all([owner.end(), app.end()])
  await database.drop()
})

describe('upkeep', () => {
  it('lets old repairs go but the newest of each board, and keeps what a person asked for', async () => {
    await owner.query(
      `INSERT INTO optimisation (company_id, id, board_id, kind, mode, request, status, base_seq, created_at, finished_at)
         VALUES ('city', 'old', 'city-board', 'repair', 'apply', '{}', 'done', 1, now() - interval '5 days', now() - interval '5 days'),
                ('city', 'newest', 'city-board', 'repair', 'apply', '{}', 'done', 2, now() - interval '4 days', now() - interval '4 days'),
                ('city', 'asked', 'city-board', 'optimise', 'propose', '{}', 'done', 2, now() - interval '4 days', now() - interval '4 days')`,
    )
    await app.query('SELECT maintain()')
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM optimisation ORDER BY id')
    expect(rows.map((row) => row.id)).toEqual(['asked', 'newest'])
  })

  it('empties a file a month after it was read, and keeps its counts', async () => {
    await owner.query(
      `INSERT INTO import (company_id, id, kind, board_id, status, file_name, file, read, finished_at)
         VALUES ('city', 'i', '311', 'city-board', 'done', 'f', 'bytes', 7, now() - interval '31 days')`,
    )
    await app.query('SELECT maintain()')
    const { rows } = await owner.query('SELECT read, length(file) AS bytes FROM import')
    expect(rows).toEqual([{ read: 7, bytes: 0 }])
  })
})
