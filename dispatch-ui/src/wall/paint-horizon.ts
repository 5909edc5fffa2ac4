/** Draws the horizon: dull marks lie low, trouble stands up with its name. Plum only above the line of risk. */
import { labelsOf, spotsOf } from './horizon-layout.ts'
import { bands } from './risk.ts'
import type { Open } from './tally.ts'

export type HorizonView = {
  readonly now: number
  readonly hours: number
  readonly isNarrow: boolean
  readonly timeText: (at: number) => string
  readonly labelOf: (open: Open) => { readonly name: string; readonly note: string }
  readonly words: {
    readonly now: string
    readonly overdue: string
    readonly late: string
    readonly risk: string
  }
}

const FOOT = 28
const FONT = '"IBM Plex Sans Variable", system-ui, sans-serif'

export function paintHorizon(canvas: HTMLCanvasElement, opens: readonly Open[], view: HorizonView): void {
  const ctx = canvas.getContext('2d')
  const { clientWidth, clientHeight } = canvas
  if (!ctx || clientWidth === 0) return
  const ratio = window.devicePixelRatio || 1
  canvas.width = Math.round(clientWidth * ratio)
  canvas.height = Math.round(clientHeight * ratio)
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
  const style = getComputedStyle(canvas)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const size = view.isNarrow ? 12 : 15
  ctx.textBaseline = 'middle'

  const side = view.isNarrow ? 64 : 96
  const box = {
    width: clientWidth - side,
    height: clientHeight - FOOT,
    left: view.isNarrow ? 14 : 44,
    hours: view.hours,
  }
  const top = 8
  const inner = { ...box, height: box.height - top }
  const y = (urgency: number): number => top + inner.height * (1 - urgency)

  ctx.fillStyle = colour('promise-soft')
  ctx.globalAlpha = 0.55
  ctx.fillRect(0, top, box.width, y(bands.risk) - top)
  ctx.globalAlpha = 1
  ctx.strokeStyle = colour('rule-strong')
  ctx.setLineDash([2, 5])
  for (const line of [bands.risk, bands.late]) {
    ctx.beginPath()
    ctx.moveTo(0, y(line))
    ctx.lineTo(box.width, y(line))
    ctx.stroke()
  }
  ctx.setLineDash([])
  ctx.font = `420 ${size - 1}px ${FONT}`
  ctx.fillStyle = colour('ink-3')
  ctx.textAlign = 'left'
  ctx.fillText(view.words.late, box.width + 8, (y(1) + y(bands.late)) / 2)
  ctx.fillText(view.words.risk, box.width + 8, (y(bands.late) + y(bands.risk)) / 2)

  paintScale(ctx, { ...view, box, size, ink: colour('ink-3'), line: colour('control') })

  const spots = spotsOf(opens, view.now, inner).map((spot) => ({ ...spot, y: spot.y + top }))
  for (const { x, y: at, open } of spots) {
    if (open.standing !== 'kept') continue
    ctx.globalAlpha = 0.55
    ctx.fillStyle = colour('ink-3')
    ctx.fillRect(x - 1.25, Math.min(at, box.height - 9), 2.5, 8)
  }
  ctx.globalAlpha = 1
  for (const { x, y: at, open } of spots) {
    if (open.standing === 'kept') continue
    ctx.fillStyle = colour('promise')
    if (open.standing === 'broken') {
      ctx.fillStyle = colour('promise-solid')
      ctx.fillRect(x - 1.5, top, 3, box.height - top)
      continue
    }
    ctx.globalAlpha = 0.55
    ctx.fillRect(x - 0.75, at, 1.5, box.height - at)
    ctx.globalAlpha = 1
    ctx.beginPath()
    ctx.arc(x, at, view.isNarrow ? 5 : 7, 0, Math.PI * 2)
    ctx.fill()
  }
  if (view.isNarrow) return
  const texts = new Map<Open, { name: string; note: string; width: number }>()
  for (const { open } of spots) {
    if (open.standing !== 'late' && open.standing !== 'risk') continue
    const { name, note } = view.labelOf(open)
    ctx.font = `620 ${size}px ${FONT}`
    texts.set(open, { name, note, width: ctx.measureText(`${name} ${note}`).width + 4 })
  }
  const labels = labelsOf(spots, inner, { count: 9, widthOf: (open) => texts.get(open)?.width ?? 0 })
  for (const label of labels) {
    const text = texts.get(label.open)
    if (!text) continue
    ctx.font = `620 ${size}px ${FONT}`
    ctx.fillStyle = colour('ink')
    ctx.fillText(text.name, label.textX, label.y)
    const used = ctx.measureText(`${text.name} `).width
    ctx.fillStyle = colour('promise-text')
    ctx.fillText(text.note, label.textX + used, label.y)
  }
}

type Scale = HorizonView & {
  readonly box: { readonly width: number; readonly height: number; readonly left: number }
  readonly size: number
  readonly ink: string
  readonly line: string
}

function paintScale(ctx: CanvasRenderingContext2D, scale: Scale): void {
  const { box, hours, now, size } = scale
  ctx.fillStyle = scale.line
  ctx.fillRect(0, box.height, box.width, 1.5)
  ctx.fillRect(box.left - 0.5, box.height - 6, 1, 12)
  ctx.font = `420 ${size - 1}px ${FONT}`
  ctx.fillStyle = scale.ink
  const step = scale.isNarrow ? 2 : 1
  for (let hour = 0; hour <= hours; hour += step) {
    const x = box.left + ((box.width - box.left) * hour) / hours
    const text = hour === 0 ? scale.words.now : scale.timeText(now + hour * 3_600_000)
    ctx.textAlign = hour === hours ? 'right' : hour === 0 && scale.isNarrow ? 'left' : 'center'
    ctx.fillText(text, x, box.height + FOOT / 2 + 3)
  }
  ctx.textAlign = 'left'
}
