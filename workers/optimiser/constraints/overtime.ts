/** Overtime: a day may run past its end up to the shift's limit, and each second of it costs. */
import type { Model } from '../model/model.ts'

export const overtimeCost = (m: Model, r: number, homeAt: number): number => {
  const over = homeAt - m.closesAt[r]!
  return over > 0 ? over * m.overtimePerSecond : 0
}
