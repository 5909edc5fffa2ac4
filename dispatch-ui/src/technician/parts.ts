/** Parts that several views share: the state of the line, notices, the blue band of a new job. */
import { el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { clockTime, countdown } from '../shell/time.ts'
import type { Entry } from './entries.ts'
import { isUnanswered, type Job } from './jobs.ts'
import { mark } from './marks.ts'
import type { Phone } from './phone.ts'
import { displacedBy, placeOf, wayBetween } from './thread.ts'
import { addressOf, changeText, districtOf, dueText, stepText, titleOf, titleOfEntry } from './words.ts'

export const tap = (
  text: string,
  act: () => void,
  options: { className?: string; key?: string; label?: string } = {},
): HTMLButtonElement =>
  el(
    'button',
    {
      type: 'button',
      class: options.className ?? '',
      'data-key': options.key ?? text,
      'aria-label': options.label,
      on: { click: act },
    },
    text,
  )

/** Always there, always at the same place: how true this page is, with its age once that matters. */
export function liveState(phone: Phone): HTMLElement {
  const { state, heardAt } = phone.link
  const age = Math.max(0, Math.round((phone.now - heardAt) / 1_000))
  return el(
    'p',
    { class: 'live-state', id: 'live-state', 'data-state': state },
    el('i', { class: 'dot', 'aria-hidden': 'true' }),
    t(`state.${state}`),
    el('span', { class: 'age' }, heardAt === 0 ? '' : t('state.age', { s: age })),
  )
}

export function lineBand(phone: Phone): HTMLElement | null {
  const { state, heardAt, lostAt } = phone.link
  if (state !== 'stale' && state !== 'offline') return null
  const waiting = phone.entries.waiting.length
  const [head, sub] =
    state === 'offline'
      ? [t('phone.offline', { time: clockTime(lostAt, phone.names.zone) }), keptText(waiting)]
      : [t('phone.stale', { age: countdown(phone.now - heardAt) }), t('phone.stale.sub')]
  return el(
    'section',
    { class: 'line-band', role: 'status' },
    el('h2', {}, mark('crossed'), head),
    el('p', {}, sub),
  )
}

function keptText(waiting: number): string {
  if (waiting === 0) return t('phone.offline.none')
  return waiting === 1 ? t('phone.offline.one') : t('phone.offline.sub', { n: waiting })
}

/** Entries that came back, with what changed meanwhile, and jobs that went: each stands until it is understood. */
export function notices(phone: Phone): HTMLElement[] {
  const { act, gone, names } = phone
  const back = phone.entries.unread.map((entry) => backNotice(phone, entry))
  if (gone.length === 0) return back
  const what = gone.map((job) => [titleOf(job, names), districtOf(job)].filter(Boolean).join(', ')).join('; ')
  return [
    ...back,
    el(
      'section',
      { class: 'notice', role: 'status' },
      el('h2', {}, t('phone.gone', { what })),
      el('p', {}, t('phone.gone.sub')),
      tap(t('phone.understood'), act.readGone, { key: 'gone' }),
    ),
  ]
}

function backNotice(phone: Phone, entry: Entry): HTMLElement {
  const by = entry.back?.by ?? null
  const changes = entry.back?.changes ?? []
  const what = titleOfEntry(entry, phone.jobs.get(entry.activityId), phone.names)
  return el(
    'section',
    { class: 'notice back', role: 'alert' },
    el('h2', {}, mark('warning'), t('entry.notTaken', { step: stepText(entry.step), what })),
    el(
      'p',
      {},
      changes.length === 0
        ? entry.back?.why
        : by === null
          ? t('entry.changed')
          : t('entry.changedBy', { name: by }),
    ),
    changes.length > 0 &&
      el('ul', {}, ...changes.map((change) => el('li', {}, changeText(change, phone.names.zone)))),
    el('p', {}, t('entry.lookAgain')),
    tap(t('phone.understood'), () => phone.act.readBack(entry.key), { key: `back ${entry.key}` }),
  )
}

/** Blue, because it has not happened yet: the first new job with what it changes in the day. */
export function newJobBand(phone: Phone): HTMLElement | null {
  const fresh = phone.jobs
    .all()
    .filter((job) => isUnanswered(job) && phone.entries.pendingOf(job.activity.id) === undefined)
    .sort((a, b) => (a.startAt ?? 0) - (b.startAt ?? 0))
  const [job] = fresh
  if (!job) return null
  return el(
    'section',
    {
      class: 'new-job',
      'aria-label': t('phone.new', { what: titleOf(job, phone.names) }),
      'data-activity': job.activity.id,
    },
    ...offer(phone, job),
    answers(phone, job),
    fresh.length > 1 && el('p', { class: 'more' }, t('phone.new.more', { n: fresh.length - 1 })),
  )
}

function offer(phone: Phone, job: Job): HTMLElement[] {
  const due = dueText(job, phone.now, phone.names.zone)
  const from = whereFrom(phone, job)
  const way = wayBetween(from, placeOf(job), travelModel)
  return [
    el(
      'button',
      {
        type: 'button',
        class: 'offer',
        'data-key': `offer ${job.activity.id}`,
        on: { click: () => phone.act.go({ tab: 'job', id: job.activity.id }) },
      },
      el(
        'span',
        { class: 'row' },
        el('b', {}, t('phone.new', { what: titleOf(job, phone.names) })),
        due && el('span', { class: 'due' }, due.text),
      ),
      el(
        'span',
        { class: 'line' },
        [addressOf(job), way ? t('phone.away', { n: way.minutes }) : ''].filter(Boolean).join('. '),
      ),
      el('span', { class: 'line' }, displacementText(phone, job)),
    ),
  ]
}

function displacementText(phone: Phone, job: Job): string {
  const { zone } = phone.names
  const displaced = displacedBy(job, phone.jobs.all(), phone.now)
  const planned =
    job.startAt !== null && job.endAt !== null
      ? `${clockTime(job.startAt, zone)} – ${clockTime(job.endAt, zone)}. `
      : ''
  switch (displaced.kind) {
    case 'moves':
      return t('phone.moves', { from: clockTime(displaced.from, zone), to: clockTime(displaced.to, zone) })
    case 'meets':
      return planned + t('phone.meets', { time: clockTime(displaced.at, zone) })
    case 'nothing':
      return planned + t('phone.movesNothing')
  }
}

export function answers(phone: Phone, job: Job): HTMLElement {
  const { act } = phone
  const id = job.activity.id
  if (phone.declining === id)
    return el(
      'div',
      { class: 'sure', role: 'group', 'aria-label': t('phone.decline.sure') },
      el('p', {}, t('phone.decline.sure')),
      el(
        'div',
        { class: 'answers' },
        tap(t('phone.decline.yes'), () => act.step(job, 'declined'), {
          key: `decline ${id}`,
          className: 'main',
        }),
        tap(t('phone.decline.no'), () => act.askDecline(null), { key: `keep ${id}` }),
      ),
    )
  return el(
    'div',
    { class: 'answers' },
    tap(t('phone.accept'), () => act.step(job, 'accepted'), { key: `accept ${id}`, className: 'main' }),
    tap(t('phone.decline'), () => act.askDecline(id), { key: `ask ${id}` }),
  )
}

/** The server's own way of guessing: straight line, times a road factor, at a city's speed. */
export const travelModel = { speedKmh: 30, roadFactor: 1.4 }

/** Where the technician is when the job comes: at the work in hand, else at the last one before it, else at home. */
export function whereFrom(phone: Phone, job: Job): ReturnType<typeof placeOf> {
  const others = phone.jobs.all().filter((other) => other.activity.id !== job.activity.id)
  const here = others.find((other) => ['onSite', 'travelling'].includes(other.activity.fieldStatus))
  const before = others
    .filter((other) => other.startAt !== null && job.startAt !== null && other.startAt <= job.startAt)
    .sort((a, b) => (b.startAt ?? 0) - (a.startAt ?? 0))[0]
  return (here && placeOf(here)) ?? (before && placeOf(before)) ?? phone.home
}

export function entryWhere(entry: Entry): HTMLElement {
  const icon =
    entry.where === 'desk' ? mark('tick') : entry.where === 'back' ? mark('warning') : mark('paper')
  return el('span', { class: `where ${entry.where}` }, icon, t(`entry.${entry.where}`))
}
