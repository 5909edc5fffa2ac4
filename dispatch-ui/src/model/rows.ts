/** The rows of the sheet: teams with their technicians, in order, folded or not; and lanes for bars that overlap. */
import type { TechnicianView } from '../../../server/contract/board.ts'
import type { Bar, Board } from './board.ts'

export type Team = { readonly id: string; readonly code: string; readonly description: string }
export type Row =
  | {
      readonly kind: 'team'
      readonly id: string
      readonly name: string
      readonly people: number
      readonly folded: boolean
    }
  | {
      readonly kind: 'technician'
      readonly id: string
      readonly technician: TechnicianView
    }

export function rowsOf(board: Board, teams: readonly Team[], folded: ReadonlySet<string>): Row[] {
  const people = [...board.technicians.values()].sort((a, b) => a.name.localeCompare(b.name))
  const rows: Row[] = []
  const known = new Set(teams.map((team) => team.id))
  const groups = [
    ...teams.map((team) => ({ id: team.id, name: team.description || team.code })),
    // Someone whose team this page has not heard of, or who has none, still has a row.
    ...[...new Set(people.map((p) => p.teamId))].flatMap((id) =>
      id === null || !known.has(id) ? [{ id: id ?? '', name: id ?? '–' }] : [],
    ),
  ]
  for (const group of groups) {
    const members = people.filter((technician) => (technician.teamId ?? '') === group.id)
    if (members.length === 0) continue
    const isFolded = folded.has(group.id)
    rows.push({ kind: 'team', id: group.id, name: group.name, people: members.length, folded: isFolded })
    if (isFolded) continue
    for (const technician of members) rows.push({ kind: 'technician', id: technician.id, technician })
  }
  return rows
}

/**
 * Bars of one row that overlap are drawn one under the other. Answers for each bar its lane and how many lanes its
 * cluster has, so that nothing hides. Closed work needs no lane: it lies flat behind what came after it.
 */
export function lanesOf(
  bars: readonly Bar[],
): Map<string, { readonly lane: number; readonly lanes: number }> {
  const out = new Map<string, { lane: number; lanes: number }>()
  let cluster: { lane: number; lanes: number }[] = []
  let ends: number[] = []
  let reach = Number.NEGATIVE_INFINITY
  for (const bar of bars) {
    if (bar.state === 'closed') continue
    const start = bar.startAt ?? 0
    const end = bar.endAt ?? start
    if (start >= reach) {
      cluster = []
      ends = []
    }
    const free = ends.findIndex((e) => e <= start)
    const lane = free === -1 ? ends.length : free
    ends[lane] = end
    const place = { lane, lanes: ends.length }
    cluster.push(place)
    for (const other of cluster) other.lanes = ends.length
    out.set(bar.id, place)
    reach = Math.max(reach, end)
  }
  return out
}
