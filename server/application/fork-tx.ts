/**
 * A transaction that reads a board through a fork and writes only into the fork.
 *
 * Use cases decide in a fork exactly as they decide on a board, because they cannot tell the difference: what they read
 * has the fork's differences laid over it, what they write becomes a difference, and nobody outside is told. The
 * surprising rule: nothing of the board is locked here. A fork never makes the board wait; the fork's own row is the lock.
 */
import type { Activity } from '../domain/activity/activity.ts'
import type { Tx } from '../ports/commands.ts'
import { differing, type Fork, inFork, technicianInFork } from './fork-rows.ts'

export async function forkTx(tx: Tx, fork: Fork): Promise<Tx> {
  const laidOver = await tx.activities([...fork.differences.keys()])
  const differingNow = [...laidOver.values()].map((live) => inFork(fork, live))
  const companyId = tx.caller.companyId

  const activities = async (ids: readonly string[]): Promise<Map<string, Activity>> =>
    new Map([...(await tx.activities(ids))].map(([id, live]) => [id, inFork(fork, live)]))
  const technicians: Tx['technicians'] = async (ids) =>
    new Map([...(await tx.technicians(ids))].map(([id, one]) => [id, technicianInFork(fork, one)]))

  return {
    ...tx,
    activities,
    lockActivities: activities,
    lockOrders: (ids) => tx.readOrders(ids),
    technicians,
    lockTechnicians: technicians,

    async daysOf(technicianIds, from, to) {
      const live = await tx.daysOf(technicianIds, from, to)
      const wanted = new Set(technicianIds)
      const own = differingNow.filter(
        (a) =>
          a.state !== 'closed' &&
          a.technicianId !== null &&
          wanted.has(a.technicianId) &&
          a.start !== null &&
          a.end !== null &&
          a.start < to &&
          a.end > from,
      )
      return [...live.filter((a) => !fork.differences.has(a.id)), ...own]
    },

    async boards(ids) {
      const boards = await tx.boards(ids)
      return new Map(
        [...boards].map(([id, board]) => [id, { ...board, policy: { ...board.policy, ...fork.policy } }]),
      )
    },

    async updateActivities(changed) {
      const live = await tx.activities(changed.map((activity) => activity.id))
      for (const activity of changed) {
        await tx.query(
          `INSERT INTO fork_activity (company_id, fork_id, activity_id, live_version, version, body)
             VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (company_id, fork_id, activity_id)
             DO UPDATE SET live_version = excluded.live_version, version = excluded.version, body = excluded.body`,
          [
            companyId,
            fork.id,
            activity.id,
            live.get(activity.id)?.version ?? activity.version,
            activity.version,
            JSON.stringify(differing(activity)),
          ],
        )
      }
    },

    // What the board would do for others in the wake of a change stays undone: nobody is told of what is only tried.
    updateOrder: async () => undefined,
    planWatches: async () => undefined,
    tell: async () => undefined,
    saveExplanation: async () => undefined,
  }
}
