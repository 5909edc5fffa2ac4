/** What-ifs over HTTP: open one, let it be planned, read what differs, put it on the board or away. */
import type { Act } from '../model/act.ts'
import type { ForkDiff, ForkMerged, ForkView } from '../model/planning.ts'
import { ask, pause } from './api.ts'

type Run = { readonly id: string; readonly status: string; readonly error: string | null }

const LOOK_MS = 300
const LOOKS_MAX = 100

/** The board without one technician for a while, planned; the fork stays open until it is merged or put away. */
export async function forkWithout(
  boardId: string,
  away: { readonly technicianId: string; readonly from: number; readonly to: number; readonly name: string },
): Promise<{ readonly fork: ForkView; readonly diff: ForkDiff }> {
  const { name, technicianId } = away
  // Who is away does nothing, however lately somebody gave it to them, and however soon it would begin.
  const policy = { holdMinutes: 0, freezeMinutes: 0 }
  const absence = {
    technicianId,
    from: new Date(away.from).toISOString(),
    to: new Date(away.to).toISOString(),
  }
  const fork = (
    await ask<ForkView>('POST', `/boards/${boardId}/forks`, { body: { name, absences: [absence], policy } })
  ).value
  const run = (await ask<Run>('POST', `/forks/${fork.id}/optimisations`, { body: { budgetMs: 800 } })).value
  for (let look = 0; look < LOOKS_MAX; look++) {
    await pause(LOOK_MS)
    const { status, error } = (await ask<Run>('GET', `/optimisations/${run.id}`)).value
    if (status === 'queued' || status === 'running') continue
    if (status !== 'done' && status !== 'stale') throw new Error(error ?? status)
    return { fork, diff: await readDiff(fork.id) }
  }
  throw new Error('the planner did not answer in time')
}

export const readDiff = async (forkId: string): Promise<ForkDiff> =>
  (await ask<ForkDiff>('GET', `/forks/${forkId}/diff`, { tries: 2 })).value

/** What is being tried on a board, newest first. */
export const readForks = async (boardId: string): Promise<readonly ForkView[]> =>
  (await ask<{ items: readonly ForkView[] }>('GET', `/boards/${boardId}/forks`, { tries: 2 })).value.items

/** One of the board's own commands, in the fork, on the version that the fork has. */
export const tryInFork = async (
  forkId: string,
  act: Act & { readonly activityId: string; readonly expectedVersion: number },
): Promise<void> => {
  await ask('POST', `/forks/${forkId}/commands`, { body: { commands: [act] } })
}

/** With a reason, who was assumed away is recorded as away too. */
export const mergeFork = async (
  forkId: string,
  chosen: { readonly activityIds: readonly string[]; readonly absenceReason: string | null },
): Promise<ForkMerged> => {
  const { activityIds, absenceReason } = chosen
  const record = absenceReason === null ? {} : { recordAbsences: { reason: absenceReason } }
  return (await ask<ForkMerged>('POST', `/forks/${forkId}/merge`, { body: { activityIds, ...record } })).value
}

export const discardFork = async (forkId: string): Promise<void> => {
  await ask('DELETE', `/forks/${forkId}`)
}
