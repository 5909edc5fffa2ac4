/**
 * Seeded random numbers: xorshift with 128 bits of state. The same seed gives the same search on every machine.
 *
 * The state lives in a typed array, not in fields, so that drawing allocates nothing.
 */
export type Random = Int32Array

export const randomFrom = (seed: number): Random => {
  const state = new Int32Array(4)
  // Spreads neighbouring seeds apart; without it seeds 1 and 2 begin almost alike.
  let x = (seed ^ 0x9e3779b9) | 0
  for (let i = 0; i < 4; i++) {
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) | 0
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) | 0
    x = (x ^ (x >>> 13) ^ (i + 1)) | 0
    state[i] = x
  }
  state[3] = x | 1
  for (let i = 0; i < 16; i++) draw(state)
  return state
}

/** A random 32-bit integer, negative half the time. */
export const draw = (state: Random): number => {
  // The state always has four members.
  const t = state[0]!
  const w = state[3]!
  const mixed = t ^ (t << 11)
  const next = w ^ (w >>> 19) ^ mixed ^ (mixed >>> 8)
  state[0] = state[1]!
  state[1] = state[2]!
  state[2] = w
  state[3] = next
  return next | 0
}

/** Uniform in [0, 1). */
export const unit = (state: Random): number => (draw(state) >>> 0) / 4294967296

/** Uniform whole number in [0, bound). */
export const below = (state: Random, bound: number): number => Math.floor(unit(state) * bound)
