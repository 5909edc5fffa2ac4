/** Rows → y: where each row lies, which one is under the pointer, and which bar. */
import type { Bar, Board } from '../model/board.ts'
import { lanesOf, type Row } from '../model/rows.ts'
import { type Scale, xOf } from './scale.ts'

export type Density = 'compact' | 'standard' | 'comfortable'
export const measures = {
  compact: { row: 22, bar: 16, closed: 12 },
  standard: { row: 28, bar: 22, closed: 16 },
  comfortable: { row: 36, bar: 28, closed: 20 },
} as const
export const TEAM_ROW = 24
export const NAMES = 148
export const TIDE = 34
export const SCALE = 24
export const HEAD = TIDE + SCALE

export type Placed = { readonly row: Row; readonly top: number; readonly height: number }
export type Sheet = {
  readonly rows: readonly Placed[]
  readonly byTechnician: ReadonlyMap<string, Placed>
  readonly height: number
  readonly density: Density
}

export function sheetOf(rows: readonly Row[], density: Density): Sheet {
  const placed: Placed[] = []
  const byTechnician = new Map<string, Placed>()
  let top = 0
  for (const row of rows) {
    const height = row.kind === 'team' ? TEAM_ROW : measures[density].row
    const one = { row, top, height }
    placed.push(one)
    if (row.kind === 'technician') byTechnician.set(row.id, one)
    top += height
  }
  return { rows: placed, byTechnician, height: top, density }
}

/** The rows that touch `[from, to)`; rows are in order, so the first is found by halving. */
export function rowsBetween(sheet: Sheet, from: number, to: number): readonly Placed[] {
  const { rows } = sheet
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    const placed = rows[middle]
    if (placed && placed.top + placed.height <= from) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < rows.length && (rows[end]?.top ?? to) < to) end++
  return rows.slice(low, end)
}

export const rowAt = (sheet: Sheet, y: number): Placed | undefined => rowsBetween(sheet, y, y + 1)[0]

/** The team whose people are at the top, once its own line has gone under the scale: its line sticks there. */
export function stuckTeam(sheet: Sheet, scrollY: number): Placed | undefined {
  let found: Placed | undefined
  for (const placed of sheet.rows) {
    if (placed.top > scrollY) break
    if (placed.row.kind === 'team') found = placed
  }
  if (!found || found.top === scrollY || found.row.kind !== 'team' || found.row.folded) return undefined
  return found
}

export type Box = { readonly x: number; readonly y: number; readonly w: number; readonly h: number }

const laneCache = new WeakMap<readonly Bar[], ReturnType<typeof lanesOf>>()
export function lanes(bars: readonly Bar[]): ReturnType<typeof lanesOf> {
  const known = laneCache.get(bars)
  if (known) return known
  const made = lanesOf(bars)
  laneCache.set(bars, made)
  return made
}

type Span = { readonly startAt: number | null; readonly endAt: number | null; readonly state: string }
const alone = { lane: 0, lanes: 1 }

/** The rectangle of a span on a row, in sheet coordinates (x from the timeline's left edge, y from the sheet's top). */
export function boxOf(
  span: Span,
  placed: Placed,
  scale: Scale,
  density: Density,
  { lane, lanes } = alone,
): Box | undefined {
  if (span.startAt === null || span.endAt === null) return undefined
  const { row, bar: full, closed } = measures[density]
  const x = xOf(scale, span.startAt)
  const slot = row / lanes
  const height = Math.min(span.state === 'closed' ? closed : full, lanes === 1 ? row : slot - 1)
  return {
    x,
    y: placed.top + lane * slot + (slot - height) / 2,
    // One pixel stays free at the end, so that neighbours never fuse.
    w: Math.max(3, xOf(scale, span.endAt) - x - 1),
    h: height,
  }
}

/** The rectangle of a bar among the bars of its row. */
export const barBox = (
  bar: Bar,
  bars: readonly Bar[],
  placed: Placed,
  scale: Scale,
  density: Density,
): Box | undefined => boxOf(bar, placed, scale, density, lanes(bars).get(bar.id))

const reaches = new WeakMap<readonly Bar[], Float64Array>()

/** The first bar of a row that ends after an instant; those before it are out of sight to the left. */
export function firstAfter(bars: readonly Bar[], at: number): number {
  let reach = reaches.get(bars)
  if (!reach) {
    // How far the bars up to each one reach: it only grows, so it can be halved.
    reach = new Float64Array(bars.length)
    let most = Number.NEGATIVE_INFINITY
    for (let i = 0; i < bars.length; i++) {
      most = Math.max(most, bars[i]?.endAt ?? most)
      reach[i] = most
    }
    reaches.set(bars, reach)
  }
  let low = 0
  let high = reach.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((reach[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}

export function barAt(board: Board, sheet: Sheet, scale: Scale, x: number, y: number): Bar | undefined {
  const placed = rowAt(sheet, y)
  if (placed?.row.kind !== 'technician') return undefined
  const bars = board.barsOf(placed.row.id)
  // The last drawn lies on top, so it answers first.
  for (let i = bars.length - 1; i >= 0; i--) {
    const bar = bars[i]
    const box = bar && barBox(bar, bars, placed, scale, sheet.density)
    if (box && x >= box.x - 2 && x <= box.x + box.w + 2 && y >= box.y && y <= box.y + box.h) return bar
  }
  return undefined
}
