/** Minutes → x and back, zoom and pan. The one place that knows where an instant lies on the sheet. */
import { zoneOffset } from '../model/zone.ts'

export type Scale = {
  /** Instant at the left edge of the timeline. */
  readonly from: number
  readonly pxPerHour: number
  readonly width: number
}

export const HOUR = 3_600_000
export const zooms = { hour: 220, day: 92, week: 16, month: 1.35 } as const
export type ZoomName = keyof typeof zooms
const PX_MIN = 1
const PX_MAX = 480

export const xOf = (scale: Scale, at: number): number => ((at - scale.from) / HOUR) * scale.pxPerHour
export const atX = (scale: Scale, x: number): number => scale.from + (x / scale.pxPerHour) * HOUR
export const toOf = (scale: Scale): number => atX(scale, scale.width)

export const panBy = (scale: Scale, dx: number): Scale => ({
  ...scale,
  from: scale.from - (dx / scale.pxPerHour) * HOUR,
})

/** Of the width lies left of the present when a board opens: a fifth, on a phone as on a wall. */
const BEHIND = 0.2

/** The same scale with an instant where the present lies when a board opens. */
export const openedAt = (scale: Scale, now: number): Scale => ({
  ...scale,
  from: now - ((scale.width * BEHIND) / scale.pxPerHour) * HOUR,
})

/** Zooms so that the instant under `x` stays there. */
export function zoomAt(scale: Scale, x: number, factor: number): Scale {
  const pxPerHour = Math.min(PX_MAX, Math.max(PX_MIN, scale.pxPerHour * factor))
  const under = atX(scale, x)
  return { ...scale, pxPerHour, from: under - (x / pxPerHour) * HOUR }
}

/** The step between labels on the scale, in hours, so that labels keep their distance. */
export function labelHours(pxPerHour: number): number {
  for (const hours of [0.25, 0.5, 1, 2, 3, 6, 12]) if (hours * pxPerHour >= 64) return hours
  return 24
}

const QUARTER = HOUR / 4
/** Drops land on five minutes; with many pixels per hour that is still a visible step. */
export const snap = (at: number, stepMs = QUARTER / 3): number => Math.round(at / stepMs) * stepMs

/** Where the scale's lines stand: local midnight and even steps from it, in sight or just left of it. */
export function marksOf(scale: Scale, zone: string): number[] {
  const step = labelHours(scale.pxPerHour) * HOUR
  const to = toOf(scale)
  const offset = zoneOffset(zone, scale.from)
  const marks: number[] = []
  for (let at = Math.floor((scale.from + offset) / step) * step - offset; at < to; at += step) marks.push(at)
  return marks
}

/** Below this a day is a cell, and bars are no longer drawn one by one. */
export const PX_PER_HOUR_BARS = 12
/** From here up bars carry words; between the two only codes and marks. */
export const PX_PER_HOUR_WORDS = 40

/** How many quarter hours one column of the tide or of a team's load stands for: as few as can still be seen. */
export const quartersPerStep = ({ pxPerHour }: Scale): number =>
  [1, 2, 4, 8, 16, 24, 48].find((quarters) => (quarters / 4) * pxPerHour >= 9) ?? 96
