/** What-ifs over HTTP: open one, let it be planned, read what differs, put it on the board or away. */
import type { ForkDiff } from '../model/planning.ts'
import { ask, pause } from './api.ts'

type Fork = { readonly id: string }
type Run = { readonly id: string; readonly status: string; readonly error: string | null }
export type Merged = {
  readonly applied: number
  readonly dropped: readonly { readonly activityId: string; readonly reason: string }[]
}

const LOOK_MS = 300
const LOOKS_MAX = 100

/** The board without one technician for a while, planned; the fork stays open until it is merged or put away. */
export async function forkWithout(
  boardId: string,
  away: { readonly technicianId: string; readonly from: number; readonly to: number; readonly name: string },
): Promise<ForkDiff> {
  const { name, technicianId } = away
  // Who is away does nothing, however lately somebody gave it to them, and however soon it would begin.
  const policy = { holdMinutes: 0, freezeMinutes: 0 }
  const absence = {
    technicianId,
    from: new Date(away.from).toISOString(),
    to: new Date(away.to).toISOString(),
  }
  const fork = (
    await ask<Fork>('POST', `/boards/${boardId}/forks`, { body: { name, absences: [absence], policy } })
  ).value
  const run = (await ask<Run>('POST', `/forks/${fork.id}/optimisations`, { body: { budgetMs: 800 } })).value
  for (let look = 0; look < LOOKS_MAX; look++) {
    await pause(LOOK_MS)
    const { status, error } = (await ask<Run>('GET', `/optimisations/${run.id}`)).value
    if (status === 'queued' || status === 'running') continue
    if (status !== 'done' && status !== 'stale') throw new Error(error ?? status)
    return readDiff(fork.id)
  }
  throw new Error('the planner did not answer in time')
}

export const readDiff = async (forkId: string): Promise<ForkDiff> =>
  (await ask<ForkDiff>('GET', `/forks/${forkId}/diff`, { tries: 2 })).value

export const mergeFork = async (forkId: string, activityIds: readonly string[]): Promise<Merged> =>
  (await ask<Merged>('POST', `/forks/${forkId}/merge`, { body: { activityIds } })).value

export const discardFork = async (forkId: string): Promise<void> => {
  await ask('DELETE', `/forks/${forkId}`)
}
