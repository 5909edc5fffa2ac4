/**
 * A whole running city with real browsers at it: two servers, one Chromium, people signed in at the server of one's
 * choice. What a test needs to happen elsewhere happens over the HTTP API, as a colleague's work would.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import type { ActivityCreate, ActivityView } from '../../server/contract/activity.ts'
import type { OrderCreate, OrderView } from '../../server/contract/order.ts'
import { bodyOf, type Client, signIn } from '../../server/operate/client.ts'
import { findProgram, chromium as wantedChromium } from '../../server/operate/system-package.ts'
import { startSystem, type TestSystem } from '../../server/operate/test-system.ts'

/** Generous, because a test shares its machine; a condition that is met ends the wait at once. */
export const SOON = { timeout: 20_000 }
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

export type Person = 'manager' | 'dispatcher' | 'dispatcher2' | 'admin' | `tech${number}`

export type City = {
  readonly system: TestSystem
  readonly boardId: string
  readonly browser: Browser
  readonly dispatcher: Client
  readonly colleague: Client
  readonly admin: Client
  /** Errors that pages threw and refusals of the content policy: none may be left unexplained. */
  readonly faults: string[]
  stop(): Promise<void>
}

export async function openCity(environment: Readonly<Record<string, string>> = {}): Promise<City> {
  const system = await startSystem({ servers: 2, demo: 'none', environment })
  try {
    const browser = await openChromium()
    const [dispatcher, colleague, admin] = await Promise.all(
      (['dispatcher', 'dispatcher2', 'admin'] as const).map((who) =>
        signIn(system.urls, credentials(system, who)),
      ),
    )
    const [board] = system.boards
    if (!dispatcher || !colleague || !admin || !board) throw new Error('the city has a board and three desks')
    await openAroundTheClock(admin)
    return {
      system,
      boardId: board.id,
      browser,
      dispatcher,
      colleague,
      admin,
      faults: [],
      async stop() {
        await browser.close()
        await system.stop()
      },
    }
  } catch (error) {
    await system.stop()
    throw error
  }
}

export function openChromium(): Promise<Browser> {
  const executablePath = findProgram(wantedChromium.names)
  if (executablePath === null) throw new Error(wantedChromium.otherwise)
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
    ],
  })
}

/** Everybody's address follows one form, and demo companies have one password. */
export function credentials(system: TestSystem, who: Person) {
  const [known] = system.users
  if (!known) throw new Error('the demo company has users')
  const domain = known.email.split('@')[1]
  return { company: system.company, email: `${who}@${domain}`, password: known.password }
}

/** Tests run at night too: technicians who are always at work keep the hour out of what is tested. */
async function openAroundTheClock(admin: Client): Promise<void> {
  const { items } = bodyOf<{ items: { id: string; version: number }[] }>(
    'reading technicians',
    await admin.get('/technicians?limit=50'),
  )
  for (const { id, version } of items)
    bodyOf(
      'changing a calendar',
      await admin.send('PATCH', `/technicians/${id}`, {
        body: { calendarId: 'city-always' },
        expectedVersion: version,
      }),
    )
}

export type Visit = {
  /** Which of the city's servers the page is loaded from and stays with. */
  readonly server?: 0 | 1
  readonly path: string
  readonly viewport?: { readonly width: number; readonly height: number }
}

export const PHONE = { width: 390, height: 844 }

/** A page of one's own: no cookie is shared with another visit. */
export async function visit(city: City, who: Person, where: Visit): Promise<Page> {
  const url = city.system.urls[where.server ?? 0]
  const context = await city.browser.newContext({ viewport: where.viewport ?? { width: 1440, height: 900 } })
  await signInContext(context, `${url}/api/v1/sessions`, credentials(city.system, who))
  const page = await context.newPage()
  page.on('pageerror', (error) => city.faults.push(error.message))
  page.on('console', (said) => {
    if (/content security policy/i.test(said.text())) city.faults.push(said.text())
  })
  await page.goto(`${url}${where.path}`)
  await isLive(page)
  return page
}

async function signInContext(context: BrowserContext, url: string, data: object): Promise<void> {
  const answer = await context.request.post(url, { data })
  expect(answer.status(), await answer.text()).toBe(201)
}

export const isLive = (page: Page) =>
  page.waitForSelector('#live-state[data-state=live]', { timeout: 60_000 })

export type Wanted = {
  readonly description: string
  readonly order?: Partial<OrderCreate>
  readonly activity?: Partial<ActivityCreate>
}

/** An order and its activity, as the service desk makes them. */
export async function makeJob(city: City, wanted: Wanted): Promise<ActivityView> {
  const order = bodyOf<OrderView>(
    'making an order',
    await city.dispatcher.send('POST', '/orders', {
      body: {
        description: wanted.description,
        customerId: 'city-residents',
        address: { street: 'Mill Lane 4', city: 'Old Harbour', lat: 42.3, lon: -71.05 },
        ...wanted.order,
      },
    }),
  )
  return bodyOf<ActivityView>(
    'making an activity',
    await city.dispatcher.send('POST', '/activities', {
      body: { orderId: order.id, boardId: city.boardId, durationMinutes: 30, ...wanted.activity },
    }),
  )
}

/** Where and when a half-hour job lies; starts fall on quarter hours, which the board's steps can meet. */
export function at(technician: number, hoursFromNow: number): Place {
  const start = Math.round((Date.now() + hoursFromNow * HOUR) / (15 * MINUTE)) * 15 * MINUTE
  return {
    technicianId: `city-t${technician}`,
    start: new Date(start).toISOString(),
    end: new Date(start + 30 * MINUTE).toISOString(),
  }
}
export type Place = { readonly technicianId: string; readonly start: string; readonly end: string }

export async function readJob(city: City, id: string): Promise<ActivityView> {
  return bodyOf<ActivityView>('reading an activity', await city.dispatcher.get(`/activities/${id}`))
}

export async function act(who: Client, job: ActivityView, name: string, body: object): Promise<ActivityView> {
  return bodyOf<ActivityView>(
    `${name} ${job.number}`,
    await who.send('POST', `/activities/${job.id}/${name}`, { body, expectedVersion: job.version }),
  )
}
