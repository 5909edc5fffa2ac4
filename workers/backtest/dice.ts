/**
 * Random draws that belong to a name, not to a moment: the same seed and name give the same draws whatever was drawn before.
 *
 * So two ways of dispatching meet the same world, although they ask for it in different orders.
 */
import { type Random, randomFrom, unit } from '../optimiser/random.ts'

export const diceOf = (seed: number, name: string): Random => {
  // FNV-1a: spreads names that differ in one letter.
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return randomFrom(hash)
}

/** A factor with mean 1 whose logarithm spreads by `sigma`. */
export const logNormal = (dice: Random, sigma: number): number => {
  const radius = Math.sqrt(-2 * Math.log(1 - unit(dice)))
  const normal = radius * Math.cos(2 * Math.PI * unit(dice))
  return Math.exp(sigma * normal - (sigma * sigma) / 2)
}
