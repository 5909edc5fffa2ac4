/** Where the arrow keys lead: along a row in time, or to the bar of the next busy row that begins nearest. */
import type { Sheet } from '../layout/sheet.ts'
import type { Bar, Board } from '../model/board.ts'

export type Direction = 'left' | 'right' | 'up' | 'down'

/** Undefined at the edge; the first bar of the sheet when nothing is chosen yet. */
export function barBeside(
  board: Board,
  sheet: Sheet,
  from: Bar | undefined,
  direction: Direction,
): Bar | undefined {
  const people = sheet.rows.flatMap(({ row }) => (row.kind === 'technician' ? [row.id] : []))
  const at = from?.technicianId == null ? -1 : people.indexOf(from.technicianId)
  if (!from || at === -1) return people.flatMap((id) => board.barsOf(id))[0]
  if (direction === 'left' || direction === 'right') {
    const bars = board.barsOf(people[at] ?? '')
    return bars[bars.findIndex((bar) => bar.id === from.id) + (direction === 'left' ? -1 : 1)]
  }
  const step = direction === 'down' ? 1 : -1
  for (let k = at + step; k >= 0 && k < people.length; k += step) {
    const bars = board.barsOf(people[k] ?? '')
    if (bars.length > 0) return nearest(bars, from.startAt ?? 0)
  }
  return undefined
}

const nearest = (bars: readonly Bar[], at: number): Bar | undefined => {
  const away = (bar: Bar): number => Math.abs((bar.startAt ?? 0) - at)
  return [...bars].sort((a, b) => away(a) - away(b))[0]
}
