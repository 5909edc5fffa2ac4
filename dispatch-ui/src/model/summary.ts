/**
 * What the whole board adds up to: promises by the quarter hour they fall due in, each team's load, and the figures of
 * the top bar. Walks every bar, so it is done when the view settles, never in a frame.
 */
import { type Bar, type Board, type BoardPromise, isPlaced } from './board.ts'
import { isUnassigned, isUndispatched } from './queue.ts'
import { isAtStake, stakeOf } from './risk.ts'

export const QUARTER = 900_000

/** Counts by quarter hour; the key is the quarter's number since 1970. */
export type Tide = ReadonlyMap<number, { readonly all: number; readonly plum: number }>
/** People's worth of planned work by quarter hour. */
export type Load = ReadonlyMap<number, number>

export type Summary = {
  readonly tide: Tide
  readonly loads: ReadonlyMap<string, Load>
  readonly broken: number
  readonly atRisk: number
  readonly unassigned: number
  readonly planned: number
  readonly onSite: number
  readonly risky: readonly { readonly bar: Bar; readonly promise: BoardPromise }[]
}

export function summaryOf(board: Board, now: number): Summary {
  const tide = new Map<number, { all: number; plum: number }>()
  const loads = new Map<string, Map<number, number>>()
  const risky: { bar: Bar; promise: BoardPromise }[] = []
  let broken = 0
  let unassigned = 0
  let planned = 0
  let onSite = 0
  for (const bar of board.bars.values()) {
    addLoad(loads, board, bar)
    if (bar.state === 'closed') continue
    if (isUnassigned(bar)) unassigned++
    if (isUndispatched(bar) || bar.state === 'dispatched') planned++
    if (bar.fieldStatus === 'onSite') onSite++
    const { promise, standing } = stakeOf(board, bar, now)
    if (!promise) continue
    const isPlum = isAtStake(standing)
    const quarter = Math.floor(promise.dueAt / QUARTER)
    const due = tide.get(quarter) ?? { all: 0, plum: 0 }
    tide.set(quarter, { all: due.all + 1, plum: due.plum + (isPlum ? 1 : 0) })
    if (!isPlum) continue
    if (standing === 'broken') broken++
    risky.push({ bar, promise })
  }
  risky.sort((a, b) => a.promise.dueAt - b.promise.dueAt)
  return { tide, loads, broken, atRisk: risky.length - broken, unassigned, planned, onSite, risky }
}

/** A visit longer than this is a range, not a load. */
const QUARTERS_MAX = 14 * 96

function addLoad(loads: Map<string, Map<number, number>>, board: Board, bar: Bar): void {
  if (!isPlaced(bar)) return
  const team = board.technicians.get(bar.technicianId)?.teamId ?? bar.teamId
  if (team === null) return
  let load = loads.get(team)
  if (!load) {
    load = new Map()
    loads.set(team, load)
  }
  const first = Math.floor(bar.startAt / QUARTER)
  const last = Math.min(Math.floor((bar.endAt - 1) / QUARTER), first + QUARTERS_MAX)
  for (let quarter = first; quarter <= last; quarter++) {
    const from = Math.max(bar.startAt, quarter * QUARTER)
    const to = Math.min(bar.endAt, (quarter + 1) * QUARTER)
    load.set(quarter, (load.get(quarter) ?? 0) + (to - from) / QUARTER)
  }
}
