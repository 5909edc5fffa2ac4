/**
 * One frame of the board: shade, rules, thread, bars, deadlines, proposals, now — in that order, and only what is in
 * sight. Names, scale and the line of the team in view stick while the rest moves under them.
 */
import { marksOf, PX_PER_HOUR_BARS, xOf } from '../layout/scale.ts'
import { HEAD, NAMES, rowsBetween, stuckTeam, TIDE } from '../layout/sheet.ts'
import type { Ctx } from './forms.ts'
import { ANSWERS, paintContest, paintDrag, paintGhosts } from './paint-changes.ts'
import { paintHead } from './paint-head.ts'
import { paintDays } from './paint-month.ts'
import { paintNames, paintTeamLoad, paintTeamName } from './paint-names.ts'
import { paintAbsences, paintGround, paintRow } from './paint-row.ts'
import type { View } from './view.ts'

export function paintSheet(ctx: Ctx, view: View): void {
  const { colours, width, height, scrollY } = view
  ctx.fillStyle = colours.ground
  ctx.fillRect(0, 0, width, height)
  const placed = rowsBetween(view.sheet, scrollY, scrollY + height - HEAD)
  const teamInSight = stuckTeam(view.sheet, scrollY)

  ctx.save()
  ctx.beginPath()
  ctx.rect(NAMES, HEAD, width - NAMES, height - HEAD)
  ctx.clip()
  ctx.translate(NAMES, HEAD - scrollY)
  paintPaper(ctx, view)
  for (const row of placed) paintGround(ctx, view, row)
  paintHours(ctx, view)
  const isNear = view.scale.pxPerHour >= PX_PER_HOUR_BARS
  for (const row of placed) {
    if (row.row.kind === 'team') paintTeamLoad(ctx, view, row, row.top)
    else if (isNear) paintRow(ctx, view, row)
    else paintDays(ctx, view, row)
  }
  for (const row of placed) if (row.row.kind === 'technician') paintAbsences(ctx, view, row)
  if (isNear) paintGhosts(ctx, view)
  paintContest(ctx, view)
  paintDrag(ctx, view, placed)
  if (teamInSight) paintTeamLoad(ctx, view, teamInSight, scrollY)
  ctx.restore()

  paintNow(ctx, view)
  paintNames(ctx, view, placed)
  if (teamInSight) {
    ctx.save()
    ctx.translate(0, HEAD)
    ctx.textBaseline = 'middle'
    paintTeamName(ctx, view, teamInSight, 0)
    ctx.restore()
  }
  paintRowUnderHand(ctx, view)
  paintHead(ctx, view)
  if (view.isStale) paintStale(ctx, view)
}

/** Open hours are the sheet; what lies behind now is a shade darker. */
function paintPaper(ctx: Ctx, view: View): void {
  const { colours, scale, sheet, scrollY, height } = view
  const bottom = Math.min(scrollY + height, sheet.height)
  if (bottom <= scrollY) return
  ctx.fillStyle = colours.sheet
  ctx.fillRect(0, scrollY, scale.width, bottom - scrollY)
  const past = Math.min(scale.width, xOf(scale, view.now))
  if (past <= 0) return
  ctx.globalAlpha = 0.5
  ctx.fillStyle = colours.ground
  ctx.fillRect(0, scrollY, past, bottom - scrollY)
  ctx.globalAlpha = 1
}

function paintHours(ctx: Ctx, view: View): void {
  const { colours, scale, sheet, scrollY, height } = view
  const tall = Math.min(height, sheet.height - scrollY)
  ctx.fillStyle = colours.rule
  for (const at of marksOf(scale, view.zone)) ctx.fillRect(Math.round(xOf(scale, at)), scrollY, 1, tall)
}

function paintNow(ctx: Ctx, view: View): void {
  const x = NAMES + xOf(view.scale, view.now)
  const right = view.width - (view.drag ? ANSWERS : 0)
  if (x < NAMES || x > right) return
  ctx.fillStyle = view.colours.ink
  ctx.fillRect(Math.round(x) - 0.75, TIDE + 4, 1.5, view.height - TIDE - 4)
}

function paintRowUnderHand(ctx: Ctx, view: View): void {
  const { drag, sheet, colours, scrollY, width } = view
  const placed = drag?.technicianId == null ? undefined : sheet.byTechnician.get(drag.technicianId)
  if (!placed) return
  ctx.strokeStyle = colours.change
  ctx.lineWidth = 2
  ctx.strokeRect(1, HEAD + placed.top - scrollY, width - 2, placed.height - 1)
}

/** An old board is never painted as a new one. Countdowns run on, because they are arithmetic. */
function paintStale(ctx: Ctx, { colours, width, height }: View): void {
  ctx.globalAlpha = 0.35
  ctx.fillStyle = colours.ground
  ctx.fillRect(0, HEAD, width, height - HEAD)
  ctx.globalAlpha = 1
}
