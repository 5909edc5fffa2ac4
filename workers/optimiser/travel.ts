/**
 * Travel when no matrix is given: straight lines, stretched by a road factor, at one speed.
 *
 * Places are projected once, so that a journey costs a square root and nothing more. The lengths of the journeys are laid out only
 * when somebody asks for them: on a board where kilometres cost nothing that is never, and ten thousand places make half a gigabyte.
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
  const table = (perMetre: number): Int32Array => {
    const cells = new Int32Array(size * size)
    // Indices below stay inside the arrays made above. Row by row, both ways: writing along columns waits for memory.
    for (let a = 0; a < size; a++) {
      const ax = x[a]!
      const ay = y[a]!
      const row = a * size
      for (let b = 0; b < size; b++) {
        const dx = x[b]! - ax
        const dy = y[b]! - ay
        cells[row + b] = Math.round(Math.sqrt(dx * dx + dy * dy) * perMetre)
      }
    }
    return cells
  }
  let lengths: Int32Array | null = null
  return {
    size,
    seconds: table(3.6 / options.speedKmh),
    get metres() {
      lengths ??= table(1)
      return lengths
    },
    symmetric: true,
  }
}
