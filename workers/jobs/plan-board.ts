/**
 * Carries out one planning run: claim the row, read the board, search in a thread, check, write the proposal.
 *
 * Attempts are counted by the claim, before any work, so input that kills the process ends as `poisoned` after a few
 * tries while other boards go on. Every write names the fence; the parent thread only keeps the lease alive. A run
 * that already wrote its proposal is not planned twice: whoever takes it up again goes on with applying.
 */
import { Value } from 'typebox/value'
import { boardInFork } from '../../server/application/fork-board.ts'
import type { Fork } from '../../server/application/fork-rows.ts'
import { asOfRun, type RunRequest } from '../../server/application/request-optimisation.ts'
import type { JobOutcome } from '../../server/contract/jobs.ts'
import { PlanningJob } from '../../server/contract/jobs.ts'
import type { NoticeFrame } from '../../server/contract/live.ts'
import type { PlanningBoards } from '../../server/ports/planner.ts'
import type { PublishNotice } from '../../server/ports/relay.ts'
import type { PlanningRun, PlanningRuns, ProposalDrop, RunEnd } from '../../server/ports/runs.ts'
import type { Plan } from '../optimiser/problem.ts'
import { SearchCancelledError } from '../optimiser/threads/search-thread.ts'
import type { ThreadJob } from '../optimiser/threads/thread-talk.ts'
import { type LapTimer, startLaps } from './lap-times.ts'
import { type BuiltProblem, buildProblemWith } from './problem/build-problem.ts'
import type { Scope } from './problem/scope.ts'
import { type Proposed, propose } from './propose.ts'
import type { BoardTravel } from './travel/board-travel.ts'
import type { FallbackNotices } from './travel/fallback-notices.ts'

const RENEW_MS = 3_000
const PROGRESS_MS = 400
/** Beyond its search budget a run may take this long for reading, building and checking. */
const DEADLINE_SLACK_MS = 10_000
/** No further change is looked for once naming them has taken so long. */
const NAMING_MS = 300
const OPEN_MAX = { optimise: 1_500, repair: 150 } as const

export type Applied = { applied: number; dropped: ProposalDrop[] } | { refused: string }

export type PlanBoardParts = {
  runs: PlanningRuns
  boards: PlanningBoards
  travel: BoardTravel
  fallbacks: FallbackNotices
  /** Runs one search away from this event loop. */
  search: (
    job: ThreadJob,
    options: { deadlineMs: number; signal: AbortSignal; onProgress: (p: SearchProgress) => void },
  ) => Promise<Plan>
  /** An open fork as it is stored; null when it has ended. */
  forkOf: (companyId: string, forkId: string) => Promise<Fork | null>
  apply: (run: { companyId: string; proposalId: string; runId: string }) => Promise<Applied>
  publish: PublishNotice
  newId: () => string
  now: () => number
  onError: (what: string, error: unknown) => void
  /** Called off when the process drains: the run goes back without a mark against it. */
  draining: AbortSignal
}

type SearchProgress = { iterations: number; points: number; unassigned: number; elapsedMs: number }

export async function planBoard(data: unknown, parts: PlanBoardParts): Promise<JobOutcome> {
  const job = Value.Parse(PlanningJob, data)
  const claimed = await parts.runs.claim(job.company, job.run)
  if (claimed === null) return 'nothing-to-do'
  if ('poisoned' in claimed) {
    await tell(parts, job.company, claimed.boardId, job.run, 'poisoned', claimed.poisoned)
    return 'gave-up'
  }
  const stop = new AbortController()
  const onDrain = (): void => stop.abort(new Error('draining'))
  parts.draining.addEventListener('abort', onDrain, { once: true })
  const heartbeat = setInterval(() => {
    parts.runs.renew(claimed).then(
      (mine) => {
        if (!mine) stop.abort(new Error('the run is no longer ours'))
      },
      (error) => parts.onError('renewing a lease', error),
    )
  }, RENEW_MS)
  try {
    await carryOut(claimed, parts, stop.signal)
    return 'done'
  } catch (error) {
    return await giveBack(claimed, parts, error)
  } finally {
    clearInterval(heartbeat)
    parts.draining.removeEventListener('abort', onDrain)
  }
}

async function carryOut(run: PlanningRun, parts: PlanBoardParts, signal: AbortSignal): Promise<void> {
  const laps = startLaps(parts.now)
  if (run.proposalId !== null) return settle(run, run.proposalId, { summary: null, laps }, parts)
  // Written by `request-optimisation`, in this shape.
  const request = run.request as RunRequest
  const live = await parts.boards.read(run.companyId, run.boardId, asOfRun(request, parts.now()) ?? undefined)
  laps.lap('read')
  if (live === null) {
    await parts.runs.finish(run, { status: 'failed', error: 'the board does not exist' })
    return
  }
  if (!(await parts.runs.setBase(run, { epoch: live.epoch, seq: live.seq }))) return
  await tell(parts, run.companyId, run.boardId, run.id, 'running')
  const fork = request.forkId === undefined ? null : await parts.forkOf(run.companyId, request.forkId)
  if (request.forkId !== undefined && fork === null) {
    await parts.runs.finish(run, { status: 'failed', error: 'the fork has ended' })
    return
  }
  const board = fork === null ? live : boardInFork(fork, live)
  const scope: Scope = {
    kind: run.kind,
    teams: request.teams,
    from: request.from === null ? null : Date.parse(request.from),
    to: request.to === null ? null : Date.parse(request.to),
    openMax: OPEN_MAX[run.kind],
    ...(request.background === true ? { isUnasked: true } : {}),
  }
  const search = (built: BuiltProblem): Promise<Plan> =>
    searchFor(run, built, { churnBudget: board.policy.churnBudget, request, signal }, parts)
  laps.lap('read')
  let built = await buildProblemWith(parts.travel, board, scope)
  laps.lap('build')
  let plan = await search(built)
  laps.lap('search')
  if (built.isNarrow && plan.unassigned.length > 0) {
    // Nobody near has room: then everybody is asked, before anyone is told that there is none.
    built = await buildProblemWith(parts.travel, board, { ...scope, wide: true })
    laps.lap('build')
    plan = await search(built)
    laps.lap('search')
  }
  await parts.fallbacks.report({ ...run, optimisationId: run.id }, built.travel)
  const { moves, summary } = propose(board, built, plan, { namesChange: whileThereIsTime(run, parts.now) })
  laps.lap('judge')
  if (moves.length === 0) {
    await parts.runs.finish(run, { status: 'done', applied: 0, dropped: [], summary: timed(summary, laps) })
    await tell(parts, run.companyId, run.boardId, run.id, 'done')
    return
  }
  const proposalId = parts.newId()
  const isMine = await parts.runs.propose(run, {
    id: proposalId,
    boardId: run.boardId,
    baseEpoch: board.epoch,
    baseSeq: board.seq,
    moves,
    summary,
  })
  if (!isMine) return
  laps.lap('store')
  await settle(run, proposalId, { summary, laps }, parts)
}

/** Only whoever asked for a plan is told; on a large board one change takes a quarter of a second, and the moves wait for it. */
function whileThereIsTime({ kind }: PlanningRun, now: () => number): () => boolean {
  const from = now()
  return () => kind === 'optimise' && now() - from < NAMING_MS
}

async function searchFor(
  run: PlanningRun,
  built: BuiltProblem,
  how: { churnBudget: number; request: RunRequest; signal: AbortSignal },
  parts: PlanBoardParts,
): Promise<Plan> {
  const { churnBudget, request, signal } = how
  const { problem } = built
  const stop = { wallMs: request.budgetMs }
  const { seed } = request
  const about = { key: boardKey(run, request), zeroAt: built.zero / 1000 }
  const job: ThreadJob =
    run.kind === 'repair' || request.background === true
      ? {
          kind: 'repair',
          problem,
          changed: [...built.loose],
          churnBudget,
          seed,
          stop,
          board: about,
          ...(request.background === true ? { everywhere: true } : {}),
        }
      : { kind: 'solve', problem, seed, stop, board: about }
  let toldAt = parts.now()
  return parts.search(job, {
    deadlineMs: request.budgetMs + DEADLINE_SLACK_MS,
    signal,
    onProgress: (progress) => {
      const now = parts.now()
      if (now - toldAt < PROGRESS_MS) return
      toldAt = now
      const message = `${progress.unassigned} without a place after ${Math.round(progress.elapsedMs / 100) / 10} s`
      void tell(parts, run.companyId, run.boardId, run.id, 'running', message)
    },
  })
}

/** What a search thread knows the board by: plans of a fork or of some teams are of no use to the rest. */
const boardKey = (run: PlanningRun, request: RunRequest): string =>
  JSON.stringify([run.companyId, run.boardId, request.forkId ?? null, [...request.teams].sort()])

/** Null leaves what was stored before the run was taken up again. */
const timed = (summary: Proposed['summary'] | null, laps: LapTimer): unknown =>
  summary === null ? null : { ...summary, tookMs: laps.times() }

/** The proposal is on record: tell of it, and in mode `apply` put it on the board. */
async function settle(
  run: PlanningRun,
  proposalId: string,
  { summary, laps }: { summary: Proposed['summary'] | null; laps: LapTimer },
  parts: PlanBoardParts,
): Promise<void> {
  if (run.mode === 'propose') {
    const end: RunEnd = { status: 'done', applied: 0, dropped: [], summary: timed(summary, laps) }
    if (!(await parts.runs.finish(run, end))) return
    await tell(parts, run.companyId, run.boardId, run.id, 'done', undefined, proposalId)
    return
  }
  const outcome = await parts.apply({ companyId: run.companyId, proposalId, runId: run.id })
  if ('refused' in outcome) {
    await parts.runs.finish(run, { status: 'stale', error: outcome.refused })
    await tell(parts, run.companyId, run.boardId, run.id, 'stale', outcome.refused)
    return
  }
  laps.lap('apply')
  const isStale = outcome.applied === 0 && outcome.dropped.length > 0
  await parts.runs.finish(
    run,
    isStale
      ? { status: 'stale', error: 'every move was overtaken by what happened meanwhile' }
      : { status: 'done', applied: outcome.applied, dropped: outcome.dropped, summary: timed(summary, laps) },
  )
  await tell(parts, run.companyId, run.boardId, run.id, isStale ? 'stale' : 'done', undefined, proposalId)
}

async function giveBack(run: PlanningRun, parts: PlanBoardParts, error: unknown): Promise<JobOutcome> {
  const isDraining = parts.draining.aborted
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  if (!isDraining && !(error instanceof SearchCancelledError)) parts.onError(`run ${run.id}`, error)
  // A run that was cancelled or taken over has another fence by now; then this changes nothing.
  await parts.runs.giveBack(run, { error: message.slice(0, 500), counted: !isDraining })
  return 'again'
}

function tell(
  parts: PlanBoardParts,
  companyId: string,
  board: string,
  optimisationId: string,
  status: string,
  message?: string,
  proposalId?: string,
): Promise<void> {
  const notice: NoticeFrame = {
    board,
    kind: proposalId === undefined ? 'optimisation' : 'proposal',
    at: new Date(parts.now()).toISOString(),
    optimisationId,
    status,
    ...(message === undefined ? {} : { message }),
    ...(proposalId === undefined ? {} : { proposalId }),
  }
  return parts.publish(companyId, notice)
}
