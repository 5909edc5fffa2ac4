/**
 * The board as a person meets it: bars are taken and dropped with the mouse on the canvas, and what it shows is read
 * from the grid that it offers to screen readers. Pixels come from the board's own measures and where the grid says its
 * rows and hours lie.
 */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { xOf, zooms } from '../src/layout/scale.ts'
import { HEAD, measures, NAMES } from '../src/layout/sheet.ts'
import { type Place, SOON } from './city.ts'

export type Shown = { readonly technicianId: string; readonly start: string; readonly version: number }
/** Into the bar from its start, so that the pointer is surely on it. */
const GRIP = 10

export const queued = (page: Page, id: string) => page.locator(`#queue .job[data-id="${id}"]`)
export const cell = (page: Page, id: string) => page.locator(`#mirror [data-activity="${id}"]`)

/** What the board's grid says of a bar; null while it shows none. */
export const shown = (page: Page, id: string): Promise<Shown | null> =>
  page.evaluate((wanted) => {
    const found = document.querySelector<HTMLElement>(`#mirror [data-activity="${wanted}"]`)
    const row = found?.closest<HTMLElement>('[data-technician]')
    return found && row
      ? {
          technicianId: row.dataset.technician ?? '',
          start: found.dataset.start ?? '',
          version: Number(found.dataset.version),
        }
      : null
  }, id)

export const comesToShow = (page: Page, id: string, wanted: Partial<Shown>) =>
  expect.poll(() => shown(page, id), SOON).toMatchObject(wanted)

export async function pointAt(page: Page, { technicianId, start }: Omit<Place, 'end'>) {
  const grid = page.locator('#mirror [role=grid]')
  const row = grid.locator(`[data-technician="${technicianId}"]`)
  const [box, from, top] = await Promise.all([
    page.locator('#canvas').boundingBox(),
    grid.getAttribute('data-from'),
    row.getAttribute('data-top'),
  ])
  if (!box) throw new Error('the canvas is in sight')
  const scale = { from: Number(from), pxPerHour: zooms.day, width: box.width - NAMES }
  return {
    x: box.x + NAMES + xOf(scale, Date.parse(start)),
    y: box.y + HEAD + Number(top) + measures.standard.row / 2,
  }
}

/** Takes hold of a bar on the sheet; it hangs on the mouse until it is dropped. */
export async function grab(page: Page, id: string): Promise<void> {
  const bar = await shown(page, id)
  if (!bar) throw new Error(`the board shows no bar ${id}`)
  const { x, y } = await pointAt(page, bar)
  await page.mouse.move(x + GRIP, y)
  await page.mouse.down()
  await page.mouse.move(x + GRIP + 12, y, { steps: 3 })
}

export async function drop(page: Page, place: Place): Promise<void> {
  const { x, y } = await pointAt(page, place)
  await page.mouse.move(x + GRIP, y, { steps: 6 })
  await page.mouse.up()
}

export async function drag(page: Page, id: string, place: Place): Promise<void> {
  await grab(page, id)
  await drop(page, place)
}

/** From the queue onto the sheet: the bar's start is where the pointer is. */
export async function dragFromQueue(page: Page, id: string, place: Place): Promise<void> {
  const box = await queued(page, id).boundingBox()
  if (!box) throw new Error(`the queue shows no ${id}`)
  const { x, y } = await pointAt(page, place)
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(x, y, { steps: 10 })
  await page.mouse.up()
}

export async function click(page: Page, id: string): Promise<void> {
  const bar = await shown(page, id)
  if (!bar) throw new Error(`the board shows no bar ${id}`)
  const { x, y } = await pointAt(page, bar)
  await page.mouse.click(x + GRIP, y)
}

export const card = (page: Page) => page.locator('[data-card=conflict]')
