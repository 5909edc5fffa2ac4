/**
 * Who can make up a team: counts of people by skill, whom to add for a task, whom to let go.
 *
 * A *skill* here is one number for a domain and a level. A team *has* a skill as often as members reach that level; a task needs
 * some skills so many times. Choosing the fewest and least gifted people for a need is a covering problem; it is solved greedily
 * and by chance, because the search asks it anew thousands of times a second and keeps what turns out well.
 */
import { below, type Random, unit } from '../random.ts'
import type { Need, TeamTechnician } from './problem.ts'

export type Crew = {
  readonly technicians: number
  readonly skills: number
  /** 1 where technician t has skill s, at `t * skills + s`. */
  readonly able: Uint8Array
  /** How rare each skill is, and what each technician is worth in rare skills. */
  readonly rarity: Float64Array
  readonly worth: Float64Array
  /** For each power of `SPARING`, what a technician's gain is multiplied by. */
  readonly thrift: readonly Float64Array[]
  /** Needs of task i lie from `needFrom[i]` to before `needFrom[i + 1]`. */
  readonly needFrom: Int32Array
  readonly needSkill: Int32Array
  readonly needCount: Int32Array
  /** What a team without members has. */
  readonly nobody: Int16Array
  /** Scratch of `recruits`: how many are lacking of each need, and what each technician would bring. */
  readonly lacking: Int32Array
  readonly gain: Float64Array
}

const levelsOf = (technicians: readonly TeamTechnician[], needs: readonly (readonly Need[])[]): number =>
  Math.max(
    1,
    ...technicians.flatMap(({ levels }) => levels),
    ...needs.flatMap((list) => list.map(({ level }) => level)),
  )

/** A need is dropped where a higher level of the same domain is needed at least as often. */
const withoutImplied = (needs: readonly Need[]): Need[] =>
  needs.filter(
    (need) =>
      need.count > 0 &&
      !needs.some(
        (other) => other.domain === need.domain && other.level > need.level && other.count >= need.count,
      ),
  )

export const crewFrom = (
  technicians: readonly TeamTechnician[],
  tasks: readonly { readonly needs: readonly Need[] }[],
): Crew => {
  const needs = tasks.map((task) => withoutImplied(task.needs))
  const levels = levelsOf(technicians, needs)
  const domains = Math.max(
    1,
    ...technicians.map((technician) => technician.levels.length),
    ...needs.flatMap((list) => list.map(({ domain }) => domain + 1)),
  )
  const skills = domains * levels
  const able = new Uint8Array(technicians.length * skills)
  technicians.forEach((technician, t) => {
    technician.levels.forEach((level, domain) => {
      for (let l = 0; l < level; l++) able[t * skills + domain * levels + l] = 1
    })
  })
  const rarity = new Float64Array(skills)
  for (let s = 0; s < skills; s++) {
    let count = 0
    for (let t = 0; t < technicians.length; t++) count += able[t * skills + s]!
    rarity[s] = count === 0 ? 0 : 1 / count
  }
  const worth = Float64Array.from(technicians, (_, t) => {
    let sum = 0
    for (let s = 0; s < skills; s++) sum += able[t * skills + s]! * rarity[s]!
    return sum + 1e-6
  })
  const needFrom = new Int32Array(tasks.length + 1)
  needs.forEach((list, i) => {
    needFrom[i + 1] = needFrom[i]! + list.length
  })
  const flat = needs.flat()
  return {
    technicians: technicians.length,
    skills,
    able,
    rarity,
    worth,
    thrift: SPARING.map((power) => worth.map((own) => own ** -power)),
    needFrom,
    needSkill: Int32Array.from(flat, ({ domain, level }) => domain * levels + level - 1),
    needCount: Int32Array.from(flat, ({ count }) => count),
    nobody: new Int16Array(skills),
    lacking: new Int32Array(Math.max(1, ...needs.map((list) => list.length))),
    gain: new Float64Array(technicians.length),
  }
}

/** What a team of these members has. */
export const skillsOf = (crew: Crew, members: readonly number[]): Int16Array => {
  const have = new Int16Array(crew.skills)
  for (const t of members) join(crew, have, t, 1)
  return have
}

/** Adds a member to what the team has, or with -1 takes one away. */
export const join = (crew: Crew, have: Int16Array, t: number, times: 1 | -1): void => {
  const from = t * crew.skills
  for (let s = 0; s < crew.skills; s++) have[s] = have[s]! + times * crew.able[from + s]!
}

export const isAble = (crew: Crew, have: Int16Array, task: number): boolean => {
  for (let k = crew.needFrom[task]!; k < crew.needFrom[task + 1]!; k++) {
    if (have[crew.needSkill[k]!]! < crew.needCount[k]!) return false
  }
  return true
}

/** How much more gifted people are spared: one of these powers of their worth, drawn anew for each team. */
const SPARING = [0, 0.2, 0.4, 0.6] as const

/**
 * Free technicians who together with the team can do the task; null where there are none. `free` has a 1 for each that may be
 * taken. Empty where the team needs nobody.
 */
export const recruits = (
  crew: Crew,
  have: Int16Array,
  task: number,
  free: Uint8Array,
  random: Random,
): number[] | null => {
  const { skills, able, rarity, needFrom, needSkill, needCount, technicians, lacking, gain } = crew
  const first = needFrom[task]!
  const last = needFrom[task + 1]!
  let open = 0
  for (let k = first; k < last; k++) {
    const gap = Math.max(0, needCount[k]! - have[needSkill[k]!]!)
    lacking[k - first] = gap
    open += gap
  }
  const taken: number[] = []
  if (open === 0) return taken
  for (let t = 0; t < technicians; t++) {
    gain[t] = 0
    if (free[t] === 0) continue
    let sum = 0
    for (let k = first; k < last; k++) {
      const s = needSkill[k]!
      if (lacking[k - first]! > 0 && able[t * skills + s] === 1) sum += rarity[s]!
    }
    gain[t] = sum
  }
  const thrift = crew.thrift[below(random, SPARING.length)]!
  while (open > 0) {
    let best = -1
    let bestScore = 0
    for (let t = 0; t < technicians; t++) {
      if (gain[t]! < NOTHING) continue
      const score = gain[t]! * thrift[t]! * (0.9 + 0.1 * unit(random))
      if (score > bestScore) {
        bestScore = score
        best = t
      }
    }
    if (best < 0) return null
    taken.push(best)
    gain[best] = 0
    for (let k = first; k < last; k++) {
      const s = needSkill[k]!
      if (lacking[k - first]! === 0 || able[best * skills + s] === 0) continue
      open--
      lacking[k - first] = lacking[k - first]! - 1
      if (lacking[k - first]! > 0) continue
      // Enough have this skill now, so it is no reason to take anyone else.
      for (let t = 0; t < technicians; t++) {
        if (gain[t]! > 0 && able[t * skills + s] === 1) gain[t] = gain[t]! - rarity[s]!
      }
    }
  }
  return taken.length > 1 ? withoutSpare(crew, have, task, taken) : taken
}

/** Sums that have been taken away again leave roundings behind. */
const NOTHING = 1e-9

/** Early choices may have become needless through later ones. */
const withoutSpare = (crew: Crew, have: Int16Array, task: number, taken: readonly number[]): number[] => {
  const total = Int16Array.from(have)
  for (const t of taken) join(crew, total, t, 1)
  return taken.filter((t) => {
    join(crew, total, t, -1)
    if (isAble(crew, total, task)) return false
    join(crew, total, t, 1)
    return true
  })
}

/** Lets go of whom these tasks do not need, the most gifted first; changes `members` and `have`, and marks them free. */
export const release = (
  crew: Crew,
  members: number[],
  have: Int16Array,
  tasks: readonly number[],
  free: Uint8Array,
): void => {
  const order = [...members].sort((a, b) => crew.worth[b]! - crew.worth[a]! || a - b)
  for (const t of order) {
    join(crew, have, t, -1)
    if (tasks.every((task) => isAble(crew, have, task))) {
      members.splice(members.indexOf(t), 1)
      free[t] = 1
    } else join(crew, have, t, 1)
  }
}
