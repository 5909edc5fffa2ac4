/**
 * An instant that is not certain yet, as masses on a grid of minutes from now; and durations, as masses on the same grid.
 *
 * Everything is fixed arithmetic: no dice, so the same facts give the same answer. A mass stands for the minutes around
 * its point; only what waits for a set time (`atom`) stands at an exact one. What would reach past the grid is kept in its
 * last point: later than anything asked about.
 */
import { chanceAbove, type Spread } from './spread.ts'

/** Minutes between two points of the grid. */
export const STEP = 5
/** Tails thinner than this are folded into the last point that is kept: of a duration, and of a time it led to. */
const TAIL = 5e-4
const THIN = 2e-4
/** Longest duration that is told apart from longer ones: three days. */
const DURATION_POINTS_MAX = (3 * 24 * 60) / STEP
/** Widest uncertainty that is carried: a day and a half between the earliest and the latest. */
const WIDTH_MAX = (36 * 60) / STEP

/** A duration: `mass[i]` is the chance of about `(first + i) * STEP` minutes. */
export type Kernel = { readonly first: number; readonly mass: Float64Array }

/** Exactly this long, split between the two points around it so that the mean stays true. */
export function certain(minutes: number): Kernel {
  const at = Math.max(0, minutes) / STEP
  const first = Math.floor(at)
  const rest = at - first
  return { first, mass: rest < 1e-9 ? Float64Array.of(1) : Float64Array.of(1 - rest, rest) }
}

/** What is left of a duration planned at `planned` minutes of which `elapsed` have passed without its being over. */
export function remaining(spread: Spread, planned: number, elapsed = 0): Kernel {
  if (planned <= 0) return certain(0)
  const still = Math.max(1e-300, chanceAbove(spread, elapsed / planned))
  const above = (minutes: number): number => chanceAbove(spread, (elapsed + minutes) / planned) / still
  const masses: number[] = []
  let before = 1
  let first = -1
  for (let i = 0; i < DURATION_POINTS_MAX; i++) {
    const after = above((i + 0.5) * STEP)
    if (first < 0 && 1 - after > TAIL) first = i
    if (first >= 0) masses.push(before - after)
    if (first >= 0) before = after
    if (after < TAIL) break
  }
  if (first < 0) return { first: DURATION_POINTS_MAX, mass: Float64Array.of(1) }
  const last = masses.length - 1
  // The loop pushed at least one mass, since `first` was found; what is left of the tail goes to the last.
  masses[last] = (masses[last] ?? 0) + before
  return { first, mass: Float64Array.from(masses) }
}

export type Times = {
  /** Grid number of `mass[0]`; a point is `(first + i) * STEP` minutes from now. */
  first: number
  length: number
  mass: Float64Array
  /** Mass that stands at exactly `atomAt` minutes from now. */
  atom: number
  atomAt: number
}

export const noTimes = (): Times => ({
  first: 0,
  length: 0,
  mass: new Float64Array(2 * WIDTH_MAX),
  atom: 0,
  atomAt: 0,
})

export function setCertain(times: Times, minutes: number): void {
  times.length = 0
  times.first = 0
  times.atom = 1
  times.atomAt = minutes
}

export function copyTimes(from: Times, to: Times): void {
  to.first = from.first
  to.length = from.length
  to.atom = from.atom
  to.atomAt = from.atomAt
  to.mass.set(from.mass.subarray(0, from.length))
}

/** The chance of being later than `minutes` from now. */
export function chanceAfter(times: Times, minutes: number): number {
  const { mass, first, length, atom, atomAt } = times
  let chance = atomAt > minutes ? atom : 0
  // Points whose whole surrounding lies later count in full, the one that `minutes` falls into in part.
  const at = minutes / STEP - first
  const whole = Math.max(0, Math.floor(at + 0.5) + 1)
  for (let i = whole; i < length; i++) chance += mass[i] ?? 0
  const part = whole - 1
  if (part >= 0 && part < length) chance += (mass[part] ?? 0) * Math.min(1, Math.max(0, part + 0.5 - at))
  return Math.min(1, chance)
}

/** `to` becomes `from` and then `kernel`, one after the other. The two must not be the same. */
export function follow(from: Times, kernel: Kernel, to: Times): void {
  const k = kernel.mass
  const points = k.length
  const atomPoint = from.atomAt / STEP
  const atomLow = Math.floor(atomPoint)
  const hasAtom = from.atom > 0
  const low = hasAtom ? Math.min(atomLow, from.length > 0 ? from.first : atomLow) : from.first
  const high = Math.max(hasAtom ? atomLow + 1 : low, from.length > 0 ? from.first + from.length - 1 : low)
  const length = Math.min(2 * WIDTH_MAX, high - low + points)
  const out = to.mass
  out.fill(0, 0, length)
  const last = length - 1
  if (hasAtom) {
    const rest = atomPoint - atomLow
    lay(out, last, atomLow - low, from.atom * (1 - rest), k)
    if (rest > 0) lay(out, last, atomLow + 1 - low, from.atom * rest, k)
  }
  const offset = from.first - low
  for (let i = 0; i < from.length; i++) {
    const mass = from.mass[i] ?? 0
    if (mass > 0) lay(out, last, offset + i, mass, k)
  }
  to.first = low + kernel.first
  to.length = length
  to.atom = 0
  to.atomAt = 0
  trim(to)
}

/** Adds `mass` times the kernel from point `at` on; beyond the grid, the last point holds what would be later still. */
function lay(out: Float64Array, last: number, at: number, mass: number, kernel: Float64Array): void {
  const points = kernel.length
  const fits = Math.max(0, Math.min(points, last - at))
  // The loop in which all the time goes. `j` stays below the kernel's length and `at + j` below `last`, so both are there.
  for (let j = 0; j < fits; j++) out[at + j]! += mass * kernel[j]!
  for (let j = fits; j < points; j++) out[last]! += mass * kernel[j]!
}

/** Not before `minutes` from now: what would be earlier waits until exactly then. */
export function waitUntil(times: Times, minutes: number): void {
  moveOut(times, Number.NEGATIVE_INFINITY, minutes)
}

/** What falls into `[from, to)` waits until exactly `to`. */
export function moveOut(times: Times, from: number, to: number): void {
  let waiting = 0
  const low = Math.max(0, Math.ceil(from / STEP - times.first))
  const high = Math.min(times.length, Math.ceil(to / STEP - times.first))
  for (let i = low; i < high; i++) {
    waiting += times.mass[i] ?? 0
    times.mass[i] = 0
  }
  if (times.atom > 0 && times.atomAt >= from && times.atomAt < to) {
    waiting += times.atom
    times.atom = 0
  }
  if (waiting === 0) return
  // One exact time is kept; an earlier one joins the grid before a second takes its place.
  if (times.atom > 0) layAtom(times)
  times.atom = waiting
  times.atomAt = to
  dropEarly(times)
}

function layAtom(times: Times): void {
  const { atom, atomAt } = times
  const kernel = certain(0)
  const copy = noTimes()
  copyTimes(times, copy)
  copy.atom = atom
  copy.atomAt = atomAt
  follow(copy, kernel, times)
}

function dropEarly(times: Times): void {
  let empty = 0
  while (empty < times.length && (times.mass[empty] ?? 0) === 0) empty++
  if (empty === 0) return
  times.mass.copyWithin(0, empty, times.length)
  times.first += empty
  times.length -= empty
}

/** Folds thin tails into their neighbours and holds the width in bounds. */
function trim(times: Times): void {
  const { mass } = times
  let start = 0
  let early = 0
  while (start < times.length - 1 && early + (mass[start] ?? 0) < THIN) early += mass[start++] ?? 0
  let end = times.length
  let late = 0
  while (end - 1 > start && late + (mass[end - 1] ?? 0) < THIN) late += mass[--end] ?? 0
  while (end - start > WIDTH_MAX) late += mass[--end] ?? 0
  mass[start] = (mass[start] ?? 0) + early
  mass[end - 1] = (mass[end - 1] ?? 0) + late
  if (start > 0) mass.copyWithin(0, start, end)
  times.first += start
  times.length = end - start
}
