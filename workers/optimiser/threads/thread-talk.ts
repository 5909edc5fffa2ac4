/** What a search thread and whoever keeps it say to each other. Everything that crosses is plain data. */
import type { Exchange } from '../islands/meeting.ts'
import type { Plan, Problem, WarmPlan } from '../problem.ts'
import type { Progress } from '../solve.ts'
import type { Stop } from '../stop/budget.ts'

export type ThreadStop = Omit<Stop, 'cancelled'>

/** Which board a job is about, for the thread's memory of it; what the key says is the caller's affair. */
export type JobBoard = {
  readonly key: string
  /** Second zero of the problem on a clock that all problems of this board share, in seconds. */
  readonly zeroAt: number
}

export type ThreadJob =
  | {
      readonly kind: 'solve'
      readonly problem: Problem
      readonly seed: number
      readonly stop: ThreadStop
      readonly warm?: WarmPlan
      readonly exchange?: Exchange
      readonly board?: JobBoard
    }
  | {
      readonly kind: 'repair'
      readonly problem: Problem
      readonly changed: readonly string[]
      readonly churnBudget: number
      readonly everywhere?: boolean
      readonly seed: number
      readonly stop: ThreadStop
      readonly warm?: WarmPlan
      readonly board?: JobBoard
    }

export type ThreadPlan = Plan & { readonly moved?: readonly string[] }

/** Given to a thread when it starts. */
export type ThreadSetup = {
  /** One Int32: the number of the last job that was called off. A job looks here whether it should stop. */
  readonly calledOff: SharedArrayBuffer
}

export type ThreadOrder =
  | { readonly type: 'job'; readonly number: number; readonly job: ThreadJob }
  | { readonly type: 'end' }

export type ThreadMessage =
  | { readonly type: 'progress'; readonly number: number; readonly progress: Progress }
  | {
      readonly type: 'done'
      readonly number: number
      readonly plan: ThreadPlan
      /** What the thread holds after the job, on its heap and beside it. */
      readonly heldMb: number
    }
  | { readonly type: 'failed'; readonly number: number; readonly name: string; readonly message: string }
