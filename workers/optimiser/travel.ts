/**
 * Travel when no matrix is given: straight lines, stretched by a road factor, at one speed.
 *
 * Places are projected once, so that a board of two thousand activities costs a square root for each pair and nothing more.
 * Good to a fraction of a per cent within a metropolitan area, which is far below the error of the road factor.
 */
import type { TravelMatrix } from './problem.ts'

const METRES_PER_DEGREE = 111_195

export const straightLine = (
  points: readonly { readonly lat: number; readonly lon: number }[],
  options: { readonly speedKmh: number; readonly roadFactor: number },
): TravelMatrix => {
  const size = points.length
  const x = new Float64Array(size)
  const y = new Float64Array(size)
  const middle = size === 0 ? 0 : points.reduce((sum, point) => sum + point.lat, 0) / size
  const shrink = Math.cos((middle * Math.PI) / 180)
  points.forEach((point, i) => {
    x[i] = point.lon * METRES_PER_DEGREE * shrink * options.roadFactor
    y[i] = point.lat * METRES_PER_DEGREE * options.roadFactor
  })
  const secondsPerMetre = 3.6 / options.speedKmh
  const seconds = new Int32Array(size * size)
  const metres = new Int32Array(size * size)
  // Indices below stay inside the arrays made above.
  for (let a = 0; a < size; a++) {
    const ax = x[a]!
    const ay = y[a]!
    for (let b = a + 1; b < size; b++) {
      const dx = x[b]! - ax
      const dy = y[b]! - ay
      const distance = Math.sqrt(dx * dx + dy * dy)
      const time = Math.round(distance * secondsPerMetre)
      const length = Math.round(distance)
      seconds[a * size + b] = time
      seconds[b * size + a] = time
      metres[a * size + b] = length
      metres[b * size + a] = length
    }
  }
  return { size, seconds, metres, symmetric: true }
}
