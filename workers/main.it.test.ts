/** Worker processes as they really run: killed in the middle of their work, with two of them and a real queue. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActivityView } from '../server/contract/activity.ts'
import type { ImportView } from '../server/contract/imports.ts'
import type { OrderView } from '../server/contract/order.ts'
import type { OptimisationView } from '../server/contract/planning.ts'
import { bodyOf, type Client, signIn } from '../server/operate/client.ts'
import { startSystem, type TestSystem } from '../server/operate/test-system.ts'

let system: TestSystem
let client: Client
let database: pg.Client

beforeAll(async () => {
  system = await startSystem({ workers: 2 })
  client = await signIn(system.urls, {
    company: 'city',
    email: 'manager@city.example',
    password: 'callboard-demo',
  })
  database = new pg.Client({ connectionString: system.databaseUrl })
  await database.connect()
})
afterAll(async () => {
  await database?.end()
  await system?.stop()
})

async function until<T>(look: () => Promise<T | null>, withinMs: number): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms; ${system.said()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const killWorkers = (): void => {
  for (const pid of system.pidsNow().worker) process.kill(pid, 'SIGKILL')
}

describe('a killed worker', () => {
  it('leaves a run that another finishes, with one proposal', async () => {
    for (let i = 0; i < 5; i++) {
      const order = bodyOf<OrderView>(
        'an order',
        await client.send('POST', '/orders', {
          body: { description: `Lamp ${i}`, customerId: 'city-residents' },
        }),
      )
      bodyOf<ActivityView>(
        'an activity',
        await client.send('POST', '/activities', { body: { orderId: order.id, boardId: 'city-board' } }),
      )
    }
    const asked = bodyOf<OptimisationView>(
      'a run',
      await client.send('POST', '/boards/city-board/optimisations', { body: { budgetMs: 4_000 } }),
    )
    const look = async (): Promise<OptimisationView> =>
      bodyOf<OptimisationView>('a run', await client.get(`/optimisations/${asked.id}`))
    await until(async () => ((await look()).status === 'running' ? true : null), 15_000)
    killWorkers()
    const ended = await until(async () => {
      const view = await look()
      return view.status === 'queued' || view.status === 'running' ? null : view
    }, 60_000)
    expect(ended.status).toBe('done')
    const { rows } = await database.query<{ attempts: number; proposals: number }>(
      `SELECT attempts, (SELECT count(*)::integer FROM proposal WHERE optimisation_id = o.id) AS proposals
         FROM optimisation o WHERE id = $1`,
      [asked.id],
    )
    expect(rows[0]).toEqual({ attempts: 2, proposals: 1 })
  }, 120_000)

  it('leaves an import that another goes on with, row by row without a double', async () => {
    const columns =
      'case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_title,subject,reason,type,queue,department,location,neighborhood,location_street_name,location_zipcode,latitude,longitude,source'
    const rows = Array.from({ length: 3_000 }, (_, i) =>
      columns
        .split(',')
        .map(
          (name) =>
            ({ case_enquiry_id: `k${i}`, open_dt: '2011-08-26 12:00:00', type: 'Fallen Tree' })[name] ?? '',
        )
        .join(','),
    )
    const form = (): FormData => {
      const made = new FormData()
      made.set('kind', '311')
      made.set('file', new Blob([[columns, ...rows].join('\n')]), 'rows.csv')
      return made
    }
    const { id } = bodyOf<ImportView>('an import', await client.send('POST', '/imports', { form }))
    const look = async (): Promise<ImportView> =>
      bodyOf<ImportView>('an import', await client.get(`/imports/${id}`))
    await until(async () => ((await look()).read > 300 ? true : null), 30_000)
    killWorkers()
    const ended = await until(async () => {
      const view = await look()
      return view.status === 'queued' || view.status === 'running' ? null : view
    }, 90_000)
    expect(ended).toMatchObject({ status: 'done', read: 3_000, created: 3_000, unchanged: 0, refused: 0 })
    const counted = await database.query<{ n: number }>(
      "SELECT count(*)::integer AS n FROM service_order WHERE external_id LIKE 'k%'",
    )
    expect(counted.rows[0]?.n).toBe(3_000)
  }, 150_000)
})
