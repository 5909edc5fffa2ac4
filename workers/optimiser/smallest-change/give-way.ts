/** Another visit that goes elsewhere. */
import { bestCost, bestPosition } from '../improve/insertion.ts'
import { ALLOWED } from '../model/model.ts'
import { type Spot, weights } from './relaxation.ts'
import { fits, foundAt, isSound, isWorth, putIn, type Search, spotOf, takeOut } from './search.ts'

/** Visits that are tried elsewhere once the work has taken their place. */
const MOVES_WEIGHED = 8

const everywhere = new Int32Array(0)

/** With `v` out of its place: the work in, `v` somewhere else. Leaves `v` out and the work out. */
export const tryInsteadOf = (
  search: Search,
  v: number,
  r: number,
  kind: 'move' | 'unlock',
  from: Spot,
): number => {
  const { m, s, u, insertion } = search
  const p = s.possible[r] === 1 ? fits(search, r) : -1
  if (p < 0) return Number.POSITIVE_INFINITY
  putIn(search, u, p)
  let total = Number.POSITIVE_INFINITY
  const q = s.possible[r] === 1 ? bestPosition(m, s, insertion, v, everywhere, -1) : -1
  if (q >= 0 && bestCost[0]! < m.leftOutCost[v]!) {
    putIn(search, v, q)
    const holds = s.possible[s.route[v]!] === 1 && s.possible[r] === 1
    if (holds && (search.isPatched || isSound(search))) {
      total = s.total[0]!
      search.best = {
        change: { kind, activityId: m.problem.activities[v]!.id, from, to: spotOf(search, v) },
        ...foundAt(search),
        weight: weights[kind],
      }
    }
    takeOut(search, v)
  }
  takeOut(search, u)
  return total
}

/** Among the first few visits that could give way, the one whose move costs the plan least. */
export const tryMoves = (search: Search): void => {
  if (!isWorth(search, weights.move)) return
  const { m, s, u } = search
  let least = s.total[0]!
  let weighed = 0
  for (let r = 0; r < m.routes && weighed < MOVES_WEIGHED; r++) {
    if (m.shiftOf[r]! < 0 || (m.fit[u * m.technicians + m.technicianOf[r]!]! & ALLOWED) === 0) continue
    for (let v = s.next[m.n + 2 * r]!; v < m.n && weighed < MOVES_WEIGHED; ) {
      const after = s.next[v]!
      if (m.isFixed[v] === 0 && couldGiveWay(search, v)) {
        const from = spotOf(search, v)
        const q = s.prev[v]!
        const kept = search.best
        takeOut(search, v)
        const total = tryInsteadOf(search, v, r, 'move', from)
        if (total < Number.POSITIVE_INFINITY) weighed++
        if (total < least) least = total
        else search.best = kept
        putIn(search, v, q)
      }
      v = after
    }
  }
}

/** What begins only after the work could be over keeps it from nothing. */
const couldGiveWay = ({ m, s, u }: Search, v: number): boolean =>
  s.start[v]! <= m.lastTo[u]! + m.duration[u]! + m.setup[u]!
