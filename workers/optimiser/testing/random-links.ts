/**
 * Links by chance on a problem by chance: pairs, chains and teams, tight and loose, among fixed and movable work.
 *
 * Seconds always have higher numbers than firsts and gaps are no longer than what chains allow, so no link contradicts another.
 */
import type { Link, Problem } from '../problem.ts'
import { randomFrom, unit } from '../random.ts'

export const withRandomLinks = (problem: Problem, seed: number): Problem => {
  const random = randomFrom(seed ^ 0x5f3759df)
  const chance = (share: number): boolean => unit(random) < share
  const links: Link[] = []
  for (let i = 0; i + 1 < problem.activities.length; i++) {
    if (!chance(0.4)) continue
    // The loop ends before the last.
    const first = problem.activities[i]!
    const second = problem.activities[i + 1]!
    const isTeam = chance(0.5)
    const from = isTeam ? 0 : Math.floor(unit(random) * 4) * 900
    links.push({
      first: first.id,
      second: second.id,
      from,
      to: isTeam ? 0 : chance(0.5) ? null : from + Math.floor(unit(random) * 8) * 900,
      ...(chance(0.6) ? { technicians: isTeam || chance(0.5) ? 'different' : 'same' } : {}),
      ...(isTeam || chance(0.3) ? { together: true } : {}),
    })
  }
  return {
    ...problem,
    links,
    ...(chance(0.3) ? { worstLatePerSecond: 50 } : {}),
    weights: { ...problem.weights, fairness: chance(0.3) ? 1 : 0 },
  }
}
