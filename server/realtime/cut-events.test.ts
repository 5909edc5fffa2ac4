import { describe, expect, it } from 'vitest'
import type { BoardEvent } from '../contract/board.ts'
import { knifeOf } from '../contract/board-cut.ts'
import { FoldedBoard } from '../contract/folded-board.ts'
import { wireEvent } from '../contract/wire-event.ts'
import { itemsFor } from './cut-events.ts'

const meta = {
  seq: 4,
  at: '2026-03-02T10:00:00.000Z',
  actor: { id: null, name: 'x', kind: 'system' as const },
  commandId: null,
}
const changed: BoardEvent = {
  ...meta,
  type: 'board-policy-changed',
  entity: 'board',
  board: { id: 'b', version: 3, policyVersion: 2, policy: { strict: true } },
}

describe('a changed policy', () => {
  it('reaches who watches a part of the board as well, and changes nothing that is folded', () => {
    const wire = wireEvent(changed)
    const board = new FoldedBoard('b')
    const change = board.apply(wire)
    expect(board.sum).toBe(0)
    for (const knife of [knifeOf({}), knifeOf({ teams: ['one'] }), knifeOf({ from: meta.at })]) {
      const items = itemsFor({ seq: 4, text: wire.text, meta, change }, knife)
      expect(items.map((text) => JSON.parse(text))).toEqual([changed])
    }
  })
})
