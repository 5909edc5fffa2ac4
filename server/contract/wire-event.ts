/**
 * An event with its JSON text, written once and shared by everything that passes it on.
 *
 * The state of the record is kept apart too, because it is what the folded board stores.
 */
import type { BoardEvent } from './board.ts'

export type WireEvent = {
  readonly event: BoardEvent
  readonly text: string
  /** JSON text of the activity, technician or order; empty when there is none. */
  readonly state: string
}

export function wireEvent(event: BoardEvent): WireEvent {
  const { activity, technician, order, removed, entity, ...rest } = event
  const head = JSON.stringify(rest).slice(0, -1)
  const named = entity === undefined ? '' : `,"entity":"${entity}"`
  const left = removed === undefined ? '' : `,"removed":${JSON.stringify(removed)}`
  const [key, record] = activity
    ? ['activity', activity]
    : technician
      ? ['technician', technician]
      : order
        ? ['order', order]
        : ['', undefined]
  const state = record === undefined ? '' : JSON.stringify(record)
  const put = state === '' ? '' : `,"${key}":${state}`
  return { event, state, text: `${head}${named}${left}${put}}` }
}
