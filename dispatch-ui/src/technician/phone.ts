/** What every view of the phone is given: the facts to show, and the acts it may ask for. */
import type { LinkState } from '../sync/live.ts'
import type { Entries } from './entries.ts'
import type { Job, Jobs } from './jobs.ts'
import type { Step } from './steps.ts'
import type { Place, Thread } from './thread.ts'
import type { Names } from './words.ts'

export type Tab = 'today' | 'days' | 'kept' | 'me'
export type Spot = { readonly tab: Tab } | { readonly tab: 'job'; readonly id: string }

export type Phone = {
  readonly now: number
  readonly names: Names
  readonly jobs: Jobs
  readonly entries: Entries
  readonly link: { readonly state: LinkState; readonly heardAt: number; readonly lostAt: number }
  readonly home: Place | null
  readonly loading: 'loading' | 'loaded' | 'failed'
  readonly gone: readonly Job[]
  readonly phoneOf: (job: Job) => string | null
  readonly thread: (days: number) => Thread
  readonly act: {
    readonly go: (spot: Spot) => void
    readonly step: (job: Job, step: Step) => void
    readonly readGone: () => void
    readonly readBack: (key: string) => void
    readonly reload: () => void
    readonly askDecline: (id: string | null) => void
  }
  /** The job whose refusal is being asked about. */
  readonly declining: string | null
}
