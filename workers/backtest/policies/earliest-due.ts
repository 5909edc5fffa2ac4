/** The order that falls due first goes to the nearest free able technician; work without a promise comes last, by arrival. */
import { type Dispatcher, fits, isFree } from '../dispatcher.ts'
import { plannedTravel } from '../world.ts'

export const earliestDue = (): Dispatcher => ({
  name: 'earliest-due',
  tickSeconds: null,
  react(view) {
    const free = new Set(view.technicians.filter(isFree))
    const commitments = []
    const due = (at: number | null): number => at ?? Number.POSITIVE_INFINITY
    const orders = free.size === 0 ? [] : [...view.open.values()]
    orders.sort((a, b) => (a.dueAt === b.dueAt ? a.arrivesAt - b.arrivesAt : due(a.dueAt) - due(b.dueAt)))
    for (const order of orders) {
      let best = null
      let least = Number.POSITIVE_INFINITY
      for (const person of free) {
        if (!fits(view, person, order)) continue
        const { seconds } = plannedTravel(person.place, order.place, view.travel)
        if (seconds >= least) continue
        best = person
        least = seconds
      }
      if (best === null) continue
      commitments.push({ technicianId: best.technician.id, orderId: order.id })
      free.delete(best)
      if (free.size === 0) break
    }
    return { commitments, moved: 0 }
  },
})
