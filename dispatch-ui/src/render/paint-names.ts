/** The column of names: what each person does now, who it is, how full the day is; and the lines of the teams. */
import { HOUR, quartersPerStep, toOf, xOf } from '../layout/scale.ts'
import { firstAfter, HEAD, NAMES, type Placed, TEAM_ROW, TIDE } from '../layout/sheet.ts'
import type { Bar } from '../model/board.ts'
import { QUARTER } from '../model/summary.ts'
import { arrow, type Ctx, circle, clipped, dot } from './forms.ts'
import { plain, strong, widthOf } from './text-fit.ts'
import type { View } from './view.ts'

export function paintNames(ctx: Ctx, view: View, placed: readonly Placed[]): void {
  const { colours, scrollY, height } = view
  ctx.save()
  ctx.beginPath()
  ctx.rect(0, HEAD, NAMES, height - HEAD)
  ctx.clip()
  ctx.translate(0, HEAD - scrollY)
  ctx.fillStyle = colours.panel
  ctx.fillRect(0, scrollY, NAMES, height)
  ctx.textBaseline = 'middle'
  for (const one of placed) {
    if (one.row.kind === 'team') paintTeamName(ctx, view, one, one.top)
    else paintPerson(ctx, view, one)
  }
  ctx.restore()
  ctx.fillStyle = colours['rule-strong']
  ctx.fillRect(NAMES - 1, TIDE, 1, height)
}

export function paintTeamName(ctx: Ctx, view: View, { row, height }: Placed, top: number): void {
  if (row.kind !== 'team') return
  const { colours } = view
  const y = top + height / 2
  ctx.fillStyle = colours.ground
  ctx.fillRect(0, top, NAMES, height)
  ctx.fillStyle = colours['rule-strong']
  ctx.fillRect(0, top, NAMES, 1)
  ctx.fillRect(0, top + height - 1, NAMES, 1)
  ctx.fillStyle = colours.ink
  ctx.beginPath()
  if (row.folded) {
    ctx.moveTo(10, y - 3.5)
    ctx.lineTo(14.5, y)
    ctx.lineTo(10, y + 3.5)
  } else {
    ctx.moveTo(8.5, y - 2)
    ctx.lineTo(15.5, y - 2)
    ctx.lineTo(12, y + 3)
  }
  ctx.fill()
  ctx.font = strong(12)
  const count = String(row.people)
  clipped(ctx, row.name, 22, y, NAMES - 22 - 12 - widthOf(ctx, count))
  ctx.fillStyle = colours['ink-3']
  ctx.font = plain(12)
  ctx.fillText(count, NAMES - 8 - widthOf(ctx, count), y + 0.5)
}

function paintPerson(ctx: Ctx, view: View, { row, top, height }: Placed): void {
  if (row.kind !== 'technician') return
  const { colours } = view
  const y = top + height / 2
  const bars = view.board.barsOf(row.id)
  const answer = view.drag?.answers.get(row.id)
  if (answer?.mark === 'cannot') ctx.globalAlpha = 0.5
  const isAway = row.technician.absences.some(
    (a) => Date.parse(a.from) <= view.now && view.now < Date.parse(a.to),
  )
  paintPresence(ctx, view, bars, isAway, y)
  ctx.fillStyle = isAway ? colours['ink-3'] : colours.ink
  ctx.font = view.drag?.technicianId === row.id ? strong(12.5) : plain(12.5)
  clipped(ctx, row.technician.name, 22, y, NAMES - 56)
  paintDayLoad(ctx, view, bars, y)
  ctx.globalAlpha = 1
  ctx.fillStyle = colours.rule
  ctx.fillRect(0, top + height - 1, NAMES, 1)
}

/** What a person does now: a dot on site, an arrow travelling, a ring free, a dash away. */
function paintPresence(ctx: Ctx, view: View, bars: readonly Bar[], isAway: boolean, y: number): void {
  const { colours, now } = view
  if (isAway) {
    ctx.fillStyle = colours['ink-3']
    ctx.fillRect(8.5, y - 0.75, 7, 1.5)
    return
  }
  let doing: Bar['fieldStatus'] = 'none'
  for (let i = firstAfter(bars, now - 12 * HOUR); i < bars.length; i++) {
    const bar = bars[i]
    if (!bar || (bar.startAt ?? 0) > now + 12 * HOUR) break
    if (bar.state === 'closed') continue
    if (bar.fieldStatus === 'onSite') doing = 'onSite'
    else if (bar.fieldStatus === 'travelling' && doing !== 'onSite') doing = 'travelling'
  }
  if (doing === 'onSite') dot(ctx, 12, y, 3.2, colours['ink-2'])
  else if (doing === 'travelling') arrow(ctx, 12, y, colours['ink-2'])
  else circle(ctx, 12, y, 2.8, colours['ink-3'])
}

const WIDTH = 24
/** Twelve hours back and twelve ahead, against eight: over-full turns ink. */
function paintDayLoad(ctx: Ctx, view: View, bars: readonly Bar[], y: number): void {
  const from = view.now - 12 * HOUR
  const to = view.now + 12 * HOUR
  let planned = 0
  for (let i = firstAfter(bars, from); i < bars.length; i++) {
    const bar = bars[i]
    if (!bar || (bar.startAt ?? 0) >= to) break
    planned += Math.min(to, bar.endAt ?? 0) - Math.max(from, bar.startAt ?? 0)
  }
  const share = Math.min(1, planned / (8 * HOUR))
  ctx.fillStyle = view.colours['closed-fill']
  ctx.fillRect(NAMES - 32, y - 1.5, WIDTH, 3)
  ctx.fillStyle = view.colours['ink-2']
  ctx.fillRect(NAMES - 32, y - 1.5, share * WIDTH, 3)
}

/** A team's load on its line, by the quarter hour or by what is wide enough to see: a folded team still shows it. */
export function paintTeamLoad(ctx: Ctx, view: View, { row, height }: Placed, top: number): void {
  if (row.kind !== 'team') return
  const { scale, colours } = view
  ctx.fillStyle = colours.ground
  ctx.fillRect(0, top, scale.width, height)
  ctx.fillStyle = colours['rule-strong']
  ctx.fillRect(0, top, scale.width, 1)
  ctx.fillRect(0, top + height - 1, scale.width, 1)
  const load = view.loads.get(row.id)
  if (!load) return
  const quarters = quartersPerStep(scale)
  const step = quarters * QUARTER
  const w = (step / HOUR) * scale.pxPerHour
  const last = Math.ceil(toOf(scale) / step)
  for (let n = Math.floor(scale.from / step); n < last; n++) {
    let sum = 0
    for (let q = 0; q < quarters; q++) sum += load.get(n * quarters + q) ?? 0
    if (sum <= 0) continue
    const share = Math.min(1, sum / quarters / Math.max(1, row.people))
    const tall = Math.max(2, share * (TEAM_ROW - 9))
    const x = xOf(scale, n * step)
    ctx.fillStyle = (n + 1) * step <= view.now ? colours['rule-strong'] : colours['closed-mark']
    ctx.fillRect(x + 0.5, top + height - 4 - tall, Math.max(1, w - 1), tall)
  }
}
