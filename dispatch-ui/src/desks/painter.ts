/**
 * The frame loop of the sheet: paints when something differs, at most once a frame, and lets changes fade.
 *
 * What is painted is asked for at that moment; a change only says that there is something to paint.
 */
import { xOf } from '../layout/scale.ts'
import { type Bar, isPlaced } from '../model/board.ts'
import { readColours } from '../render/colours.ts'
import { anchorHatches, makeHatches } from '../render/hatches.ts'
import { forgetLabels } from '../render/paint-bar.ts'
import { paintSheet } from '../render/paint-sheet.ts'
import type { Glide, View } from '../render/view.ts'
import type { Sight } from './sight.ts'

const WASH_MS = 1_600
const GLIDE_MS = 220

/** The painter's own part of a view; the rest is for whoever knows it. */
type Own = 'now' | 'width' | 'height' | 'colours' | 'hatches' | 'fresh' | 'glides'
export type Painter = ReturnType<typeof openPainter>

export function openPainter(canvas: HTMLCanvasElement, view: () => Omit<View, Own>, sight: () => Sight) {
  // A canvas element always has a 2D context in a browser that runs this page.
  const ctx = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D
  const ratioNow = (): number => devicePixelRatio || 1
  const isStill = matchMedia('(prefers-reduced-motion: reduce)')
  const fresh = new Map<string, number>()
  const glides = new Map<string, Glide>()
  let colours = readColours()
  let hatches = makeHatches(colours, ratioNow())
  let isDirty = true

  const repaint = (): void => {
    isDirty = true
  }
  const resize = (): void => {
    const ratio = ratioNow()
    hatches = makeHatches(colours, ratio)
    canvas.width = Math.round(canvas.clientWidth * ratio)
    canvas.height = Math.round(canvas.clientHeight * ratio)
    sight().fit()
    repaint()
  }
  const recolour = (): void => {
    colours = readColours()
    hatches = makeHatches(colours, ratioNow())
    repaint()
  }
  const frame = (): void => {
    requestAnimationFrame(frame)
    const now = Date.now()
    for (const [id, at] of fresh) if (now - at > WASH_MS) fresh.delete(id)
    for (const [id, glide] of glides) if (now - glide.at > GLIDE_MS) glides.delete(id)
    if (fresh.size > 0 || glides.size > 0) repaint()
    if (!isDirty) return
    isDirty = false
    sight().layOut()
    const ratio = ratioNow()
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    anchorHatches(hatches, xOf(sight().scale, 0), -sight().scrollY, ratio)
    const { clientWidth: width, clientHeight: height } = canvas
    paintSheet(ctx, { ...view(), now, width, height, colours, hatches, fresh, glides })
  }

  return {
    repaint,
    recolour,
    /** Someone else's change leaves a wash, and the bar glides from where it was. */
    noticeMove(was: Bar | undefined, is: Bar | undefined, id: string): void {
      const now = Date.now()
      fresh.set(id, now)
      if (isStill.matches || !was || !is || !isPlaced(was) || !isPlaced(is)) return
      if (was.startAt !== is.startAt || was.technicianId !== is.technicianId)
        glides.set(id, { technicianId: was.technicianId, start: was.startAt, at: now })
    },
    start(): void {
      new ResizeObserver(resize).observe(canvas)
      resize()
      requestAnimationFrame(frame)
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour)
      void document.fonts.ready.then(() => {
        forgetLabels()
        repaint()
      })
    },
  }
}
