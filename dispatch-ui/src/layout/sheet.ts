/** Rows → y: where each row lies, which one is under the pointer, and which bar. */
import type { Bar } from '../model/board.ts'
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
export type Sheet = { readonly rows: readonly Placed[]; readonly height: number; readonly density: Density }

export function sheetOf(rows: readonly Row[], density: Density): Sheet {
  const placed: Placed[] = []
  let top = 0
  for (const row of rows) {
    const height = row.kind === 'team' ? TEAM_ROW : measures[density].row
    placed.push({ row, top, height })
    top += height
  }
  return { rows: placed, height: top, density }
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

export type Box = { readonly x: number; readonly y: number; readonly w: number; readonly h: number }

const laneCache = new WeakMap<readonly Bar[], ReturnType<typeof lanesOf>>()
export function lanes(bars: readonly Bar[]): ReturnType<typeof lanesOf> {
  const known = laneCache.get(bars)
  if (known) return known
  const made = lanesOf(bars)
  laneCache.set(bars, made)
  return made
}

/** The rectangle of a bar in sheet coordinates (x from the timeline's left edge, y from the sheet's top). */
export function boxOf(bar: Bar, placed: Placed, scale: Scale, density: Density): Box | undefined {
  if (bar.startAt === null || bar.endAt === null || placed.row.kind !== 'technician') return undefined
  const { row, bar: full, closed } = measures[density]
  const lane = lanes(placed.row.bars).get(bar.id) ?? { lane: 0, lanes: 1 }
  const height = (bar.state === 'closed' ? closed : full) / lane.lanes
  const x = xOf(scale, bar.startAt)
  const slot = row / lane.lanes
  return {
    x,
    y: placed.top + lane.lane * slot + (slot - height) / 2,
    // One pixel stays free at the end, so that neighbours never fuse.
    w: Math.max(3, xOf(scale, bar.endAt) - x - 1),
    h: height,
  }
}

export function barAt(sheet: Sheet, scale: Scale, x: number, y: number): Bar | undefined {
  const placed = rowAt(sheet, y)
  if (placed?.row.kind !== 'technician') return undefined
  // The last drawn lies on top, so it answers first.
  for (let i = placed.row.bars.length - 1; i >= 0; i--) {
    const bar = placed.row.bars[i]
    const box = bar && boxOf(bar, placed, scale, sheet.density)
    if (box && x >= box.x - 2 && x <= box.x + box.w + 2 && y >= box.y && y <= box.y + box.h) return bar
  }
  return undefined
}
