/** Many acts of one board at once, such as saving a draft: all of them happen, in the order given, or none. */
import { activityView, type BoardCommandsBody } from '../contract/activity.ts'
import type { Outcome, Refused, Tx } from '../ports/commands.ts'
import { perform, warningView } from './act-on-activity.ts'
import { refused } from './context.ts'

export async function runBoardCommands(
  tx: Tx,
  input: { boardId: string } & BoardCommandsBody,
): Promise<Outcome | Refused> {
  const boards = await tx.boards([input.boardId])
  if (!boards.has(input.boardId)) return refused('NOT_FOUND')
  const acted = await perform(
    tx,
    input.commands.map(({ activityId, expectedVersion, ...act }) => ({
      activityId,
      expectedVersion,
      act,
      strict: input.strict ?? false,
    })),
    input.boardId,
  )
  if ('refusal' in acted) return acted
  return {
    status: 200,
    body: {
      results: acted.done.map(({ activity, warnings }) => ({
        ...activityView(activity),
        warnings: warnings.map(warningView),
      })),
    },
    events: acted.events,
    effects: acted.effects,
  }
}
