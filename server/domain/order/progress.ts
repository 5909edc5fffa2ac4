/** An order's progress follows from its lines (domain digest 2.2). */
import type { LineStatus, OrderProgress } from './order.ts'

export function progressOf(lines: readonly { readonly status: LineStatus }[]): OrderProgress {
  if (lines.length === 0 || lines.some((line) => line.status === 'created')) return 'inProcess'
  return lines.some((line) => line.status === 'posted') ? 'posted' : 'canceled'
}
