/**
 * Hatching as ready-made patterns, six pixels from line to line: planned work one way, lateness the other.
 *
 * Drawing lines bar by bar needs a clip for each; a pattern, ground and all, is one fill. They are anchored to time, so that a hatch
 * moves with its bar when the sheet is panned.
 */
import type { Colours } from './colours.ts'

export type HatchName = 'high' | 'normal' | 'low' | 'absence' | 'late'
export type Hatches = Readonly<Record<HatchName, CanvasPattern | string>>

const STEP = 6

export function makeHatches(colours: Colours, ratio: number): Hatches {
  const one = (ground: string, colour: string, direction: 1 | -1, weight = 1.2): CanvasPattern | string =>
    pattern({ ground, colour, direction, weight, ratio })
  return {
    high: one(colours['high-tint'], colours['high-mid'], 1),
    normal: one(colours['normal-tint'], colours['normal-mid'], 1),
    low: one(colours['low-tint'], colours['low-mid'], 1),
    absence: one(colours.shade, colours['shade-line'], 1, 1.6),
    late: one(colours['promise-soft'], colours['promise-mid'], -1, 1.4),
  }
}

function pattern(tone: {
  ground: string
  colour: string
  direction: 1 | -1
  weight: number
  ratio: number
}): CanvasPattern | string {
  const { ground, colour, direction, weight, ratio } = tone
  const size = Math.round(STEP * ratio)
  const tile = document.createElement('canvas')
  tile.width = size
  tile.height = size
  const ctx = tile.getContext('2d')
  if (!ctx) return colour
  ctx.fillStyle = ground
  ctx.fillRect(0, 0, size, size)
  ctx.strokeStyle = colour
  ctx.lineWidth = weight * ratio
  ctx.beginPath()
  // Three lines, so that the corners of the tile join without a notch.
  for (const shift of [-size, 0, size]) {
    ctx.moveTo(shift - 1, direction === 1 ? size + 1 : -1)
    ctx.lineTo(shift + size + 1, direction === 1 ? -1 : size + 1)
  }
  ctx.stroke()
  return ctx.createPattern(tile, 'repeat') ?? colour
}

/** Shifts every pattern to where time begins on the sheet. */
export function anchorHatches(hatches: Hatches, dx: number, dy: number, ratio: number): void {
  const shift = new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, dx % STEP, dy % STEP])
  for (const one of Object.values(hatches)) if (typeof one !== 'string') one.setTransform(shift)
}
