/**
 * What the links between activities say, as the kernel reads it.
 *
 * A link is two pushes: the second starts no earlier than `from` after the first, and the first no earlier than `to` before the
 * second. So the earliest times that satisfy every push are the best ones for a given order, and the search only ever delays.
 * The surprising rule: a link between movable and fixed work is no push at all. It is a window of the movable one, made when
 * the problem is compiled; a link between two fixed activities is taken as it was given.
 */
import type { Link, Problem, Window } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { NEVER } from './times.ts'
import { whole } from './whole-numbers.ts'

export const ANYBODY = 0
export const SAME = 1
const DIFFERENT = 2

/** No push: far below every time, and still a small integer when a start is added. */
export const NO_PUSH = -NEVER

/** Links as the kernel reads them: for each activity the links it is an end of, from its own side. */
export type LinkTable = {
  /** Activity u's links are those from `at[u]` to `at[u + 1]`. */
  readonly at: Int32Array
  readonly other: Int32Array
  /** The other starts at least this long after u: negative when it may be earlier, NO_PUSH when it does not matter. */
  readonly push: Int32Array
  /** u starts at least this long after the other. */
  readonly pull: Int32Array
  readonly who: Uint8Array
  /** 1 where u is not placed without the other. */
  readonly needs: Uint8Array
  /** The movable activities with pushes, in order. */
  readonly linked: Int32Array
  /** Movable activities placed together or not at all: `unit[u]` is where u's group lies in `members`, first ones first. */
  readonly unit: Int32Array
  readonly unitAt: Int32Array
  readonly members: Int32Array
}

/** A link with its two activities as the kernel numbers them. */
export type Ends = { readonly first: number; readonly second: number; readonly link: Link }

/** The links with their ends as indices; each is refused that could never be kept. */
export const endsOf = (problem: Problem, index: ReadonlyMap<string, number>): Ends[] => {
  const find = (id: string, field: string): number => {
    const at = index.get(id)
    if (at === undefined) throw new ProblemError(field, `"${id}" is no activity`)
    return at
  }
  const ends = (problem.links ?? []).map((link, i): Ends => {
    const field = `links[${i}]`
    const first = find(link.first, `${field}.first`)
    const second = find(link.second, `${field}.second`)
    if (first === second) throw new ProblemError(`${field}.second`, 'must be another activity than the first')
    whole(link.from, `${field}.from`)
    if (link.to !== null && whole(link.to, `${field}.to`) < link.from)
      throw new ProblemError(`${field}.to`, 'must not be less than from')
    return { first, second, link }
  })
  refuseCircles(problem, ends)
  refuseContradictions(problem, ends)
  return ends
}

const bothFixed = (problem: Problem, { first, second }: Ends): boolean =>
  // The ends are activities of the problem.
  problem.activities[first]!.fixed !== undefined && problem.activities[second]!.fixed !== undefined

/** Firsts before seconds: the order in which linked work can be placed. Throws where a circle leaves none. */
const refuseCircles = (problem: Problem, ends: readonly Ends[]): void => {
  const after = new Map<number, { to: number; link: number }[]>()
  ends.forEach((end, i) => {
    if (bothFixed(problem, end)) return
    after.set(end.first, [...(after.get(end.first) ?? []), { to: end.second, link: i }])
  })
  const UNDER_WAY = 1
  const DONE = 2
  const state = new Map<number, number>()
  for (const from of after.keys()) {
    if (state.has(from)) continue
    const path = [{ node: from, next: 0 }]
    state.set(from, UNDER_WAY)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = after.get(top.node)?.[top.next++]
      if (step === undefined) {
        state.set(top.node, DONE)
        path.pop()
      } else if (state.get(step.to) === UNDER_WAY) {
        throw new ProblemError(
          `links[${step.link}]`,
          'must not close a circle: work would have to follow itself',
        )
      } else if (!state.has(step.to)) {
        state.set(step.to, UNDER_WAY)
        path.push({ node: step.to, next: 0 })
      }
    }
  }
}

/** Longest paths over the pushes: where they never come to rest, some start would have to be later than itself. */
const refuseContradictions = (problem: Problem, ends: readonly Ends[]): void => {
  const least = new Map<number, number>()
  for (const { first, second } of ends) {
    least.set(first, 0)
    least.set(second, 0)
  }
  for (let round = 0; round <= least.size; round++) {
    let moved = -1
    ends.forEach((end, i) => {
      if (bothFixed(problem, end)) return
      const { first, second, link } = end
      // Every end has been given a number above.
      const a = least.get(first)!
      const b = least.get(second)!
      if (b < a + link.from) {
        least.set(second, a + link.from)
        moved = i
      }
      if (link.to !== null && a < b - link.to) {
        least.set(first, b - link.to)
        moved = i
      }
    })
    if (moved < 0) return
    if (round === least.size)
      throw new ProblemError(`links[${moved}]`, 'cannot be kept together with the other links')
  }
}

/** What links to fixed work leave of an activity's windows; a window that no day reaches where nothing is left. */
export const windowsBesideFixed = (
  problem: Problem,
  ends: readonly Ends[],
  windows: readonly (readonly Window[])[],
): (readonly Window[])[] => {
  const out = [...windows]
  const bound = (u: number, from: number, to: number): void => {
    const left = (out[u] ?? [])
      .map((window) => ({ from: Math.max(window.from, from), to: Math.min(window.to, to) }))
      .filter((window) => window.from <= window.to)
    out[u] = left.length > 0 ? left : [{ from: NEVER - 1, to: NEVER - 1 }]
  }
  for (const { first, second, link } of ends) {
    const before = problem.activities[first]?.fixed
    const after = problem.activities[second]?.fixed
    if (before !== undefined && after === undefined)
      bound(second, before.start + link.from, link.to === null ? NEVER - 1 : before.start + link.to)
    if (before === undefined && after !== undefined)
      bound(first, link.to === null ? NO_PUSH : after.start - link.to, after.start - link.from)
  }
  return out
}

export const linkTable = (problem: Problem, ends: readonly Ends[]): LinkTable => {
  const n = problem.activities.length
  const isFixed = (u: number): boolean => problem.activities[u]?.fixed !== undefined
  const at = new Int32Array(n + 1)
  for (const { first, second } of ends) {
    at[first + 1] = at[first + 1]! + 1
    at[second + 1] = at[second + 1]! + 1
  }
  for (let u = 0; u < n; u++) at[u + 1] = at[u + 1]! + at[u]!
  const size = 2 * ends.length
  const table = {
    other: new Int32Array(size),
    push: new Int32Array(size).fill(NO_PUSH),
    pull: new Int32Array(size).fill(NO_PUSH),
    who: new Uint8Array(size),
    needs: new Uint8Array(size),
  }
  const filled = at.slice()
  const linked = new Set<number>()
  for (const { first, second, link } of ends) {
    const a = filled[first]!
    const b = filled[second]!
    filled[first] = a + 1
    filled[second] = b + 1
    table.other[a] = second
    table.other[b] = first
    const who = link.technicians === 'same' ? SAME : link.technicians === 'different' ? DIFFERENT : ANYBODY
    table.who[a] = who
    table.who[b] = who
    table.needs[a] = link.together === true ? 1 : 0
    table.needs[b] = 1
    if (isFixed(first) || isFixed(second)) continue
    table.push[a] = link.from
    table.pull[b] = link.from
    if (link.to !== null) {
      table.push[b] = -link.to
      table.pull[a] = -link.to
    }
    linked.add(first)
    linked.add(second)
  }
  return {
    at,
    ...table,
    linked: Int32Array.from([...linked].sort((a, b) => a - b)),
    ...unitsOf(problem, ends),
  }
}

/** Groups of movable work that is placed together, each in an order that has firsts before seconds. */
const unitsOf = (problem: Problem, ends: readonly Ends[]) => {
  const n = problem.activities.length
  const leader = Int32Array.from({ length: n }, (_, u) => u)
  const find = (u: number): number => {
    let top = u
    // Every leader is an activity.
    while (leader[top] !== top) top = leader[top]!
    return top
  }
  const movable = ends.filter(
    ({ first, second }) =>
      problem.activities[first]?.fixed === undefined && problem.activities[second]?.fixed === undefined,
  )
  for (const { first, second, link } of movable) {
    if (link.together !== true) continue
    const a = find(first)
    const b = find(second)
    if (a !== b) leader[Math.max(a, b)] = Math.min(a, b)
  }
  // How many links lead to an activity: there are no circles, so this orders firsts before seconds.
  const depth = new Int32Array(n)
  for (let again = true; again; ) {
    again = false
    for (const { first, second } of movable) {
      if (depth[second]! > depth[first]!) continue
      depth[second] = depth[first]! + 1
      again = true
    }
  }
  const members = Int32Array.from({ length: n }, (_, u) => u).sort(
    (a, b) => find(a) - find(b) || depth[a]! - depth[b]! || a - b,
  )
  const unit = new Int32Array(n)
  const unitAt = [0]
  members.forEach((u, i) => {
    const before = members[i - 1]
    if (before !== undefined && find(before) !== find(u)) unitAt.push(i)
    unit[u] = unitAt.length - 1
  })
  if (n > 0) unitAt.push(n)
  return { unit, unitAt: Int32Array.from(unitAt), members }
}
