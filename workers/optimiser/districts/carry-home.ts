/**
 * Brings a district's days back to the whole board: links as they are there, times and costs made true here.
 *
 * Only days that have another order than before are touched. The activities and days of the district must not have changed on the
 * whole board since it was made.
 */
import type { Model } from '../model/model.ts'
import { leaveOut, type PlanState, takeIn } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import type { District } from './district.ts'

/** `next` is the district's own, as it is now or as it was kept. */
export const carryHome = (m: Model, s: PlanState, district: District, next: Int32Array): void => {
  const { activities, routes, m: part } = district
  const touched: number[] = []
  for (let i = 0; i < routes.length; i++) {
    if (isSame(m, s, district, next, i)) continue
    touched.push(i)
  }
  // First every day is emptied: what leaves one of them may come to another.
  for (const i of touched) {
    const first = m.n + 2 * routes[i]!
    for (let u = s.next[first]!; u < m.n; u = s.next[u]!) {
      s.route[u] = -1
      leaveOut(m, s, u)
    }
  }
  for (const i of touched) {
    const r = routes[i]!
    const first = m.n + 2 * r
    let p = first
    for (let own = next[part.n + 2 * i]!; own < part.n; own = next[own]!) {
      const u = activities[own]!
      takeIn(m, s, u)
      s.next[p] = u
      s.prev[u] = p
      s.route[u] = r
      p = u
    }
    s.next[p] = first + 1
    s.prev[first + 1] = p
    updateRoute(m, s, r)
  }
}

const isSame = (
  m: Model,
  s: PlanState,
  { activities, routes, m: part }: District,
  next: Int32Array,
  i: number,
) => {
  let u = s.next[m.n + 2 * routes[i]!]!
  let own = next[part.n + 2 * i]!
  while (u < m.n && own < part.n && activities[own] === u) {
    u = s.next[u]!
    own = next[own]!
  }
  return u >= m.n && own >= part.n
}
