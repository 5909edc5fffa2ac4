/**
 * One fork that somebody watches: the board's own events with the fork's differences laid over them, and what is tried.
 *
 * A fork keeps no log, so its numbers are given here, by the process that serves it. Each beginning has an epoch of its
 * own; inside one there is no hole. What adds to a fork is told as events. What takes something back from it (a
 * difference merged, an absence dropped) begins it anew, because a record never goes back to an older version.
 */
import { activityView } from '../contract/activity.ts'
import type { BoardEvent } from '../contract/board.ts'
import { wireEvent } from '../contract/wire-event.ts'
import type { Commands } from '../ports/commands.ts'
import { type BoardThroughFork, readThroughFork, withAbsences } from './fork-board.ts'
import { type Fork, inFork, readFork } from './fork-rows.ts'
import type { LiveBoards } from './live-boards.ts'
import type { LiveMetrics, Report } from './live-metrics.ts'
import { BoardTail, foldSnapshot, type TailListener } from './tail-board.ts'

export type ForkStreamParts = {
  readonly commands: Commands
  readonly boards: Pick<LiveBoards, 'readSnapshot'>
  readonly metrics: LiveMetrics
  readonly report: Report
  readonly newEpoch: () => string
}

export class ForkStream implements TailListener {
  readonly tail: BoardTail
  readonly live: BoardTail
  /** Merged or put away: nothing will come any more. */
  isOver = false
  readonly #parts: ForkStreamParts
  #fork: Fork
  /** How far the board's own events have been laid in. */
  #at: { epoch: string; seq: number }
  /** Looks and new beginnings, one after another. */
  #work: Promise<void> = Promise.resolve()
  #isAsked = false

  private constructor(live: BoardTail, tail: BoardTail, through: BoardThroughFork, parts: ForkStreamParts) {
    this.live = live
    this.tail = tail
    this.#fork = through.fork
    this.#at = { epoch: through.snapshot.epoch, seq: through.snapshot.seq }
    this.#parts = parts
    live.listeners.add(this)
    this.#feed()
  }

  static async open(live: BoardTail, through: BoardThroughFork, parts: ForkStreamParts): Promise<ForkStream> {
    const { fork, snapshot } = through
    const folded = await foldSnapshot(fork.boardId, snapshot)
    const start = { companyId: live.companyId, boardId: fork.id, epoch: parts.newEpoch(), seq: 0, folded }
    const tail = new BoardTail(start, {
      kind: 'fork',
      metrics: parts.metrics,
      report: parts.report,
      // Its numbers were given here and are kept nowhere else; only the orders it may lack can be read anew.
      board: { range: async () => [] },
      eventLog: {
        after: async () => [],
        async snapshot(companyId, forkId) {
          const read = await readThroughFork(parts, { companyId, forkId })
          return read && { ...read.snapshot, epoch: tail.epoch, seq: tail.head }
        },
      },
    })
    return new ForkStream(live, tail, through, parts)
  }

  close(): void {
    this.isOver = true
    this.live.listeners.delete(this)
    this.tail.close()
  }

  // ------------------------------------------------------------ the board moved

  advanced(): void {
    this.#feed()
  }

  replaced(): void {
    this.#inTurn(() => this.#beginAnew())
  }

  #feed(): void {
    const { live } = this
    if (this.isOver || live.epoch !== this.#at.epoch || live.head <= this.#at.seq) return
    if (this.#at.seq + 1 < live.oldest) {
      this.#inTurn(() => this.#beginAnew())
      return
    }
    const events = live
      .kept(this.#at.seq + 1, live.head)
      // Written by this server from the contract's own types.
      .map(({ text }) => this.#laid(JSON.parse(text) as BoardEvent))
    this.#at = { epoch: live.epoch, seq: live.head }
    this.#tell(events.filter((event) => event !== null))
  }

  /** The board's event as it is in the fork; null where the fork has it otherwise, whatever the board says. */
  #laid(event: BoardEvent): BoardEvent | null {
    const { activity, technician } = event
    if (activity && activity.state !== 'closed' && this.#fork.differences.has(activity.id)) return null
    return technician ? { ...event, technician: withAbsences(this.#fork, technician) } : event
  }

  #tell(events: readonly BoardEvent[]): void {
    const { epoch, head } = this.tail
    this.tail.offer(
      epoch,
      events.map((event, i) => wireEvent({ ...event, seq: head + 1 + i })),
    )
  }

  // ------------------------------------------------------------ the fork changed

  /** Sees whether the fork has changed; calls made meanwhile share the next look. */
  look(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    this.#inTurn(async () => {
      this.#isAsked = false
      await this.#look()
    })
  }

  async #look(): Promise<void> {
    const before = this.#fork
    const read = await this.#parts.commands.read(this.live.companyId, async (tx) => {
      const fork = await readFork(tx, before.id)
      if (fork === null || fork.version === before.version) return fork && { fork, views: [] }
      const changed = [...fork.differences.values()].filter(
        (one) => before.differences.get(one.activityId)?.version !== one.version,
      )
      const live = await tx.activities(changed.map((one) => one.activityId))
      return { fork, views: [...live.values()].map((was) => ({ was, is: inFork(fork, was) })) }
    })
    if (this.isOver || read?.fork.version === before.version) return
    if (read === null || read.fork.status !== 'open') {
      this.isOver = true
      return
    }
    const { fork, views } = read
    const isOnward =
      [...before.differences.keys()].every((id) => fork.differences.has(id)) &&
      JSON.stringify(before.absences) === JSON.stringify(fork.absences) &&
      views.every(({ was, is }) => is.version > (before.differences.get(was.id)?.version ?? was.version))
    if (!isOnward) return this.#beginAnew()
    this.#feed()
    this.#fork = fork
    this.#tell(views.map(({ is }) => triedEvent(fork, activityView(is))))
  }

  async #beginAnew(): Promise<void> {
    if (this.isOver) return
    const { commands, boards, newEpoch } = this.#parts
    const asked = { companyId: this.live.companyId, forkId: this.#fork.id }
    const through = await readThroughFork({ commands, boards }, asked)
    if (through === null || through.fork.status !== 'open') {
      this.isOver = true
      return
    }
    const folded = await foldSnapshot(through.fork.boardId, through.snapshot)
    this.#fork = through.fork
    this.#at = { epoch: through.snapshot.epoch, seq: through.snapshot.seq }
    this.tail.replace({ epoch: newEpoch(), seq: 0, folded }, 'fork')
    this.#feed()
  }

  #inTurn(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      // The next look, a second later, finds the same difference again.
      this.#parts.report(`fork ${this.#fork.id} could not be read on yet`, error)
    })
  }
}

const triedEvent = (fork: Fork, activity: ReturnType<typeof activityView>): BoardEvent => ({
  seq: 1,
  type: 'activity-tried',
  at: activity.createdAt,
  actor: { id: null, name: fork.name, kind: 'system' },
  commandId: null,
  activity,
})
