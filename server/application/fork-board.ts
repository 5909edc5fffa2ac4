/** A board as a fork has it: for planning, for pricing, and for showing. */
import { activityView } from '../contract/activity.ts'
import type { BoardSnapshot, TechnicianView } from '../contract/board.ts'
import type { ForkDiff, ForkDifference } from '../contract/forks.ts'
import type { Activity } from '../domain/activity/activity.ts'
import type { Commands, Tx } from '../ports/commands.ts'
import type { Planner, PlanningBoard, PlanningBoards } from '../ports/planner.ts'
import { lastChanges } from './context.ts'
import { type Fork, forkView, inFork, readFork, technicianInFork } from './fork-rows.ts'

/** The fork's conditions over the board: who is away, and by which policy is planned. */
export function conditionsOf(fork: Fork, board: PlanningBoard): PlanningBoard {
  const { weights, ...switches } = fork.policy
  return {
    ...board,
    policy: {
      ...board.policy,
      ...definedOf(switches),
      weights: { ...board.policy.weights, ...definedOf(weights ?? {}) },
    },
    technicians: board.technicians.map((technician) => technicianInFork(fork, technician)),
  }
}

/** Conditions and differences. */
export function boardInFork(fork: Fork, board: PlanningBoard): PlanningBoard {
  return {
    ...conditionsOf(fork, board),
    activities: board.activities.map((live) => inFork(fork, live)).filter((a) => a.state !== 'closed'),
  }
}

const definedOf = <T extends object>(some: T): { [K in keyof T]: NonNullable<T[K]> } =>
  // What has no value is left out, so every member that is there has one.
  Object.fromEntries(Object.entries(some).filter(([, value]) => value != null)) as {
    [K in keyof T]: NonNullable<T[K]>
  }

export type BoardThroughFork = { readonly fork: Fork; readonly snapshot: BoardSnapshot }
type SnapshotParts = {
  readonly commands: Commands
  readonly boards: {
    readSnapshot(companyId: string, boardId: string): Promise<BoardSnapshot | null>
  }
}

/** The live snapshot with the fork's differences over it, as HTTP tells it; null when there is no such fork. */
export async function forkSnapshot(parts: SnapshotParts, asked: { companyId: string; forkId: string }) {
  const through = await readThroughFork(parts, asked)
  if (!through) return null
  const { epoch, seq, activities, technicians } = through.snapshot
  return { fork: forkView(through.fork), epoch, seq, activities, technicians }
}

/** The board as the fork has it; its number and epoch are the board's own. */
export async function readThroughFork(
  parts: SnapshotParts,
  asked: { companyId: string; forkId: string },
): Promise<BoardThroughFork | null> {
  const { companyId } = asked
  const read = await parts.commands.read(companyId, async (tx) => {
    const fork = await readFork(tx, asked.forkId)
    return fork && { fork, live: await tx.activities([...fork.differences.keys()]) }
  })
  const snapshot = read && (await parts.boards.readSnapshot(companyId, read.fork.boardId))
  if (!snapshot) return null
  const { fork, live } = read
  return {
    fork,
    snapshot: {
      ...snapshot,
      activities: snapshot.activities
        .map((view) => {
          const own = live.get(view.id)
          return own === undefined ? view : activityView(inFork(fork, own))
        })
        .filter((view) => view.state !== 'closed'),
      technicians: snapshot.technicians.map((view) => withAbsences(fork, view)),
    },
  }
}

export const withAbsences = (fork: Fork, view: TechnicianView): TechnicianView => ({
  ...view,
  absences: [
    ...view.absences,
    ...fork.absences
      .filter((absence) => absence.technicianId === view.id)
      .map(({ from, to }) => ({ from, to, reason: fork.name })),
  ],
})

/** What differs from the board and what it would cost and gain; null when there is no such fork. */
export async function diffFork(
  { commands, boards, planner }: { commands: Commands; boards: PlanningBoards; planner: Planner },
  asked: { companyId: string; forkId: string },
): Promise<ForkDiff | null> {
  const read = await commands.read(asked.companyId, async (tx) => {
    const fork = await readFork(tx, asked.forkId)
    return fork && { fork, moves: await differencesAsMoves(tx, fork) }
  })
  const board = read && (await boards.read(asked.companyId, read.fork.boardId))
  if (!board) return null
  const { fork, moves } = read
  return {
    forkId: fork.id,
    version: fork.version,
    seq: board.seq,
    moves,
    before: await planner.price(conditionsOf(fork, board)),
    after: await planner.price(boardInFork(fork, board)),
  }
}

async function differencesAsMoves(tx: Tx, fork: Fork): Promise<ForkDifference[]> {
  const live = await tx.activities([...fork.differences.keys()])
  const stale = [...live.values()].filter((a) => a.version !== fork.differences.get(a.id)?.liveVersion)
  const changes = await lastChanges(
    tx,
    stale.map((a) => a.id),
  )
  return [...live.values()].flatMap((was): ForkDifference[] => {
    const is = inFork(fork, was)
    if (is === was || !differs(was, is)) return []
    const changedBy = changes.get(was.id)
    const holds = was.version === fork.differences.get(was.id)?.liveVersion
    return [
      {
        activityId: was.id,
        from: spotOf(was),
        to: spotOf(is),
        holds,
        ...(holds || changedBy === undefined ? {} : { changedBy }),
      },
    ]
  })
}

/** What was tried and put back is no difference. */
const differs = (was: Activity, is: Activity): boolean =>
  was.technicianId !== is.technicianId ||
  was.start !== is.start ||
  was.end !== is.end ||
  was.priority !== is.priority ||
  was.locked !== is.locked

const spotOf = (a: Activity) => ({
  technicianId: a.technicianId,
  start: a.start === null ? null : new Date(a.start).toISOString(),
  end: a.end === null ? null : new Date(a.end).toISOString(),
})
