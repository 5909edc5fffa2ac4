/** Runs in the browser: paints a seeded board through the same painters as the page, and measures each frame. */
import { panBy, type Scale, snap, zoomAt } from '../src/layout/scale.ts'
import { rowAt, sheetOf } from '../src/layout/sheet.ts'
import { Board } from '../src/model/board.ts'
import { firstPlace } from '../src/model/feasibility.ts'
import { rowsOf } from '../src/model/rows.ts'
import { summaryOf } from '../src/model/summary.ts'
import { readColours } from '../src/render/colours.ts'
import { anchorHatches, makeHatches } from '../src/render/hatches.ts'
import { paintSheet } from '../src/render/paint-sheet.ts'
import type { Drag, RowAnswer, View } from '../src/render/view.ts'
import { clockTime } from '../src/shell/time.ts'
import { cityOf, tradeNames } from './city.ts'

export type Gesture = 'pan' | 'zoom' | 'drag'
export type Measured = {
  readonly draw: number[]
  readonly flushed: number[]
  readonly bars: number
  /** Frames in a row with the same picture, at the most. */
  readonly stillMax: number
  /** Calls to the canvas that paint something, in the fullest frame. */
  readonly paintsMax: number
}

/** Frames of each gesture whose picture is looked at: reading a whole one back costs more than painting it. */
const LOOKED_AT = 30

/** What puts something on the canvas; the rest only prepares for it. */
const paints = ['fillRect', 'strokeRect', 'fill', 'stroke', 'fillText', 'drawImage'] as const

const NOW = Date.parse('2026-06-01T17:32:10Z')
const ZONE = 'America/New_York'
const travel = { speedKmh: 30, roadFactor: 1.4 }

declare global {
  interface Window {
    bench(options: { rows: number; bars: number; gesture: Gesture; frames: number }): Promise<Measured>
  }
}

window.bench = async ({ rows, bars, gesture, frames }) => {
  const canvas = document.createElement('canvas')
  canvas.style.cssText = 'position:fixed;inset:0;width:1440px;height:900px'
  canvas.width = 1440
  canvas.height = 900
  document.body.replaceChildren(canvas)
  const ctx = canvas.getContext('2d', { alpha: false })
  if (!ctx) throw new Error('this browser has no canvas')
  const city = cityOf({ seed: 7, rows, bars, now: NOW })
  const board = new Board('bench')
  board.replace(city)
  const sheet = sheetOf(rowsOf(board, city.teams, new Set()), 'standard')
  const summary = summaryOf(board, NOW)
  const calendars = new Map(city.calendars.map((one) => [one.id, one]))
  const colours = readColours()
  const hatches = makeHatches(colours, 1)
  const clock = (at: number, withSeconds?: boolean): string => clockTime(at, ZONE, withSeconds)
  let scale: Scale = { from: NOW - 2 * 3_600_000, pxPerHour: 92, width: 1440 - 148 }
  let scrollY = 0
  let drag: Drag | null = null
  const held = [...board.bars.values()].find((bar) => bar.state === 'undispatched')

  const answersAt = (start: number, length: number): Map<string, RowAnswer> => {
    const answers = new Map<string, RowAnswer>()
    if (!held) return answers
    for (const { row, top, height } of sheet.rows) {
      if (row.kind !== 'technician' || top > scrollY + 900 || top + height < scrollY) continue
      const verdict = firstPlace(held, row.technician, start, length, {
        calendar: calendars.get(row.technician.calendarId ?? '') ?? null,
        bars: board.barsOf(row.id),
        order: board.orders.get(held.orderId),
        zone: ZONE,
        travel,
      })
      answers.set(row.id, {
        mark: verdict.mark,
        text: `+${verdict.addedMinutes} min`,
        start: verdict.start,
        end: verdict.start + length,
      })
    }
    return answers
  }
  const step = (i: number): void => {
    if (gesture === 'pan') {
      scale = panBy(scale, i % 40 < 20 ? -9 : 7)
      scrollY = Math.max(0, Math.min(scrollY + (i % 80 < 50 ? 11 : -13), sheet.height - 850))
    } else if (gesture === 'zoom') scale = zoomAt(scale, 600, i % 60 < 30 ? 1 / 1.06 : 1.06)
    else if (held) {
      const start = snap(NOW + (i % 90) * 120_000)
      const y = 40 + ((i * 5) % 700)
      const under = rowAt(sheet, y + scrollY)
      const length = held.durationMinutes * 60_000
      drag = {
        bar: held,
        start,
        end: start + length,
        technicianId: under?.row.kind === 'technician' ? under.row.id : null,
        answers: answersAt(start, length),
        promiseAt: NOW + 3_600_000,
        promiseLabel: 'finish by 14:16',
      }
    }
  }
  const nothing = new Map<string, never>()
  const viewNow = (): View => ({
    board,
    sheet,
    scale,
    scrollY,
    width: 1440,
    height: 900,
    now: NOW,
    colours,
    hatches,
    zone: ZONE,
    clock,
    dayLabel: (at) => new Date(at).toISOString().slice(5, 10),
    summary: '500 people',
    tideLabel: ['Promises due', 'per quarter hour'],
    mineLabel: 'Mine',
    types: tradeNames,
    calendars,
    travel,
    tide: summary.tide,
    loads: summary.loads,
    chances: nothing,
    selected: null,
    focused: null,
    pending: nothing,
    fresh: nothing,
    glides: nothing,
    held: nothing,
    ghosts: [],
    contest: null,
    drag,
    isStale: false,
  })
  const draw: number[] = []
  const flushed: number[] = []
  for (let i = 0; i < frames + 20; i++) {
    await new Promise(requestAnimationFrame)
    const from = performance.now()
    step(i)
    anchorHatches(hatches, -scale.from / 3_600_000, -scrollY, 1)
    paintSheet(ctx, viewNow())
    const drawn = performance.now()
    // The first frames measure text and compile; a page pays them once.
    if (i < 20) continue
    draw.push(drawn - from)
    if (i % 4 !== 0) continue
    ctx.getImageData(0, 0, 1, 1)
    flushed.push(performance.now() - from)
  }
  // The same gesture once more without a clock: looking at the picture and counting take time of their own.
  const counter = countPaints(ctx)
  let stillMax = 0
  let still = 0
  let paintsMax = 0
  let pictureBefore = 0
  for (let i = 0; i < Math.min(frames, LOOKED_AT); i++) {
    step(i)
    anchorHatches(hatches, -scale.from / 3_600_000, -scrollY, 1)
    counter.count = 0
    paintSheet(ctx, viewNow())
    paintsMax = Math.max(paintsMax, counter.count)
    const picture = sumOf(ctx.getImageData(0, 0, 1440, 900).data)
    still = i > 0 && picture === pictureBefore ? still + 1 : 1
    stillMax = Math.max(stillMax, still)
    pictureBefore = picture
  }
  return { draw, flushed, bars: board.bars.size, stillMax, paintsMax }
}

function countPaints(ctx: CanvasRenderingContext2D): { count: number } {
  const counter = { count: 0 }
  for (const name of paints) {
    const paint: unknown = ctx[name]
    if (typeof paint !== 'function') throw new Error(`the canvas cannot ${name}`)
    Object.defineProperty(ctx, name, {
      value: (...given: unknown[]): unknown => {
        counter.count++
        return Reflect.apply(paint, ctx, given)
      },
    })
  }
  return counter
}

/** One number for a picture: two that differ have different ones, but for one chance in four thousand million. */
function sumOf(bytes: Uint8ClampedArray): number {
  let sum = 2_166_136_261
  for (const word of new Uint32Array(bytes.buffer)) sum = Math.imul(sum ^ word, 16_777_619)
  return sum
}
