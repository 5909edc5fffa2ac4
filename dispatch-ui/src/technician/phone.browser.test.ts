/**
 * The phone at a real desk: a dispatcher plans and sends over HTTP, the page in Chromium hears of it by itself, and the
 * technician's steps come back to the desk; with a conflict, and with the line cut in between.
 */
import pg from 'pg'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActivityView } from '../../../server/contract/activity.ts'
import { type Client, signIn } from '../../../server/operate/client.ts'
import { startSystem, type TestSystem } from '../../../server/operate/test-system.ts'
import { findChromium } from '../../bench/find-chromium.ts'

const MINUTE = 60_000
const WITHIN = { timeout: 20_000 }

let system: TestSystem
let browser: Browser
let desk: Client
let page: Page
let technicianId: string
const faults: string[] = []

const userOf = (role: string) => {
  const user = system.users.find((one) => one.role === role)
  if (!user) throw new Error(`the demo has no ${role}`)
  return { company: system.company, email: user.email, password: user.password }
}

/** Where it is about ten in the morning now: work of the next hours is work of today, whenever the test runs. */
function zoneInTheMorning(): string {
  const ahead = ((10 - new Date().getUTCHours() + 36) % 24) - 12
  // These names count westwards.
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}

async function liveIn(zone: string): Promise<void> {
  const database = new pg.Client({ connectionString: system.databaseUrl, connectionTimeoutMillis: 10_000 })
  await database.connect()
  try {
    const { rowCount } = await database.query('update company set time_zone = $1 where code = $2', [
      zone,
      system.company,
    ])
    expect(rowCount).toBe(1)
  } finally {
    await database.end()
  }
}

beforeAll(async () => {
  system = await startSystem({ demo: 'none' })
  await liveIn(zoneInTheMorning())
  browser = await chromium.launch({
    executablePath: findChromium(process.env.PATH ?? ''),
    args: ['--no-sandbox'],
  })
  desk = await signIn(system.urls, userOf('dispatcher'))
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true })
  page = await context.newPage()
  page.on('pageerror', (error) => faults.push(error.message))
  const who = userOf('technician')
  await page.goto(`${system.urls[0]}/sign-in?next=/wall`)
  await page.fill('#company', who.company)
  await page.fill('#email', who.email)
  await page.fill('#password', 'not the password')
  await page.click('#act')
  await page.waitForSelector('#password[aria-invalid=true]', WITHIN)
  await page.fill('#password', who.password)
  await page.click('#act')
  await page.waitForURL('**/technician', WITHIN)
  await page.waitForSelector('#live-state[data-state=live]', WITHIN)
  technicianId = (await signIn(system.urls, who)).user.technicianId ?? ''
})

afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

type Planned = { readonly description: string; readonly fromNow: number; readonly minutes?: number }

/** An order with one activity, planned for the technician of the phone and sent. */
async function send(job: Planned): Promise<ActivityView> {
  const start = Date.now() + job.fromNow * MINUTE
  const customers = await desk.get('/customers?limit=1')
  const [customer] = (customers.body as { items: { id: string }[] }).items
  const order = await made('/orders', {
    description: job.description,
    customerId: customer?.id,
    address: { street: 'Blue Hill Ave 1431', city: 'Mattapan', lat: 42.28, lon: -71.09 },
  })
  const activity = await made('/activities', {
    orderId: order.id,
    boardId: system.boards[0]?.id,
    durationMinutes: 40,
  })
  const assigned = await act(activity, 'assign', {
    technicianId,
    start: new Date(start).toISOString(),
    end: new Date(start + (job.minutes ?? 40) * MINUTE).toISOString(),
  })
  return act(assigned, 'dispatch', {})
}

async function made(path: string, body: unknown): Promise<ActivityView> {
  const answer = await desk.send('POST', path, { body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body as ActivityView
}

async function act(activity: ActivityView, name: string, body: object): Promise<ActivityView> {
  const answer = await desk.send('POST', `/activities/${activity.id}/${name}`, {
    body: { ...body, expectedVersion: activity.version },
  })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as ActivityView
}

async function atDesk(id: string): Promise<ActivityView> {
  return (await desk.get(`/activities/${id}`)).body as ActivityView
}
const statusAtDesk = (id: string, status: string) =>
  expect.poll(async () => (await atDesk(id)).fieldStatus, WITHIN).toBe(status)

describe('the technician’s phone', () => {
  it('shows a new job by itself, in the blue band, with the day’s other visit it meets', async () => {
    await send({ description: 'Street light out', fromNow: 30 })
    await page.waitForSelector('.new-job', WITHIN)
    await page.click('.new-job .main')
    await page.waitForSelector('.new-job', { state: 'detached', ...WITHIN })
    await send({ description: 'Tree emergency', fromNow: 10 })
    const band = page.locator('.new-job')
    await band.waitFor(WITHIN)
    await expect.poll(() => band.textContent(), WITHIN).toContain('Tree emergency')
    expect(await band.textContent()).toMatch(/Blue Hill Ave 1431, Mattapan[\s\S]*meets your \d\d:\d\d visit/)
    await expect.poll(() => page.locator('#spoken').textContent(), WITHIN).toContain('Tree emergency')
  })

  it('takes a job from accepting to done, and the desk has every step', async () => {
    const id = (await page.locator('.new-job').getAttribute('data-activity')) ?? ''
    await page.click('.new-job .offer')
    await page.click('.job-foot .main')
    await statusAtDesk(id, 'accepted')
    for (const [label, status] of [
      ['I am on my way', 'travelling'],
      ['I am on site', 'onSite'],
      ['Done here', 'done'],
    ] as const) {
      await page.getByRole('button', { name: label }).click(WITHIN)
      await statusAtDesk(id, status)
    }
    expect((await atDesk(id)).state).toBe('closed')
    await page.waitForSelector(`.stop.done[data-activity="${id}"]`, WITHIN)
    await page.goto(`${system.urls[0]}/technician#kept`)
    await expect.poll(() => page.locator('.entries .where.desk').count(), WITHIN).toBe(5)
  })

  it('shows what changed when a decision came too late, and takes it the second time', async () => {
    await page.goto(`${system.urls[0]}/technician#`)
    const sent = await send({ description: 'Pothole', fromNow: 90 })
    await page.waitForSelector(`.new-job[data-activity="${sent.id}"]`, WITHIN)
    let moved = sent
    // The tap is on its way while the desk moves the job: exactly the race that must not be lost in silence.
    await page.route(
      '**/field-status',
      async (route) => {
        moved = await act(sent, 'reschedule', {
          start: new Date(Date.now() + 150 * MINUTE).toISOString(),
          end: new Date(Date.now() + 190 * MINUTE).toISOString(),
        })
        await route.continue()
      },
      { times: 1 },
    )
    await page.click('.new-job .main')
    const notice = page.locator('.notice.back')
    await expect
      .poll(() => notice.textContent(WITHIN), WITHIN)
      .toMatch(/Not taken: Accepted, Pothole[\s\S]*Start is \d\d:\d\d, was \d\d:\d\d/)
    expect((await atDesk(sent.id)).fieldStatus).toBe(moved.fieldStatus)
    await notice.getByRole('button').click()
    await page.click('.new-job .main')
    await statusAtDesk(sent.id, 'accepted')
  })

  it('keeps an entry made without signal, says so, and sends it once when the line is back', async () => {
    const sent = await send({ description: 'Blocked drain', fromNow: 240 })
    await page.waitForSelector(`.new-job[data-activity="${sent.id}"]`, WITHIN)
    await page.context().setOffline(true)
    await page.waitForSelector('#live-state[data-state=offline]', WITHIN)
    await page.click('.new-job .main')
    await page.waitForSelector(`[data-activity="${sent.id}"] .where:is(.kept, .sending)`, WITHIN)
    expect((await atDesk(sent.id)).fieldStatus).toBe('none')
    await page.context().setOffline(false)
    await statusAtDesk(sent.id, 'accepted')
    expect((await atDesk(sent.id)).version).toBe(sent.version + 1)
    await page.waitForSelector('#live-state[data-state=live]', WITHIN)
  })

  it('drops a job that the desk took back, and says so', async () => {
    const sent = await send({ description: 'Missed bin', fromNow: 300 })
    // A phone can name only what it has heard: the job may come a moment before its order, and the desk is quick here.
    const band = page.locator(`.new-job[data-activity="${sent.id}"]`)
    await expect.poll(() => band.textContent(WITHIN), WITHIN).toContain('Missed bin')
    await act(await atDesk(sent.id), 'recall', {})
    await page.waitForSelector(`[data-activity="${sent.id}"]`, { state: 'detached', ...WITHIN })
    await expect.poll(() => page.locator('.notice').textContent(), WITHIN).toContain('Missed bin')
  })

  it('has nothing to touch that is smaller than a finger, and no fault on the way', async () => {
    for (const hash of ['', '#days', '#kept', '#me']) {
      await page.goto(`${system.urls[0]}/technician${hash}`)
      await page.waitForSelector('.tabs', WITHIN)
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, a')]
          .map((one) => ({ text: one.textContent, height: one.getBoundingClientRect().height }))
          .filter((one) => one.height < 44),
      )
      expect(small).toEqual([])
    }
    expect(faults).toEqual([])
  })
})
