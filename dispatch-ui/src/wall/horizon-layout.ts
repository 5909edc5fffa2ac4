/** Where each promise stands on the horizon, and which of them are named: the most pressing first, never over another. */
import type { Open } from './tally.ts'

export type Box = {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly hours: number
}
export type Spot = { readonly x: number; readonly y: number; readonly open: Open }
export type Label = Spot & { readonly textX: number; readonly side: 'left' | 'right' }

const LINE = 20
const GAP = 11

/** Due times left of now share the narrow lane before it; beyond the last hour nothing is drawn. */
export function spotsOf(opens: readonly Open[], now: number, box: Box): Spot[] {
  const perMs = (box.width - box.left) / (box.hours * 3_600_000)
  return opens.flatMap((open) => {
    const left = open.promise.dueAt - now
    if (left > box.hours * 3_600_000) return []
    const x = left >= 0 ? box.left + left * perMs : box.left * (1 - Math.min(0.92, 0.12 + -left / 7_200_000))
    return [{ x, y: box.height * (1 - open.urgency), open }]
  })
}

export function labelsOf(
  spots: readonly Spot[],
  box: Box,
  options: { readonly count: number; readonly widthOf: (open: Open) => number },
): Label[] {
  const taken: { x: number; y: number; width: number }[] = spots
    .filter((spot) => spot.open.standing === 'late' || spot.open.standing === 'risk')
    .map((spot) => ({ x: spot.x - 5, y: spot.y, width: 10 }))
  const stems = taken.map(({ x, y }) => ({ x: x + 5, y }))
  const meets = (x: number, y: number, width: number): boolean =>
    stems.some((stem) => stem.x > x - 2 && stem.x < x + width + 2 && stem.y < y + LINE / 2) ||
    taken.some((other) => Math.abs(other.y - y) < LINE && x < other.x + other.width && x + width > other.x)
  const labels: Label[] = []
  const pressing = spots
    .filter((spot) => spot.open.standing === 'late' || spot.open.standing === 'risk')
    .sort((a, b) => b.open.urgency - a.open.urgency || a.x - b.x)
  for (const spot of pressing) {
    if (labels.length >= options.count) break
    const width = options.widthOf(spot.open)
    const right = spot.x + GAP
    const left = spot.x - GAP - width
    const isRightFree = right + width <= box.width && !meets(right, spot.y, width)
    const isLeftFree = left >= 0 && !meets(left, spot.y, width)
    if (!isRightFree && !isLeftFree) continue
    const textX = isRightFree ? right : left
    taken.push({ x: textX, y: spot.y, width })
    labels.push({ ...spot, textX, side: isRightFree ? 'right' : 'left' })
  }
  return labels
}
