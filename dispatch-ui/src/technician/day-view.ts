/** Today and the next days: the board's thread, turned upright. */

import { dayAround } from '../shell/day.ts'
import { el } from '../shell/dom.ts'
import { currentLanguage, t } from '../shell/text.ts'
import { clockTime, dayName } from '../shell/time.ts'
import { isUnanswered } from './jobs.ts'
import { mark } from './marks.ts'
import { entryWhere, tap } from './parts.ts'
import type { Phone } from './phone.ts'
import type { Stop, Thread } from './thread.ts'
import { addressOf, districtOf, dueText, stepText, titleOf } from './words.ts'

const MINUTE = 60_000
const DAYS_AHEAD = 7

export function todayView(phone: Phone): HTMLElement[] {
  if (phone.loading !== 'loaded' && phone.jobs.all().length === 0) return [waitingView(phone)]
  const thread = phone.thread(0)
  if (thread.stops.length === 0) return [emptyView(phone)]
  return [threadView(phone, thread), ...(thread.left === 0 ? [emptyView(phone)] : [])]
}

export function daysView(phone: Phone): HTMLElement[] {
  const days: HTMLElement[] = []
  for (let ahead = 1; ahead <= DAYS_AHEAD; ahead++) {
    const thread = phone.thread(ahead)
    if (thread.stops.length === 0) continue
    const day = dayAround(phone.now, phone.names.zone, ahead)
    days.push(
      el(
        'section',
        { class: 'day' },
        el('h2', {}, dayName(day.from, currentLanguage(), phone.names.zone)),
        threadView(phone, thread),
      ),
    )
  }
  return days.length > 0
    ? days
    : [
        el(
          'section',
          { class: 'empty' },
          thread2(),
          el('h2', {}, t('phone.days.empty')),
          el('p', {}, t('phone.empty.none')),
        ),
      ]
}

export function todaySub(phone: Phone): string {
  const thread = phone.thread(0)
  // Some languages shorten the month with a point, and the sentence has its own.
  const day = dayName(phone.now, currentLanguage(), phone.names.zone).replace(/\.$/, '')
  const home =
    thread.homeAt === null ? '' : t('phone.home', { time: clockTime(thread.homeAt, phone.names.zone) })
  return t('phone.sub', { day, done: thread.done, left: thread.left }) + home
}

function waitingView(phone: Phone): HTMLElement {
  if (phone.loading === 'loading') return el('section', { class: 'empty' }, el('h2', {}, t('phone.loading')))
  return el(
    'section',
    { class: 'empty' },
    el('h2', {}, t('phone.failed')),
    tap(t('phone.tryAgain'), phone.act.reload, { key: 'reload' }),
  )
}

function emptyView(phone: Phone): HTMLElement {
  const next = phone.jobs
    .all()
    .filter((job) => job.startAt !== null && job.startAt >= dayAround(phone.now, phone.names.zone).to)
    .sort((a, b) => (a.startAt ?? 0) - (b.startAt ?? 0))[0]
  const text =
    next?.startAt == null
      ? t('phone.empty.none')
      : t('phone.empty.next', {
          day: dayName(next.startAt, currentLanguage(), phone.names.zone),
          time: clockTime(next.startAt, phone.names.zone),
        })
  return el('section', { class: 'empty' }, thread2(), el('h2', {}, t('phone.empty')), el('p', {}, text))
}

/** An empty thread: two rings and nothing hung between them. */
const thread2 = (): HTMLElement => el('span', { class: 'bare', 'aria-hidden': 'true' }, el('i'), el('i'))

function threadView(phone: Phone, thread: Thread): HTMLElement {
  return el('ol', { class: 'thread' }, ...thread.stops.flatMap((stop, i) => stopRows(phone, stop, i)))
}

function stopRows(phone: Phone, stop: Stop, index: number): HTMLElement[] {
  const rows: HTMLElement[] = []
  const between = wayText(stop)
  if (between !== '' && !(index === 0 && stop.kind === 'done'))
    rows.push(
      el(
        'li',
        { class: stop.spareMinutes === null ? 'between' : 'between waits' },
        el('span', { class: 'rail', 'aria-hidden': 'true' }),
        el('span', { class: 'way' }, between),
      ),
    )
  else if (index > 0)
    rows.push(el('li', { class: 'between short', 'aria-hidden': 'true' }, el('span', { class: 'rail' })))
  rows.push(
    el(
      'li',
      { class: `stop ${stop.kind}`, 'data-activity': stop.job.activity.id },
      el('time', {}, stop.job.startAt === null ? '' : clockTime(stop.job.startAt, phone.names.zone)),
      el('span', { class: 'rail', 'aria-hidden': 'true' }, el('i')),
      card(phone, stop),
    ),
  )
  return rows
}

function wayText(stop: Stop): string {
  const { way, spareMinutes } = stop
  const spare = spareMinutes !== null && spareMinutes < 10 * 60 ? spareMinutes : null
  if (way && way.minutes > 0)
    return spare === null
      ? t('phone.travel', { n: way.minutes })
      : t('phone.travel.spare', { n: way.minutes, spare })
  return spare === null ? '' : t('phone.spare', { spare })
}

function card(phone: Phone, stop: Stop): HTMLElement {
  const { job, kind } = stop
  const open = (): void => phone.act.go({ tab: 'job', id: job.activity.id })
  const title = titleOf(job, phone.names)
  if (kind === 'done')
    return el(
      'button',
      { type: 'button', class: 'card flat', 'data-key': `stop ${job.activity.id}`, on: { click: open } },
      el('span', { class: 'what' }, [title, districtOf(job)].filter(Boolean).join(', ')),
      el('span', { class: 'due' }, mark('tick'), t('phone.done')),
    )
  const due = dueText(job, phone.now, phone.names.zone)
  const pending = phone.entries.pendingOf(job.activity.id)
  return el(
    'button',
    {
      type: 'button',
      class: `card ${job.activity.priority}${isUnanswered(job) ? ' offered' : ''}`,
      'data-key': `stop ${job.activity.id}`,
      on: { click: open },
    },
    el('span', { class: 'spine', 'aria-hidden': 'true' }),
    el(
      'span',
      { class: 'row' },
      el('b', {}, title),
      due && el('span', { class: due.isPressing ? 'due pressing' : 'due' }, due.text),
    ),
    el('span', { class: 'line' }, addressOf(job) || (job.order?.customerName ?? '')),
    pending
      ? el(
          'span',
          { class: 'status' },
          el('i', { class: 'open-dot' }),
          stepText(pending.step),
          entryWhere(pending),
        )
      : statusLine(phone, stop),
  )
}

function statusLine(phone: Phone, { job, kind }: Stop): HTMLElement | null {
  if (kind === 'here') {
    const arrived = job.order?.slas.find((sla) => sla.target === 'arrive')?.reachedAt
    const from = arrived ? Date.parse(arrived) : job.startAt
    const since = from === null ? 0 : Math.floor((phone.now - from) / MINUTE)
    const text = since > 0 && since < 600 ? t('phone.onSite', { n: since }) : t('phone.onSite.now')
    return el('span', { class: 'status' }, el('i', { class: 'solid-dot' }), text)
  }
  if (kind === 'travelling')
    return el('span', { class: 'status' }, el('i', { class: 'arrow' }), t('phone.travelling'))
  if (kind === 'new')
    return el('span', { class: 'status new' }, el('i', { class: 'blue-dot' }), t('phone.unanswered'))
  return null
}
