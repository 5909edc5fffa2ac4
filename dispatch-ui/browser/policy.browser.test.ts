/**
 * The planning policy in two windows at two servers: the manager sets it, the dispatcher sees it change, and neither
 * overwrites what the other has set.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTableServer, type TableServer } from '../../server/adapters/travel/table-server.ts'
import { bodyOf } from '../../server/operate/client.ts'
import { t } from '../src/shell/text.ts'
import { type City, makeJob, openCity, SOON, visit } from './city.ts'

let city: City
let roads: TableServer
let mara: Page
let dirk: Page

beforeAll(async () => {
  roads = await startTableServer()
  city = await openCity({ TRAVEL_URL: roads.url })
  mara = await visit(city, 'manager', { server: 0, path: '/board' })
  dirk = await visit(city, 'dispatcher', { server: 1, path: '/board' })
  for (const page of [mara, dirk]) {
    await page.locator('details.menu summary').click()
    await page.getByRole('button', { name: t('top.policy') }).click()
    await page.locator('.card.policy').waitFor(SOON)
  }
})

afterAll(async () => {
  await city?.stop()
  await roads?.close()
})

const field = (page: Page, name: string) => page.locator(`.card.policy [data-field="${name}"]`)
const comesToHold = (page: Page, name: string) => expect.poll(() => field(page, name).inputValue(), SOON)
type Settings = { version: number; policyVersion: number; policy: Record<string, unknown> }
const stored = async (): Promise<Settings> =>
  bodyOf('reading the board', await city.admin.get(`/boards/${city.boardId}/settings`))

describe('the planning policy', () => {
  it('is set by the manager, counts for everybody at once, and is told with its author', async () => {
    expect(await field(dirk, 'churnBudget').isDisabled()).toBe(true)
    expect(await dirk.locator('.card.policy .acts').count()).toBe(0)
    await field(mara, 'churnBudget').fill('3')
    await field(mara, 'weights.fairness').fill('2')
    await field(mara, 'autoRepair').check()
    await mara.getByRole('button', { name: t('policy.save') }).click()

    await comesToHold(dirk, 'churnBudget').toBe('3')
    await comesToHold(dirk, 'weights.fairness').toBe('2')
    expect(await field(dirk, 'autoRepair').isChecked()).toBe(true)
    const line = dirk.locator('.card.policy li').first()
    await expect.poll(() => line.textContent(), SOON).toContain(`${t('policy.churnBudget')} 5 → 3`)
    expect((await stored()).policy).toEqual({ churnBudget: 3, autoRepair: true, weights: { fairness: 2 } })
  })

  it('keeps what is being typed when somebody else is quicker, and is saved on top of theirs', async () => {
    await field(mara, 'freezeMinutes').fill('25')
    const seen = await stored()
    bodyOf(
      'setting the policy',
      await city.admin.send('PATCH', `/boards/${city.boardId}`, {
        body: { policy: { ...seen.policy, holdMinutes: 45 } },
        expectedVersion: seen.version,
      }),
    )
    await comesToHold(mara, 'holdMinutes').toBe('45')
    expect(await field(mara, 'freezeMinutes').inputValue()).toBe('25')
    await expect
      .poll(() => mara.locator('.card.policy .said').textContent(), SOON)
      .toBe(t('policy.meanwhile'))
    await mara.getByRole('button', { name: t('policy.save') }).click()
    await comesToHold(dirk, 'freezeMinutes').toBe('25')
    expect((await stored()).policy).toMatchObject({ holdMinutes: 45, freezeMinutes: 25, churnBudget: 3 })
  })

  it('cannot be saved while a number is out of bounds', async () => {
    await field(mara, 'roadFactor').fill('9')
    expect(await mara.getByRole('button', { name: t('policy.save') }).isDisabled()).toBe(true)
    await field(mara, 'roadFactor').fill('1.5')
    expect(await mara.getByRole('button', { name: t('policy.save') }).isDisabled()).toBe(false)
  })

  it('is told where travel times come from: by whoever plans while the travel service is silent', async () => {
    const ask = async (): Promise<void> => {
      bodyOf(
        'asking for a plan',
        await city.dispatcher.send('POST', `/boards/${city.boardId}/optimisations`, {
          body: { budgetMs: 50 },
        }),
      )
    }
    await makeJob(city, { description: 'Leaking main' })
    await ask()
    await expect.poll(() => roads.requests.length, SOON).toBeGreaterThan(0)
    expect(await dirk.locator('[data-card=travel]').count()).toBe(0)

    roads.mischief = (_asked, answer) => {
      answer.writeHead(500).end()
      return true
    }
    // A place that nobody has asked about yet.
    await makeJob(city, {
      description: 'Fallen tree',
      order: { address: { street: 'Hill 1', city: 'Old Harbour', lat: 42.31, lon: -71.06 } },
    })
    await expect
      .poll(
        async () => {
          // A run may be under way still: then that one will say it.
          await ask().catch(() => undefined)
          return dirk
            .locator('[data-card=travel]')
            .textContent()
            .catch(() => null)
        },
        { ...SOON, interval: 2_000 },
      )
      .toContain('because the travel service did not answer: it answered 500')
    expect(await mara.locator('[data-card=travel]').count()).toBe(1)
    const metrics = await (await fetch(`${city.system.urls[1]}/metrics`)).text()
    expect(metrics).toMatch(/callboard_live_notices_total\{kind="travel-fallback"\} [1-9]/)
  })

  it('throws nothing in either window', () => {
    expect(city.faults).toEqual([])
  })
})
