/**
 * Decisions about places, as they stand in the log, and the explanations that are stored with them.
 *
 * A board is explained in the order of its log by one process at a time, under a short lease; what a process leaves
 * behind when it dies, the next one takes up from the same number.
 */
import type { Actor } from '../contract/board.ts'

export type ExplainedBoard = {
  readonly companyId: string
  readonly boardId: string
  /** The log is explained up to here. */
  readonly seq: number
}

/** An activity got, changed or lost its place. */
export type Decision = {
  readonly seq: number
  readonly activityId: string
  readonly activityVersion: number
  readonly at: string
  readonly actor: Actor
  /** Open, and still where this decision put it: only then can it be judged by the board as it is. */
  readonly stands: boolean
}

/** Events that give, change or take an activity's place. */
export const placingTypes = ['activity-assigned', 'activity-rescheduled', 'activity-unassigned'] as const

/** A batch has to be done well within the lease, with the rests that whoever explains takes between. */
export const DECISIONS_AT_ONCE = 15
export const EXPLAIN_LEASE_SECONDS = 30

export interface Decisions {
  /** Boards with decisions that nobody has explained; a claim may still find them taken. */
  waiting(): Promise<readonly Pick<ExplainedBoard, 'companyId' | 'boardId'>[]>
  /** Passes over logs that grew by other events than decisions, so that they need not be looked through again. */
  passQuiet(): Promise<void>
  /** Null: another process has it. */
  claim(board: Pick<ExplainedBoard, 'companyId' | 'boardId'>): Promise<ExplainedBoard | null>
  /** The next decisions after `seq`, oldest first, at most `DECISIONS_AT_ONCE`; and the number that is explained with them. */
  after(board: ExplainedBoard): Promise<{ decisions: readonly Decision[]; upTo: number }>
  /** Adds the judgement to what is stored with the decision, and gives the board back at `upTo`. */
  save(
    board: ExplainedBoard,
    judged: readonly { decision: Decision; seq: number; body: unknown }[],
    upTo: number,
  ): Promise<void>
}
