/**
 * What a technician entered and where it is: on its way, kept on this phone, at the desk, or come back.
 *
 * An entry is written down on the phone before it is shown, and sent in order with one key through all its tries. Only
 * the server's answer makes it "at the desk". One that comes back says why; the entries after it for the same job were
 * decided on a state that never was, so they are not sent.
 */
import type { ActivityView } from '../../../server/contract/activity.ts'
import { Refusal } from '../sync/api.ts'
import { type Change, changesBetween } from './changes.ts'
import type { Step } from './steps.ts'

type Shown = Pick<ActivityView, 'technicianId' | 'state' | 'start' | 'end' | 'priority' | 'fieldStatus'>
export type Entry = {
  readonly key: string
  readonly activityId: string
  readonly title: string
  readonly step: Step
  readonly at: number
  /** The version that the technician saw, and the facts of it. */
  readonly version: number
  readonly shown: Shown
  readonly where: 'sending' | 'kept' | 'desk' | 'back'
  readonly back?: { readonly by: string | null; readonly changes: readonly Change[]; readonly why: string }
  readonly isRead?: boolean
}

export type EntryStore = { read(): Entry[]; write(entries: readonly Entry[]): void }
export type Post = (entry: Entry) => Promise<ActivityView>

/** Sent ones beyond this are forgotten, oldest first; what waits is never dropped. */
const SENT_MAX = 60

export class Entries {
  #entries: Entry[]
  #isSending = false
  readonly #store: EntryStore
  readonly #post: Post
  readonly #on: { changed(): void; answered(activity: ActivityView): void }

  constructor(
    store: EntryStore,
    post: Post,
    on: { changed(): void; answered(activity: ActivityView): void },
  ) {
    this.#store = store
    this.#post = post
    this.#on = on
    // A page that closed while sending cannot know the outcome: the same key asks again and learns it.
    this.#entries = store
      .read()
      .map((entry) => (entry.where === 'sending' ? { ...entry, where: 'kept' } : entry))
  }

  get all(): readonly Entry[] {
    return this.#entries
  }
  get waiting(): readonly Entry[] {
    return this.#entries.filter((entry) => entry.where === 'kept' || entry.where === 'sending')
  }
  get unread(): readonly Entry[] {
    return this.#entries.filter((entry) => entry.where === 'back' && entry.isRead !== true)
  }
  /** The furthest step of a job that is entered but not yet answered. */
  pendingOf(activityId: string): Entry | undefined {
    return this.waiting.findLast((entry) => entry.activityId === activityId)
  }

  add(entry: Omit<Entry, 'where'>): void {
    this.#set([...this.#entries, { ...entry, where: 'kept' }])
  }
  markRead(key: string): void {
    this.#set(this.#entries.map((entry) => (entry.key === key ? { ...entry, isRead: true } : entry)))
  }

  /** Sends what waits, in order; stops at the first that cannot be delivered. One run at a time. */
  async send(): Promise<void> {
    if (this.#isSending) return
    this.#isSending = true
    try {
      for (let next = this.waiting[0]; next; next = this.waiting[0]) if (!(await this.#sendOne(next))) return
    } finally {
      this.#isSending = false
    }
  }

  async #sendOne(entry: Entry): Promise<boolean> {
    this.#change(entry.key, { where: 'sending' })
    try {
      const activity = await this.#post(entry)
      this.#rebase(entry, activity.version)
      this.#change(entry.key, { where: 'desk' })
      this.#on.answered(activity)
      return true
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error.problem.status)) {
        this.#change(entry.key, { where: 'kept' })
        return false
      }
      this.#comeBack(entry, error)
      return true
    }
  }

  /** Later entries for the same job were made on top of this one: what it made is what they build on. */
  #rebase(sent: Entry, version: number): void {
    this.#entries = this.#entries.map((entry) =>
      entry.activityId === sent.activityId && entry.where === 'kept' && entry.version <= sent.version
        ? { ...entry, version }
        : entry,
    )
  }

  #comeBack(entry: Entry, refusal: Refusal): void {
    const { details } = refusal.problem
    const current = activityIn(details)
    const changes = current ? changesBetween(entry.shown, current) : []
    const by = nameIn(details)
    this.#set(
      this.#entries.map((one) => {
        if (one.key === entry.key)
          return { ...one, where: 'back', back: { by, changes, why: refusal.message } }
        return one.activityId === entry.activityId && one.where === 'kept'
          ? { ...one, where: 'back', isRead: true, back: { by, changes: [], why: 'earlier' } }
          : one
      }),
    )
    if (current) this.#on.answered(current)
  }

  #change(key: string, change: Partial<Entry>): void {
    this.#set(this.#entries.map((entry) => (entry.key === key ? { ...entry, ...change } : entry)))
  }

  #set(entries: Entry[]): void {
    const settled = entries.filter((entry) => entry.where === 'desk' || entry.where === 'back')
    const dropped = new Set(
      settled.slice(0, Math.max(0, settled.length - SENT_MAX)).map((entry) => entry.key),
    )
    this.#entries = entries.filter((entry) => !dropped.has(entry.key))
    this.#store.write(this.#entries)
    this.#on.changed()
  }
}

/** Not the server's no, but a server that cannot answer now, or a person who must sign in first. */
const isPassing = (status: number): boolean =>
  status >= 500 || status === 429 || status === 401 || status === 408

function activityIn(details: unknown): ActivityView | null {
  if (typeof details !== 'object' || details === null || !('current' in details)) return null
  const { current } = details
  return typeof current === 'object' && current !== null && 'fieldStatus' in current
    ? // The server's conflict carries the record as it stands (contract: VERSION_CONFLICT).
      (current as ActivityView)
    : null
}

function nameIn(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('changedBy' in details)) return null
  const by = details.changedBy
  return typeof by === 'object' && by !== null && 'name' in by ? String(by.name) : null
}
