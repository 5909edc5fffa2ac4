/** Preferred technicians: anyone else costs a fixed number of points. */
import { type Model, UNLOVED } from '../model/model.ts'

export const preferenceCost = (m: Model, u: number, technician: number): number =>
  (m.fit[u * m.technicians + technician]! & UNLOVED) === 0 ? 0 : m.unlovedCost[u]!
