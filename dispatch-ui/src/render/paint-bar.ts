/**
 * One bar with all that it says: priority by its spine, planned or dispatched by its ground, progress by a glyph, a
 * promise by plum. Form says everything first; colour repeats it.
 *
 * Nothing is clipped but the white half of a label over a broken part: a clip for each bar would cost more than all
 * its marks.
 */
import { PX_PER_HOUR_WORDS, xOf } from '../layout/scale.ts'
import type { Box } from '../layout/sheet.ts'
import type { Bar, BoardPromise } from '../model/board.ts'
import { isAtStake, type Standing, stakeOf } from '../model/risk.ts'
import {
  arrow,
  type Ctx,
  chip,
  cross,
  dot,
  line,
  lock,
  pennant,
  ring,
  round,
  spring,
  tick,
  unequal,
  waitingRing,
} from './forms.ts'
import { fitOf, forgetWidths, ladderOf, PLACE_GAP, plain, type Step, strong, type Words } from './text-fit.ts'
import type { View } from './view.ts'

const spines = { high: 5, normal: 3, low: 3 } as const
const PLANNED_DASH = [3, 2]
const DOTTED = [1.5, 2]
/** From here up a chance of missing the promise is shown as a strip, and from there up as plum. */
const WATCH = 0.1
const RISK = 0.3

export function paintBar(ctx: Ctx, view: View, bar: Bar, box: Box): void {
  if (bar.state === 'closed') {
    paintClosed(ctx, view, bar, box)
    return
  }
  // In the hand it is somewhere else: what the past said about the old place no longer holds.
  const chance = view.drag?.bar.id === bar.id ? null : (view.chances.get(bar.id) ?? null)
  const { promise, standing: stands } = stakeOf(view.board, bar, view.now)
  const standing = plumOf(stands, chance)
  const radius = bar.locked ? 0 : Math.min(4, box.h / 3, box.w / 2)
  paintGround(ctx, view, bar, box, radius)
  const solidTo = promise ? paintLate(ctx, view, box, promise, standing, radius) : box.x
  paintSpine(ctx, view, bar, box, radius)
  paintStrip(ctx, view, box, chance, standing)
  paintEdge(ctx, view, bar, box, radius, standing)
  const right = paintRight(ctx, view, bar, box, promise, standing, chance)
  const left = paintLeft(ctx, view, bar, box, right)
  paintLabel(
    ctx,
    view,
    bar,
    box,
    left,
    right,
    promise && standing === 'broken' ? [xOf(view.scale, promise.dueAt), solidTo] : null,
  )
  paintRings(ctx, view, bar, box, radius)
}

const plumOf = (standing: Standing, chance: number | null): Standing =>
  standing === 'kept' && chance !== null && chance >= RISK ? 'risk' : standing

function paintGround(ctx: Ctx, view: View, bar: Bar, box: Box, radius: number): void {
  const { colours } = view
  round(ctx, box.x, box.y, box.w, box.h, radius)
  ctx.fillStyle = bar.state === 'undispatched' ? view.hatches[bar.priority] : colours[`${bar.priority}-tint`]
  ctx.fill()
  if (bar.fieldStatus !== 'onSite' && bar.fieldStatus !== 'done') return
  const done = Math.min(box.w, xOf(view.scale, view.now) - box.x)
  if (done <= 0) return
  round(ctx, box.x, box.y, done, box.h, done < box.w ? [radius, 0, 0, radius] : radius)
  ctx.fillStyle = colours[`${bar.priority}-mid`]
  ctx.fill()
}

/** Past the deadline: hatched while it is a forecast, solid as far as now once it is true. Answers where solid ends. */
function paintLate(
  ctx: Ctx,
  view: View,
  box: Box,
  promise: BoardPromise,
  standing: Standing,
  radius: number,
): number {
  if (standing !== 'late' && standing !== 'broken') return box.x
  const { colours } = view
  const end = box.x + box.w
  const due = Math.max(box.x, xOf(view.scale, promise.dueAt))
  if (due >= end) return box.x
  const corners = due > box.x ? [0, radius, radius, 0] : radius
  round(ctx, due, box.y, end - due, box.h, corners)
  ctx.fillStyle = view.hatches.late
  ctx.fill()
  const until = Math.min(end, xOf(view.scale, view.now))
  if (standing !== 'broken' || until <= due) return box.x
  round(
    ctx,
    due,
    box.y,
    until - due,
    box.h,
    until < end ? (due > box.x ? 0 : [radius, 0, 0, radius]) : corners,
  )
  ctx.fillStyle = colours['promise-solid']
  ctx.fill()
  return until
}

function paintSpine(ctx: Ctx, view: View, bar: Bar, box: Box, radius: number): void {
  const width = Math.min(spines[bar.priority], box.w / 2)
  ctx.fillStyle = view.colours[`${bar.priority}-mark`]
  if (bar.priority !== 'low') {
    round(ctx, box.x, box.y, width, box.h, [Math.min(radius, width), 0, 0, Math.min(radius, width)])
    ctx.fill()
    return
  }
  for (let y = box.y + 1; y < box.y + box.h - 1; y += 5)
    ctx.fillRect(box.x, y, width, Math.min(3, box.y + box.h - 1 - y))
}

function paintStrip(ctx: Ctx, view: View, box: Box, chance: number | null, standing: Standing): void {
  if (chance === null || chance < WATCH || standing === 'broken') return
  ctx.fillStyle = view.colours.promise
  ctx.fillRect(box.x + 1, box.y + box.h - 3, (box.w - 2) * Math.min(1, chance), 3)
}

function paintEdge(ctx: Ctx, view: View, bar: Bar, box: Box, radius: number, standing: Standing): void {
  const { colours } = view
  const plum = isAtStake(standing)
  const isPlanned = bar.state === 'undispatched'
  round(ctx, box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1, radius)
  ctx.lineWidth = plum ? 1.5 : 1
  ctx.strokeStyle = plum
    ? colours.promise
    : isPlanned
      ? colours[`${bar.priority}-mark`]
      : colours[`${bar.priority}-mid`]
  if (isPlanned && !plum) {
    ctx.setLineDash(PLANNED_DASH)
    ctx.globalAlpha *= 0.75
    ctx.stroke()
    ctx.globalAlpha /= 0.75
    ctx.setLineDash([])
  } else ctx.stroke()
}

/** Rings say who has to do with it now: a colleague's hand, an own edit on its way, a conflict, the selection. */
function paintRings(ctx: Ctx, view: View, bar: Bar, box: Box, radius: number): void {
  const { colours } = view
  const holder = view.held.get(bar.id)
  if (holder) {
    ring(ctx, box, radius, colours.people, 1.5, 2.5, DOTTED)
    chip(ctx, holder, box.x + box.w + 3, box.y - 2, { ground: colours.people, ink: colours.panel }, 10, 12)
  }
  if (view.pending.has(bar.id)) ring(ctx, box, radius, colours.change, 1.5, -0.5)
  if (view.contest?.activityId === bar.id) ring(ctx, box, radius, colours.change, 2, 1.5)
  else if (view.focused === bar.id) ring(ctx, box, radius, colours.change, 2, 3)
  else if (view.selected === bar.id) ring(ctx, box, radius, colours.change, 2, 1)
}

function paintClosed(ctx: Ctx, view: View, bar: Bar, box: Box): void {
  const { colours } = view
  const radius = Math.min(3, box.h / 3, box.w / 2)
  round(ctx, box.x, box.y, box.w, box.h, radius)
  ctx.fillStyle = colours['closed-fill']
  ctx.fill()
  ctx.fillStyle = colours['closed-mark']
  ctx.fillRect(box.x, box.y, 2, box.h)
  const isWord = view.scale.pxPerHour >= PX_PER_HOUR_WORDS
  if (box.w > 22 && isWord) tick(ctx, box.x + box.w - 9, box.y + box.h / 2, colours['closed-mark'])
  if (box.h >= 11 && isWord) {
    const step = fitOf(ladderOfBar(ctx, view, bar, 11), box.w - 26, false)
    if (step) {
      const y = box.y + box.h / 2
      write(ctx, step, box.x + 7, y, 11, colours['closed-text'], colours['closed-text'])
    }
  }
  paintRings(ctx, view, bar, box, radius)
}

/** What stands at the right end: lateness or chance in figures, and how far the technician is. Answers where it begins. */
function paintRight(
  ctx: Ctx,
  view: View,
  bar: Bar,
  box: Box,
  promise: BoardPromise | undefined,
  standing: Standing,
  chance: number | null,
): number {
  const { colours } = view
  let right = box.x + box.w - 3
  const middle = box.y + box.h / 2
  if (box.w < 16 || box.h < 9) return right
  const figure =
    promise && standing === 'broken'
      ? lateText(view.now - promise.dueAt)
      : chance !== null && chance >= RISK && isAtStake(standing)
        ? `${Math.round(chance * 100)} %`
        : ''
  if (figure !== '' && view.scale.pxPerHour >= PX_PER_HOUR_WORDS && box.w > 52) {
    const onHatch = standing !== 'risk'
    right -= chip(
      ctx,
      figure,
      right,
      middle,
      { ground: onHatch ? colours.panel : null, ink: colours.promise },
      11,
      Math.min(15, box.h - 4),
    )
  }
  if (box.w < 26) return right
  switch (bar.fieldStatus) {
    case 'accepted':
      tick(ctx, right - 7, middle, colours.ink)
      return right - 14
    case 'travelling':
      arrow(ctx, right - 6, middle, colours.ink)
      return right - 12
    case 'onSite':
      dot(ctx, right - 5, middle, 3.4, colours.ink)
      return right - 12
    case 'done':
      tick(ctx, right - 7, middle, colours.good)
      return right - 14
    case 'declined':
      cross(ctx, right - 6, middle, colours.ink)
      return right - 12
    default:
      return right
  }
}

/** What stands at the left end and outlives the label: a lock, an edit on its way, a conflict. Answers where it ends. */
function paintLeft(ctx: Ctx, view: View, bar: Bar, box: Box, right: number): number {
  const { colours } = view
  let left = box.x + spines[bar.priority] + 4
  const middle = box.y + box.h / 2
  if (right - left < 10 || box.h < 9) return left
  if (view.contest?.activityId === bar.id) {
    unequal(ctx, left + 5, middle, colours.change)
    left += 13
  } else if (view.pending.has(bar.id)) {
    waitingRing(ctx, left + 5, middle, colours.change)
    left += 13
  }
  if (bar.locked && right - left >= 9) {
    lock(ctx, left + 5, middle, colours['ink-2'])
    left += 13
  }
  return left
}

const lateText = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  return minutes >= 1440
    ? `+${Math.floor(minutes / 1440)} d`
    : `+${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

function paintLabel(
  ctx: Ctx,
  view: View,
  bar: Bar,
  box: Box,
  left: number,
  right: number,
  solid: readonly [number, number] | null,
): void {
  if (box.h < 10) return
  const size = box.h < 15 ? 10 : 12
  const ladder = ladderOfBar(ctx, view, bar, size)
  const step = fitOf(ladder, right - left - 2, view.scale.pxPerHour < PX_PER_HOUR_WORDS)
  if (!step) return
  const { colours } = view
  const y = box.y + box.h / 2
  write(ctx, step, left, y, size, colours.ink, colours['ink-2'])
  if (solid === null || solid[1] <= left || solid[0] >= left + step.width) return
  // Over the part that is past its deadline the same words stand in white.
  ctx.save()
  ctx.beginPath()
  ctx.rect(Math.max(solid[0], box.x), box.y, solid[1] - Math.max(solid[0], box.x), box.h)
  ctx.clip()
  write(ctx, step, left, y, size, colours['on-solid'], colours['on-solid'])
  ctx.restore()
}

function write(ctx: Ctx, step: Step, x: number, y: number, size: number, ink: string, soft: string): void {
  ctx.textBaseline = 'middle'
  ctx.font = strong(size, step.isNarrow)
  ctx.fillStyle = ink
  ctx.fillText(step.type, x, y + 0.5)
  if (step.place !== '') {
    ctx.font = plain(size, step.isNarrow)
    ctx.fillStyle = soft
    ctx.fillText(step.place, x + step.typeWidth + PLACE_GAP, y + 0.5)
  }
}

type Kept = { readonly order: unknown; readonly size: number; readonly ladder: readonly Step[] }
let ladders = new WeakMap<Bar, Kept>()
/** The font has come: labels are measured anew. */
export const forgetLabels = (): void => {
  ladders = new WeakMap()
  forgetWidths()
}

/** A bar's label, worked out once for as long as neither the bar nor its order changes. */
function ladderOfBar(ctx: Ctx, view: View, bar: Bar, size: number): readonly Step[] {
  const order = view.board.orders.get(bar.orderId)
  const known = ladders.get(bar)
  if (known && known.order === order && known.size === size) return known.ladder
  const ladder = ladderOf(ctx, wordsOf(view, bar), size)
  ladders.set(bar, { order, size, ladder })
  return ladder
}

export function wordsOf(view: View, bar: Bar): Words {
  const order = view.board.orders.get(bar.orderId)
  const type = bar.typeId === null ? undefined : view.types.get(bar.typeId)
  const full = type?.full ?? order?.description ?? bar.number
  return {
    full,
    short: type?.short ?? full.split(' ')[0] ?? full,
    code: type?.code ?? full.slice(0, 2),
    place: order?.placeName ?? '',
  }
}

/** A pennant at the row's top edge where the promise falls due, its stem, and the slack as a line to it. */
export function paintDeadline(ctx: Ctx, view: View, bar: Bar, box: Box, rowTop: number): void {
  const { promise, standing: stands } = stakeOf(view.board, bar, view.now)
  if (!promise) return
  const standing = plumOf(stands, view.chances.get(bar.id) ?? null)
  if (!isAtStake(standing)) return
  const x = Math.round(xOf(view.scale, promise.dueAt)) + 0.5
  // A promise that fell due before the work begins is told by the bar itself; its flag would stand on someone else's.
  if (x < Math.max(-10, box.x - 4) || x > view.scale.width + 10) return
  const foot = box.y + box.h - 1
  ctx.strokeStyle = view.colours.promise
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(x, rowTop + 1)
  if (x > box.x + box.w) {
    ctx.lineTo(x, foot)
    ctx.lineTo(box.x + box.w, foot)
  } else ctx.lineTo(x, box.y)
  ctx.stroke()
  pennant(ctx, x, rowTop + 1, view.colours.promise)
}

/** How far the work may slide, as springs between brackets; and the promised hours as a sill along the row's top. */
export function paintRange(ctx: Ctx, view: View, bar: Bar, box: Box): void {
  if (view.selected !== bar.id && view.drag?.bar.id !== bar.id) return
  const { scale, colours } = view
  const y = box.y + box.h / 2
  if (bar.earliestStart !== null) {
    const x = Math.max(-20, xOf(scale, Date.parse(bar.earliestStart)))
    if (x < box.x) spring(ctx, x, box.x - 1, y, -1, colours['ink-2'])
  }
  if (bar.latestEnd !== null) {
    const x = Math.min(scale.width + 20, xOf(scale, Date.parse(bar.latestEnd)))
    if (x > box.x + box.w) spring(ctx, box.x + box.w + 1, x, y, 1, colours['ink-2'])
  }
}

/** The hours in which the customer was promised the visit, along the top of the row. */
export function paintSill(ctx: Ctx, view: View, from: number, to: number, rowTop: number): void {
  const x0 = xOf(view.scale, from)
  const x1 = xOf(view.scale, to)
  if (x1 < 0 || x0 > view.scale.width) return
  ctx.strokeStyle = view.colours['ink-2']
  ctx.lineWidth = 1.5
  line(ctx, x0, rowTop + 1.5, x1, rowTop + 1.5)
  line(ctx, x0 + 0.75, rowTop + 1, x0 + 0.75, rowTop + 5)
}
