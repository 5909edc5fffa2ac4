/**
 * A technician's own work as this phone knows it: jobs by id, the newest version of each, and the place in the inbox.
 *
 * The inbox repeats until it is acknowledged, so everything may come twice: an entry counts once by its number, a job
 * changes only by a newer version. Work that was not sent, or went to someone else, is no job of this phone.
 */
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { InboxFrame } from '../../../server/contract/live.ts'
import type { OrderView } from '../../../server/contract/order.ts'

export type Job = {
  readonly activity: ActivityView
  readonly order: OrderView | null
  readonly startAt: number | null
  readonly endAt: number | null
  /** Where it stood before the desk moved it, and when this phone heard. */
  readonly moved: { readonly from: number; readonly heardAt: number } | null
}
export type InboxPosition = { readonly epoch: string; readonly seq: number }
export type Taken = {
  /** Ask again from the own position: an entry is missing before this frame. */
  readonly isGap: boolean
  readonly added: readonly Job[]
  readonly gone: readonly Job[]
}

export type Put = { readonly added?: Job; readonly gone?: Job }

const CLOSED_MAX = 100
const unchanged: Put = {}
const nothing: Taken = { isGap: false, added: [], gone: [] }
const instant = (text: string | null): number | null => (text === null ? null : Date.parse(text))

export const isUnanswered = (job: Job): boolean =>
  job.activity.state === 'dispatched' && ['none', 'received', 'seen'].includes(job.activity.fieldStatus)
export const isClosed = (job: Job): boolean => job.activity.state === 'closed'

export class Jobs {
  readonly #me: string
  readonly #jobs = new Map<string, Job>()
  #at: InboxPosition | null = null

  constructor(technicianId: string) {
    this.#me = technicianId
  }

  get position(): InboxPosition | null {
    return this.#at
  }
  get(id: string): Job | undefined {
    return this.#jobs.get(id)
  }
  all(): Job[] {
    return [...this.#jobs.values()]
  }

  /** The whole open list, fetched: what is open here but not there has gone meanwhile. */
  load(activities: readonly ActivityView[], orders: readonly OrderView[], now: number): void {
    const open = new Set(activities.map((activity) => activity.id))
    for (const [id, job] of this.#jobs) if (!isClosed(job) && !open.has(id)) this.#jobs.delete(id)
    const byId = new Map(orders.map((order) => [order.id, order]))
    for (const activity of activities) this.put(activity, byId.get(activity.orderId) ?? null, now)
  }

  /**
   * Whichever way a change comes first — inbox, board or answer — is the one that answers whether the job is new here or
   * has gone from here; the others find nothing left to tell.
   */
  put(activity: ActivityView, order: OrderView | null, now: number): Put {
    const known = this.#jobs.get(activity.id)
    const newest =
      order !== null && (known?.order?.version ?? 0) <= order.version ? order : (known?.order ?? null)
    if (known && known.activity.version >= activity.version) {
      if (newest !== known.order) this.#jobs.set(activity.id, { ...known, order: newest })
      return unchanged
    }
    if (activity.technicianId !== this.#me || activity.state === 'undispatched') {
      this.#jobs.delete(activity.id)
      return known && !isClosed(known) ? { gone: { ...known, order: newest } } : unchanged
    }
    const startAt = instant(activity.start)
    const hasMoved = known !== undefined && known.startAt !== null && known.startAt !== startAt
    const job: Job = {
      activity,
      order: newest,
      startAt,
      endAt: instant(activity.end),
      moved:
        hasMoved && known.startAt !== null ? { from: known.startAt, heardAt: now } : (known?.moved ?? null),
    }
    this.#jobs.set(activity.id, job)
    this.#bound()
    return known === undefined && !isClosed(job) ? { added: job } : unchanged
  }

  putOrder(order: OrderView): void {
    for (const [id, job] of this.#jobs)
      if (job.activity.orderId === order.id && (job.order === null || job.order.version < order.version))
        this.#jobs.set(id, { ...job, order })
  }

  take(frame: InboxFrame, now: number): Taken {
    const at = this.#at?.epoch === frame.epoch ? this.#at : null
    if (at !== null && frame.to <= at.seq) return nothing
    if (at !== null && frame.from > at.seq + 1) return { ...nothing, isGap: true }
    const added: Job[] = []
    const gone: Job[] = []
    for (const item of frame.items) {
      if (at !== null && item.seq <= at.seq) continue
      if (item.kind === 'removed') {
        const known = this.#jobs.get(item.activityId)
        // It may have come back with a newer version before this entry was read.
        if (!known || known.activity.version > item.activityVersion) continue
        this.#jobs.delete(item.activityId)
        gone.push(known)
      } else if (item.activity) {
        const put = this.put(item.activity, item.order, now)
        if (put.added) added.push(put.added)
        if (put.gone) gone.push(put.gone)
      }
    }
    this.#at = { epoch: frame.epoch, seq: frame.to }
    return { isGap: false, added, gone }
  }

  /** Closed jobs are kept for the look back at the day, not for ever. */
  #bound(): void {
    const closed = [...this.#jobs.values()].filter(isClosed)
    if (closed.length <= CLOSED_MAX) return
    closed.sort((a, b) => (a.startAt ?? 0) - (b.startAt ?? 0))
    for (const job of closed.slice(0, closed.length - CLOSED_MAX)) this.#jobs.delete(job.activity.id)
  }
}
