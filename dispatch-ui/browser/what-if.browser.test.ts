/**
 * A dispatcher asks what would happen without a technician, looks, and puts it on the board. A colleague sees what was
 * accepted, and what is being tried if he looks at it too.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyOf } from '../../server/operate/client.ts'
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

const moveOf = (page: Page, id: string) => page.locator(`#details [data-move="${id}"]`)
const technician = async (id: string): Promise<{ name: string; absences: readonly { reason: string }[] }> =>
  bodyOf('reading a technician', await city.dispatcher.get(`/technicians/${id}`))

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
    // Who was assumed away is on record, and the summary says so.
    const { name, absences } = await technician('city-t1')
    await dana
      .locator('[data-card=merge]')
      .getByText(t('whatif.recorded', { who: name }))
      .waitFor(SOON)
    expect(absences).toMatchObject([{ reason: t('whatif.reason') }])
  })

  it('two who look at one see what the other tries, without reading anything anew', async () => {
    const [left, kept] = [
      await makeJob(city, { description: 'Bench broken', activity: at(5, 2) }),
      await makeJob(city, { description: 'Sign bent', activity: at(5, 3) }),
    ]
    for (const job of [left, kept]) await comesToShow(dana, job.id, { technicianId: 'city-t5' })
    await ask('city-t5')
    for (const job of [left, kept]) await moveOf(dana, job.id).waitFor(SOON)
    await dirk.getByRole('button', { name: t('top.whatif') }).click()
    await dirk.locator('[data-card=whatif] [data-fork]').first().click()
    for (const job of [left, kept]) await moveOf(dirk, job.id).waitFor(SOON)
    await dirk.evaluate(() => document.body.setAttribute('data-same-page', ''))

    await moveOf(dana, left.id)
      .getByRole('button', { name: t('whatif.putBack') })
      .click()
    await moveOf(dirk, left.id).waitFor({ state: 'detached', ...SOON })
    await moveOf(dana, left.id).waitFor({ state: 'detached', ...SOON })
    expect(await moveOf(dirk, kept.id).count()).toBe(1)
    // The other decides, and leaves the record of who was only thought away alone.
    await dirk.locator('#details .absence input').uncheck()
    await dirk.locator('#details .acts .change').click()
    await expect.poll(async () => (await readJob(city, kept.id)).technicianId, SOON).not.toBe('city-t5')
    await moveOf(dana, kept.id).waitFor({ state: 'hidden', ...SOON })
    await dana
      .locator('[data-card=message]')
      .getByText(/put this what-if/)
      .waitFor(SOON)
    expect(await readJob(city, left.id)).toMatchObject({ technicianId: 'city-t5', version: left.version })
    expect((await technician('city-t5')).absences).toEqual([])
    expect(await dirk.locator('body[data-same-page]').count()).toBe(1)
    expect(city.faults).toEqual([])
  })
})
