/** What has not happened, in blue: a proposal's moves, a bar in the hand, an edit that met another. */
import { toOf, xOf } from '../layout/scale.ts'
import { type Box, boxOf, type Placed } from '../layout/sheet.ts'
import type { Bar } from '../model/board.ts'
import { type Ctx, cross, dot, line, ring, round, tick, warning } from './forms.ts'
import { paintBar, wordsOf } from './paint-bar.ts'
import { fitOf, ladderOf, plain, strong, widthOf } from './text-fit.ts'
import type { Drag, Ghost, RowAnswer, View } from './view.ts'

const DASH = [4, 3]
/** The column of answers at the right edge while a bar is in the hand. */
export const ANSWERS = 206

export function paintGhosts(ctx: Ctx, view: View): void {
  // One question at a time: while something is in the hand, what else might move stays quiet.
  if (view.drag) return
  for (const ghost of view.ghosts) if (ghost.isChosen) paintGhost(ctx, view, ghost)
}

function paintGhost(ctx: Ctx, view: View, ghost: Ghost): void {
  const { colours, scale, sheet } = view
  const bar = view.board.bars.get(ghost.activityId)
  const row = sheet.byTechnician.get(ghost.technicianId)
  if (!bar || !row) return
  const box = boxOf({ startAt: ghost.start, endAt: ghost.end, state: bar.state }, row, scale, sheet.density)
  const old = bar.technicianId === null ? undefined : sheet.byTechnician.get(bar.technicianId)
  const from = old && boxOf(bar, old, scale, sheet.density)
  if (!box || Math.max(box.x + box.w, from?.x ?? 0) < 0 || Math.min(box.x, from?.x ?? box.x) > scale.width)
    return
  outline(ctx, view, box, [wordsOf(view, bar).short, view.clock(ghost.start)])
  const way = ghost.hasWay ? from : undefined
  if (way) paintWay(ctx, view, way, box)
  const x = way ? way.x + way.w / 2 : box.x
  const y = way ? way.y + way.h : box.y + 1
  dot(ctx, x, y, 7.5, colours['change-solid'])
  ctx.fillStyle = colours['on-solid']
  ctx.font = strong(10)
  const text = String(ghost.number)
  ctx.textBaseline = 'middle'
  ctx.fillText(text, x - widthOf(ctx, text) / 2, y + 0.5)
}

function outline(ctx: Ctx, view: View, box: Box, texts: readonly [string, string]): void {
  const { colours } = view
  round(ctx, box.x, box.y, box.w, box.h, 4)
  ctx.fillStyle = colours['change-soft']
  ctx.fill()
  ring(ctx, box, 4, colours.change, 1.5, -0.5, DASH)
  const [type, time] = texts
  const words = { full: `${type}  ${time}`, short: type, code: time.slice(0, 2), place: '' }
  const step = fitOf(ladderOf(ctx, words, 12), box.w - 12, false)
  if (!step) return
  ctx.fillStyle = colours['change-text']
  ctx.font = strong(12, step.isNarrow)
  ctx.textBaseline = 'middle'
  ctx.fillText(step.type, box.x + 6, box.y + box.h / 2 + 0.5)
}

/** A curve from the old place to the new one, with its head where it arrives. */
function paintWay(ctx: Ctx, view: View, from: Box, to: Box): void {
  const { colours } = view
  const isDown = to.y >= from.y
  const x0 = from.x + from.w / 2
  const y0 = from.y + (isDown ? from.h : 0)
  const x1 = Math.max(to.x + 8, Math.min(to.x + to.w - 8, x0))
  const y1 = isDown ? to.y : to.y + to.h
  ctx.strokeStyle = colours.change
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(x0, y0)
  const bend = (y1 - y0) / 2
  ctx.bezierCurveTo(x0, y0 + bend, x1, y1 - bend, x1, y1)
  ctx.stroke()
  const head = isDown ? -6 : 6
  ctx.fillStyle = colours.change
  ctx.beginPath()
  ctx.moveTo(x1, y1)
  ctx.lineTo(x1 - 4, y1 + head)
  ctx.lineTo(x1 + 4, y1 + head)
  ctx.fill()
}

/** The one in conflict: where mine would have lain, beside the bar as it now stands. */
export function paintContest(ctx: Ctx, view: View): void {
  const { contest, sheet, scale } = view
  if (!contest || contest.technicianId === null) return
  const row = sheet.byTechnician.get(contest.technicianId)
  const box =
    row && boxOf({ startAt: contest.start, endAt: contest.end, state: 'open' }, row, scale, sheet.density)
  if (box) outline(ctx, view, box, [view.mineLabel, view.clock(contest.start)])
}

export function paintDrag(ctx: Ctx, view: View, placed: readonly Placed[]): void {
  const { drag, colours, scale, sheet } = view
  if (!drag) return
  const x0 = xOf(scale, drag.start)
  ctx.globalAlpha = 0.08
  ctx.fillStyle = colours.change
  ctx.fillRect(x0, view.scrollY, xOf(scale, drag.end) - x0, view.height)
  ctx.globalAlpha = 1
  if (drag.promiseAt !== null && drag.promiseAt < toOf(scale)) {
    const x = Math.round(xOf(scale, drag.promiseAt)) + 0.5
    ctx.strokeStyle = colours.promise
    ctx.lineWidth = 1.5
    line(ctx, x, view.scrollY, x, view.scrollY + view.height)
  }
  for (const row of placed) {
    const answer = drag.answers.get(row.row.id)
    if (!answer) continue
    const isHere = row.row.id === drag.technicianId
    if (!isHere && answer.mark !== 'cannot') {
      const box = boxOf(
        { startAt: answer.start, endAt: answer.end, state: 'open' },
        row,
        scale,
        sheet.density,
      )
      if (box) ring(ctx, box, 4, colours.change, 1.5, -0.5, DASH)
    }
    if (isHere) paintHand(ctx, view, drag, row)
  }
  paintAnswers(ctx, view, drag, placed)
}

function paintHand(ctx: Ctx, view: View, drag: Drag, row: Placed): void {
  const { colours, scale, sheet } = view
  const held: Bar = { ...drag.bar, startAt: drag.start, endAt: drag.end }
  const box = boxOf(held, row, scale, sheet.density)
  if (!box) return
  ctx.shadowColor = 'rgb(21 24 28 / .3)'
  ctx.shadowBlur = 10
  ctx.shadowOffsetY = 3
  round(ctx, box.x, box.y, box.w, box.h, 4)
  ctx.fillStyle = colours.panel
  ctx.fill()
  ctx.shadowColor = 'transparent'
  paintBar(ctx, view, held, box)
  ring(ctx, box, 4, colours.change, 2, 0)
}

/** For every row: a tick with what it adds, a triangle with the warning, or a cross with the reason. */
function paintAnswers(ctx: Ctx, view: View, drag: Drag, placed: readonly Placed[]): void {
  const { colours, scale } = view
  const left = scale.width - ANSWERS
  ctx.fillStyle = colours.panel
  ctx.fillRect(left, view.scrollY, ANSWERS, view.height)
  ctx.fillStyle = colours['rule-strong']
  ctx.fillRect(left, view.scrollY, 1, view.height)
  for (const { row, top, height } of placed) {
    if (row.kind === 'team') {
      ctx.fillStyle = colours.ground
      ctx.fillRect(left, top, ANSWERS, height)
      continue
    }
    ctx.fillStyle = colours.rule
    ctx.fillRect(left, top + height - 1, ANSWERS, 1)
    const answer = drag.answers.get(row.id)
    if (answer) paintAnswer(ctx, view, answer, left, top + height / 2)
  }
}

function paintAnswer(ctx: Ctx, view: View, answer: RowAnswer, left: number, y: number): void {
  const { colours } = view
  const colour =
    answer.mark === 'fits' ? colours.good : answer.mark === 'warns' ? colours.ink : colours['ink-3']
  if (answer.mark === 'fits') tick(ctx, left + 14, y, colour)
  else if (answer.mark === 'warns') warning(ctx, left + 14, y, colour)
  else cross(ctx, left + 14, y, colour)
  ctx.font = answer.mark === 'cannot' ? plain(12) : strong(12)
  ctx.fillStyle = colour
  ctx.textBaseline = 'middle'
  ctx.fillText(answer.text, left + 27, y + 0.5, ANSWERS - 34)
}
