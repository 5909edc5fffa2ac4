/** Locked work that nobody has begun, let go: it stays where it is, free to start at another time, or goes elsewhere. */
import { mayDo } from '../constraints/skills.ts'
import { dayFits } from '../construct/warm-start.ts'
import { ALLOWED } from '../model/model.ts'
import { leaveOut, linkAfter, takeIn, unlink } from '../plan/plan-state.ts'
import { updateRoute } from '../plan/update.ts'
import { tryInsteadOf } from './give-way.ts'
import { inPlace, onAnother } from './other-form.ts'
import { type Spot, unlocked, weights } from './relaxation.ts'
import { fits, foundAt, isSound, isWorth, putIn, type Search, spotOf, takeOut } from './search.ts'

/** Locks that are tried on a board that has to be compiled anew for each. */
const ANEW_MOST = 12

/** Locks that a person has set on work that nobody has begun. */
export const tryUnlocking = (search: Search): void => {
  if (!isWorth(search, weights.unlock)) return
  if (search.isPatched) unlockInPlace(search)
  else unlockAnew(search)
}

const unlockInPlace = (search: Search): void => {
  const { m, s, u } = search
  m.problem.activities.forEach((activity, v) => {
    if (activity.fixed?.liftable !== true || !isWorth(search, weights.unlock)) return
    const r = s.route[v]!
    if (r < 0 || m.shiftOf[r]! < 0 || (m.fit[u * m.technicians + m.technicianOf[r]!]! & ALLOWED) === 0) return
    const q = s.prev[v]!
    const from = spotOf(search, v)
    takeFixedOut(search, v)
    inPlace(search, v, unlocked(activity), () => {
      leaveOut(m, s, v)
      if (s.possible[r] === 1) unlockAt(search, v, q, from)
      takeIn(m, s, v)
      s.route[v] = -1
    })
    linkAfter(s, v, q)
    updateRoute(m, s, r)
  })
}

/** First where it is, free to start at another time; then elsewhere. */
const unlockAt = (search: Search, v: number, q: number, from: Spot): void => {
  const { m, s } = search
  const r = s.route[q]!
  putIn(search, v, q)
  const before = s.total[0]!
  const stays = s.possible[r] === 1 && mayDo(m, v, m.technicianOf[r]!)
  const p = stays ? fits(search, r) : -1
  const there = p < 0 ? null : placedBeside(search, p, v)
  takeOut(search, v)
  const kept = search.best
  if (there !== null) {
    const { to, ...found } = there
    const change = { kind: 'unlock', activityId: m.problem.activities[v]!.id, from, to } as const
    search.best = { change, ...found, weight: weights.unlock }
  } else if (tryInsteadOf(search, v, r, 'unlock', from) >= before) search.best = kept
}

/** Out of its route and counted nowhere, not even as left out. */
const takeFixedOut = ({ m, s }: Search, v: number): void => {
  const r = s.route[v]!
  unlink(s, v)
  updateRoute(m, s, r)
}

const placedBeside = (search: Search, p: number, v: number) => {
  const { m, s, u } = search
  const r = s.route[p]!
  const before = s.total[0]!
  putIn(search, u, p)
  // What was given may break a rule; what is let go may not.
  const holds = s.possible[r] === 1 && dayFits(m, s, r) && s.total[0]! < before
  const found = { ...foundAt(search), to: spotOf(search, v) }
  takeOut(search, u)
  return holds ? found : null
}

/** First where it is, then elsewhere, on a board on which it never was locked. */
const unlockAnew = (search: Search): void => {
  const { m, s, u } = search
  let tried = 0
  for (const [v, activity] of m.problem.activities.entries()) {
    const r = s.route[v]!
    if (activity.fixed?.liftable !== true || r < 0 || m.shiftOf[r]! < 0) continue
    if ((m.fit[u * m.technicians + m.technicianOf[r]!]! & ALLOWED) === 0) continue
    if (!isWorth(search, weights.unlock) || tried++ === ANEW_MOST) return
    const activities = m.problem.activities.map((own, i) => (i === v ? unlocked(own) : own))
    const place = onAnother(search, { ...m.problem, activities })
    if (place === null || place.s.route[v] !== r) continue
    const there: Search = { ...search, ...place }
    if (!unlockedStays(there, v, r, spotOf(search, v))) unlockedGoes(there, v, r, spotOf(search, v))
    search.best = there.best
  }
}

const unlockedStays = (there: Search, v: number, r: number, from: Spot): boolean => {
  const { m, s, u } = there
  const p = fits(there, r)
  if (p < 0) return false
  const before = s.total[0]!
  putIn(there, u, p)
  const holds = s.possible[r] === 1 && s.total[0]! < before && isSound(there)
  if (holds) {
    const change = {
      kind: 'unlock',
      activityId: m.problem.activities[v]!.id,
      from,
      to: spotOf(there, v),
    } as const
    there.best = { change, ...foundAt(there), weight: weights.unlock }
  }
  takeOut(there, u)
  return holds
}

const unlockedGoes = (there: Search, v: number, r: number, from: Spot): void => {
  const before = there.s.total[0]!
  const kept = there.best
  takeOut(there, v)
  if (tryInsteadOf(there, v, r, 'unlock', from) >= before) there.best = kept
}
