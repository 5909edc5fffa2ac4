/**
 * How one event changes a board: the rule that Redis, servers, browsers and replay share.
 *
 * Only open activities, and active technicians of the board's own teams, are on a board. A record that stops being
 * one of these is dropped, whatever the event was called. A record is put only if its version is newer.
 */
import type { BoardEvent } from './board.ts'

export type BoardEntity = 'activity' | 'technician' | 'order'

export type FoldStep = {
  readonly entity: BoardEntity
  readonly id: string
} & (
  | { readonly act: 'put'; readonly version: number; readonly orderId: string | null }
  | { readonly act: 'drop' }
)

/** Null for an event of a kind this version does not know: it is passed on, but changes nothing here. */
export function foldStep(event: BoardEvent, boardId: string): FoldStep | null {
  const { activity, technician, order, removed, entity } = event
  if (activity) {
    const onBoard = activity.state !== 'closed' && activity.boardId === boardId
    return onBoard
      ? {
          entity: 'activity',
          id: activity.id,
          act: 'put',
          version: activity.version,
          orderId: activity.orderId,
        }
      : { entity: 'activity', id: activity.id, act: 'drop' }
  }
  if (technician) {
    const onBoard = technician.active && technician.boardId === boardId
    return onBoard
      ? { entity: 'technician', id: technician.id, act: 'put', version: technician.version, orderId: null }
      : { entity: 'technician', id: technician.id, act: 'drop' }
  }
  if (order) return { entity: 'order', id: order.id, act: 'put', version: order.version, orderId: null }
  if (removed !== undefined && entity !== 'board')
    return { entity: entity ?? 'activity', id: removed, act: 'drop' }
  return null
}
