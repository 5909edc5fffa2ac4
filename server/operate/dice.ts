/** Seeded chance for demos and replays: the same seed throws the same dice. */

/** A small seeded generator (xorshift32); the seed is mixed so that neighbouring seeds differ at once. */
export function dice(seed: number): { next(): number; pick<T>(items: readonly T[]): T; bell(): number } {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 4294967296
  }
  return {
    next,
    pick(items) {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    // Sum of three: near enough to a bell, and bounded.
    bell: () => (next() + next() + next()) / 1.5 - 1,
  }
}

export type Dice = ReturnType<typeof dice>
