/** A dispatcher asks what would happen without a technician, looks, and puts it on the board; a colleague sees only what was accepted. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { t } from '../src/shell/text.ts'
import { comesToShow } from './board-page.ts'
import { at, type City, makeJob, openCity, readJob, SOON, visit } from './city.ts'

let city: City
let dana: Page
let dirk: Page

beforeAll(async () => {
  city = await openCity()
  dana = await visit(city, 'dispatcher', { server: 0, path: '/board' })
  dirk = await visit(city, 'dispatcher2', { server: 1, path: '/board' })
})
afterAll(async () => city?.stop())

const ask = async (who: string): Promise<void> => {
  await dana.getByRole('button', { name: t('top.whatif') }).click()
  const card = dana.locator('[data-card=whatif]')
  await card.locator('select').first().selectOption(who)
  await card.locator('select').last().selectOption('week')
  await card.getByRole('button', { name: t('whatif.go') }).click()
  await card.waitFor({ state: 'detached', ...SOON })
}

describe('a what-if on the board', () => {
  it('shows what would move and moves nothing, and what is accepted is on both boards', async () => {
    const job = await makeJob(city, { description: 'Street light out', activity: at(1, 2) })
    await comesToShow(dana, job.id, { technicianId: 'city-t1' })
    await ask('city-t1')
    const panel = dana.locator('#details')
    const move = panel.locator(`[data-move="${job.id}"]`)
    await move.waitFor(SOON)
    expect(await panel.locator('.kicker').textContent()).toContain(
      t('whatif.kicker', { who: '' }).slice(0, 7),
    )
    // Only looked at: the job is where it was, for everybody.
    expect(await readJob(city, job.id)).toMatchObject({ technicianId: 'city-t1', version: job.version })
    await panel.locator('.acts .change').click()
    await expect.poll(async () => (await readJob(city, job.id)).technicianId, SOON).not.toBe('city-t1')
    const { technicianId, version } = await readJob(city, job.id)
    if (technicianId === null) throw new Error('it was given to somebody else')
    await comesToShow(dana, job.id, { technicianId, version })
    await comesToShow(dirk, job.id, { technicianId, version })
  })
})
