/**
 * Puts what was tried in a fork on the board: each difference as the act a dispatcher would have done, if its activity
 * is still as the fork saw it.
 *
 * A difference that somebody overtook, or that the board's rules refuse by now, is left out with its reason and the rest
 * is done; what comes of it is exactly the previewed difference, or is listed as an exception. Where it is wished, who
 * was assumed away is put into the technicians' records by the same rule.
 */
import type { ForkMerge } from '../contract/forks.ts'
import type { DroppedMove } from '../contract/planning.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Outcome, Refused, Tx } from '../ports/commands.ts'
import type { Records } from '../ports/records.ts'
import { perform, type WireAct } from './act-on-activity.ts'
import { lastChanges } from './context.ts'
import { type Fork, inFork } from './fork-rows.ts'
import { endFork, forkNotice, isSameAbsence, openedFork, raise } from './forks.ts'
import { type RecordedAbsences, recordAbsences } from './record-absences.ts'

export async function mergeFork(
  tx: Tx,
  records: Records,
  asked: { readonly forkId: string } & ForkMerge,
): Promise<Outcome | Refused> {
  const fork = await openedFork(tx, asked.forkId)
  if ('refusal' in fork) return fork
  const wanted = asked.activityIds === undefined ? null : new Set(asked.activityIds)
  const ids = [...fork.differences.keys()].filter((id) => wanted === null || wanted.has(id)).sort()
  const live = await tx.lockActivities(ids)
  const dropped: DroppedMove[] = []
  const alive = new Map<string, Activity>()
  const changes = await lastChanges(tx, ids)
  for (const id of ids) {
    const was = live.get(id)
    if (was !== undefined && was.version === fork.differences.get(id)?.liveVersion) {
      alive.set(id, was)
      continue
    }
    const changedBy = changes.get(id)
    dropped.push({
      activityId: id,
      reason:
        changedBy === undefined
          ? 'It no longer exists.'
          : `${changedBy.name} changed it on the board meanwhile.`,
      ...(changedBy === undefined ? {} : { changedBy }),
    })
  }
  for (;;) {
    const acted = await perform(tx, asksFor(fork, [...alive.values()]), fork.boardId)
    if (!('refusal' in acted)) {
      await closeOrShrink(tx, fork, ids, wanted === null)
      const { recordAbsences: wish } = asked
      const away = wish && (await recordAbsences(tx, records, { fork, reason: wish.reason }))
      if (away && 'refusal' in away) return away
      if (away) await keepUnrecorded(tx, fork, away)
      const merged = [...new Set(acted.done.map(({ activity }) => activity.id))]
      return {
        status: 200,
        body: {
          forkId: fork.id,
          applied: merged.length,
          merged,
          dropped,
          ...(away ? { absences: { recorded: away.recorded, dropped: away.dropped } } : {}),
        },
        events: [...acted.events, ...(away?.events ?? [])],
        effects: [...acted.effects, forkNotice(tx, fork, 'merged')],
      }
    }
    const culprit = acted.refusal.details?.activityId ?? (alive.size === 1 ? [...alive.keys()][0] : undefined)
    // A refusal that names nobody is about all of them.
    if (typeof culprit !== 'string' || !alive.delete(culprit)) return acted
    dropped.push({ activityId: culprit, reason: reasonOf(acted) })
  }
}

/** All done: the fork ends. Some chosen: they are the board's now, and the fork goes on with the rest. */
async function closeOrShrink(tx: Tx, fork: Fork, ids: readonly string[], isWhole: boolean): Promise<void> {
  if (isWhole) return endFork(tx, fork.id, 'merged')
  await tx.query(
    'DELETE FROM fork_activity WHERE company_id = $1 AND fork_id = $2 AND activity_id = ANY ($3)',
    [tx.caller.companyId, fork.id, ids],
  )
  await raise(tx, fork)
}

/** What is on record by now is the board's own, and no longer assumed by the fork. */
async function keepUnrecorded(tx: Tx, fork: Fork, { recorded }: RecordedAbsences): Promise<void> {
  const rest = fork.absences.filter((assumed) => !recorded.some((one) => isSameAbsence(one, assumed)))
  await tx.query('UPDATE fork SET absences = $3 WHERE company_id = $1 AND id = $2', [
    tx.caller.companyId,
    fork.id,
    JSON.stringify(rest),
  ])
}

type Ask = Parameters<typeof perform>[1][number]

/** First all let go of their places, then each takes its new one: nobody bumps into a colleague who is leaving. */
function asksFor(fork: Fork, activities: readonly Activity[]): Ask[] {
  const ask = (was: Activity, act: WireAct): Ask => ({
    activityId: was.id,
    expectedVersion: was.version,
    act,
    // What meets other work by now is not merged over it.
    strict: true,
  })
  const moving = activities.filter((was) => hasMoved(was, inFork(fork, was)))
  return [
    ...activities
      .filter((was) => was.priority !== inFork(fork, was).priority)
      .map((was) => ask(was, { type: 'prioritise', priority: inFork(fork, was).priority })),
    ...moving
      .filter((was) => was.technicianId !== null)
      .map((was) => ask(was, { type: 'assign', technicianId: null })),
    ...moving.flatMap((was) => {
      const { technicianId, start, end } = inFork(fork, was)
      if (technicianId === null || start === null || end === null) return []
      const at = { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
      return [ask(was, { type: 'reschedule', technicianId, ...at })]
    }),
    ...activities
      .filter((was) => was.locked !== inFork(fork, was).locked)
      .map((was) => ask(was, { type: inFork(fork, was).locked ? 'lock' : 'unlock' })),
    // Taking work off a technician takes the dispatch back; what the fork had dispatched is dispatched now.
    ...activities
      .filter(
        (was) =>
          inFork(fork, was).state === 'dispatched' && (was.state !== 'dispatched' || moving.includes(was)),
      )
      .map((was) => ask(was, { type: 'dispatch' })),
  ]
}

const hasMoved = (was: Activity, is: Activity): boolean =>
  was.technicianId !== is.technicianId || was.start !== is.start || was.end !== is.end

function reasonOf({ refusal }: Refused): string {
  switch (refusal.code) {
    case 'PLAN_CONFLICT':
      return 'The board has other work or no open hours there by now.'
    case 'ACTIVITY_CLOSED':
      return 'It was closed on the board.'
    default:
      return `Refused: ${refusal.code}.`
  }
}
