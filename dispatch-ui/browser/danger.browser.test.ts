/** How likely a promise is missed, what that comes from and whom to send instead: at the desk and on the wall. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ActivityView } from '../../server/contract/activity.ts'
import { bodyOf } from '../../server/operate/client.ts'
import { cell, click } from './board-page.ts'
import { act, type City, MINUTE, makeJob, openCity, SOON, visit } from './city.ts'

let city: City
let next: ActivityView

/** One technician is at work for an hour; the job behind it has two hours from now, and little to spare. */
beforeAll(async () => {
  city = await openCity()
  const make = async (path: string, body: object): Promise<{ id: string }> =>
    bodyOf<{ id: string }>(`making ${path}`, await city.admin.send('POST', path, { body }))
  const sla = await make('/slas', { code: '2H', description: 'Two hours', hours: 2 })
  const agreement = await make('/agreements', {
    code: 'QUICK',
    groupId: 'city-standard',
    projectId: 'city-requests',
    startDate: '2020-01-01',
    slaId: sla.id,
  })
  const at = (minutes: number): string => new Date(Date.now() + minutes * MINUTE).toISOString()
  let present = await makeJob(city, {
    description: 'Burst main',
    activity: { durationMinutes: 60, technicianId: 'city-t1', start: at(0), end: at(60) },
  })
  present = await act(city.dispatcher, present, 'dispatch', {})
  await act(city.dispatcher, present, 'field-status', { fieldStatus: 'onSite' })
  next = await makeJob(city, {
    description: 'Signal dark',
    order: { agreementId: agreement.id, projectId: 'city-requests' },
    activity: { durationMinutes: 40, technicianId: 'city-t1', start: at(65), end: at(105) },
  })
})
afterAll(() => city?.stop())

it('the desk names the job that the danger comes from, and whom to send instead', async () => {
  const page = await visit(city, 'dispatcher', { path: '/board' })
  await cell(page, next.id)
    .first()
    .waitFor({ state: 'attached', ...SOON })
  await click(page, next.id)
  const details = page.locator('#details')
  await details.locator('.chance b').waitFor(SOON)
  expect(await details.locator('.chance b').textContent()).toMatch(/^[1-9]\d? %$/)
  await expect
    .poll(() => details.locator('.driver').textContent(), SOON)
    .toMatch(/Driver: .+’s “Burst main, Old Harbour” may run over/)
  const better = details.locator('.better')
  await better.waitFor(SOON)
  expect(await better.textContent()).toMatch(/^Send .+: \d %Place$/)
})

it('the wall says it beside what is planned', async () => {
  const wall = await visit(city, 'manager', { path: '/wall' })
  const row = wall.locator(`#next [data-activity="${next.id}"] .danger`)
  await row.waitFor({ timeout: 40_000 })
  expect(await row.textContent()).toMatch(
    /^[1-9]\d? % likely missed\. Driver: .+’s “Burst main, Old Harbour” may run over$/,
  )
  expect(city.faults).toEqual([])
})
