/** What sticks to the top: the tide of promises, the scale of hours, and now as an ink flag. */
import { HOUR, labelHours, marksOf, quartersPerStep, toOf, xOf } from '../layout/scale.ts'
import { HEAD, NAMES, SCALE, TIDE } from '../layout/sheet.ts'
import { QUARTER } from '../model/summary.ts'
import { weekdayOf } from '../model/zone.ts'
import { type Ctx, round } from './forms.ts'
import { plain, strong, widthOf } from './text-fit.ts'
import type { View } from './view.ts'

export function paintHead(ctx: Ctx, view: View): void {
  const { colours, width } = view
  ctx.fillStyle = colours.panel
  ctx.fillRect(0, 0, width, HEAD)
  ctx.fillStyle = colours.rule
  ctx.fillRect(0, TIDE, width, 1)
  ctx.fillStyle = colours['rule-strong']
  ctx.fillRect(0, HEAD - 1, width, 1)
  ctx.textBaseline = 'middle'
  ctx.fillStyle = colours['ink-2']
  ctx.font = strong(10.5)
  ctx.fillText(view.tideLabel[0], 8, 11.5)
  ctx.font = plain(10.5)
  ctx.fillText(view.tideLabel[1], 8, 24.5)
  ctx.font = plain(11.5)
  ctx.fillText(view.summary, 8, TIDE + SCALE / 2 + 0.5)

  ctx.save()
  ctx.beginPath()
  ctx.rect(NAMES, 0, width - NAMES, HEAD)
  ctx.clip()
  ctx.translate(NAMES, 0)
  paintTide(ctx, view)
  const flags = flagsOf(ctx, view)
  paintScale(ctx, view, flags)
  for (const flag of flags) paintFlag(ctx, view, flag)
  ctx.restore()
}

type Flag = {
  readonly x: number
  readonly left: number
  readonly w: number
  readonly text: string
  readonly ground: string
  readonly ink: string
}

function flagsOf(ctx: Ctx, view: View): readonly Flag[] {
  const { colours, scale, drag } = view
  const flags: Flag[] = []
  const add = (at: number, text: string, ground: string, ink: string, side: 'middle' | 'right'): void => {
    const x = xOf(scale, at)
    if (x < 0 || x > scale.width) return
    ctx.font = strong(12)
    const w = widthOf(ctx, text) + 12
    const left =
      side === 'middle' ? Math.max(0, Math.min(scale.width - w, x - w / 2)) : Math.min(x, scale.width - w)
    const now = flags[0]
    const isOver = now !== undefined && left < now.left + now.w + 2 && left + w > now.left
    flags.push({ x, left: isOver ? now.left + now.w + 2 : left, w, text, ground, ink })
  }
  add(view.now, view.clock(view.now, true), colours.ink, colours.panel, 'middle')
  if (drag?.promiseAt != null)
    add(drag.promiseAt, drag.promiseLabel, colours['promise-solid'], colours['on-solid'], 'right')
  return flags
}

const DAY_LABEL = 76

/** Hours, or days far out; midnight names its day. A label that a flag would cover is left out. */
function paintScale(ctx: Ctx, view: View, flags: readonly Flag[]): void {
  const { colours, scale } = view
  const isDays = labelHours(scale.pxPerHour) >= 24
  // Where a day is narrower than its name, each week is named by its Monday.
  const isWeeks = isDays && scale.pxPerHour * 24 < DAY_LABEL
  const y = TIDE + SCALE / 2 + 0.5
  for (const at of marksOf(scale, view.zone)) {
    const x = xOf(scale, at)
    const clock = view.clock(at)
    const isDay = isDays || clock === '00:00'
    const isMonday = isWeeks && weekdayOf(view.zone, at) === 1
    ctx.fillStyle = colours['rule-strong']
    ctx.fillRect(Math.round(x), TIDE + SCALE - (isMonday ? 12 : 7), 1, isMonday ? 11 : 6)
    if (isWeeks && !isMonday) continue
    const text = isDay ? view.dayLabel(at) : clock
    ctx.font = isDay ? strong(11.5) : plain(11.5)
    const left = x + 4
    const right = left + widthOf(ctx, text)
    if (flags.some((flag) => left < flag.left + flag.w + 3 && right > flag.left - 3)) continue
    ctx.fillStyle = isDay ? colours.ink : colours['ink-3']
    ctx.fillText(text, left, y)
  }
}

function paintFlag(ctx: Ctx, _view: View, { left, w, text, ground, ink }: Flag): void {
  round(ctx, left, TIDE + 3, w, 18, 4)
  ctx.fillStyle = ground
  ctx.fill()
  ctx.fillStyle = ink
  ctx.font = strong(12)
  ctx.textBaseline = 'middle'
  ctx.fillText(text, left + 6, TIDE + 12.5)
}

/** Promises falling due; the plum part is at risk or broken. */
function paintTide(ctx: Ctx, view: View): void {
  const { scale, colours } = view
  const quarters = quartersPerStep(scale)
  const step = quarters * QUARTER
  const first = Math.floor(scale.from / step)
  const last = Math.ceil(toOf(scale) / step)
  const w = Math.max(1, (step / HOUR) * scale.pxPerHour - 1)
  let most = 4
  for (let n = first; n < last; n++) most = Math.max(most, countOf(view, n, quarters, 'all'))
  for (let n = first; n < last; n++) {
    const all = countOf(view, n, quarters, 'all')
    if (all === 0) continue
    const plum = countOf(view, n, quarters, 'plum')
    const x = xOf(scale, n * step) + 0.5
    const tall = Math.max(2, (all / most) * (TIDE - 8))
    ctx.fillStyle = (n + 1) * step <= view.now ? colours.rule : colours['rule-strong']
    ctx.fillRect(x, TIDE - tall, w, tall)
    if (plum === 0) continue
    const risky = Math.max(2, (plum / most) * (TIDE - 8))
    ctx.fillStyle = colours.promise
    ctx.fillRect(x, TIDE - risky, w, risky)
  }
}

function countOf(view: View, n: number, quarters: number, which: 'all' | 'plum'): number {
  let sum = 0
  for (let q = 0; q < quarters; q++) sum += view.tide.get(n * quarters + q)?.[which] ?? 0
  return sum
}
