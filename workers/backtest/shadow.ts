/**
 * Shadow mode: what the city did with the same orders, from its own closing times, beside what a way of dispatching made of them.
 *
 * It is no verdict on the city: our people are invented, its closings include paperwork, and nobody knows what else it had
 * to do. Only orders that carry the city's own ONTIME or OVERDUE and that were judged in the replay are compared.
 */
import type { CityOutcome } from './history.ts'
import { type CrewRun, quantile } from './score.ts'

export type Shadow = {
  readonly compared: number
  /** By the city's own word; by its closing time against the deadline we compute; and ours. */
  readonly keptByCityRecord: number
  readonly keptByCityClosing: number
  readonly keptByUs: number
  readonly cityHoursMedian: number
  readonly ourHoursMedian: number
  /** Kept by us and missed by the city, and the other way round. */
  readonly gained: number
  readonly lost: number
}

export function shadowOf(
  runs: readonly CrewRun[],
  city: ReadonlyMap<string, CityOutcome>,
  until: number,
): Shadow {
  const shadow = { compared: 0, keptByCityRecord: 0, keptByCityClosing: 0, keptByUs: 0, gained: 0, lost: 0 }
  const cityHours: number[] = []
  const ourHours: number[] = []
  for (const { crew, played } of runs) {
    const doneAt = new Map(played.visits.map((visit) => [visit.orderId, visit.endsAt]))
    for (const order of crew.orders) {
      const record = city.get(order.id)
      if (order.dueAt === null || order.dueAt > until || record === undefined || record.keptByCity === null)
        continue
      const endsAt = doneAt.get(order.id)
      const isOurs = endsAt !== undefined && endsAt <= order.dueAt
      shadow.compared++
      if (record.keptByCity) shadow.keptByCityRecord++
      if (record.closedAt !== null && record.dueAt !== null && record.closedAt <= record.dueAt)
        shadow.keptByCityClosing++
      if (isOurs) shadow.keptByUs++
      if (isOurs && !record.keptByCity) shadow.gained++
      if (!isOurs && record.keptByCity) shadow.lost++
      if (record.closedAt !== null) cityHours.push((record.closedAt - record.openedAt) / 3_600_000)
      if (endsAt !== undefined) ourHours.push((endsAt - order.arrivesAt) / 3_600)
    }
  }
  const median = (hours: number[]): number =>
    quantile(
      hours.sort((a, b) => a - b),
      0.5,
    )
  return { ...shadow, cityHoursMedian: median(cityHours), ourHoursMedian: median(ourHours) }
}
