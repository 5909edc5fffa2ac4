/**
 * Two dispatchers, each with a real browser at a server of their own, on one board: what one does the other sees, what
 * both do at once is a question and never a loss, and a server that dies takes nothing with it.
 */

import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActivityView } from '../../server/contract/activity.ts'
import type { BoardSnapshot } from '../../server/contract/board.ts'
import { bodyOf } from '../../server/operate/client.ts'
import { t } from '../src/shell/text.ts'
import { card, cell, comesToShow, drag, dragFromQueue, drop, grab, queued, shown } from './board-page.ts'
import { act, at, type City, isLive, makeJob, openCity, type Place, readJob, SOON, visit } from './city.ts'

let city: City
let dana: Page
let dirk: Page

beforeAll(async () => {
  city = await openCity()
  dana = await visit(city, 'dispatcher', { server: 0, path: '/board' })
  dirk = await visit(city, 'dispatcher2', { server: 1, path: '/board' })
})

afterAll(async () => city?.stop())

const placed = (description: string, place: Place): Promise<ActivityView> =>
  makeJob(city, { description, activity: place })

describe('two dispatchers on two servers', () => {
  it('both see a new job in the queue, and where the first drops it with the mouse', async () => {
    await dirk.evaluate(() => document.body.setAttribute('data-opened', 'once'))
    const job = await makeJob(city, { description: 'Street light out' })
    await queued(dana, job.id).waitFor(SOON)
    await queued(dirk, job.id).waitFor(SOON)
    const place = at(3, 2)
    await dragFromQueue(dana, job.id, place)

    const { technicianId, start } = place
    await comesToShow(dana, job.id, { technicianId, start })
    await comesToShow(dirk, job.id, { technicianId, start })
    const saved = await readJob(city, job.id)
    expect(saved).toMatchObject({ ...place, version: job.version + 1 })
    expect((await shown(dana, job.id))?.version).toBe(saved.version)
    expect((await shown(dirk, job.id))?.version).toBe(saved.version)
    await queued(dirk, job.id).waitFor({ state: 'detached', ...SOON })
    expect(await dirk.getAttribute('body', 'data-opened')).toBe('once')
  })

  it('a drop on what a colleague has moved meanwhile overwrites nothing and names the colleague', async () => {
    const job = await placed('Blocked drain', at(1, 1))
    await comesToShow(dana, job.id, { technicianId: 'city-t1' })
    await comesToShow(dirk, job.id, { technicianId: 'city-t1' })
    await grab(dana, job.id)
    const theirs = at(4, 3)
    await drag(dirk, job.id, theirs)
    // The change has reached the page while the bar hangs on the mouse: still it is not what was taken hold of.
    await comesToShow(dana, job.id, { technicianId: theirs.technicianId, start: theirs.start })
    await drop(dana, at(2, 2))

    await card(dana).waitFor(SOON)
    expect(await card(dana).textContent()).toContain('Dirk Marsh')
    const standing = await readJob(city, job.id)
    expect(standing).toMatchObject({ ...theirs, version: job.version + 1 })
    await card(dana)
      .getByRole('button', { name: t('conflict.take', { name: 'Dirk' }) })
      .click()
    await card(dana).waitFor({ state: 'detached', ...SOON })
    await comesToShow(dana, job.id, { technicianId: theirs.technicianId, version: standing.version })
    expect(await readJob(city, job.id)).toEqual(standing)
  })

  it('keeping one’s own in a conflict is a new decision that both then see', async () => {
    const job = await placed('Fallen branch', at(5, 1))
    await comesToShow(dana, job.id, { technicianId: 'city-t5' })
    await grab(dana, job.id)
    await act(city.colleague, job, 'reschedule', at(6, 3))
    const mine = at(7, 2)
    await drop(dana, mine)
    await card(dana)
      .getByRole('button', { name: t('conflict.keepMine') })
      .click(SOON)

    await comesToShow(dana, job.id, { technicianId: mine.technicianId, start: mine.start })
    await comesToShow(dirk, job.id, { technicianId: mine.technicianId, start: mine.start })
    expect(await readJob(city, job.id)).toMatchObject({ ...mine, version: job.version + 2 })
  })

  it('without a mouse: the plan is a grid of cells with names and times, and keys reach the queue', async () => {
    const bar = await placed('Pothole', at(8, 1))
    const waiting = await makeJob(city, { description: 'Graffiti' })
    await cell(dana, bar.id).waitFor({ state: 'attached', ...SOON })
    await queued(dana, waiting.id).waitFor(SOON)
    const said = await dana.locator('#mirror').ariaSnapshot()
    expect(said).toContain('- grid')
    expect(said).toMatch(/rowheader "?Hugo Lane/)
    expect(said).toMatch(/gridcell "Pothole, \d\d:\d\d – \d\d:\d\d/)

    await dana.keyboard.press('Escape')
    await dana.waitForSelector('#details', { state: 'hidden', ...SOON })
    await dana.keyboard.press('j')
    await dana.waitForSelector(`#queue .job.selected >> nth=0`, SOON)
    expect(await dana.locator('#queue .job').first().getAttribute('class')).toContain('selected')
    await dana.waitForSelector('#details', { state: 'visible', ...SOON })
    await dana.keyboard.press('Escape')
    await dana.waitForSelector('#details', { state: 'hidden', ...SOON })
  })

  it('a server killed in the middle of editing costs neither a change nor a second one', async () => {
    const places = [9, 10, 9, 10].map((technician, i) => at(technician, i < 2 ? 1 : 2))
    const jobs = await Promise.all(places.map((place, i) => placed(`Round ${i + 1}`, place)))
    const [before, during, after, last] = jobs
    if (!before || !during || !after || !last) throw new Error('four jobs were made')
    const targets = [at(1, 4), at(2, 4), at(3, 4), at(4, 4)] as const
    for (const { id } of jobs) await cell(dana, id).waitFor({ state: 'attached', ...SOON })
    await noteStates(dana)

    await drag(dana, before.id, targets[0])
    await comesToShow(dana, before.id, targetOf(targets[0]))
    await drag(dana, during.id, targets[1])
    // The command is on its way to this very server, or its answer on the way back.
    process.kill(serverOf(city, 0), 'SIGKILL')
    await expect.poll(() => states(dana), SOON).toMatch(/catching-up|stale|offline/)
    await drag(dana, after.id, targets[2])
    await expect.poll(() => states(dana), { timeout: 60_000 }).toMatch(/(catching-up|stale|offline).*live$/)
    await isLive(dana)
    await drag(dana, last.id, targets[3])

    // There are as many targets as jobs.
    for (const page of [dana, dirk])
      for (const [i, job] of jobs.entries())
        await comesToShow(page, job.id, { ...targetOf(targets[i] as Place), version: job.version + 1 })
    await expect.poll(() => dana.locator('#foot').textContent(), SOON).toContain(t('foot.saved'))
    expect(await eventsOf(jobs)).toEqual(jobs.map(({ id }) => ({ id, events: 2, commands: 2, versions: 2 })))
    const board = bodyOf<BoardSnapshot>('the board', await city.dispatcher.get(`/boards/${city.boardId}`))
    for (const [i, job] of jobs.entries())
      expect(board.activities.find((one) => one.id === job.id)).toMatchObject({
        ...targets[i],
        version: job.version + 1,
      })
    expect(city.faults).toEqual([])
  })
})

const targetOf = ({ technicianId, start }: Place) => ({ technicianId, start })

function serverOf({ system }: City, index: number): number {
  const pid = system.pidsNow().server[index]
  if (pid === undefined) throw new Error(`there is no server ${index}`)
  return pid
}

/** Keeps every state that the page's line goes through, however short. */
const noteStates = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const state = document.getElementById('live-state')
    if (!state) throw new Error('the page shows the state of its line')
    const note = (): void => {
      document.body.dataset.states = `${document.body.dataset.states ?? ''} ${state.dataset.state}`
    }
    new MutationObserver(note).observe(state, { attributeFilter: ['data-state'] })
    note()
  })
const states = (page: Page): Promise<string> => page.evaluate(() => document.body.dataset.states ?? '')

/** The judge asks the log itself: how many events, by how many commands, to how many versions, per activity. */
async function eventsOf(jobs: readonly ActivityView[]) {
  const client = new pg.Client({
    connectionString: city.system.databaseUrl,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 10_000,
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string; events: number; commands: number; versions: number }>(
      `SELECT entity_id AS id, count(*)::int AS events, count(DISTINCT command_id)::int AS commands,
              count(DISTINCT entity_version)::int AS versions
         FROM board_event WHERE entity = 'activity' AND entity_id = ANY($1) GROUP BY entity_id`,
      [jobs.map(({ id }) => id)],
    )
    return jobs.map(({ id }) => rows.find((row) => row.id === id))
  } finally {
    await client.end()
  }
}
