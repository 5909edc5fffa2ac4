/** One technician's row: the ground it lies on, the thread of the day, and the bars that hang on it. */
import { HOUR, PX_PER_HOUR_BARS, toOf, xOf } from '../layout/scale.ts'
import { type Box, barBox, firstAfter, type Placed } from '../layout/sheet.ts'
import type { Bar } from '../model/board.ts'
import { openSpansNear, type Span, travelBetween, travelMinutes } from '../model/calendar.ts'
import { DAY, dayStart } from '../model/zone.ts'
import { type Ctx, chip, cup, line, round } from './forms.ts'
import { paintBar, paintDeadline, paintRange, paintSill } from './paint-bar.ts'
import type { View } from './view.ts'

type TechnicianRow = Extract<Placed['row'], { kind: 'technician' }>
const BREAK_MAX = 2 * HOUR
const GLIDE_MS = 220

export function paintGround(ctx: Ctx, view: View, { row, top, height }: Placed): void {
  if (row.kind !== 'technician') return
  const { colours, scale } = view
  const { calendarId, absences } = row.technician
  const calendar = calendarId === null ? undefined : view.calendars.get(calendarId)
  if (calendar) paintShade(ctx, view, openSpansNear(calendar, scale.from, toOf(scale)), top, height)
  for (const absence of absences) {
    const from = Math.max(0, xOf(scale, Date.parse(absence.from)))
    const to = Math.min(scale.width, xOf(scale, Date.parse(absence.to)))
    if (to <= from) continue
    ctx.fillStyle = view.hatches.absence
    ctx.fillRect(from, top, to - from, height)
  }
  ctx.fillStyle = colours.rule
  ctx.fillRect(0, top + height - 1, scale.width, 1)
}

/** Shade between the open spans; a short one is a break and gets its cup. */
function paintShade(ctx: Ctx, view: View, spans: readonly Span[], top: number, height: number): void {
  const { scale, colours } = view
  ctx.fillStyle = colours.shade
  const isNear = scale.pxPerHour >= PX_PER_HOUR_BARS
  let reached = 0
  let endedAt: number | null = null
  for (const span of spans) {
    const from = Math.min(scale.width, xOf(scale, span.from))
    // Far out, nights would be stripes that say nothing: only days that are closed altogether are shaded.
    const isSeen = isNear || (endedAt !== null && span.from - endedAt > DAY)
    if (from > reached && isSeen) {
      ctx.fillRect(reached, top, from - reached, height)
      if (endedAt !== null && span.from - endedAt <= BREAK_MAX && from - reached > 18) {
        cup(ctx, (reached + from) / 2, top + height / 2, colours['closed-mark'])
        ctx.fillStyle = colours.shade
      }
    }
    reached = Math.max(reached, xOf(scale, span.to))
    endedAt = span.to
    if (reached >= scale.width) return
  }
  if (isNear) ctx.fillRect(reached, top, scale.width - reached, height)
}

/** The reason of an absence, at its right end and over whatever lies there. */
export function paintAbsences(ctx: Ctx, view: View, { row, top, height }: Placed): void {
  if (row.kind !== 'technician') return
  for (const absence of row.technician.absences) {
    const from = xOf(view.scale, Date.parse(absence.from))
    const to = Math.min(view.scale.width, xOf(view.scale, Date.parse(absence.to)))
    if (to - Math.max(0, from) < 60) continue
    const { panel, ink } = view.colours
    chip(ctx, absence.reason, to - 8, top + height / 2, { ground: panel, ink }, 11, 17)
  }
}

export function paintRow(ctx: Ctx, view: View, placed: Placed): void {
  if (placed.row.kind !== 'technician') return
  const row = placed.row
  const answer = view.drag?.answers.get(row.id)
  if (view.drag && answer?.mark === 'cannot') ctx.globalAlpha = 0.34
  const bars = view.board.barsOf(row.id)
  const to = toOf(view.scale)
  const first = firstAfter(bars, view.scale.from)
  if (view.scale.pxPerHour >= PX_PER_HOUR_BARS) {
    let before = bars[first - 1]
    for (let i = first; i < bars.length; i++) {
      const bar = bars[i]
      if (!bar) break
      if (before) paintThread(ctx, view, placed, before, bar)
      else paintWayOut(ctx, view, placed, row, bar)
      if ((bar.startAt ?? 0) > to) break
      // The one that reaches furthest is where the technician comes from.
      if (!before || (bar.endAt ?? 0) >= (before.endAt ?? 0)) before = bar
    }
  }
  // What is over lies behind what is not.
  paintBars(ctx, view, placed, bars, first, true)
  paintBars(ctx, view, placed, bars, first, false)
  ctx.globalAlpha = 1
}

function paintBars(
  ctx: Ctx,
  view: View,
  placed: Placed,
  bars: readonly Bar[],
  first: number,
  isClosed: boolean,
): void {
  const to = toOf(view.scale)
  for (let i = first; i < bars.length; i++) {
    const bar = bars[i]
    if (!bar || (bar.startAt ?? 0) > to) break
    if ((bar.state === 'closed') !== isClosed) continue
    const box = barBox(bar, bars, placed, view.scale, view.sheet.density)
    if (!box || box.x + box.w < 0) continue
    paintOne(ctx, view, placed, bar, isClosed ? closedBox(view, bar, bars[i + 1], box) : box)
  }
}

/** Closed work reaches to where the next one began, and never past now: nothing that is done lies ahead. */
function closedBox(view: View, bar: Bar, next: Bar | undefined, box: Box): Box {
  const until = Math.min(view.now, bar.endAt ?? view.now, next?.startAt ?? Number.POSITIVE_INFINITY)
  return { ...box, w: Math.max(3, Math.min(box.w, xOf(view.scale, until) - 1 - box.x)) }
}

function paintOne(ctx: Ctx, view: View, placed: Placed, bar: Bar, box: Box): void {
  const alpha = ctx.globalAlpha
  const isElsewhere =
    view.drag?.bar.id === bar.id || view.ghosts.some((ghost) => ghost.isChosen && ghost.activityId === bar.id)
  if (isElsewhere) ctx.globalAlpha = alpha * 0.4
  if (bar.windows.length > 0 && bar.startAt !== null) paintWindows(ctx, view, placed, bar, bar.startAt)
  const washed = view.fresh.get(bar.id)
  if (washed !== undefined) paintWash(ctx, view, box, view.now - washed)
  const glided = glidedBox(view, placed, bar, box)
  paintDeadline(ctx, view, bar, box, placed.top)
  paintRange(ctx, view, bar, box)
  paintBar(ctx, view, bar, glided)
  ctx.globalAlpha = alpha
}

function paintWindows(ctx: Ctx, view: View, placed: Placed, bar: Bar, startAt: number): void {
  const day = dayStart(view.zone, startAt)
  for (const { from, to } of bar.windows)
    paintSill(ctx, view, day + clockMs(from), day + clockMs(to), placed.top)
}
const clockMs = (text: string): number => Number(text.slice(0, 2)) * HOUR + Number(text.slice(3)) * 60_000

/** What someone else just changed trails a wash that fades. */
function paintWash(ctx: Ctx, view: View, box: Box, age: number): void {
  const left = 1 - age / 1600
  if (left <= 0) return
  const alpha = ctx.globalAlpha
  ctx.globalAlpha = alpha * 0.28 * left
  round(ctx, box.x - 7, box.y - 2, box.w + 14, box.h + 4, 7)
  ctx.fillStyle = view.colours.change
  ctx.fill()
  ctx.globalAlpha = alpha
}

function glidedBox(view: View, placed: Placed, bar: Bar, box: Box): Box {
  const glide = view.glides.get(bar.id)
  const from = glide && view.sheet.byTechnician.get(glide.technicianId)
  if (!glide || !from) return box
  const t = Math.min(1, (view.now - glide.at) / GLIDE_MS)
  const left = (1 - t) ** 3
  return {
    ...box,
    x: box.x + (xOf(view.scale, glide.start) - box.x) * left,
    y: box.y + (from.top - placed.top) * left,
  }
}

/** Travel is the bare thread with an arrow, waiting is dots: work is never confused with the way to it. */
function paintThread(ctx: Ctx, view: View, placed: Placed, before: Bar, after: Bar): void {
  const start = before.endAt ?? 0
  const end = after.startAt ?? 0
  if (end <= start || end - start > 16 * HOUR) return
  const minutes = travelBetween(before, after, view.travel)
  thread(ctx, view, placed, start, Math.min(end, start + minutes * 60_000), end)
}

/** The way from home to the first job of all, drawn so that it arrives in time. */
function paintWayOut(ctx: Ctx, view: View, placed: Placed, row: TechnicianRow, bar: Bar): void {
  const minutes = travelMinutes(row.technician.home, bar.place, view.travel)
  if (minutes === 0 || bar.startAt === null) return
  thread(ctx, view, placed, bar.startAt - minutes * 60_000, bar.startAt, bar.startAt)
}

const WAIT = [1.5, 3]
function thread(ctx: Ctx, view: View, placed: Placed, from: number, arrives: number, to: number): void {
  const { scale, colours } = view
  const x0 = xOf(scale, from)
  const x1 = xOf(scale, arrives)
  const x2 = xOf(scale, to) - 1
  if (x2 < 0 || x0 > scale.width) return
  const y = Math.round(placed.top + placed.height / 2) + 0.5
  ctx.strokeStyle = colours.travel
  if (x2 - x1 > 5) {
    ctx.lineWidth = 1.5
    ctx.setLineDash(WAIT)
    ctx.lineDashOffset = x1 % 4.5
    const alpha = ctx.globalAlpha
    ctx.globalAlpha = alpha * 0.7
    line(ctx, Math.max(x1 + 3, -4), y, Math.min(x2 - 1, scale.width + 4), y)
    ctx.globalAlpha = alpha
    ctx.setLineDash([])
  }
  if (x1 - x0 < 2) return
  ctx.lineWidth = 1.2
  line(ctx, x0, y, x1, y)
  if (x1 - x0 < 8) return
  const tip = (x0 + x1) / 2 + 2
  ctx.beginPath()
  ctx.moveTo(tip - 4, y - 3)
  ctx.lineTo(tip, y)
  ctx.lineTo(tip - 4, y + 3)
  ctx.stroke()
}
