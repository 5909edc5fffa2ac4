/** Seeded dice of the simulated days: the same seed, the same days. */
export type Dice = {
  /** In [0, 1). */
  roll(): number
  between(low: number, high: number): number
  normal(): number
  below(count: number): number
}

export function diceOf(seed: number): Dice {
  let state = (seed * 2_654_435_761) >>> 0
  const roll = (): number => {
    // A Weyl sequence put through two rounds of xor and multiply.
    state = (state + 0x9e37_79b9) >>> 0
    let x = state ^ (state >>> 16)
    x = Math.imul(x, 0x21f0_aaad)
    x ^= x >>> 15
    x = Math.imul(x, 0x735a_2d97)
    x ^= x >>> 15
    return (x >>> 0) / 4_294_967_296
  }
  return {
    roll,
    between: (low, high) => low + (high - low) * roll(),
    normal: () => Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll()),
    below: (count) => Math.floor(roll() * count),
  }
}
