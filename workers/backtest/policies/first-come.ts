/** Orders in the order of their arrival, each to the first able technician on the roster who is free. */
import { type Dispatcher, fits, isFree } from '../dispatcher.ts'

export const firstCome = (): Dispatcher => ({
  name: 'first-come',
  tickSeconds: null,
  react(view) {
    const free = view.technicians.filter(isFree)
    const commitments = []
    for (const order of view.open.values()) {
      if (free.length === 0) break
      const at = free.findIndex((person) => fits(view, person, order))
      const person = free[at]
      if (person === undefined) continue
      commitments.push({ technicianId: person.technician.id, orderId: order.id })
      free.splice(at, 1)
    }
    return { commitments, moved: 0 }
  },
})
