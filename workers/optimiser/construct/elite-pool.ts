/**
 * The best plans of a few boards, remembered from search to search: who does what, in which order.
 *
 * A hint and nothing else. What is remembered may be hours old: activities that are gone, fixed or new by now are the business of
 * whoever starts from a member, and losing the pool costs quality alone. Members of a board are told apart by who does what
 * after what; of two that are nearly alike the later one stays, because it knows more of the board.
 */
import type { Plan, Problem, WarmPlan } from '../problem.ts'
import type { JobBoard } from '../threads/thread-talk.ts'

const BOARDS_MAX = 4
const PLANS_MAX = 8
/** Two plans are alike when less than this share of their visits follow another visit, or have another technician. */
const ALIKE = 0.02

type Member = {
  /** On the board's own clock, so that later problems can tell which day is meant. */
  readonly routes: readonly {
    readonly technicianId: string
    readonly visits: readonly { readonly activityId: string; readonly startAt: number }[]
  }[]
  /** For each activity the technician and the visit before it, as one word. */
  readonly follows: ReadonlyMap<string, string>
  /** Work that it knows and has no place for: putting that where it is announced would undo the rest. */
  readonly leftOut: ReadonlySet<string>
}

export type ElitePool = {
  /** The board's members as plans of this problem, the latest first; work that they do not know is where it is announced. */
  readonly plansFor: (board: JobBoard, problem: Problem) => WarmPlan[]
  readonly remember: (board: JobBoard, plan: Plan) => void
}

export const elitePool = (): ElitePool => {
  /** The board used last is the last one. */
  const boards = new Map<string, Member[]>()
  const membersOf = (key: string): Member[] => {
    const members = boards.get(key) ?? []
    boards.delete(key)
    boards.set(key, members)
    for (const oldest of boards.keys()) {
      if (boards.size <= BOARDS_MAX) break
      boards.delete(oldest)
    }
    return members
  }
  return {
    plansFor: (board, problem) =>
      membersOf(board.key).map((member) => broughtUpToDate(member, problem, board.zeroAt)),
    remember: (board, plan) => {
      const members = membersOf(board.key)
      const member = memberOf(plan, board.zeroAt)
      const different = members.filter((other) => differenceOf(member, other) >= ALIKE)
      members.splice(0, members.length, member, ...different.slice(0, PLANS_MAX - 1))
    },
  }
}

const memberOf = (plan: Plan, zeroAt: number): Member => {
  const follows = new Map<string, string>()
  const routes = plan.routes.map(({ technicianId, shift, visits }) => {
    let before = `${technicianId} ${shift}`
    return {
      technicianId,
      visits: visits.map(({ activityId, start }) => {
        follows.set(activityId, `${technicianId} ${before}`)
        before = activityId
        return { activityId, startAt: start + zeroAt }
      }),
    }
  })
  return { routes, follows, leftOut: new Set(plan.unassigned.map(({ activityId }) => activityId)) }
}

/** The share of visits of either plan that the other does not have in this way. */
const differenceOf = (a: Member, b: Member): number => {
  let same = 0
  for (const [activityId, before] of a.follows) if (b.follows.get(activityId) === before) same++
  const most = Math.max(a.follows.size, b.follows.size)
  return most === 0 ? 0 : 1 - same / most
}

const broughtUpToDate = (member: Member, problem: Problem, zeroAt: number): WarmPlan => ({
  routes: [
    ...member.routes.map(({ technicianId, visits }) => ({
      technicianId,
      visits: visits.map(({ activityId, startAt }) => ({ activityId, start: startAt - zeroAt })),
    })),
    // Work that the member does not know is taken from the announced plan, where that has it.
    ...problem.activities.flatMap(({ id, current }) =>
      current === undefined || member.follows.has(id) || member.leftOut.has(id)
        ? []
        : [{ technicianId: current.technicianId, visits: [{ activityId: id, start: current.start }] }],
    ),
  ],
})
