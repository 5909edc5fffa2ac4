/** A technician's day from the facts of the inbox: which jobs, in which order, with the way between. */
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { InboxItem } from '../../../server/contract/live.ts'
import type { OrderView } from '../../../server/contract/order.ts'
import { travelMinutes } from '../../../server/domain/plan/travel.ts'

export type Job = { readonly activity: ActivityView; readonly order: OrderView | null }

/**
 * Jobs by id, folded from what the desk says. Entries come at least once and may come late: an older version of a job
 * never overwrites a newer one, and an entry already seen changes nothing.
 */
export class Jobs {
  readonly byId = new Map<string, Job>()
  #seen = 0
  #epoch: string | null = null

  get position(): { epoch: string; seq: number } | null {
    return this.#epoch === null ? null : { epoch: this.#epoch, seq: this.#seen }
  }

  /** Answers the jobs that are new to this phone, and those that were taken away. */
  take(
    epoch: string,
    to: number,
    items: readonly InboxItem[],
    mine: string,
  ): { arrived: Job[]; left: Job[] } {
    if (this.#epoch !== epoch) {
      this.#epoch = epoch
      this.#seen = 0
    }
    const arrived: Job[] = []
    const left: Job[] = []
    for (const item of items) {
      if (item.seq <= this.#seen) continue
      const known = this.byId.get(item.activityId)
      if (item.kind === 'removed' || !item.activity || item.activity.technicianId !== mine) {
        if (known && known.activity.version <= item.activityVersion) {
          this.byId.delete(item.activityId)
          left.push(known)
        }
        continue
      }
      if (known && known.activity.version >= item.activity.version) continue
      const job = { activity: item.activity, order: item.order ?? known?.order ?? null }
      this.byId.set(item.activityId, job)
      if (!known && item.activity.state === 'dispatched') arrived.push(job)
    }
    this.#seen = Math.max(this.#seen, to)
    return { arrived, left }
  }

  put(activity: ActivityView, order?: OrderView): void {
    const known = this.byId.get(activity.id)
    if (known && known.activity.version > activity.version) return
    this.byId.set(activity.id, { activity, order: order ?? known?.order ?? null })
  }
}

export type Stop = {
  readonly job: Job
  /** Minutes of travel from the stop before, and what is left over after it; null for the first. */
  readonly way: { readonly travel: number; readonly spare: number } | null
}

const model = { speedKmh: 30, roadFactor: 1.4 }

/** The stops of one local day in order of start. Work that nobody has sent yet is not shown. */
export function stopsOf(jobs: Iterable<Job>, dayOf: (at: number) => string, day: string): Stop[] {
  const today = [...jobs]
    .filter(
      ({ activity }) =>
        activity.start !== null &&
        activity.state !== 'undispatched' &&
        dayOf(Date.parse(activity.start)) === day,
    )
    .sort((a, b) => Date.parse(a.activity.start ?? '') - Date.parse(b.activity.start ?? ''))
  return today.map((job, i) => {
    const before = today[i - 1]
    if (!before?.activity.end || !job.activity.start) return { job, way: null }
    const travel = travelMinutes(before.activity.place, job.activity.place, model)
    const gap = (Date.parse(job.activity.start) - Date.parse(before.activity.end)) / 60_000
    return { job, way: { travel, spare: Math.max(0, Math.round(gap - travel)) } }
  })
}

/** The one next act of a job; null when it is done. */
export function nextAct(activity: ActivityView): 'accepted' | 'travelling' | 'onSite' | 'done' | null {
  if (activity.state !== 'dispatched') return null
  switch (activity.fieldStatus) {
    case 'accepted':
      return 'travelling'
    case 'travelling':
      return 'onSite'
    case 'onSite':
      return 'done'
    case 'done':
      return null
    default:
      return 'accepted'
  }
}

export const isUnanswered = ({ activity }: Job): boolean =>
  activity.state === 'dispatched' && ['none', 'received', 'seen'].includes(activity.fieldStatus)

/** The promise of a job that falls due first and is still open. */
export function nextPromise(job: Job): { target: 'respond' | 'arrive' | 'complete'; dueAt: number } | null {
  const open = (job.order?.slas ?? []).filter((sla) => sla.dueAt !== null && sla.reachedAt === null)
  const first = open.sort((a, b) => Date.parse(a.dueAt ?? '') - Date.parse(b.dueAt ?? ''))[0]
  return first?.dueAt ? { target: first.target, dueAt: Date.parse(first.dueAt) } : null
}
