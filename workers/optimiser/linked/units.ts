/**
 * Which units are left out, and in which order they are placed: by chance, by what leaving out costs, by how tight their times are,
 * by when they are due, or by distance from home.
 */
import type { Model } from '../model/model.ts'
import type { PlanState } from '../plan/plan-state.ts'
import { below, unit } from '../random.ts'
import type { LinkedSearch } from './search-state.ts'

/** All that is left out, as units, each once. */
export const gatherAbsent = (m: Model, s: PlanState, search: LinkedSearch): void => {
  const { links } = m
  let count = 0
  for (let i = 0; i < s.count[0]!; i++) {
    const u = s.absent[i]!
    const own = links.unit[u]!
    let first = links.unitAt[own]!
    while (s.route[links.members[first]!]! >= 0) first++
    if (links.members[first] === u) search.units[count++] = own
  }
  search.at[2] = count
}

/** Sorts the units by chance, by what leaving out costs, by how tight their times are, by when they are due, by distance from home. */
export const orderUnits = (m: Model, search: LinkedSearch): void => {
  const { units, unitKeys, random, due } = search
  const { links } = m
  const way = below(random, 12)
  const home = m.place[m.n]!
  const { time } = m.classes[0]!
  for (let i = 0; i < search.at[2]!; i++) {
    const own = units[i]!
    const u = links.members[links.unitAt[own]!]!
    const alone = links.unitAt[own + 1]! - links.unitAt[own]! === 1
    if (way < 4) unitKeys[i] = unit(random)
    else if (way < 6) unitKeys[i] = (alone ? 1 : 0) + unit(random)
    else if (way < 8) unitKeys[i] = due[u]! - m.firstFrom[u]!
    else if (way < 9) unitKeys[i] = due[u]!
    else if (way < 11) unitKeys[i] = -time[home * m.places + m.place[u]!]!
    else unitKeys[i] = time[home * m.places + m.place[u]!]!
  }
  sortUnits(search)
}

/** Insertion sort: the list is short, and equal keys keep their order. */
export const sortUnits = (search: LinkedSearch): void => {
  const { units, unitKeys } = search
  for (let i = 1; i < search.at[2]!; i++) {
    const key = unitKeys[i]!
    const own = units[i]!
    let j = i - 1
    while (j >= 0 && unitKeys[j]! > key) {
      unitKeys[j + 1] = unitKeys[j]!
      units[j + 1] = units[j]!
      j--
    }
    unitKeys[j + 1] = key
    units[j + 1] = own
  }
}
