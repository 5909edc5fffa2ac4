/**
 * The nearest free able technician takes the order; who becomes free while work waits takes the nearest of it.
 *
 * Both follow from one rule: of all pairs of a waiting order and an idle technician, the closest goes first.
 */
import { type Dispatcher, fits, isFree, type TechnicianView, type View } from '../dispatcher.ts'
import { isAble, type Order, plannedTravel } from '../world.ts'

type Pair = { readonly person: TechnicianView; readonly order: Order; readonly seconds: number }

export const nearestIdle = (): Dispatcher => ({
  name: 'nearest-idle',
  tickSeconds: null,
  react(view) {
    const taken = new Set<string>()
    const commitments = []
    for (const { person, order } of pairs(view).sort((a, b) => a.seconds - b.seconds)) {
      if (taken.has(person.technician.id) || taken.has(order.id) || !fits(view, person, order)) continue
      taken.add(person.technician.id).add(order.id)
      commitments.push({ technicianId: person.technician.id, orderId: order.id })
    }
    return { commitments, moved: 0 }
  },
})

const pairs = (view: View): Pair[] => {
  const free = view.technicians.filter(isFree)
  const out: Pair[] = []
  if (free.length === 0) return out
  for (const order of view.open.values()) {
    for (const person of free) {
      if (!isAble(person.technician, order)) continue
      out.push({ person, order, seconds: plannedTravel(person.place, order.place, view.travel).seconds })
    }
  }
  return out
}
