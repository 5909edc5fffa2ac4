/**
 * One bar with all that it says: priority by its spine, planned or dispatched by its ground, progress by a glyph, a
 * promise by plum. Form says everything first; colour repeats it.
 */

import { type Scale, xOf } from '../layout/scale.ts'
import type { Box } from '../layout/sheet.ts'
import type { Bar } from '../model/board.ts'
import { standingOf } from '../model/risk.ts'
import { plain, strong, widthOf } from './text-fit.ts'
import type { View } from './view.ts'

type Ctx = CanvasRenderingContext2D
const spines = { high: 5, normal: 3, low: 3 } as const
const WORD_PX_PER_HOUR = 40

export function paintBar(ctx: Ctx, view: View, bar: Bar, box: Box): void {
  if (bar.state === 'closed') {
    paintClosed(ctx, view, bar, box)
    return
  }
  const { colours } = view
  const promise = view.board.nextPromise(bar)
  const standing = standingOf(bar, promise, view.now)
  const tint = colours[`${bar.priority}-tint`]
  const radius = bar.locked ? 0 : Math.min(4, box.h / 3)

  ctx.save()
  round(ctx, box, radius)
  ctx.fillStyle = tint
  ctx.fill()
  ctx.clip()
  if (bar.state === 'undispatched') hatch(ctx, box, colours[`${bar.priority}-mid`], 1)
  if (bar.fieldStatus === 'onSite' && bar.startAt !== null) {
    ctx.fillStyle = colours[`${bar.priority}-mid`]
    ctx.fillRect(box.x, box.y, Math.max(0, Math.min(box.w, xOf(view.scale, view.now) - box.x)), box.h)
  }
  if (promise && (standing === 'late' || standing === 'broken'))
    paintLate(ctx, view, box, promise.dueAt, standing)
  if (standing === 'risk') {
    ctx.fillStyle = colours.promise
    ctx.fillRect(box.x, box.y + box.h - 3, box.w * 0.45, 3)
  }
  paintSpine(ctx, bar, box, colours[`${bar.priority}-mark`])
  ctx.restore()

  outline(ctx, view, bar, box, radius, standing)
  const right = paintGlyphs(ctx, view, bar, box)
  paintLabel(
    ctx,
    view,
    bar,
    box,
    right,
    standing === 'broken' && promise !== undefined && promise.dueAt <= (bar.startAt ?? 0),
  )
}

function outline(ctx: Ctx, view: View, bar: Bar, box: Box, radius: number, standing: string): void {
  const { colours } = view
  const isPlum = standing === 'risk' || standing === 'late' || standing === 'broken'
  round(ctx, inset(box, 0.5), radius)
  ctx.lineWidth = isPlum ? 1.5 : 1
  ctx.setLineDash(bar.state === 'undispatched' && !isPlum ? [3, 2] : [])
  ctx.strokeStyle = isPlum ? colours.promise : colours[`${bar.priority}-mid`]
  ctx.stroke()
  ctx.setLineDash([])
  if (view.pending.has(bar.id)) ring(ctx, box, radius, colours.change, 1.5, 0, [2, 2])
  const holder = view.held.get(bar.id)
  if (holder) {
    ring(ctx, box, radius, colours.people, 1.5, 2, [2, 2])
    chip(ctx, holder, box.x + box.w, box.y - 5, colours.people, colours.panel)
  }
  if (view.selected === bar.id)
    ring(ctx, box, radius, colours.change, 2, view.focused === bar.id ? 3 : 1.5, [])
  else if (view.focused === bar.id) ring(ctx, box, radius, colours.change, 2, 3, [])
  const wash = view.fresh.get(bar.id)
  if (wash !== undefined) {
    const age = (view.now - wash) / 1600
    if (age < 1) {
      ctx.globalAlpha = 0.3 * (1 - age)
      round(ctx, box, radius)
      ctx.fillStyle = colours.ink
      ctx.fill()
      ctx.globalAlpha = 1
    }
  }
}

/** The part past the deadline: hatched the other way while it is a forecast, solid as far as now once it is true. */
function paintLate(ctx: Ctx, view: View, box: Box, dueAt: number, standing: 'late' | 'broken'): void {
  const { colours, scale, now } = view
  const due = Math.max(box.x, xOf(scale, dueAt))
  if (due < box.x + box.w) {
    const late = { x: due, y: box.y, w: box.x + box.w - due, h: box.h }
    ctx.fillStyle = colours['promise-soft']
    ctx.fillRect(late.x, late.y, late.w, late.h)
    hatch(ctx, late, colours['promise-mid'], -1)
  }
  if (standing === 'broken') {
    const until = Math.min(box.x + box.w, xOf(scale, now))
    if (until > due) {
      ctx.fillStyle = colours['promise-solid']
      ctx.fillRect(due, box.y, until - due, box.h)
    }
  }
}

function paintClosed(ctx: Ctx, view: View, bar: Bar, box: Box): void {
  const { colours } = view
  round(ctx, box, Math.min(4, box.h / 3))
  ctx.fillStyle = colours['closed-fill']
  ctx.fill()
  ctx.fillStyle = colours['closed-mark']
  ctx.fillRect(box.x, box.y, 2, box.h)
  if (view.selected === bar.id) ring(ctx, box, 3, colours.change, 2, 1.5, [])
  if (box.w > 18) tick(ctx, box.x + box.w - 10, box.y + box.h / 2, colours['closed-text'])
  if (view.scale.pxPerHour >= WORD_PX_PER_HOUR)
    label(
      ctx,
      names(view, bar),
      { x: box.x + 6, y: box.y + box.h / 2 },
      box.w - 24,
      colours['closed-text'],
      11,
    )
}

function paintSpine(ctx: Ctx, bar: Bar, box: Box, mark: string): void {
  const width = spines[bar.priority]
  ctx.fillStyle = mark
  if (bar.priority !== 'low') {
    ctx.fillRect(box.x, box.y, width, box.h)
    return
  }
  for (let y = box.y; y < box.y + box.h; y += 5) ctx.fillRect(box.x, y, width, Math.min(3, box.y + box.h - y))
}

/** Glyphs at the right end; answers where they begin. Lock and lateness outlive the label. */
function paintGlyphs(ctx: Ctx, view: View, bar: Bar, box: Box): number {
  const { colours } = view
  let right = box.x + box.w - 4
  const middle = box.y + box.h / 2
  if (box.w < 16 || box.h < 9) return right
  const promise = view.board.nextPromise(bar)
  if (promise && standingOf(bar, promise, view.now) === 'broken') {
    const text = `+${minutesText(view.now - promise.dueAt)}`
    ctx.font = strong(11)
    const width = widthOf(ctx, text) + 8
    if (width < box.w - 6) {
      ctx.fillStyle = colours['promise-solid']
      round(ctx, { x: right - width + 2, y: box.y + 2, w: width, h: box.h - 4 }, 2)
      ctx.fill()
      ctx.fillStyle = colours['on-solid']
      ctx.textBaseline = 'middle'
      ctx.fillText(text, right - width + 6, middle + 0.5)
      right -= width + 2
    }
  }
  if (bar.fieldStatus === 'accepted') right = glyph(right, () => tick(ctx, right - 8, middle, colours.ink))
  else if (bar.fieldStatus === 'travelling')
    right = glyph(right, () => arrow(ctx, right - 6, middle, colours.ink))
  else if (bar.fieldStatus === 'onSite')
    right = glyph(right, () => dot(ctx, right - 5, middle, 3.5, colours.ink))
  else if (bar.fieldStatus === 'declined')
    right = glyph(right, () => cross(ctx, right - 6, middle, colours.ink))
  if (bar.locked) right = glyph(right, () => lock(ctx, right - 9, middle, colours.ink))
  return right
}
const glyph = (right: number, paint: () => void): number => {
  paint()
  return right - 14
}

const minutesText = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  return minutes >= 1440
    ? `${Math.floor(minutes / 1440)} d`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

function paintLabel(ctx: Ctx, view: View, bar: Bar, box: Box, right: number, onSolid: boolean): void {
  if (view.scale.pxPerHour < 12 || box.h < 10) return
  const left = box.x + spines[bar.priority] + 4
  const space = right - left
  if (space < 10) return
  const colour = onSolid ? view.colours['on-solid'] : view.colours.ink
  const words =
    view.scale.pxPerHour >= WORD_PX_PER_HOUR ? names(view, bar) : { ...names(view, bar), full: '', short: '' }
  label(ctx, words, { x: left, y: box.y + box.h / 2 }, space, colour, 12)
}

type Words = { full: string; short: string; code: string; place: string }

function names(view: View, bar: Bar): Words {
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

/** Full type and place, short type and place, full type, short type, code: the first that fits, narrow type before fewer words. */
function label(
  ctx: Ctx,
  words: Words,
  at: { x: number; y: number },
  space: number,
  colour: string,
  size: number,
): void {
  ctx.textBaseline = 'middle'
  ctx.fillStyle = colour
  const candidates: readonly (readonly [string, string])[] = [
    [words.full, words.place],
    [words.short, words.place],
    [words.full, ''],
    [words.short, ''],
    [words.code, ''],
  ]
  for (const [type, place] of candidates) {
    if (type === '') continue
    for (const stretch of ['normal', 'semi-condensed'] as const) {
      ctx.fontStretch = stretch
      ctx.font = strong(size)
      const typeWidth = widthOf(ctx, type)
      ctx.font = plain(size)
      const placeWidth = place === '' ? 0 : widthOf(ctx, place) + 5
      if (typeWidth + placeWidth > space) continue
      ctx.font = strong(size)
      ctx.fillText(type, at.x, at.y + 0.5)
      if (place !== '') {
        ctx.font = plain(size)
        ctx.globalAlpha = 0.75
        ctx.fillText(place, at.x + typeWidth + 5, at.y + 0.5)
        ctx.globalAlpha = 1
      }
      ctx.fontStretch = 'normal'
      return
    }
  }
  ctx.fontStretch = 'normal'
}

/** A pennant at the row's top edge where the promise falls due, and the slack as a line to it. */
export function paintDeadline(ctx: Ctx, view: View, bar: Bar, box: Box, rowTop: number, scale: Scale): void {
  const promise = view.board.nextPromise(bar)
  if (!promise) return
  const standing = standingOf(bar, promise, view.now)
  if (standing !== 'risk' && standing !== 'late' && standing !== 'broken') return
  const x = xOf(scale, promise.dueAt)
  if (x < -10 || x > view.width) return
  ctx.strokeStyle = view.colours.promise
  ctx.fillStyle = view.colours.promise
  ctx.lineWidth = 1
  ctx.beginPath()
  ctx.moveTo(x + 0.5, rowTop + 1)
  ctx.lineTo(x + 0.5, box.y + box.h + 2)
  if (x > box.x + box.w) {
    ctx.moveTo(box.x + box.w, box.y + box.h - 1.5)
    ctx.lineTo(x, box.y + box.h - 1.5)
  }
  ctx.stroke()
  ctx.beginPath()
  ctx.moveTo(x, rowTop + 1)
  ctx.lineTo(x + 7, rowTop + 4.5)
  ctx.lineTo(x, rowTop + 8)
  ctx.fill()
}

// ---------------------------------------------------------------- forms

export function round(ctx: Ctx, box: Box, radius: number): void {
  ctx.beginPath()
  ctx.roundRect(box.x, box.y, box.w, box.h, radius)
}
const inset = (box: Box, by: number): Box => ({
  x: box.x + by,
  y: box.y + by,
  w: box.w - 2 * by,
  h: box.h - 2 * by,
})

export function ring(
  ctx: Ctx,
  box: Box,
  radius: number,
  colour: string,
  width: number,
  gap: number,
  dash: number[],
): void {
  round(ctx, inset(box, -gap), radius + gap)
  ctx.lineWidth = width
  ctx.strokeStyle = colour
  ctx.setLineDash(dash)
  ctx.stroke()
  ctx.setLineDash([])
}

const HATCH_STEP = 6
export function hatch(ctx: Ctx, box: Box, colour: string, direction: 1 | -1): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(box.x, box.y, box.w, box.h)
  ctx.clip()
  ctx.strokeStyle = colour
  ctx.lineWidth = 1
  ctx.globalAlpha = 0.75
  ctx.beginPath()
  // Lines are anchored to the sheet, not to the bar, so that neighbours' hatches run on.
  const first = Math.floor((box.x - box.h) / HATCH_STEP) * HATCH_STEP
  for (let x = first; x < box.x + box.w + box.h; x += HATCH_STEP) {
    ctx.moveTo(x, direction === 1 ? box.y + box.h : box.y)
    ctx.lineTo(x + box.h, direction === 1 ? box.y : box.y + box.h)
  }
  ctx.stroke()
  ctx.restore()
}

export function tick(ctx: Ctx, x: number, y: number, colour: string): void {
  stroke(ctx, colour, [
    [x - 3, y],
    [x - 0.5, y + 3],
    [x + 4, y - 3.5],
  ])
}
export function cross(ctx: Ctx, x: number, y: number, colour: string): void {
  stroke(ctx, colour, [
    [x - 3, y - 3],
    [x + 3, y + 3],
  ])
  stroke(ctx, colour, [
    [x + 3, y - 3],
    [x - 3, y + 3],
  ])
}
function arrow(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.fillStyle = colour
  ctx.beginPath()
  ctx.moveTo(x - 4, y - 4)
  ctx.lineTo(x + 3, y)
  ctx.lineTo(x - 4, y + 4)
  ctx.fill()
}
export function dot(ctx: Ctx, x: number, y: number, radius: number, colour: string): void {
  ctx.fillStyle = colour
  ctx.beginPath()
  ctx.arc(x, y, radius, 0, Math.PI * 2)
  ctx.fill()
}
function lock(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.fillStyle = colour
  ctx.fillRect(x, y - 1, 8, 6)
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.4
  ctx.beginPath()
  ctx.arc(x + 4, y - 1, 2.4, Math.PI, 0)
  ctx.stroke()
}
function stroke(ctx: Ctx, colour: string, points: readonly (readonly [number, number])[]): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.6
  ctx.beginPath()
  points.forEach(([x, y], i) => {
    if (i === 0) ctx.moveTo(x, y)
    else ctx.lineTo(x, y)
  })
  ctx.stroke()
}
function chip(ctx: Ctx, text: string, right: number, y: number, ground: string, ink: string): void {
  ctx.font = strong(10)
  const width = widthOf(ctx, text) + 8
  ctx.fillStyle = ground
  round(ctx, { x: right - width, y: y - 6, w: width, h: 13 }, 3)
  ctx.fill()
  ctx.fillStyle = ink
  ctx.textBaseline = 'middle'
  ctx.fillText(text, right - width + 4, y + 0.5)
}
