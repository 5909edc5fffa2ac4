/**
 * The other faces beside the desk's: the way in, the technician's phone, the wall; and what happens on each of them when
 * a person's text looks like a program.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActivityView } from '../../server/contract/activity.ts'
import { bodyOf, type Client } from '../../server/operate/client.ts'
import { t } from '../src/shell/text.ts'
import { cell, click } from './board-page.ts'
import {
  act,
  at,
  type City,
  credentials,
  isLive,
  makeJob,
  openCity,
  PHONE,
  readJob,
  SOON,
  visit,
} from './city.ts'

let city: City
/** Stays open from the first test to the last. */
let wall: Page
const count = (name: string) => wall.locator(`.figure.${name} b`).textContent()

beforeAll(async () => {
  city = await openCity()
})

afterAll(async () => city?.stop())

const make = async (who: Client, path: string, body: object): Promise<{ id: string }> =>
  bodyOf<{ id: string }>(`making ${path}`, await who.send('POST', path, { body }))

describe('the wall, first look', () => {
  it('counts a new promise as at risk by itself', async () => {
    const sla = await make(city.admin, '/slas', { code: '1M', description: 'One minute', minutes: 1 })
    const agreement = await make(city.admin, '/agreements', {
      code: 'AT-ONCE',
      groupId: 'city-standard',
      projectId: 'city-requests',
      startDate: '2020-01-01',
      slaId: sla.id,
    })
    wall = await visit(city, 'manager', { path: '/wall' })
    await expect.poll(() => count('risk'), SOON).toBe('0')
    expect(await count('broken')).toBe('0')
    const job = await makeJob(city, {
      description: 'Signal dark',
      order: { agreementId: agreement.id, projectId: 'city-requests' },
    })
    await expect.poll(() => count('risk'), SOON).toBe('1')
    await wall.locator(`#next [data-activity="${job.id}"]`).waitFor(SOON)
  })
})

describe('signing in', () => {
  it('refuses a wrong password at its field and leads the right one to the page of the role', async () => {
    const roles = [
      ['dispatcher', '/board'],
      ['tech1', '/technician'],
    ] as const
    for (const [who, home] of roles) {
      const context = await city.browser.newContext()
      const page = await context.newPage()
      const { company, email, password } = credentials(city.system, who)
      await page.goto(`${city.system.urls[0]}${home}`)
      await page.waitForURL('**/sign-in?**', SOON)
      await page.fill('#company', company)
      await page.fill('#email', email)
      await page.fill('#password', `${password}!`)
      await page.click('#act')
      await page.waitForSelector('#password[aria-invalid=true]', SOON)
      expect(await page.locator('#password-said').textContent()).toBe(t('sign.wrong'))
      expect(new URL(page.url()).pathname).toBe('/sign-in')
      await page.fill('#password', password)
      expect(await page.locator('#password').getAttribute('aria-invalid')).toBeNull()
      await page.click('#act')
      await page.waitForURL(`**${home}`, SOON)
      await isLive(page)
      await context.close()
    }
  })
})

describe('the technician’s phone', () => {
  it('gets a job by itself, and the dispatcher’s board shows each step that is tapped', async () => {
    const phone = await visit(city, 'tech2', { server: 1, path: '/technician', viewport: PHONE })
    const desk = await visit(city, 'dispatcher', { server: 0, path: '/board' })
    const job = await makeJob(city, { description: 'Street light out', activity: at(2, 0.5) })
    await cell(desk, job.id).waitFor({ state: 'attached', ...SOON })
    await click(desk, job.id)
    const details = desk.locator('#details')
    await details.waitFor(SOON)
    await act(city.dispatcher, job, 'dispatch', {})
    const band = phone.locator(`.new-job[data-activity="${job.id}"]`)
    await band.waitFor(SOON)
    await expect.poll(() => band.textContent(), SOON).toContain('Street light out')
    // The job's own page, which is there at every hour: near midnight the job may be tomorrow's.
    await band.locator('.offer').click()
    await phone.getByRole('button', { name: t('phone.accept'), exact: true }).click(SOON)
    await expect.poll(() => details.textContent(), SOON).toContain(t('field.accepted'))
    for (const step of ['travelling', 'onSite'] as const) {
      await phone.getByRole('button', { name: t(`act.${step}`) }).click(SOON)
      await expect.poll(() => details.textContent(), SOON).toContain(t(`field.${step}`))
    }
    await phone.getByRole('button', { name: t('act.done') }).click(SOON)
    await expect.poll(() => cell(desk, job.id).textContent(), SOON).toContain(t('state.closed'))
    expect(await readJob(city, job.id)).toMatchObject({ state: 'closed', fieldStatus: 'done' })
    await phone.context().close()
    await desk.context().close()
  })

  it('says which job was given to somebody else', async () => {
    const phone = await visit(city, 'tech3', { path: '/technician', viewport: PHONE })
    const job = await makeJob(city, { description: 'Missed bin', activity: at(3, 1) })
    const sent = await act(city.dispatcher, job, 'dispatch', {})
    const band = phone.locator(`.new-job[data-activity="${job.id}"]`)
    await band.waitFor(SOON)
    await act(city.dispatcher, sent, 'assign', { technicianId: 'city-t4' })
    await band.waitFor({ state: 'detached', ...SOON })
    const notice = phone.locator('.notice')
    await notice.waitFor(SOON)
    expect(await notice.textContent()).toContain('Missed bin')
    await phone.context().close()
  })
})

describe('text that looks like a program', () => {
  it('is shown as text on board, phone and wall, and runs nowhere', async () => {
    const evil = '<img src=x onerror="document.body.dataset.ran=1">'
    const job = await makeEvilJob(evil)
    const pages = await Promise.all([
      visit(city, 'dispatcher', { path: '/board' }),
      visit(city, 'tech9', { path: `/technician#job/${job.id}`, viewport: PHONE }),
      visit(city, 'manager', { path: '/wall' }),
    ])
    const [desk, phone, watch] = pages
    await cell(desk, job.id).waitFor({ state: 'attached', ...SOON })
    await click(desk, job.id)
    const places = [desk.locator('#details'), phone.locator('#page'), watch.locator('#page')]
    for (const place of places) await expect.poll(() => place.textContent(), SOON).toContain(evil)
    await desk.keyboard.press('p')
    await desk.locator('#found').waitFor(SOON)
    await act(city.colleague, await readJob(city, job.id), 'recall', {})
    await expect.poll(() => phone.locator('.notice').textContent(), SOON).toContain(evil)
    for (const page of pages) {
      expect(await page.locator('img').count()).toBe(0)
      expect(await page.evaluate(() => document.body.dataset.ran)).toBeUndefined()
    }
    expect(city.faults).toEqual([])
  })

  async function makeEvilJob(evil: string): Promise<ActivityView> {
    const type = await make(city.admin, '/activity-types', { code: evil.slice(0, 40), description: evil })
    const customer = await make(city.admin, '/customers', { name: evil })
    const project = await make(city.admin, '/projects', { name: evil, customerId: customer.id })
    const sla = await make(city.admin, '/slas', { code: 'X', description: evil, days: 2 })
    const group = await make(city.admin, '/agreement-groups', { code: 'X', description: evil })
    const agreement = await make(city.admin, '/agreements', {
      code: 'X',
      description: evil,
      projectId: project.id,
      groupId: group.id,
      startDate: '2020-01-01',
      slaId: sla.id,
    })
    const technician = bodyOf<{ version: number }>('reading', await city.admin.get('/technicians/city-t9'))
    bodyOf(
      'renaming a technician',
      await city.admin.send('PATCH', '/technicians/city-t9', {
        body: { name: evil, skills: [{ skill: evil, level: 3 }] },
        expectedVersion: technician.version,
      }),
    )
    const job = await makeJob(city, {
      description: evil,
      order: {
        externalId: evil,
        customerId: customer.id,
        projectId: project.id,
        agreementId: agreement.id,
        address: { name: evil, street: evil, zip: '<b>1</b>', city: evil, country: evil },
        lines: [{ transactionType: 'hour', description: evil, qty: 1 }],
      },
      activity: { ...at(9, 2), typeId: type.id, requiredSkills: [{ skill: evil, level: 1 }] },
    })
    return act(city.dispatcher, job, 'dispatch', {})
  }
})

describe('the wall, a minute later', () => {
  it('has moved that promise to the broken ones, by the time alone', async () => {
    await expect.poll(() => count('broken'), { timeout: 90_000 }).toBe('1')
    expect(await count('risk')).toBe('0')
    expect(city.faults).toEqual([])
  })
})
