/** What is known when a place for a bar is judged in the browser: the technician's hours and day, and how travel is reckoned. */
import type { Bar } from '../model/board.ts'
import type { Known } from '../model/feasibility.ts'
import type { InHand } from './in-hand.ts'

export type Judging = ReturnType<typeof openJudging>

export const openJudging = (hand: InHand, travel: () => Known['travel']) => ({
  knownOf: (bar: Bar, technician: { readonly id: string; readonly calendarId: string | null }): Known => ({
    calendar: technician.calendarId === null ? null : (hand.calendars.get(technician.calendarId) ?? null),
    bars: hand.board.barsOf(technician.id),
    linked: hand.board.linkedTo(bar),
    order: hand.board.orders.get(bar.orderId),
    zone: hand.zone,
    travel: travel(),
  }),
})
