/**
 * Every set of instances that the bench knows, by the name that `--sets` gives it.
 */
import type { Adapter } from './adapter.ts'
import { dvrptw, trspDynamic, trspDynamicBackdated } from './dynamic-sets.ts'
import { hhcrspItalian, hhcrspMankowska } from './hhcrsp.ts'
import { roadef } from './roadef.ts'
import { gehringHomberger, solomon, solomonShort } from './solomon.ts'
import { strspSets } from './strsp.ts'
import { trsp, trspSkills } from './trsp-sets.ts'

export const sets: readonly Adapter[] = [
  solomon,
  solomonShort,
  ...[200, 400, 600, 800, 1000].map(gehringHomberger),
  trsp,
  trspSkills,
  roadef,
  ...strspSets,
  hhcrspMankowska,
  hhcrspItalian,
  trspDynamic,
  trspDynamicBackdated,
  dvrptw,
]

export const setsNamed = (names: readonly string[]): readonly Adapter[] => {
  if (names.includes('all')) return sets
  return names.map((name) => {
    const found = sets.find((set) => set.name === name)
    if (found === undefined) {
      const known = sets.map((set) => set.name).join(', ')
      throw new TypeError(`--sets: must be of ${known}, or all; got '${name}'`)
    }
    return found
  })
}
