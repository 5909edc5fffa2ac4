/**
 * The use cases that workers call, bound to the system's own hand.
 *
 * Jobs know rows and searches; what changes the books goes through the same use cases as everything else, and this is
 * where the two meet. Part of the wiring, like `main.ts`, and apart from it so that tests wire the same way.
 */
import { createHash } from 'node:crypto'
import { applyProposal } from '../server/application/apply-proposal.ts'
import { type Fork, readFork } from '../server/application/fork-rows.ts'
import { type ChunkRow, importRows } from '../server/application/import-rows.ts'
import { requestBackgroundPlan, requestRepair } from '../server/application/request-optimisation.ts'
import type { ImportOptions } from '../server/application/start-import.ts'
import { watchSla } from '../server/application/watch-sla.ts'
import type { SlaJob } from '../server/contract/jobs.ts'
import type { Caller, CommandAnswer, Commands } from '../server/ports/commands.ts'
import type { JobQueue } from '../server/ports/relay.ts'
import type { ImportRun, ProposalDrop, RestlessBoard, UnplannedBoard } from '../server/ports/runs.ts'
import { planningJob } from './jobs/relay.ts'

const FIRED_AT_ONCE = 50
const noHash = new Uint8Array(0)

export type UseCases = {
  fireWatches(watches: readonly SlaJob[]): Promise<number>
  askForRepair(board: RestlessBoard): Promise<void>
  /** The run; null when another plan of the board is under way. */
  askForBackgroundPlan(board: UnplannedBoard): Promise<string | null>
  apply(run: {
    companyId: string
    proposalId: string
    runId: string
  }): Promise<{ applied: number; dropped: ProposalDrop[] } | { refused: string }>
  forkOf(companyId: string, forkId: string): Promise<Fork | null>
  bringIn(run: ImportRun, chunk: { rows: readonly ChunkRow[]; nextLine: number }): Promise<{ read: number }>
}

export class UnansweredError extends Error {
  constructor(what: string, answer: CommandAnswer) {
    super(
      `${what} was answered with ${answer.kind === 'answer' ? `${answer.status} ${answer.body}` : answer.kind}`,
    )
    this.name = 'UnansweredError'
  }
}

export function useCasesFor(parts: {
  commands: Commands
  queue: JobQueue
  systemCaller: (companyId: string, kind?: 'system' | 'optimiser') => Caller
  report: (what: string, error: unknown) => void
}): UseCases {
  const { commands, queue, systemCaller, report } = parts
  return {
    async fireWatches(watches) {
      let fired = 0
      for (const company of new Set(watches.map((w) => w.company))) {
        const mine = watches.filter((w) => w.company === company)
        for (let i = 0; i < mine.length; i += FIRED_AT_ONCE) {
          const batch = mine.slice(i, i + FIRED_AT_ONCE)
          const request = { caller: systemCaller(company), key: null, requestHash: noHash }
          const answer = await commands.run(request, (tx) => watchSla(tx, batch))
          fired += bodyOf<{ fired: number }>('firing watches', answer).fired
        }
      }
      return fired
    },

    async askForRepair(board) {
      const mode = board.autoApply ? 'apply' : 'propose'
      const request = { caller: systemCaller(board.companyId), key: null, requestHash: noHash }
      const answer = await commands.run(request, (tx) => requestRepair(tx, { boardId: board.boardId, mode }))
      // The outbox would bring the job too, a little later.
      const run = bodyOf<{ id: string }>('asking for a repair', answer).id
      await queue.add([planningJob(board.companyId, run)]).catch((error) => report('job queue', error))
    },

    async askForBackgroundPlan(board) {
      const mode = board.autoApply ? 'apply' : 'propose'
      const request = { caller: systemCaller(board.companyId), key: null, requestHash: noHash }
      const answer = await commands.run(request, (tx) =>
        requestBackgroundPlan(tx, { boardId: board.boardId, mode }),
      )
      if (answer.kind === 'answer' && answer.status === 409) return null
      return bodyOf<{ id: string }>('asking for a plan in the background', answer).id
    },

    async apply({ companyId, proposalId, runId }) {
      const answer = await applyProposal(
        { commands },
        {
          caller: systemCaller(companyId, 'optimiser'),
          key: `auto-apply-${runId}`,
          requestHash: createHash('sha256').update(proposalId).digest(),
          proposalId,
        },
      )
      if (answer.kind === 'answer' && answer.status === 409)
        return { refused: 'the proposal was decided otherwise' }
      return bodyOf<{ applied: number; dropped: ProposalDrop[] }>('applying a proposal', answer)
    },

    async forkOf(companyId, forkId) {
      const fork = await commands.read(companyId, (tx) => readFork(tx, forkId))
      return fork?.status === 'open' ? fork : null
    },

    async bringIn(run, chunk) {
      // Written by `start-import`, in this shape.
      const { closed } = run.options as ImportOptions
      const request = { caller: systemCaller(run.companyId), key: null, requestHash: noHash }
      const answer = await commands.run(request, (tx) =>
        importRows(tx, { importId: run.id, fence: run.fence, boardId: run.boardId, ...chunk, closed }),
      )
      return bodyOf<{ read: number }>('importing rows', answer)
    },
  }
}

/** The body of a success; the use case behind it wrote it in this shape. */
function bodyOf<T>(what: string, answer: CommandAnswer): T {
  if (answer.kind === 'answer' && answer.status < 300) return JSON.parse(answer.body) as T
  throw new UnansweredError(what, answer)
}
