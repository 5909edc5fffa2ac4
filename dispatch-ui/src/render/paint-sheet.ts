/**
 * One frame of the board: shade, rules, thread, bars, deadlines, proposals, now — in that order, and only what is in
 * sight. Names, scale and team lines stick while the rest moves under them.
 */
import type { Calendar } from '../../../server/domain/calendar/calendar.ts'
import { openSpans } from '../../../server/domain/calendar/open-time.ts'
import type { Span } from '../../../server/domain/instant.ts'
import { travelMinutes } from '../../../server/domain/plan/travel.ts'
import { HOUR, labelHours, toOf, xOf } from '../layout/scale.ts'
import { boxOf, HEAD, NAMES, type Placed, rowsBetween, SCALE, TEAM_ROW, TIDE } from '../layout/sheet.ts'
import type { Bar } from '../model/board.ts'
import { standingOf } from '../model/risk.ts'
import { clockTime } from '../shell/time.ts'
import { cross, dot, hatch, paintBar, paintDeadline, ring, round, tick } from './paint-bar.ts'
import { plain, strong, widthOf } from './text-fit.ts'
import type { View } from './view.ts'

type Ctx = CanvasRenderingContext2D

export function paintSheet(ctx: Ctx, view: View): void {
  const { colours, width, height, scrollY } = view
  ctx.fillStyle = colours.sheet
  ctx.fillRect(0, 0, width, height)
  const placed = rowsBetween(view.sheet, scrollY, scrollY + height - HEAD)

  ctx.save()
  ctx.beginPath()
  ctx.rect(NAMES, HEAD, width - NAMES, height - HEAD)
  ctx.clip()
  ctx.translate(NAMES, HEAD - scrollY)
  for (const row of placed) paintGround(ctx, view, row)
  paintHours(ctx, view)
  for (const row of placed) if (row.row.kind === 'technician') paintRow(ctx, view, row)
  for (const row of placed) if (row.row.kind === 'team') paintTeamLoad(ctx, view, row)
  paintGhosts(ctx, view, placed)
  if (view.drag) paintDrag(ctx, view, placed)
  ctx.restore()

  paintNow(ctx, view)
  paintNames(ctx, view, placed)
  paintHead(ctx, view)
  if (view.isStale) {
    ctx.fillStyle = colours.ground
    ctx.globalAlpha = 0.35
    ctx.fillRect(0, HEAD, width, height - HEAD)
    ctx.globalAlpha = 1
  }
}

// ---------------------------------------------------------------- ground

/** Open spans of a calendar in sight, worked out once per frame and calendar. */
let spanCache: { from: number; to: number; byCalendar: Map<Calendar, readonly Span[]> } | null = null
function spansInSight(view: View, calendar: Calendar): readonly Span[] {
  const from = view.scale.from
  const to = toOf(view.scale)
  if (!spanCache || spanCache.from !== from || spanCache.to !== to)
    spanCache = { from, to, byCalendar: new Map() }
  const known = spanCache.byCalendar.get(calendar)
  if (known) return known
  const spans = openSpans(calendar, from, to)
  spanCache.byCalendar.set(calendar, spans)
  return spans
}

function paintGround(ctx: Ctx, view: View, { row, top, height }: Placed): void {
  const { colours, scale } = view
  const right = scale.width
  if (row.kind === 'team') {
    ctx.fillStyle = colours.ground
    ctx.fillRect(0, top, right, height)
    return
  }
  const calendar =
    row.technician.calendarId === null ? undefined : view.calendars.get(row.technician.calendarId)
  if (calendar) {
    ctx.fillStyle = colours.shade
    let reached = 0
    for (const span of spansInSight(view, calendar)) {
      const from = xOf(scale, span.from)
      if (from > reached) ctx.fillRect(reached, top, from - reached, height)
      reached = Math.max(reached, xOf(scale, span.to))
    }
    if (reached < right) ctx.fillRect(reached, top, right - reached, height)
  }
  for (const absence of row.technician.absences) {
    const from = xOf(scale, Date.parse(absence.from))
    const to = xOf(scale, Date.parse(absence.to))
    if (to < 0 || from > right) continue
    const box = { x: Math.max(0, from), y: top, w: Math.min(right, to) - Math.max(0, from), h: height }
    ctx.fillStyle = colours.shade
    ctx.fillRect(box.x, box.y, box.w, box.h)
    hatch(ctx, box, colours['shade-line'], 1)
    ctx.font = strong(11)
    const width = widthOf(ctx, absence.reason)
    if (width + 12 < box.w) {
      ctx.fillStyle = colours['ink-3']
      ctx.textBaseline = 'middle'
      ctx.fillText(absence.reason, box.x + box.w - width - 6, top + height / 2)
    }
  }
  ctx.fillStyle = colours.rule
  ctx.fillRect(0, top + height - 1, right, 1)
}

function paintHours(ctx: Ctx, view: View): void {
  const { colours, scale, sheet } = view
  const past = Math.min(scale.width, xOf(scale, view.now))
  if (past > 0) {
    ctx.globalAlpha = 0.06
    ctx.fillStyle = colours.ink
    ctx.fillRect(0, view.scrollY, past, view.height)
    ctx.globalAlpha = 1
  }
  ctx.fillStyle = colours.rule
  for (const at of hoursInSight(view))
    ctx.fillRect(
      Math.round(xOf(scale, at)),
      view.scrollY,
      1,
      Math.min(view.height, sheet.height - view.scrollY),
    )
}

function hoursInSight(view: View): number[] {
  const step = labelHours(view.scale.pxPerHour) * HOUR
  const to = toOf(view.scale)
  // Anchored to local midnight by the zone's offset now: labels then read 00, 03, 06 … also far from UTC.
  const offset = zoneOffset(view.zone, view.scale.from)
  const out: number[] = []
  for (let at = Math.ceil((view.scale.from + offset) / step) * step - offset; at < to; at += step)
    out.push(at)
  return out
}

const offsets = new Map<string, number>()
function zoneOffset(zone: string, at: number): number {
  const day = Math.floor(at / 86_400_000)
  const key = `${zone} ${day}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    timeZoneName: 'longOffset',
  }).formatToParts(at)
  const match = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(
    parts.find((p) => p.type === 'timeZoneName')?.value ?? '',
  )
  const sign = match?.[1] === '-' ? -1 : 1
  const offset = match?.[2] ? sign * (Number(match[2]) * 60 + Number(match[3])) * 60_000 : 0
  if (offsets.size > 500) offsets.clear()
  offsets.set(key, offset)
  return offset
}

// ---------------------------------------------------------------- rows

function paintRow(ctx: Ctx, view: View, placed: Placed): void {
  if (placed.row.kind !== 'technician') return
  const { scale, sheet } = view
  const from = scale.from - 12 * HOUR
  const to = toOf(scale)
  const answer = view.drag?.answers.get(placed.row.id)
  if (answer?.mark === 'cannot') ctx.globalAlpha = 0.34
  let before: Bar | undefined
  for (const bar of placed.row.bars) {
    if (bar.endAt === null || bar.startAt === null) continue
    if (bar.endAt < from) {
      before = bar
      continue
    }
    if (before) paintThread(ctx, view, placed, before, bar)
    if (bar.startAt > to) break
    before = bar
  }
  for (const bar of placed.row.bars) {
    const box = boxOf(bar, placed, scale, sheet.density)
    if (!box || box.x + box.w < 0 || box.x > scale.width) continue
    paintDeadline(ctx, view, bar, box, placed.top, scale)
    const isMoving = view.drag?.bar.id === bar.id || view.ghosts.some((ghost) => ghost.activityId === bar.id)
    const alpha = ctx.globalAlpha
    if (isMoving) ctx.globalAlpha = alpha * 0.4
    paintBar(ctx, view, bar, box)
    ctx.globalAlpha = alpha
  }
  ctx.globalAlpha = 1
}

/** Travel is the bare thread with an arrow, waiting is dots: work is never confused with the way to it. */
function paintThread(ctx: Ctx, view: View, { top, height }: Placed, before: Bar, after: Bar): void {
  const { scale, colours } = view
  const start = before.endAt ?? 0
  const end = after.startAt ?? 0
  const gap = end - start
  if (gap <= 0 || gap > 14 * HOUR || scale.pxPerHour < 12) return
  const minutes = travelMinutes(before.place, after.place, view.travel)
  const y = Math.round(top + height / 2) + 0.5
  const x0 = xOf(scale, start) + 1
  const x2 = xOf(scale, end) - 2
  if (x2 < 0 || x0 > scale.width) return
  const x1 = Math.max(x0, xOf(scale, end - minutes * 60_000))
  ctx.strokeStyle = colours.travel
  ctx.lineWidth = 1.5
  if (x1 - x0 > 4) {
    ctx.globalAlpha *= 0.6
    ctx.setLineDash([1.5, 3])
    line(ctx, x0, y, x1, y)
    ctx.setLineDash([])
    ctx.globalAlpha /= 0.6
  }
  if (minutes === 0) return
  line(ctx, x1, y, x2, y)
  const middle = (x1 + x2) / 2
  if (x2 - x1 > 10) {
    ctx.beginPath()
    ctx.moveTo(middle - 3, y - 3)
    ctx.lineTo(middle + 1.5, y)
    ctx.lineTo(middle - 3, y + 3)
    ctx.stroke()
  }
}

function line(ctx: Ctx, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath()
  ctx.moveTo(x0, y0)
  ctx.lineTo(x1, y1)
  ctx.stroke()
}

/** A team's planned hours per hour of the day, as small blocks on its line: a folded team still shows its load. */
function paintTeamLoad(ctx: Ctx, view: View, placed: Placed): void {
  const { row, top } = placed
  if (row.kind !== 'team') return
  const { scale, colours, board } = view
  const step = Math.max(0.5, labelHours(scale.pxPerHour) / 2) * HOUR
  const first = Math.floor(scale.from / step) * step
  const count = Math.ceil((toOf(scale) - first) / step)
  if (count > 400) return
  const load = new Float64Array(count)
  for (const bar of board.bars.values()) {
    if (bar.teamId !== row.id || bar.startAt === null || bar.endAt === null || bar.technicianId === null)
      continue
    const a = Math.max(0, Math.floor((bar.startAt - first) / step))
    const b = Math.min(count - 1, Math.floor((bar.endAt - 1 - first) / step))
    for (let i = a; i <= b; i++) {
      const from = first + i * step
      load[i] = (load[i] ?? 0) + (Math.min(bar.endAt, from + step) - Math.max(bar.startAt, from)) / step
    }
  }
  for (let i = 0; i < count; i++) {
    const share = Math.min(1, (load[i] ?? 0) / Math.max(1, row.people))
    if (share <= 0) continue
    const x = xOf(scale, first + i * step)
    const height = Math.max(2, share * 14)
    ctx.fillStyle = first + i * step < view.now ? colours['rule-strong'] : colours['closed-mark']
    ctx.fillRect(x + 1, top + TEAM_ROW - 4 - height, (step / HOUR) * scale.pxPerHour - 2, height)
  }
}

// ---------------------------------------------------------------- what would change

function paintGhosts(ctx: Ctx, view: View, placed: readonly Placed[]): void {
  const { colours, scale, sheet } = view
  for (const ghost of view.ghosts) {
    const bar = view.board.bars.get(ghost.activityId)
    const row = placed.find((p) => p.row.id === ghost.technicianId)
    if (!bar || !row) continue
    const box = boxOf({ ...bar, startAt: ghost.start, endAt: ghost.end }, row, scale, sheet.density)
    if (!box || box.x > scale.width || box.x + box.w < 0) continue
    const old = placed.find((p) => p.row.id === bar.technicianId)
    const from = old && boxOf(bar, old, scale, sheet.density)
    ctx.strokeStyle = colours.change
    ctx.fillStyle = colours.change
    if (from) {
      ctx.lineWidth = 1
      line(ctx, from.x + from.w / 2, from.y + from.h / 2, box.x + box.w / 2, box.y + box.h / 2)
    }
    ctx.globalAlpha = 0.9
    round(ctx, box, 4)
    ctx.fillStyle = colours['change-soft']
    ctx.fill()
    ctx.globalAlpha = 1
    ring(ctx, box, 4, colours.change, 1.5, 0, [4, 3])
    ctx.fillStyle = colours.change
    ctx.font = strong(11)
    ctx.textBaseline = 'middle'
    const text = String(ghost.number)
    if (box.w > 14) ctx.fillText(text, box.x + 5, box.y + box.h / 2 + 0.5)
  }
}

function paintDrag(ctx: Ctx, view: View, placed: readonly Placed[]): void {
  const { drag, colours, scale, sheet } = view
  if (!drag) return
  if (drag.promiseAt !== null) {
    const x = Math.round(xOf(scale, drag.promiseAt)) + 0.5
    ctx.strokeStyle = colours.promise
    ctx.lineWidth = 1.5
    line(ctx, x, view.scrollY, x, view.scrollY + view.height)
  }
  for (const row of placed) {
    const answer = drag.answers.get(row.row.id)
    if (!answer || row.row.kind !== 'technician') continue
    if (row.row.id === drag.technicianId) {
      const box = boxOf({ ...drag.bar, startAt: drag.start, endAt: drag.end }, row, scale, sheet.density)
      if (box) {
        ctx.globalAlpha = 0.85
        paintBar(ctx, view, { ...drag.bar, startAt: drag.start, endAt: drag.end }, box)
        ctx.globalAlpha = 1
        ring(ctx, box, 4, colours.change, 1.5, 1, [])
      }
    }
    ctx.font = plain(11)
    const width = widthOf(ctx, answer.text) + 26
    const x = scale.width - width - 6
    const y = row.top + row.height / 2
    ctx.fillStyle = colours.panel
    round(ctx, { x, y: row.top + 3, w: width, h: row.height - 6 }, 4)
    ctx.fill()
    const colour =
      answer.mark === 'fits' ? colours.good : answer.mark === 'warns' ? colours.ink : colours['ink-3']
    if (answer.mark === 'fits') tick(ctx, x + 10, y, colour)
    else if (answer.mark === 'warns') triangle(ctx, x + 10, y, colour)
    else cross(ctx, x + 10, y, colour)
    ctx.fillStyle = colour
    ctx.textBaseline = 'middle'
    ctx.fillText(answer.text, x + 20, y + 0.5)
  }
}

function triangle(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.4
  ctx.beginPath()
  ctx.moveTo(x, y - 4)
  ctx.lineTo(x + 4.5, y + 3.5)
  ctx.lineTo(x - 4.5, y + 3.5)
  ctx.closePath()
  ctx.stroke()
}

// ---------------------------------------------------------------- what sticks

function paintNow(ctx: Ctx, view: View): void {
  const x = NAMES + xOf(view.scale, view.now)
  if (x < NAMES || x > view.width) return
  ctx.fillStyle = view.colours.ink
  ctx.fillRect(Math.round(x) - 0.75, TIDE + 4, 1.5, view.height - TIDE - 4)
}

function paintNames(ctx: Ctx, view: View, placed: readonly Placed[]): void {
  const { colours, scrollY, height } = view
  ctx.save()
  ctx.beginPath()
  ctx.rect(0, HEAD, NAMES, height - HEAD)
  ctx.clip()
  ctx.translate(0, HEAD - scrollY)
  ctx.fillStyle = colours.panel
  ctx.fillRect(0, scrollY, NAMES, height)
  ctx.textBaseline = 'middle'
  for (const { row, top, height: rowHeight } of placed) {
    const y = top + rowHeight / 2
    if (row.kind === 'team') {
      ctx.fillStyle = colours.ground
      ctx.fillRect(0, top, NAMES, rowHeight)
      ctx.fillStyle = colours['ink-2']
      ctx.beginPath()
      if (row.folded) {
        ctx.moveTo(9, y - 4)
        ctx.lineTo(14, y)
        ctx.lineTo(9, y + 4)
      } else {
        ctx.moveTo(8, y - 2)
        ctx.lineTo(16, y - 2)
        ctx.lineTo(12, y + 3)
      }
      ctx.fill()
      ctx.fillStyle = colours.ink
      ctx.font = strong(12)
      clipped(ctx, row.name, 22, y, NAMES - 52)
      ctx.fillStyle = colours['ink-3']
      ctx.font = plain(12)
      ctx.fillText(String(row.people), NAMES - 8 - widthOf(ctx, String(row.people)), y + 0.5)
      continue
    }
    paintPresence(ctx, view, row.bars, row.technician.absences, y)
    ctx.fillStyle = colours.ink
    ctx.font = plain(12.5)
    clipped(ctx, row.technician.name, 22, y, NAMES - 56)
    paintDayLoad(ctx, view, row.bars, y)
    ctx.fillStyle = colours.rule
    ctx.fillRect(0, top + rowHeight - 1, NAMES, 1)
  }
  ctx.restore()
  ctx.fillStyle = colours['rule-strong']
  ctx.fillRect(NAMES - 1, TIDE, 1, height)
}

/** What a person does now: a dot on site, an arrow travelling, a ring free, a dash away. */
function paintPresence(
  ctx: Ctx,
  view: View,
  bars: readonly Bar[],
  absences: readonly { from: string; to: string }[],
  y: number,
): void {
  const { colours, now } = view
  const isAway = absences.some((a) => Date.parse(a.from) <= now && now < Date.parse(a.to))
  ctx.fillStyle = colours['ink-2']
  if (isAway) ctx.fillRect(8, y - 0.75, 8, 1.5)
  else if (bars.some((bar) => bar.fieldStatus === 'onSite')) dot(ctx, 12, y, 3.2, colours['ink-2'])
  else if (bars.some((bar) => bar.fieldStatus === 'travelling')) {
    ctx.beginPath()
    ctx.moveTo(9, y - 4)
    ctx.lineTo(15, y)
    ctx.lineTo(9, y + 4)
    ctx.fill()
  } else {
    ctx.strokeStyle = colours['ink-3']
    ctx.lineWidth = 1.4
    ctx.beginPath()
    ctx.arc(12, y, 3, 0, Math.PI * 2)
    ctx.stroke()
  }
}

const DAY_HOURS = 8
function paintDayLoad(ctx: Ctx, view: View, bars: readonly Bar[], y: number): void {
  const from = view.now - 12 * HOUR
  const to = view.now + 12 * HOUR
  let planned = 0
  for (const bar of bars)
    if (bar.startAt !== null && bar.endAt !== null && bar.endAt > from && bar.startAt < to)
      planned += Math.min(to, bar.endAt) - Math.max(from, bar.startAt)
  const share = planned / (DAY_HOURS * HOUR)
  ctx.fillStyle = view.colours.rule
  ctx.fillRect(NAMES - 30, y - 1.5, 24, 3)
  ctx.fillStyle = share > 1 ? view.colours.ink : view.colours['ink-2']
  ctx.fillRect(NAMES - 30, y - 1.5, Math.min(24, share * 24), 3)
}

function clipped(ctx: Ctx, text: string, x: number, y: number, space: number): void {
  let shown = text
  if (widthOf(ctx, shown) > space) {
    ctx.fontStretch = 'semi-condensed'
    while (shown.length > 3 && widthOf(ctx, `${shown}…`) > space) shown = shown.slice(0, -1)
    if (shown !== text) shown = `${shown}…`
  }
  ctx.fillText(shown, x, y + 0.5)
  ctx.fontStretch = 'normal'
}

function paintHead(ctx: Ctx, view: View): void {
  const { colours, width, scale } = view
  ctx.fillStyle = colours.panel
  ctx.fillRect(0, 0, width, HEAD)
  ctx.fillStyle = colours.rule
  ctx.fillRect(0, TIDE, width, 1)
  ctx.fillStyle = colours['rule-strong']
  ctx.fillRect(0, HEAD - 1, width, 1)
  ctx.textBaseline = 'middle'
  ctx.fillStyle = colours.ink
  ctx.font = strong(10.5)
  ctx.fillText(view.tideLabel[0], 8, 12)
  ctx.font = plain(10.5)
  ctx.fillText(view.tideLabel[1], 8, 25)
  ctx.fillStyle = colours['ink-2']
  ctx.font = plain(11.5)
  ctx.fillText(view.summary, 8, TIDE + SCALE / 2 + 0.5)

  ctx.save()
  ctx.beginPath()
  ctx.rect(NAMES, 0, width - NAMES, HEAD)
  ctx.clip()
  ctx.translate(NAMES, 0)
  paintTide(ctx, view)
  ctx.font = plain(11.5)
  const dayOnly = labelHours(scale.pxPerHour) >= 24
  for (const at of hoursInSight(view)) {
    const x = xOf(scale, at)
    const text = dayOnly ? view.dayLabel(at) : clockTime(at, view.zone)
    const isMidnight = !dayOnly && text === '00:00'
    ctx.fillStyle = isMidnight ? colours.ink : colours['ink-3']
    ctx.fillText(isMidnight ? view.dayLabel(at) : text, x + 4, TIDE + SCALE / 2 + 0.5)
    ctx.fillStyle = colours['rule-strong']
    ctx.fillRect(Math.round(x), TIDE + 6, 1, SCALE - 6)
  }
  const x = xOf(scale, view.now)
  if (x >= 0 && x <= scale.width) {
    const text = clockTime(view.now, view.zone, true)
    ctx.font = strong(12)
    const w = widthOf(ctx, text) + 12
    ctx.fillStyle = colours.ink
    round(ctx, { x: x - w / 2, y: TIDE + 3, w, h: 18 }, 4)
    ctx.fill()
    ctx.fillStyle = colours.panel
    ctx.fillText(text, x - w / 2 + 6, TIDE + 12.5)
  }
  ctx.restore()
}

const QUARTER = HOUR / 4

/** Promises falling due per quarter of an hour; the plum part is at risk or broken. */
function paintTide(ctx: Ctx, view: View): void {
  const { board, scale, colours, now } = view
  const step = Math.max(QUARTER, Math.ceil(8 / scale.pxPerHour / 0.25) * QUARTER)
  const first = Math.floor(scale.from / step) * step
  const count = Math.min(2_000, Math.ceil((toOf(scale) - first) / step))
  const all = new Float64Array(count)
  const plum = new Float64Array(count)
  for (const bar of board.bars.values()) {
    const promise = board.nextPromise(bar)
    if (!promise) continue
    const i = Math.floor((promise.dueAt - first) / step)
    if (i < 0 || i >= count) continue
    all[i] = (all[i] ?? 0) + 1
    const standing = standingOf(bar, promise, now)
    if (standing !== 'kept') plum[i] = (plum[i] ?? 0) + 1
  }
  const most = Math.max(4, ...all)
  const w = (step / HOUR) * scale.pxPerHour
  for (let i = 0; i < count; i++) {
    const n = all[i] ?? 0
    if (n === 0) continue
    const x = xOf(scale, first + i * step)
    const h = (n / most) * (TIDE - 8)
    const risky = ((plum[i] ?? 0) / most) * (TIDE - 8)
    ctx.fillStyle = colours['rule-strong']
    ctx.fillRect(x + 0.5, TIDE - h, Math.max(1, w - 1), h)
    if (risky > 0) {
      ctx.fillStyle = colours.promise
      ctx.fillRect(x + 0.5, TIDE - Math.max(2, risky), Math.max(1, w - 1), Math.max(2, risky))
    }
  }
}
