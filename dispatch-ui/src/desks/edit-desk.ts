/**
 * A dispatcher's edits: sent as commands on the version that was taken hold of, folded in when they are answered.
 *
 * What a colleague did meanwhile comes back as a conflict, never as a second try: who decides is the person.
 */
import type { Act } from '../model/act.ts'
import type { Bar } from '../model/board.ts'
import { warningText } from '../panels/words.ts'
import { t } from '../shell/text.ts'
import { Edits, type Outcome, type Saved } from '../sync/commands.ts'
import type { Foot } from './foot-desk.ts'
import type { InHand } from './in-hand.ts'

export type Conflict = Extract<Outcome, { kind: 'conflict' }>
export type EditDesk = ReturnType<typeof openEditDesk>

export function openEditDesk(
  hand: InHand,
  needs: {
    readonly foot: () => Foot
    readonly position: () => { readonly epoch: string; readonly seq: number } | null
    /** Something is on its way, or has arrived. */
    changed(): void
    saved(): void
    conflict(was: Bar, act: Act, outcome: Conflict): void
    /** Whatever became of it. */
    answered(): void
  },
) {
  const { board, who } = hand
  const edits = new Edits(needs.changed)

  /** The answer is the truth already; the stream will say the same and confirm it. */
  const foldOwn = ({ warnings: _warnings, ...activity }: Saved): void => {
    const actor = { id: who.user.id, name: who.user.name, kind: 'user' } as const
    board.fold([{ seq: 1, type: 'own', at: activity.createdAt, actor, commandId: null, activity }])
    const at = needs.position()
    if (at) edits.reached(at)
    needs.changed()
  }
  const take = (bar: Bar, act: Act, outcome: Outcome): void => {
    if (outcome.kind === 'saved') {
      foldOwn(outcome.activity)
      needs.saved()
      if (outcome.activity.warnings.length > 0)
        needs.foot().say(t('warn.saved', { list: outcome.activity.warnings.map(warningText).join(', ') }))
    } else if (outcome.kind === 'conflict') needs.conflict(bar, act, outcome)
    else if (outcome.kind === 'refused') needs.foot().message(t('error.refused', { why: outcome.why }))
    else needs.foot().message(t('error.unreachable'))
    needs.answered()
  }
  const perform = async (bar: Bar, act: Act, undoable = true): Promise<void> => {
    if (!hand.mayEdit) return
    take(bar, act, await edits.send(bar, act, { undoable }))
  }
  return {
    perform,
    async undo(): Promise<void> {
      const last = edits.takeUndo()
      const bar = last && board.bars.get(last.id)
      if (bar && last) await perform(bar, last.inverse, false)
    },
    get pending() {
      return edits.pending
    },
    get canUndo(): boolean {
      return edits.canUndo
    },
    reached: (at: { epoch: string; seq: number }): void => edits.reached(at),
  }
}
