/**
 * Slack induction by string removals (Christiaens and Vanden Berghe): take short strings of neighbouring visits out of routes
 * that lie near each other, put them back greedily, and walk on by simulated annealing.
 *
 * One step either changes the plan or leaves it exactly as it was. Fixed work is never taken out. Work that finds no place is
 * counted (`misses`), and among plans that leave out equally dear work the one that leaves out the seldom missed is preferred:
 * that is what empties a day or squeezes the last job in.
 */
import { type Model, NEVER } from '../model.ts'
import { leaveOut, linkAfter, type PlanState, takeIn, unlink, updateAfterLink, updateRoute } from '../plan.ts'
import { below, type Random, unit } from '../random.ts'
import { heatAllowed, heatNeeded } from './annealing.ts'
import { bestCost, bestPosition, type Insertion, insertionFor } from './insertion.ts'
import { beginStep, knownPlacesFor } from './known-places.ts'
import { bestNearPosition } from './near-positions.ts'
import { type Neighbours, neighboursFor, neighboursOf } from './neighbours.ts'
import { cuts, findTailSwap, swapTails } from './tail-swap.ts'

export type SisrSettings = {
  /** Average number of activities taken out. */
  readonly removed: number
  readonly stringMax: number
  readonly blinkRate: number
  /** Share of strings that leave a piece standing in their middle. */
  readonly splitRate: number
  readonly splitGrowth: number
  /** Share of steps on a plain problem that begin with a swap of tails. */
  readonly swapRate: number
}

export const ordinarySisr: SisrSettings = {
  removed: 10,
  stringMax: 10,
  blinkRate: 0.01,
  splitRate: 0.5,
  splitGrowth: 0.99,
  swapRate: 0.5,
}

/** Boards larger than this are searched near the removed work only. */
const EVERYWHERE_MAX = 250
/**
 * Larger plain problems with days longer than this try only the places beside the nearest activities, so many of them. On
 * shorter days whole routes are hardly dearer, because most are remembered, and they hold better places.
 */
const BESIDE_FROM = 150
const BESIDE_LENGTH = 20
const BESIDE = 40
/** How many kinds of empty routes are tried for one activity then. */
const EMPTY_TRIED = 4
/** How many neighbours are looked at for a swap of tails. */
const SWAP_NEAR = 20
/** Work that was left out before the step: at most so much of it is tried again in one. */
const ABSENT_TRIED = 60
const ASK_EVERYBODY = 16
/** How many neighbours' routes are tried on a large board before all of them are. */
const NEAR = 40

export type Sisr = {
  readonly settings: SisrSettings
  readonly random: Random
  readonly insertion: Insertion
  readonly neighbours: Neighbours
  readonly temperature: Float64Array
  readonly misses: Float64Array
  /** Where a step may begin: the first `at[9]` of them. */
  readonly movable: Int32Array
  readonly removed: Int32Array
  readonly keys: Float64Array
  readonly touched: Int32Array
  readonly touchedAt: Int32Array
  readonly ruinedAt: Int32Array
  readonly undo: Int32Array
  readonly undoFrom: Int32Array
  readonly undoVersion: Int32Array
  /** Times and arcs of the nodes in `undo` and of the ends of their routes: on a plain problem they are copied back. */
  readonly undoNode: Int32Array
  readonly undoRoute: Float64Array
  readonly undoLoad: Int32Array
  /** Routes worth trying: those in use, and one empty one of each kind. */
  readonly active: Int32Array
  readonly empty: Int32Array
  readonly undoAbsent: Int32Array
  readonly near: Int32Array
  readonly nearAt: Int32Array
  /** [0] step, [1] removed, [2] touched, [3] undo length, [4] near stamp, [5] absent before, [6] used routes, [7] active routes, [8] empty ones of them, [9] movable, [10] activities within reach. */
  readonly at: Int32Array
  /** [0] and [1] the totals before the step, [2] misses, [3] the heat that the step may need. */
  readonly before: Float64Array
}

export const sisrFor = (m: Model, random: Random, settings: SisrSettings): Sisr => {
  const sisr = roomFor(m, random, settings)
  reachEverything(m, sisr)
  return sisr
}

/** Lets the steps go anywhere: the state at the start, and again after a time of being kept to some of the routes. */
export const reachEverything = (m: Model, sisr: Sisr): void => {
  let count = 0
  for (let u = 0; u < m.n; u++) if (m.isFixed[u] === 0) sisr.movable[count++] = u
  sisr.at[9] = count
  sisr.at[10] = m.n
  sisr.insertion.closed.fill(0)
}

const roomFor = (m: Model, random: Random, settings: SisrSettings): Sisr => ({
  settings,
  random,
  insertion: { ...insertionFor(m, random, settings.blinkRate), known: knownPlacesFor(m) },
  neighbours: neighboursFor(m),
  temperature: new Float64Array(2).fill(1),
  misses: new Float64Array(m.n),
  movable: new Int32Array(m.n - m.fixedCount),
  removed: new Int32Array(m.n),
  keys: new Float64Array(m.n),
  touched: new Int32Array(m.routes),
  touchedAt: new Int32Array(m.routes),
  ruinedAt: new Int32Array(m.routes),
  undo: new Int32Array(m.n),
  undoFrom: new Int32Array(m.routes + 1),
  undoVersion: new Int32Array(m.routes),
  undoNode: new Int32Array(4 * m.n),
  undoRoute: new Float64Array(4 * m.routes),
  undoLoad: new Int32Array(2 * m.routes * m.dimensions),
  active: new Int32Array(m.routes),
  empty: new Int32Array(m.routes),
  undoAbsent: new Int32Array(m.n),
  near: new Int32Array(m.routes),
  nearAt: new Int32Array(m.routes),
  at: new Int32Array(11),
  before: new Float64Array(4),
})

/** One ruin and recreate. True when the plan has changed and the change was accepted. */
export const sisrStep = (m: Model, s: PlanState, sisr: Sisr): boolean => {
  begin(m, s, sisr)
  sisr.before[3] = heatAllowed(sisr.random)
  const seed = anySeed(sisr)
  if (m.plain && unit(sisr.random) < sisr.settings.swapRate) swap(m, s, sisr, seed)
  ruin(m, s, sisr, seed)
  if (recreate(m, s, sisr)) return conclude(m, s, sisr)
  undo(m, s, sisr)
  return false
}

/** The same around one activity, kept only when `judge` likes the plan that came of it. */
export const sisrStepAround = (
  m: Model,
  s: PlanState,
  sisr: Sisr,
  seed: number,
  judge: () => boolean,
): boolean => {
  begin(m, s, sisr)
  ruin(m, s, sisr, seed)
  recreate(m, s, sisr)
  const liked = isPossible(s, sisr) && judge()
  if (!liked) undo(m, s, sisr)
  return liked
}

/** The same while a route is being emptied: what counts is that less, or seldomer missed, work is without a place. */
export const sisrStepForFleet = (m: Model, s: PlanState, sisr: Sisr): void => {
  begin(m, s, sisr)
  ruin(m, s, sisr, anySeed(sisr))
  recreate(m, s, sisr)
  const absent = s.count[0]!
  const before = sisr.at[5]!
  const fewerMisses = missesOf(s, sisr) < sisr.before[2]!
  const growth = s.total[0]! - s.total[1]! - (sisr.before[0]! - sisr.before[1]!)
  const accepted =
    isPossible(s, sisr) &&
    (absent < before ||
      fewerMisses ||
      (absent === before && heatNeeded(sisr.temperature, growth, 0) < heatAllowed(sisr.random)))
  for (let i = 0; i < absent; i++) {
    const u = s.absent[i]!
    sisr.misses[u] = sisr.misses[u]! + 1
  }
  if (!accepted) undo(m, s, sisr)
}

const begin = (m: Model, s: PlanState, sisr: Sisr): void => {
  const { at } = sisr
  // The scratch arrays are as long as the problem; `at` has nine members.
  at[0] = at[0]! + 1
  at[1] = 0
  at[2] = 0
  at[3] = 0
  beginStep(sisr.insertion.known, s)
  const absent = s.count[0]!
  at[5] = absent
  for (let i = 0; i < absent; i++) sisr.undoAbsent[i] = s.absent[i]!
  sisr.before[0] = s.total[0]!
  sisr.before[1] = s.total[1]!
  sisr.before[2] = absent === 0 ? 0 : missesOf(s, sisr)
  sisr.before[3] = Number.POSITIVE_INFINITY
  listActive(m, s, sisr)
}

const listActive = (m: Model, s: PlanState, sisr: Sisr): void => {
  const { at, active, empty, insertion } = sisr
  const { kindSeen, closed } = insertion
  const stamp = insertion.stamp[0]! + 1
  insertion.stamp[0] = stamp
  let used = 0
  let empties = 0
  let count = 0
  for (let r = 0; r < m.routes; r++) {
    if (closed[r] === 1) continue
    if (s.length[r]! > 0) used++
    else {
      if (kindSeen[m.kindOf[r]!] === stamp) continue
      kindSeen[m.kindOf[r]!] = stamp
      empty[empties++] = r
    }
    active[count++] = r
  }
  at[6] = used
  at[8] = empties
  at[7] = count
}

const missesOf = (s: PlanState, sisr: Sisr): number => {
  let sum = 0
  for (let i = 0; i < s.count[0]!; i++) sum += sisr.misses[s.absent[i]!]!
  return sum
}

/** Remembers a route as it is before its first change in this step. */
const touch = (m: Model, s: PlanState, sisr: Sisr, r: number): void => {
  const { at, touched, touchedAt, undo, undoFrom } = sisr
  if (touchedAt[r] === at[0]!) return
  touchedAt[r] = at[0]!
  touched[at[2]!] = r
  sisr.undoVersion[at[2]!] = s.version[r]!
  let length = at[3]!
  undoFrom[at[2]!] = length
  for (let u = s.next[m.n + 2 * r]!; u < m.n; u = s.next[u]!) undo[length++] = u
  if (m.plain) copyOut(m, s, sisr, at[2]!, r)
  at[2] = at[2]! + 1
  at[3] = length
  undoFrom[at[2]!] = length
}

const remove = (s: PlanState, sisr: Sisr, u: number): void => {
  unlink(s, u)
  sisr.removed[sisr.at[1]!] = u
  sisr.at[1] = sisr.at[1]! + 1
}

/** Callers do not search where nothing may move, so there is at least one movable activity. */
const anySeed = (sisr: Sisr): number => sisr.movable[below(sisr.random, sisr.at[9]!)]!

/** Swaps the rest of two days around `seed` before the ruin mends what that has torn. */
const swap = (m: Model, s: PlanState, sisr: Sisr, seed: number): void => {
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

const ruin = (m: Model, s: PlanState, sisr: Sisr, seed: number): void => {
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

/**
 * The work taken out and the work left out before, in one of several orders, each put where it costs least. False when what is
 * back already costs more than the step may cost.
 */
const recreate = (m: Model, s: PlanState, sisr: Sisr): boolean => {
  const { at, removed } = sisr
  const taken = at[1]!
  const absent = s.count[0]!
  // Where much is left out only some of it is tried in each step, or the steps would get nowhere.
  const tried = Math.min(absent, ABSENT_TRIED)
  const from = tried === absent ? 0 : below(sisr.random, absent)
  for (let i = 0; i < tried; i++) removed[taken + i] = s.absent[(from + i) % absent]!
  const count = taken + tried
  const heat = absent === 0 ? sisr.before[3]! : Number.POSITIVE_INFINITY
  order(m, sisr, count)
  for (let i = 0; i < count; i++) {
    const u = removed[i]!
    const wasAbsent = s.absentAt[u]! >= 0
    const p = place(m, s, sisr, u)
    if (p < 0) {
      if (!wasAbsent) leaveOut(m, s, u)
      continue
    }
    if (wasAbsent) takeIn(m, s, u)
    const r = s.route[p]!
    touch(m, s, sisr, r)
    const wasEmpty = s.length[r] === 0
    linkAfter(s, u, p)
    updateAfterLink(m, s, u, r)
    if (wasEmpty) listActive(m, s, sisr)
    // Nothing that is still to come makes the plan cheaper.
    if (heat < Number.POSITIVE_INFINITY && growthHeat(s, sisr) >= heat) {
      for (let j = i + 1; j < count; j++) leaveOut(m, s, removed[j]!)
      return false
    }
  }
  return true
}

const growthHeat = (s: PlanState, sisr: Sisr): number =>
  heatNeeded(sisr.temperature, s.total[0]! - sisr.before[0]!, s.total[1]! - sisr.before[1]!)

const place = (m: Model, s: PlanState, sisr: Sisr, u: number): number => {
  if (m.plain && m.n > BESIDE_FROM && sisr.at[10]! > BESIDE_LENGTH * sisr.at[6]!) {
    const p = placeBeside(m, s, sisr, u)
    if (p >= 0) return bestCost[0]! < m.leftOutCost[u]! ? p : -1
  } else if (m.n > EVERYWHERE_MAX) {
    const near = nearRoutes(m, s, sisr, u)
    const p = bestPosition(m, s, sisr.insertion, u, sisr.near, near)
    if (p >= 0) return bestCost[0]! < m.leftOutCost[u]! ? p : -1
    // What has been left out is looked at again and again: everybody is asked about it now and then only.
    if (s.absentAt[u]! >= 0 && below(sisr.random, ASK_EVERYBODY) > 0) return -1
  }
  const p = bestPosition(m, s, sisr.insertion, u, sisr.active, sisr.at[7]!)
  return p >= 0 && bestCost[0]! < m.leftOutCost[u]! ? p : -1
}

/** The best place beside a near activity or on an empty route. */
const placeBeside = (m: Model, s: PlanState, sisr: Sisr, u: number): number => {
  const { at, neighbours, insertion, random, near, empty } = sisr
  const from = neighboursOf(m, neighbours, u)
  const count = Math.min(BESIDE, neighbours.size)
  const p = bestNearPosition(m, s, insertion, u, neighbours.list, from, count)
  const cost = bestCost[0]!
  const empties = Math.min(EMPTY_TRIED, at[8]!)
  if (empties === 0) return p
  const first = at[8]! <= EMPTY_TRIED ? 0 : below(random, at[8]!)
  for (let i = 0; i < empties; i++) near[i] = empty[(first + i) % at[8]!]!
  const other = bestPosition(m, s, insertion, u, near, empties)
  if (other >= 0 && bestCost[0]! < cost) return other
  bestCost[0] = cost
  return p
}

/** Routes of the nearest neighbours, the routes that this step has touched, and a few empty ones. */
const nearRoutes = (m: Model, s: PlanState, sisr: Sisr, u: number): number => {
  const { at, near, nearAt, neighbours, touched, random } = sisr
  const stamp = at[4]! + 1
  at[4] = stamp
  let count = 0
  const from = neighboursOf(m, neighbours, u)
  const size = Math.min(NEAR, neighbours.size)
  for (let i = 0; i < size; i++) {
    const r = s.route[neighbours.list[from + i]!]!
    if (r >= 0 && nearAt[r] !== stamp) {
      nearAt[r] = stamp
      near[count++] = r
    }
  }
  for (let i = 0; i < at[2]!; i++) {
    const r = touched[i]!
    if (nearAt[r] !== stamp) {
      nearAt[r] = stamp
      near[count++] = r
    }
  }
  for (let i = 0; i < 4; i++) {
    const r = below(random, m.routes)
    if (nearAt[r] !== stamp) {
      nearAt[r] = stamp
      near[count++] = r
    }
  }
  return count
}

/** Sorts `removed` by chance, by what leaving out costs, by demand, by windows or by distance from home. */
const order = (m: Model, sisr: Sisr, count: number): void => {
  const { removed, keys, random } = sisr
  const way = below(random, 12)
  for (let i = 0; i < count; i++) {
    const u = removed[i]!
    keys[i] = keyOf(m, sisr, u, way)
  }
  // Insertion sort: the list is short, and this keeps equal keys in the order of chance that removal gave them.
  for (let i = 1; i < count; i++) {
    const key = keys[i]!
    const u = removed[i]!
    let j = i - 1
    while (j >= 0 && keys[j]! > key) {
      keys[j + 1] = keys[j]!
      removed[j + 1] = removed[j]!
      j--
    }
    keys[j + 1] = key
    removed[j + 1] = u
  }
}

const keyOf = (m: Model, sisr: Sisr, u: number, way: number): number => {
  if (way < 4) return unit(sisr.random)
  if (way < 6)
    return m.dimensions > 0
      ? -(m.delivery[u * m.dimensions]! + m.pickup[u * m.dimensions]!)
      : -m.leftOutCost[u]!
  if (way < 8) return m.lastTo[u]! - m.firstFrom[u]!
  if (way < 9) return m.targetAt[u + 1]! > m.targetAt[u]! ? m.targetDue[m.targetAt[u]!]! : m.lastTo[u]!
  const kind = m.classes[0]!
  const home = kind.time[m.place[m.n]! * m.places + m.place[u]!]!
  return way < 11 ? -home : home
}

/** Accepts the step or takes it back. */
const conclude = (m: Model, s: PlanState, sisr: Sisr): boolean => {
  if (!isPossible(s, sisr)) {
    undo(m, s, sisr)
    return false
  }
  let accepted = growthHeat(s, sisr) < sisr.before[3]!
  const absent = s.count[0]!
  if (absent > 0) {
    if (!accepted && s.total[1]! <= sisr.before[1]! && missesOf(s, sisr) < sisr.before[2]!) accepted = true
    for (let i = 0; i < absent; i++) {
      const u = s.absent[i]!
      sisr.misses[u] = sisr.misses[u]! + 1
    }
  }
  if (accepted) recogniseUnchanged(m, s, sisr)
  else undo(m, s, sisr)
  return accepted
}

/** A route that was put back as it was gets its old version, so that what is known of it still holds. */
const recogniseUnchanged = (m: Model, s: PlanState, sisr: Sisr): void => {
  const { at, touched, undoFrom, undo: kept, undoVersion } = sisr
  for (let i = 0; i < at[2]!; i++) {
    const r = touched[i]!
    let j = undoFrom[i]!
    let u = s.next[m.n + 2 * r]!
    while (j < undoFrom[i + 1]! && kept[j] === u) {
      u = s.next[u]!
      j++
    }
    if (u >= m.n && j === undoFrom[i + 1]!) s.version[r] = undoVersion[i]!
  }
}

/**
 * Taking work out can break a day: where a detour was quicker than the straight way, or where someone who now comes earlier puts
 * a break off until it no longer fits. Such a step is not taken.
 */
const isPossible = (s: PlanState, sisr: Sisr): boolean => {
  for (let i = 0; i < sisr.at[2]!; i++) if (s.possible[sisr.touched[i]!] === 0) return false
  return true
}

const undo = (m: Model, s: PlanState, sisr: Sisr): void => {
  const { at, touched, undoFrom, undo: kept, undoAbsent } = sisr
  while (s.count[0]! > 0) {
    const u = s.absent[s.count[0]! - 1]!
    takeIn(m, s, u)
    s.route[u] = -1
  }
  for (let i = 0; i < at[2]!; i++) {
    const r = touched[i]!
    const first = m.n + 2 * r
    let p = first
    for (let j = undoFrom[i]!; j < undoFrom[i + 1]!; j++) {
      const u = kept[j]!
      s.next[p] = u
      s.prev[u] = p
      s.route[u] = r
      p = u
    }
    s.next[p] = first + 1
    s.prev[first + 1] = p
    if (m.plain) copyBack(m, s, sisr, i, r)
    else updateRoute(m, s, r)
    s.version[r] = sisr.undoVersion[i]!
  }
  for (let i = 0; i < at[5]!; i++) leaveOut(m, s, undoAbsent[i]!)
}

const copyOut = (m: Model, s: PlanState, sisr: Sisr, i: number, r: number): void => {
  const { undoNode, undoRoute, undoLoad, undoFrom } = sisr
  const { dimensions } = m
  const first = m.n + 2 * r
  let at = 4 * undoFrom[i]!
  for (let u = s.next[first]!; u < m.n; u = s.next[u]!) {
    undoNode[at++] = s.start[u]!
    undoNode[at++] = s.free[u]!
    undoNode[at++] = s.latest[u]!
    undoNode[at++] = s.arc[u]!
  }
  undoRoute[4 * i] = s.routeCost[r]!
  undoRoute[4 * i + 1] = s.arc[first]!
  undoRoute[4 * i + 2] = s.start[first + 1]!
  undoRoute[4 * i + 3] = s.possible[r]!
  for (let d = 0; d < dimensions; d++) {
    undoLoad[2 * (i * dimensions + d)] = s.brought[r * dimensions + d]!
    undoLoad[2 * (i * dimensions + d) + 1] = s.collected[r * dimensions + d]!
  }
}

/** Puts back what `copyOut` took of the `i`th touched route; lateness and overtime are none on a plain problem. */
const copyBack = (m: Model, s: PlanState, sisr: Sisr, i: number, r: number): void => {
  const { undoNode, undoRoute, undoLoad, undoFrom, undo: kept } = sisr
  const { dimensions } = m
  const first = m.n + 2 * r
  let at = 4 * undoFrom[i]!
  for (let j = undoFrom[i]!; j < undoFrom[i + 1]!; j++) {
    const u = kept[j]!
    s.start[u] = undoNode[at++]!
    s.free[u] = undoNode[at++]!
    s.latest[u] = undoNode[at++]!
    s.arc[u] = undoNode[at++]!
  }
  const cost = undoRoute[4 * i]!
  s.total[0] = s.total[0]! + cost - s.routeCost[r]!
  s.routeCost[r] = cost
  s.arc[first] = undoRoute[4 * i + 1]!
  s.start[first + 1] = undoRoute[4 * i + 2]!
  s.free[first + 1] = undoRoute[4 * i + 2]!
  s.possible[r] = undoRoute[4 * i + 3]!
  s.length[r] = undoFrom[i + 1]! - undoFrom[i]!
  for (let d = 0; d < dimensions; d++) {
    s.brought[r * dimensions + d] = undoLoad[2 * (i * dimensions + d)]!
    s.collected[r * dimensions + d] = undoLoad[2 * (i * dimensions + d) + 1]!
  }
}
