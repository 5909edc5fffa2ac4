/**
 * How likely promises are missed: from finished work and the days as planned, so the server's to say. Asked every
 * quarter minute and after notices; without an answer the board still knows its deadlines.
 */
import type { Bar } from '../model/board.ts'
import { betterOf, type Danger, dangersOf, LIKELY } from '../model/danger.ts'
import type { Candidates, SlaWatch } from '../model/planning.ts'
import type { Better } from '../panels/details-panel.ts'
import { ask } from '../sync/api.ts'
import type { InHand } from './in-hand.ts'

const EVERY_MS = 15_000

export type DangerDesk = ReturnType<typeof openDangerDesk>

export function openDangerDesk(
  hand: InHand,
  needs: {
    selected(): string | null
    /** Other dangers than before, or a better offer for the job in view. */
    refreshDetails(): void
    repaint(): void
  },
) {
  let dangers: ReadonlyMap<string, Danger> = new Map()
  let chances: ReadonlyMap<string, number> = new Map()
  let better: {
    readonly activityId: string
    readonly version: number
    readonly offer: Better | null
  } | null = null

  const tell = (next: ReadonlyMap<string, Danger>): void => {
    dangers = next
    chances = new Map([...next].map(([id, { chance }]) => [id, chance]))
    needs.repaint()
    const selected = needs.selected()
    if (selected === null) return
    needs.refreshDetails()
    void readBetter(selected)
  }
  const read = async (): Promise<void> => {
    if (document.hidden) return
    try {
      tell(dangersOf((await ask<SlaWatch>('GET', `/boards/${hand.info.id}/sla-watch`, { tries: 1 })).value))
    } catch {
      // Without them the board still knows its deadlines; the next round asks again.
      tell(new Map())
    }
  }
  /** For the job in view that is likely missed: who would likelier keep it. */
  const readBetter = async (id: string): Promise<void> => {
    const bar = hand.board.bars.get(id)
    const chance = dangers.get(id)?.chance ?? 0
    if (!bar || bar.state === 'closed' || chance < LIKELY || chance >= 1) return
    if (better?.activityId === id && better.version === bar.version) return
    better = { activityId: id, version: bar.version, offer: null }
    try {
      const { value } = await ask<Candidates>('GET', `/activities/${id}/candidates`, { tries: 1 })
      const offer = betterOf(value.candidates, { technicianId: bar.technicianId, chance })
      better = { activityId: id, version: bar.version, offer }
      if (needs.selected() === id) needs.refreshDetails()
    } catch {
      // An offer nobody asked for: without it the panel still says what the danger comes from.
      better = null
    }
  }
  setInterval(() => void read(), EVERY_MS)
  return {
    read,
    readBetter,
    get chances(): ReadonlyMap<string, number> {
      return chances
    },
    of: (bar: Bar): Danger | null => dangers.get(bar.id) ?? null,
    betterFor: (bar: Bar): Better | null =>
      better?.activityId === bar.id && better.version === bar.version ? better.offer : null,
  }
}
