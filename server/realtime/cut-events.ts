/**
 * The events of a board as a viewer of a part of it gets them.
 *
 * What comes into view brings its order with it; what leaves the view is told as removed. The numbers stay those of
 * the whole board, so that a range is contiguous even when nothing in it is for this viewer.
 */
import type { TailEvent } from '../application/tail-board.ts'
import type { Knife } from '../contract/board-cut.ts'

/** JSON texts of the items this viewer gets for one event; often none. */
export function itemsFor({ text, meta, change }: TailEvent, knife: Knife): string[] {
  if (knife.whole) return [text]
  switch (change.entity) {
    case 'activity': {
      const was = change.before !== null && knife.activity(change.before)
      const is = change.after !== null && knife.activity(change.after)
      if (is && !was && change.order !== null) {
        return [told(meta, 'order-entered', 'order', `"order":${change.order}`), text]
      }
      if (is) return [text]
      if (!was) return []
      // Gone from the board altogether: the event itself says how. Else it only left this view, and its new state is
      // not this viewer's to see.
      return change.after === null ? [text] : [left(meta, 'activity-left-view', 'activity', change.id)]
    }
    case 'technician': {
      if (change.after !== null && knife.technician(change.after)) return [text]
      return change.before !== null && knife.technician(change.before)
        ? [left(meta, 'technician-left-view', 'technician', change.id)]
        : []
    }
    case 'order':
      return change.holders.some((facts) => knife.activity(facts)) ? [text] : []
    case 'board':
      return [text]
    case 'unknown':
      return []
  }
}

const left = (meta: TailEvent['meta'], type: string, entity: string, id: string): string =>
  told(meta, type, entity, `"removed":${JSON.stringify(id)}`)

const told = (meta: TailEvent['meta'], type: string, entity: string, member: string): string =>
  `${JSON.stringify({ ...meta, type, entity }).slice(0, -1)},${member}}`
