/**
 * The sweeper: brings back what a lost queue forgot and what a dead worker left behind.
 *
 * It looks at Postgres only. A row that waits for seconds without a job, or runs under a lease that has run out, gets
 * a fresh job under a fresh id (an old id could still be known to the queue and would be ignored in silence). Two
 * sweepers may add the same job; the claim lets one of them work.
 */
import type { PointerJob } from '../../server/contract/jobs.ts'
import type { JobQueue, Watches } from '../../server/ports/relay.ts'
import type { ImportRuns, PlanningRuns } from '../../server/ports/runs.ts'
import { importJob, type Loop, planningJob, startLoop } from './relay.ts'

const SWEEP_MS = 1_000
/** One more try per row in each of these spans, however many sweepers look. */
const RETRY_SPAN_MS = 5_000
const WATCH_BATCH = 200

export type SweeperParts = {
  runs: PlanningRuns
  imports: ImportRuns
  watches: Watches
  queue: JobQueue
  fire: (watches: Awaited<ReturnType<Watches['due']>>) => Promise<number>
  now: () => number
  onError: (what: string, error: unknown) => void
}

export function startSweeper(parts: SweeperParts): Loop {
  return startLoop(
    async () => {
      const fired = await sweepWatches(parts)
      await sweepRows(parts)
      return fired === WATCH_BATCH ? 0 : SWEEP_MS
    },
    (error) => parts.onError('sweeper', error),
  )
}

/** Fires what is due, straight from Postgres: needs no queue. Answers how many watches it found due. */
export async function sweepWatches(parts: SweeperParts): Promise<number> {
  const due = await parts.watches.due(WATCH_BATCH)
  if (due.length > 0) await parts.fire(due)
  return due.length
}

/** Answers how many jobs it made again. */
export async function sweepRows(parts: SweeperParts): Promise<number> {
  const suffix = `-again-${Math.floor(parts.now() / RETRY_SPAN_MS)}`
  const again: PointerJob[] = []
  for (const run of await parts.runs.open()) {
    if (run.expired && !(await waits(parts, 'planning', `run-${run.id}`, run.status))) {
      again.push(planningJob(run.companyId, run.id, suffix))
    }
  }
  for (const one of await parts.imports.open()) {
    if (one.expired && !(await waits(parts, 'imports', `import-${one.id}`, one.status))) {
      again.push(importJob(one.companyId, one.id, suffix))
    }
  }
  if (again.length > 0) await parts.queue.add(again)
  return again.length
}

/** A queued row whose first job still waits behind others needs no second one. */
const waits = async (
  parts: SweeperParts,
  queue: PointerJob['queue'],
  id: string,
  status: 'queued' | 'running',
): Promise<boolean> => status === 'queued' && (await parts.queue.has(queue, id))
