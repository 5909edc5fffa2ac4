/**
 * The picture beside the form: an invented day drawn in the board's own forms — bars by priority, pencil ahead of now,
 * grey behind it, travel as a thread. It shows nothing of anybody's data and means nothing to a screen reader.
 */
type Kind = 'closed' | 'onSite' | 'sent' | 'planned'
type Bar = { x: number; width: number; kind: Kind; priority: 'high' | 'normal' | 'low' }

const ROW = 60
const BAR = 38

/** The same numbers on every visit: a picture that changes would look like news. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

export function dayOf(row: number, width: number, nowX: number): Bar[] {
  const next = numbers(row * 7_919 + 17)
  const bars: Bar[] = []
  let x = -120 + next() * 120
  while (x < width) {
    const length = 70 + next() * 130
    const chance = next()
    const priority = chance < 0.25 ? 'high' : chance < 0.72 ? 'normal' : 'low'
    const kind: Kind =
      x + length < nowX ? 'closed' : x < nowX ? 'onSite' : x < nowX + 190 && next() < 0.6 ? 'sent' : 'planned'
    bars.push({ x, width: length, kind, priority })
    x += length + 22 + next() * 70
  }
  return bars
}

export function paintBackdrop(canvas: HTMLCanvasElement): void {
  const box = canvas.getBoundingClientRect()
  const ctx = canvas.getContext('2d')
  if (!ctx || box.width === 0) return
  const ratio = window.devicePixelRatio || 1
  canvas.width = Math.round(box.width * ratio)
  canvas.height = Math.round(box.height * ratio)
  ctx.scale(ratio, ratio)
  const style = getComputedStyle(canvas)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const nowX = Math.round(box.width * 0.38)

  ctx.fillStyle = colour('sheet')
  ctx.fillRect(0, 0, box.width, box.height)
  ctx.fillStyle = colour('shade')
  ctx.globalAlpha = 0.5
  ctx.fillRect(0, 0, nowX, box.height)
  ctx.globalAlpha = 1
  ctx.fillStyle = colour('rule')
  for (let x = 32; x < box.width; x += 160) ctx.fillRect(x, 0, 1, box.height)
  const rows = Math.ceil(box.height / ROW)
  for (let row = 0; row <= rows; row++) ctx.fillRect(0, row * ROW, box.width, 1)
  for (let row = 0; row < rows; row++) {
    const bars = dayOf(row, box.width, nowX)
    const top = row * ROW + (ROW - BAR) / 2
    bars.forEach((bar, i) => {
      const before = bars[i - 1]
      if (before) paintThread(ctx, before.x + before.width, bar.x, row * ROW + ROW / 2, colour('travel'))
    })
    for (const bar of bars) paintBar(ctx, bar, top, nowX, colour)
  }
  paintPromise(ctx, box, nowX, colour)
  ctx.fillStyle = colour('ink')
  ctx.fillRect(nowX - 1, 0, 2, box.height)
}

function paintThread(
  ctx: CanvasRenderingContext2D,
  from: number,
  to: number,
  y: number,
  colour: string,
): void {
  const turn = Math.min(to, from + 46)
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(from, y)
  ctx.lineTo(turn, y)
  const middle = (from + turn) / 2
  ctx.moveTo(middle - 3, y - 3.5)
  ctx.lineTo(middle + 1, y)
  ctx.lineTo(middle - 3, y + 3.5)
  ctx.stroke()
  ctx.setLineDash([1.5, 3])
  ctx.beginPath()
  ctx.moveTo(turn, y)
  ctx.lineTo(to, y)
  ctx.stroke()
  ctx.setLineDash([])
}

function paintBar(
  ctx: CanvasRenderingContext2D,
  bar: Bar,
  top: number,
  nowX: number,
  colour: (name: string) => string,
): void {
  const flat = bar.kind === 'closed'
  const y = flat ? top + 5 : top
  const height = flat ? BAR - 10 : BAR
  ctx.save()
  ctx.beginPath()
  ctx.roundRect(bar.x, y, bar.width, height, 4)
  ctx.fillStyle = flat ? colour('closed-fill') : colour(`${bar.priority}-tint`)
  ctx.fill()
  ctx.clip()
  if (bar.kind === 'planned') {
    ctx.strokeStyle = colour(`${bar.priority}-mid`)
    ctx.lineWidth = 1
    ctx.beginPath()
    for (let x = bar.x - height; x < bar.x + bar.width; x += 6) {
      ctx.moveTo(x, y + height)
      ctx.lineTo(x + height, y)
    }
    ctx.stroke()
  }
  if (bar.kind === 'onSite') {
    ctx.fillStyle = colour(`${bar.priority}-mid`)
    ctx.fillRect(bar.x, y, nowX - bar.x, height)
  }
  ctx.fillStyle = flat ? colour('closed-mark') : colour(`${bar.priority}-mark`)
  const spine = bar.priority === 'high' && !flat ? 5 : flat ? 2 : 3
  if (bar.priority === 'low' && !flat)
    for (let d = 0; d < height; d += 5) ctx.fillRect(bar.x, y + d, spine, 3)
  else ctx.fillRect(bar.x, y, spine, height)
  ctx.restore()
  if (flat) return
  ctx.strokeStyle = colour(`${bar.priority}-${bar.kind === 'planned' ? 'mark' : 'mid'}`)
  ctx.lineWidth = 1
  ctx.setLineDash(bar.kind === 'planned' ? [4, 2.5] : [])
  ctx.beginPath()
  ctx.roundRect(bar.x + 0.5, y + 0.5, bar.width - 1, height - 1, 4)
  ctx.stroke()
  ctx.setLineDash([])
  if (bar.kind !== 'onSite') return
  ctx.fillStyle = colour('people')
  ctx.beginPath()
  ctx.arc(bar.x + bar.width - 9, y + height / 2, 3.5, 0, Math.PI * 2)
  ctx.fill()
}

/** One promise that will be missed: the only plum in the picture. */
function paintPromise(
  ctx: CanvasRenderingContext2D,
  box: DOMRect,
  nowX: number,
  colour: (name: string) => string,
): void {
  const row = Math.min(4, Math.floor(box.height / ROW) - 1)
  const top = row * ROW + (ROW - BAR) / 2
  const bar = dayOf(row, box.width, nowX).find((one) => one.x + one.width > nowX + 40)
  if (!bar) return
  ctx.save()
  ctx.beginPath()
  ctx.roundRect(bar.x, top, bar.width, BAR, 4)
  ctx.clip()
  const due = bar.x + bar.width * 0.6
  ctx.strokeStyle = colour('promise')
  ctx.lineWidth = 1
  ctx.beginPath()
  for (let x = due - BAR; x < bar.x + bar.width + BAR; x += 5) {
    ctx.moveTo(Math.max(due, x), top + Math.max(0, due - x))
    ctx.lineTo(x + BAR, top + BAR)
  }
  ctx.stroke()
  ctx.restore()
  ctx.strokeStyle = colour('promise')
  ctx.lineWidth = 2
  ctx.beginPath()
  ctx.roundRect(bar.x + 1, top + 1, bar.width - 2, BAR - 2, 4)
  ctx.stroke()
}
