/** Stability: an announced visit that gets another technician, or another start beyond its tolerance, has moved. */
import type { Model } from '../model/model.ts'

export const moveCost = (m: Model, u: number, technician: number, start: number): number => {
  const current = m.currentTechnician[u]!
  if (current < 0) return 0
  if (current !== technician) return m.moveCost[u]!
  const shift = start - m.currentStart[u]!
  return shift <= m.moveTolerance[u]! && -shift <= m.moveTolerance[u]! ? 0 : m.moveCost[u]!
}
