/**
 * The planning policy in two windows at two servers: the manager sets it, the dispatcher sees it change, and neither
 * overwrites what the other has set.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyOf } from '../../server/operate/client.ts'
import { t } from '../src/shell/text.ts'
import { type City, openCity, SOON, visit } from './city.ts'

let city: City
let mara: Page
let dirk: Page

beforeAll(async () => {
  city = await openCity()
  mara = await visit(city, 'manager', { server: 0, path: '/board' })
  dirk = await visit(city, 'dispatcher', { server: 1, path: '/board' })
  for (const page of [mara, dirk]) {
    await page.locator('details.menu summary').click()
    await page.getByRole('button', { name: t('top.policy') }).click()
    await page.locator('.card.policy').waitFor(SOON)
  }
})

afterAll(async () => city?.stop())

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

  it('throws nothing in either window', () => {
    expect(city.faults).toEqual([])
  })
})
