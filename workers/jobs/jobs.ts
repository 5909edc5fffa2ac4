/** What each queue's jobs do, with everything they need bound. */
import { Value } from 'typebox/value'
import { SlaJob } from '../../server/contract/jobs.ts'
import { type ImportParts, importFile } from './import-file.ts'
import { type PlanBoardParts, planBoard } from './plan-board.ts'

export type JobsParts = Omit<PlanBoardParts, 'apply' | 'forkOf'> &
  Omit<ImportParts, 'bringIn'> & {
    useCases: {
      apply: PlanBoardParts['apply']
      forkOf: PlanBoardParts['forkOf']
      bringIn: ImportParts['bringIn']
      fireWatches: (watches: readonly SlaJob[]) => Promise<number>
    }
  }

export function createJobs(parts: JobsParts) {
  const planParts: PlanBoardParts = {
    ...parts,
    apply: parts.useCases.apply,
    forkOf: parts.useCases.forkOf,
  }
  const importParts: ImportParts = { ...parts, bringIn: parts.useCases.bringIn }
  return {
    planning: (data: unknown) => planBoard(data, planParts),
    imports: (data: unknown) => importFile(data, importParts),
    sla: (data: unknown) => parts.useCases.fireWatches([Value.Parse(SlaJob, data)]),
  }
}
