/**
 * Leased rows: planning runs and imports, as the processes that carry them out see them.
 *
 * A claim raises the row's fence and counts an attempt before any work. Everything written later names that fence; a
 * process that slept past its lease and wakes up touches nothing. Leases compare with the database's clock only.
 */
import type { DroppedMove, ProposalView } from '../contract/planning.ts'

export type Claim = {
  readonly companyId: string
  readonly id: string
  readonly fence: number
  readonly attempts: number
}

export type PlanningRun = Claim & {
  readonly boardId: string
  readonly kind: 'optimise' | 'repair'
  readonly mode: 'propose' | 'apply'
  readonly request: Readonly<Record<string, unknown>>
  readonly createdBy: string | null
  /** Set when an earlier attempt got as far as the proposal. */
  readonly proposalId: string | null
}

/** Used up its attempts; `poisoned` says what happened to the last one. */
export type Poisoned = { readonly poisoned: string; readonly boardId: string }

export type OpenRun = {
  readonly companyId: string
  readonly id: string
  readonly boardId: string
  readonly status: 'queued' | 'running'
  /** Queued for a while, or running under a lease that has run out. */
  readonly expired: boolean
}

export type RunEnd =
  | {
      readonly status: 'done'
      readonly applied: number
      readonly dropped: ProposalDrop[]
      readonly summary: unknown
    }
  | { readonly status: 'stale' | 'failed' | 'poisoned' | 'cancelled'; readonly error: string }

export type ProposalDrop = DroppedMove

export type NewProposal = {
  readonly id: string
  readonly boardId: string
  readonly baseEpoch: string
  readonly baseSeq: number
  readonly moves: ProposalView['moves']
  readonly summary: ProposalView['summary']
}

export const ATTEMPTS_MAX = 3
export const LEASE_SECONDS = 15

export interface PlanningRuns {
  /** Null: taken by another, finished, or used up (then it is marked poisoned). */
  claim(companyId: string, id: string): Promise<PlanningRun | Poisoned | null>
  /** False: the fence has moved on or the run was cancelled; stop working. */
  renew(claim: Claim): Promise<boolean>
  setBase(claim: Claim, base: { epoch: string; seq: number }): Promise<boolean>
  /** Stores the proposal and supersedes the board's older open ones of the same kind, if the fence is still mine. */
  propose(claim: Claim, proposal: NewProposal): Promise<boolean>
  finish(claim: Claim, end: RunEnd): Promise<boolean>
  /** Gives the run back after a failed attempt, or (`counted` false) on an orderly stop, which is not the run's fault. */
  giveBack(claim: Claim, options: { error: string; counted: boolean }): Promise<boolean>
  open(): Promise<OpenRun[]>
}

export type ImportRun = Claim & {
  readonly kind: string
  readonly boardId: string
  readonly fileName: string
  readonly options: Readonly<Record<string, unknown>>
  readonly nextLine: number
}

export type OpenImport = Omit<OpenRun, 'boardId'>

export interface ImportRuns {
  claim(companyId: string, id: string): Promise<ImportRun | Poisoned | null>
  renew(claim: Claim): Promise<boolean>
  /** The stored bytes, compressed as they are kept. */
  files(claim: Claim): Promise<{ file: Buffer; rules: Buffer | null }>
  finish(claim: Claim, end: { status: 'done' } | { status: 'failed'; error: string }): Promise<boolean>
  giveBack(claim: Claim, options: { error: string; counted: boolean }): Promise<boolean>
  open(): Promise<OpenImport[]>
}

/** A board whose policy asks for repairs and whose head has moved past the last one. */
export type RestlessBoard = {
  readonly companyId: string
  readonly boardId: string
  readonly seq: number
  /** `seq` the last repair started from; 0 when there was none. */
  readonly repairedSeq: number
  readonly autoApply: boolean
}

/** A board that repairs itself, and on which enough has happened to plan all of it anew. */
export type UnplannedBoard = {
  readonly companyId: string
  readonly boardId: string
  readonly autoApply: boolean
}

export interface BackgroundScout {
  /** A few, those first that were planned longest ago; without the ones named. */
  unplanned(asleep: readonly string[]): Promise<UnplannedBoard[]>
}

export interface RepairScout {
  restless(): Promise<RestlessBoard[]>
  /** Types of events after a number, without those of the optimiser's own hand; at most a few hundred. */
  eventsAfter(board: RestlessBoard, seq: number): Promise<{ type: string; entity: string }[]>
  /** Open work that has no place, or whose place has passed. */
  hasLooseWork(board: RestlessBoard): Promise<boolean>
}
