/**
 * The relay: committed effects become jobs and notices.
 *
 * Every worker process runs one; rows are claimed with SKIP LOCKED, so two relays never hand over the same row at the
 * same time. While the queue's Redis is away the relay only waits: rows stay in Postgres, nothing piles up in memory.
 * What a job points to may have moved on by the time it runs; that is the job's business.
 */
import type { PointerJob } from '../../server/contract/jobs.ts'
import type { NoticeFrame } from '../../server/contract/live.ts'
import type { JobQueue, Outbox, OutboxRow, PublishNotice, Watches } from '../../server/ports/relay.ts'

const BATCH = 100
const POLL_MS = 100
const POLL_MS_MAX = 250
const AWAY_MS = 1_000
/** Watches further away than this are left to a later pass: a queue is no archive. */
export const WATCH_AHEAD_MS = 24 * 3_600_000
/** A notice tells of a moment. Handing it over may fail this often; then it is old news. */
const NOTICE_ATTEMPTS_MAX = 5

export type RelayParts = {
  outbox: Outbox
  queue: JobQueue
  watches: Watches
  publish: PublishNotice
  now: () => number
  onError: (what: string, error: unknown) => void
}

export type Loop = { stop(): Promise<void> }

export function startRelay(parts: RelayParts): Loop {
  return startLoop(
    async () => {
      const handed = await relayOnce(parts)
      return handed === BATCH ? 0 : handed > 0 ? POLL_MS : POLL_MS_MAX
    },
    (error) => parts.onError('relay', error),
  )
}

/** Hands over one batch; answers how many rows it saw. */
export async function relayOnce(parts: RelayParts): Promise<number> {
  const rows = await parts.outbox.claim(BATCH)
  if (rows.length === 0) return 0
  const done: string[] = []
  const away: string[] = []
  const jobs: PointerJob[] = []
  const jobRows: string[] = []
  for (const row of rows) {
    if (row.kind === 'notice') {
      if (await handNotice(row, parts)) done.push(row.id)
      continue
    }
    try {
      jobs.push(...(await jobsOf(row, parts)))
    } catch (error) {
      // One row that nobody can read must not hold up the others; anything else is the world's fault and is tried again.
      if (!(error instanceof UnreadableRowError)) throw error
      parts.onError('relay', error)
    }
    jobRows.push(row.id)
  }
  try {
    if (jobs.length > 0) await parts.queue.add(jobs)
    done.push(...jobRows)
  } catch (error) {
    parts.onError('queue', error)
    away.push(...jobRows)
  }
  await parts.outbox.finish(done)
  await parts.outbox.release(away, AWAY_MS)
  return rows.length
}

async function handNotice(row: OutboxRow, parts: RelayParts): Promise<boolean> {
  try {
    // Notices are written to the outbox by our own use cases, in the contract's shape.
    await parts.publish(row.companyId, row.payload as NoticeFrame)
    return true
  } catch (error) {
    if (row.attempts >= NOTICE_ATTEMPTS_MAX) {
      parts.onError('notice dropped', error)
      return true
    }
    return false
  }
}

class UnreadableRowError extends Error {
  override readonly name = 'UnreadableRowError'
}

const idIn = (row: OutboxRow, name: string): string => {
  const value = row.payload[name]
  if (typeof value !== 'string')
    throw new UnreadableRowError(`outbox row ${row.id} (${row.kind}) names no ${name}`)
  return value
}

async function jobsOf(row: OutboxRow, parts: RelayParts): Promise<PointerJob[]> {
  switch (row.kind) {
    case 'optimise':
    case 'repair':
      return [planningJob(row.companyId, idIn(row, 'run'))]
    case 'import':
      return [importJob(row.companyId, idIn(row, 'import'))]
    case 'sla-watch':
      return watchJobs(row.companyId, idIn(row, 'orderId'), parts)
    default:
      throw new UnreadableRowError(`outbox row ${row.id} has the unknown kind ${row.kind}`)
  }
}

export const planningJob = (company: string, run: string, suffix = ''): PointerJob => ({
  queue: 'planning',
  id: `run-${run}${suffix}`,
  data: { company, run },
})

export const importJob = (company: string, id: string, suffix = ''): PointerJob => ({
  queue: 'imports',
  id: `import-${id}${suffix}`,
  data: { company, import: id },
})

async function watchJobs(company: string, order: string, parts: RelayParts): Promise<PointerJob[]> {
  const now = parts.now()
  const watches = await parts.watches.ofOrder(company, order, now + WATCH_AHEAD_MS)
  return watches.map((w) => ({
    queue: 'sla',
    // The due time is part of the id: a clock that was moved gets a new job, and the old one finds nothing to do.
    id: `watch-${order}-${w.target}-${w.percent}-${w.dueAt}`,
    data: { company, order, target: w.target, percent: w.percent },
    delayMs: Math.max(0, w.dueAt - now),
  }))
}

/** Runs `step` again and again; it answers how long to wait. After a fault it waits a second. Never overlaps itself. */
export function startLoop(step: () => Promise<number>, onError: (error: unknown) => void): Loop {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let wake: (() => void) | undefined
  const run = async (): Promise<void> => {
    while (!stopped) {
      let waitMs: number
      try {
        waitMs = await step()
      } catch (error) {
        onError(error)
        waitMs = AWAY_MS
      }
      if (stopped) return
      await new Promise<void>((resolve) => {
        wake = resolve
        timer = setTimeout(resolve, waitMs)
      })
    }
  }
  const running = run()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      wake?.()
      await running
    },
  }
}
