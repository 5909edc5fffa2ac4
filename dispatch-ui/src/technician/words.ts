/** How a job's times, promises and changes are put into words; the same words on every view of the phone. */

import { dayAround } from '../shell/day.ts'
import { currentLanguage, t } from '../shell/text.ts'
import { clockTime, dayName } from '../shell/time.ts'
import type { Change } from './changes.ts'
import type { Entry } from './entries.ts'
import type { Job } from './jobs.ts'
import { nextDue } from './thread.ts'

export type Names = { readonly types: ReadonlyMap<string, string>; readonly zone: string | undefined }

export const titleOf = (job: Job, names: Names): string =>
  (job.activity.typeId === null ? undefined : names.types.get(job.activity.typeId)) ??
  job.order?.description ??
  job.activity.number

/** A job's order may come after the tap on it: then the entry goes by the better name. */
export const titleOfEntry = (entry: Entry, job: Job | undefined, names: Names): string =>
  job?.order ? titleOf(job, names) : entry.title

export function addressOf(job: Job): string {
  const address = job.order?.address
  return [address?.street, address?.city].filter(Boolean).join(', ') || (address?.name ?? '')
}

export const districtOf = (job: Job): string =>
  job.order?.address?.city || job.order?.address?.street || job.order?.customerName || ''

/** The time today, the word for tomorrow, else the day. */
export function momentText(at: number, now: number, zone: string | undefined): string {
  const today = dayAround(now, zone)
  if (at >= today.from && at < today.to) return clockTime(at, zone)
  if (at >= today.to && at < dayAround(now, zone, 1).to) return t('phone.tomorrow')
  return dayName(at, currentLanguage(), zone)
}

export type DueText = { readonly text: string; readonly isPressing: boolean }

/** When a job is promised, else the window that was agreed; null when neither binds the day. */
export function dueText(job: Job, now: number, zone: string | undefined): DueText | null {
  const due = nextDue(job)
  if (due && due.at < now)
    return { text: t('phone.was', { time: momentText(due.at, now, zone) }), isPressing: true }
  const window = windowText(job, zone)
  const isToday = due !== null && due.at < dayAround(now, zone).to
  if (window !== null && !isToday) return { text: window, isPressing: false }
  if (due === null) return null
  const key = due.target === 'arrive' ? 'phone.arriveBy' : 'phone.by'
  const planned = due.target === 'arrive' ? job.startAt : job.endAt
  return {
    text: t(key, { time: momentText(due.at, now, zone) }),
    isPressing: planned !== null && planned > due.at,
  }
}

export function windowText(job: Job, zone: string | undefined): string | null {
  const window = job.activity.windows[0]
  if (window) return t('phone.window', window)
  const { earliestStart, latestEnd } = job.activity
  if (earliestStart === null || latestEnd === null) return null
  const from = Date.parse(earliestStart)
  const to = Date.parse(latestEnd)
  // A range of days is how far a visit may slide, not an hour that somebody waits at home for.
  return to - from < 14 * 3_600_000
    ? t('phone.window', { from: clockTime(from, zone), to: clockTime(to, zone) })
    : null
}

export function changeText(change: Change, zone: string | undefined): string {
  const time = (text: string | null): string => (text === null ? '–' : clockTime(Date.parse(text), zone))
  switch (change.kind) {
    case 'start':
    case 'end':
      return t(`change.${change.kind}`, { from: time(change.from), to: time(change.to) })
    case 'priority':
      return t('change.priority', { from: t(`priority.${change.from}`), to: t(`priority.${change.to}`) })
    case 'step':
      return t('change.step', { to: stepText(change.to) })
    default:
      return t(`change.${change.kind}`)
  }
}

export function stepText(status: Job['activity']['fieldStatus']): string {
  switch (status) {
    case 'accepted':
    case 'declined':
    case 'travelling':
    case 'onSite':
    case 'done':
      return t(`step.${status}`)
    default:
      return t('phone.unanswered')
  }
}
