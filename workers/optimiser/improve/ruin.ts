/**
 * The ruin: strings of neighbouring visits come out of routes that lie near each other, perhaps after a swap of tails.
 */
import type { Model } from '../model/model.ts'
import { NEVER } from '../model/times.ts'
import { type PlanState, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import { below, unit } from '../random.ts'
import { neighboursOf } from './neighbours.ts'
import type { Sisr } from './sisr-state.ts'
import { cuts, findTailSwap, swapTails } from './tail-swap.ts'
import { touch } from './undo.ts'

/** How many neighbours are looked at for a swap of tails. */
const SWAP_NEAR = 20

/** Swaps the rest of two days around `seed` before the ruin mends what that has torn. */
export const swap = (m: Model, s: PlanState, sisr: Sisr, seed: number): void => {
  const { neighbours, random } = sisr
  const from = neighboursOf(m, neighbours, seed)
  const count = Math.min(SWAP_NEAR, neighbours.size)
  if (!findTailSwap(m, s, random, sisr.insertion.closed, seed, neighbours.list, from, count)) return
  const a = cuts[0]!
  const b = cuts[1]!
  touch(m, s, sisr, s.route[a]!)
  touch(m, s, sisr, s.route[b]!)
  swapTails(m, s, a, b)
  updateRoute(m, s, s.route[a]!)
  updateRoute(m, s, s.route[b]!)
}

export const ruin = (m: Model, s: PlanState, sisr: Sisr, seed: number): void => {
  const { settings, random, at, neighbours, touched } = sisr
  const { closed } = sisr.insertion
  const placed = at[10]! - s.count[0]!
  const used = at[6]!
  const average = used === 0 ? 1 : placed / used
  const lengthMax = Math.min(settings.stringMax, average)
  const stringsMax = (4 * settings.removed) / (1 + lengthMax) - 1
  const strings = Math.floor(unit(random) * stringsMax) + 1
  let ruined = 0
  if (s.route[seed]! >= 0) {
    ruinString(m, s, sisr, seed, lengthMax)
    ruined++
  }
  const from = neighboursOf(m, neighbours, seed)
  for (let i = 0; i < neighbours.size && ruined < strings; i++) {
    const u = neighbours.list[from + i]!
    const r = s.route[u]!
    if (r < 0 || closed[r] === 1 || sisr.ruinedAt[r] === at[0]! || m.isFixed[u] === 1) continue
    ruinString(m, s, sisr, u, lengthMax)
    ruined++
  }
  for (let i = 0; i < at[2]!; i++) updateRoute(m, s, touched[i]!)
}

/** Takes a string of visits around `u` out of its route, perhaps leaving a piece in the middle. */
const ruinString = (m: Model, s: PlanState, sisr: Sisr, u: number, lengthMax: number): void => {
  const { settings, random, at } = sisr
  const r = s.route[u]!
  sisr.ruinedAt[r] = at[0]!
  touch(m, s, sisr, r)
  const size = s.length[r]!
  const longest = Math.min(size, lengthMax)
  const length = Math.floor(unit(random) * longest) + 1
  let spared = 0
  if (length > 1 && length < size && unit(random) < settings.splitRate) {
    spared = 1
    while (length + spared < size && unit(random) < settings.splitGrowth) spared++
  }
  const span = Math.min(size, length + spared)
  // The string holds `u`, and starts as far before it as chance and the route's ends allow.
  let position = 0
  for (let p = s.prev[u]!; p < m.n; p = s.prev[p]!) position++
  const earliest = Math.max(0, position - span + 1)
  const latest = Math.min(position, size - span)
  const from = earliest + below(random, latest - earliest + 1)
  const sparedFrom = spared === 0 ? NEVER : from + 1 + below(random, Math.max(1, length - 1))
  let node = u
  for (let i = position; i > from; i--) node = s.prev[node]!
  for (let i = from; i < from + span; i++) {
    const after = s.next[node]!
    if ((i < sparedFrom || i >= sparedFrom + spared) && m.isFixed[node] === 0) remove(s, sisr, node)
    node = after
  }
}

const remove = (s: PlanState, sisr: Sisr, u: number): void => {
  unlink(s, u)
  sisr.removed[sisr.at[1]!] = u
  sisr.at[1] = sisr.at[1]! + 1
}
