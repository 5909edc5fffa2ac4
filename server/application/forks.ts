/**
 * What-if forks: opening one, changing its conditions, trying things in it, putting it away.
 *
 * A fork stores differences only; whatever happens on the board happens in the fork, except to what the fork changed.
 */
import { activityView, type BoardCommandsBody } from '../contract/activity.ts'
import type { ForkAbsence, ForkChange, ForkCreate } from '../contract/forks.ts'
import type { Effect, Outcome, Refused, Tx } from '../ports/commands.ts'
import { perform, warningView } from './act-on-activity.ts'
import { badField, refused } from './context.ts'
import { type AssumedAbsence, type Fork, forkView, openForks, readFork } from './fork-rows.ts'
import { forkTx } from './fork-tx.ts'
import { mayPlan } from './may-plan.ts'

/** A board with more than this many open what-ifs has lost track of them. */
const OPEN_MAX = 20
/** Differences of one fork; beyond this it is another plan, not a what-if. */
export const DIFFERENCES_MAX = 2_000

export async function createFork(
  tx: Tx,
  asked: { boardId: string; body: ForkCreate },
): Promise<Outcome | Refused> {
  const denied = mayPlan(tx.caller)
  if (denied) return denied
  const { body, boardId } = asked
  if (!(await tx.boards([boardId])).has(boardId))
    return refused('NOT_FOUND', { entity: 'board', id: boardId })
  const absences = await assumed(tx, boardId, body.absences ?? [])
  if ('refusal' in absences) return absences
  if ((await openForks(tx, boardId)).length >= OPEN_MAX)
    return refused('IN_USE', { board: boardId, openForks: OPEN_MAX })
  const id = tx.newId()
  await tx.query(
    `INSERT INTO fork (company_id, id, board_id, name, absences, policy, created_by, creator_name)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tx.caller.companyId,
      id,
      boardId,
      body.name ?? 'What if',
      JSON.stringify(absences),
      JSON.stringify(body.policy ?? {}),
      tx.caller.userId,
      tx.caller.userName,
    ],
  )
  return told(tx, await mustRead(tx, id), 201)
}

export async function changeFork(
  tx: Tx,
  asked: { forkId: string; expectedVersion: number; body: ForkChange },
): Promise<Outcome | Refused> {
  const fork = await openedFork(tx, asked.forkId)
  if ('refusal' in fork) return fork
  if (fork.version !== asked.expectedVersion)
    return refused('VERSION_CONFLICT', { expected: asked.expectedVersion, current: forkView(fork) })
  const { body } = asked
  const absences = await assumed(tx, fork.boardId, body.absences ?? [], fork.absences)
  if ('refusal' in absences) return absences
  await tx.query(
    `UPDATE fork SET version = version + 1, name = $3, absences = $4, policy = $5 WHERE company_id = $1 AND id = $2`,
    [
      tx.caller.companyId,
      fork.id,
      body.name ?? fork.name,
      JSON.stringify(body.absences === undefined ? fork.absences : absences),
      JSON.stringify(body.policy ?? fork.policy),
    ],
  )
  return told(tx, await mustRead(tx, fork.id), 200)
}

export async function discardFork(tx: Tx, asked: { forkId: string }): Promise<Outcome | Refused> {
  const fork = await openedFork(tx, asked.forkId)
  if ('refusal' in fork) return fork
  await endFork(tx, fork.id, 'discarded')
  return told(tx, await mustRead(tx, fork.id), 200)
}

export async function endFork(tx: Tx, id: string, status: 'merged' | 'discarded'): Promise<void> {
  await tx.query('UPDATE fork SET version = version + 1, status = $3 WHERE company_id = $1 AND id = $2', [
    tx.caller.companyId,
    id,
    status,
  ])
}

/** The board's own commands, decided by the same rules; all of them happen in the fork, or none. */
export async function runForkCommands(
  tx: Tx,
  asked: { forkId: string } & BoardCommandsBody,
): Promise<Outcome | Refused> {
  const fork = await openedFork(tx, asked.forkId)
  if ('refusal' in fork) return fork
  const touched = new Set([...fork.differences.keys(), ...asked.commands.map((one) => one.activityId)])
  if (touched.size > DIFFERENCES_MAX)
    return badField('commands', `at most ${DIFFERENCES_MAX} activities that differ from the board`)
  const acted = await perform(
    await forkTx(tx, fork),
    asked.commands.map(({ activityId, expectedVersion, ...act }) => ({
      activityId,
      expectedVersion,
      act,
      strict: asked.strict ?? false,
    })),
    fork.boardId,
  )
  if ('refusal' in acted) return acted
  await raise(tx, fork)
  return {
    status: 200,
    body: {
      results: acted.done.map(({ activity, warnings }) => ({
        ...activityView(activity),
        warnings: warnings.map(warningView),
      })),
    },
    effects: [forkNotice(tx, fork, 'changed')],
  }
}

export const raise = (tx: Tx, fork: Fork): Promise<unknown> =>
  tx.query('UPDATE fork SET version = version + 1 WHERE company_id = $1 AND id = $2', [
    tx.caller.companyId,
    fork.id,
  ])

/** The fork, locked, if it is open and the caller may plan. */
export async function openedFork(tx: Tx, id: string): Promise<Fork | Refused> {
  const denied = mayPlan(tx.caller)
  if (denied) return denied
  const fork = await readFork(tx, id, true)
  if (!fork) return refused('NOT_FOUND', { entity: 'fork', id })
  return fork.status === 'open' ? fork : refused('PROPOSAL_STALE', { status: fork.status })
}

async function mustRead(tx: Tx, id: string): Promise<Fork> {
  const fork = await readFork(tx, id)
  if (!fork) throw new Error(`fork ${id} was just written`)
  return fork
}

/** Absences with the version of each technician's record that they were assumed over; those known keep theirs. */
async function assumed(
  tx: Tx,
  boardId: string,
  absences: readonly ForkAbsence[],
  before: readonly AssumedAbsence[] = [],
): Promise<readonly AssumedAbsence[] | Refused> {
  const known = await tx.technicians([...new Set(absences.map((one) => one.technicianId))])
  const assumed: AssumedAbsence[] = []
  for (const [i, absence] of absences.entries()) {
    const technician = known.get(absence.technicianId)
    if (technician?.boardId !== boardId)
      return badField(`absences.${i}.technicianId`, `a technician of board ${boardId}`)
    if (Date.parse(absence.from) >= Date.parse(absence.to))
      return badField(`absences.${i}.to`, 'an instant after from')
    const same = before.find((one) => isSameAbsence(one, absence))
    assumed.push({ ...absence, seenVersion: same?.seenVersion ?? technician.version })
  }
  return assumed
}

export const isSameAbsence = (a: ForkAbsence, b: ForkAbsence): boolean =>
  a.technicianId === b.technicianId && a.from === b.from && a.to === b.to

const told = (tx: Tx, fork: Fork, status: 200 | 201): Outcome => ({
  status,
  body: forkView(fork),
  version: fork.version,
  ...(status === 201 ? { location: `/api/v1/forks/${fork.id}` } : {}),
  effects: [forkNotice(tx, fork, fork.status === 'open' ? 'changed' : fork.status)],
})

/** Whoever has the fork on screen looks again. */
export const forkNotice = (tx: Tx, fork: Fork, status: string): Effect => ({
  kind: 'notice',
  dedupeKey: `fork:${fork.id}:${fork.version}:${status}`,
  payload: {
    board: fork.boardId,
    kind: 'fork',
    at: new Date(tx.now).toISOString(),
    forkId: fork.id,
    status,
    message: tx.caller.userName,
  },
})
