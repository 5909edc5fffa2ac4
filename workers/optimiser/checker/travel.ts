/**
 * Travel as the problem itself tells it, journey by journey: the checker reads no table that the search has made.
 */
import type { Problem, ProblemTechnician } from '../problem.ts'

export const travelSeconds = (
  problem: Problem,
  technician: ProblemTechnician,
  from: number | null,
  to: number | null,
): number => {
  const matrix = problem.travel[technician.profile ?? 0]
  if (from === null || to === null || matrix === undefined) return 0
  const seconds = matrix.seconds[from * matrix.size + to] ?? 0
  return Math.round(seconds / (technician.speedFactor ?? 1))
}

export const travelMetres = (
  problem: Problem,
  technician: ProblemTechnician,
  from: number | null,
  to: number | null,
): number => {
  const matrix = problem.travel[technician.profile ?? 0]
  // Where kilometres cost nothing their table may not even have been laid out.
  return from === null || to === null || matrix === undefined || (technician.perKm ?? 0) === 0
    ? 0
    : (matrix.metres[from * matrix.size + to] ?? 0)
}
