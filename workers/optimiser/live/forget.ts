/** What the search remembers of a row is of what was in it before: said to be unknown once something else is. */
import type { LiveBoard } from './live-board.ts'

/** The best places of this row, on every route. */
export const forgetPlaces = ({ mender, m }: LiveBoard, u: number): void => {
  const { known } = mender.sisr.insertion
  if (known === null) return
  // Routes begin at version 1, so 0 is none of theirs.
  for (let r = 0; r < m.routes; r++) known.words[4 * (u * m.routes + r)] = 0
}

/** Others found near what was in this row before are looked for again when next asked for. */
export const forgetNeighbours = ({ mender, m }: LiveBoard, u: number): void => {
  const { neighbours } = mender.sisr
  const near = neighbours.list.subarray(u * neighbours.size, (u + 1) * neighbours.size)
  if (neighbours.known[u] === 1) for (const v of near) neighbours.known[v] = 0
  neighbours.known[u] = 0
  for (let v = 0; v < m.n; v++) if (m.place[v] === m.place[u]) neighbours.known[v] = 0
}
