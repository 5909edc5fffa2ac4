/** One job: what is promised, where it is, what to do; and the one next act at the thumb. */
import type { OrderSla } from '../../../server/contract/order.ts'
import { el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { clockTime, countdown, duration } from '../shell/time.ts'
import { isClosed, isUnanswered, type Job } from './jobs.ts'
import { mark } from './marks.ts'
import { answers, entryWhere, liveState, notices, tap, travelModel, whereFrom } from './parts.ts'
import type { Phone } from './phone.ts'
import { nextStep, path, reached } from './steps.ts'
import { placeOf, wayBetween } from './thread.ts'
import { addressOf, momentText, titleOf, windowText } from './words.ts'

export function jobHead(phone: Phone, id: string): HTMLElement {
  const job = phone.jobs.get(id)
  return el(
    'header',
    { class: 'head job-head' },
    el(
      'button',
      {
        type: 'button',
        class: 'quiet return',
        'data-key': 'return',
        on: { click: () => phone.act.go({ tab: 'today' }) },
      },
      mark('back'),
      t('phone.today'),
    ),
    el('span', { class: 'number' }, job?.order?.number ?? ''),
    liveState(phone),
  )
}

export function jobView(phone: Phone, id: string): HTMLElement[] {
  const job = phone.jobs.get(id)
  if (!job) return [...notices(phone), el('section', { class: 'empty' }, el('h2', {}, t('job.gone')))]
  return [...notices(phone), title(phone, job), clocks(phone, job), ...way(phone, job), facts(phone, job)]
}

function title(phone: Phone, job: Job): HTMLElement {
  const { zone } = phone.names
  const { priority } = job.activity
  const planned =
    job.startAt === null || job.endAt === null
      ? t('job.noTime')
      : t('job.planned', { from: clockTime(job.startAt, zone), to: clockTime(job.endAt, zone) })
  const what = titleOf(job, phone.names)
  const description = job.order?.description ?? ''
  return el(
    'section',
    { class: 'title' },
    el(
      'p',
      { class: 'priority' },
      el('i', { class: `sign ${priority}`, 'aria-hidden': 'true' }),
      el('b', {}, t(`priority.${priority}`)),
      planned,
    ),
    el('h1', { tabindex: '-1' }, what),
    el('p', { class: 'address' }, addressOf(job)),
    description !== '' && description !== what && el('p', { class: 'description' }, description),
  )
}

function clocks(phone: Phone, job: Job): HTMLElement {
  const shown = (job.order?.slas ?? []).filter((sla) => sla.target !== 'respond' && sla.status !== 'canceled')
  if (shown.length === 0) return el('section', { class: 'clocks none' }, el('p', {}, t('job.noPromise')))
  shown.sort((a, b) => (a.target === 'arrive' ? -1 : b.target === 'arrive' ? 1 : 0))
  return el('section', { class: 'clocks' }, ...shown.map((sla) => clock(phone, job, sla)))
}

function clock(phone: Phone, job: Job, sla: OrderSla): HTMLElement {
  const { now } = phone
  const { zone } = phone.names
  const due = sla.dueAt === null ? null : Date.parse(sla.dueAt)
  const at = sla.reachedAt === null ? null : Date.parse(sla.reachedAt)
  const head = el('p', { class: 'name' }, t(sla.target === 'arrive' ? 'job.arrive' : 'job.finish'))
  if (at !== null) {
    const isLate = due !== null && at > due
    return el(
      'div',
      { class: isLate ? 'clock late' : 'clock kept' },
      head,
      el('p', { class: 'value' }, isLate ? '' : mark('tick'), t(isLate ? 'job.late' : 'job.kept')),
      el(
        'p',
        { class: 'by' },
        due === null
          ? clockTime(at, zone)
          : t('job.keptAt', { time: momentText(at, now, zone), due: momentText(due, now, zone) }),
      ),
    )
  }
  if (due === null)
    return el('div', { class: 'clock' }, head, el('p', { class: 'value quiet' }, t('job.clockStopped')))
  const left = due - now
  const planned = sla.target === 'arrive' ? job.startAt : job.endAt
  const isPressing = !isClosed(job) && (left < 30 * 60_000 || (planned !== null && planned > due))
  return el(
    'div',
    { class: left < 0 ? 'clock broken' : isPressing ? 'clock pressing' : 'clock' },
    head,
    el('p', { class: 'value', 'data-due': due }, countdown(left)),
    el('p', { class: 'by' }, t('phone.by', { time: momentText(due, now, zone) })),
  )
}

/** The way there, drawn to no scale and said in numbers. */
function way(phone: Phone, job: Job): HTMLElement[] {
  if (isClosed(job) || job.activity.fieldStatus === 'onSite') return []
  const found = wayBetween(whereFrom(phone, job), placeOf(job), travelModel)
  if (!found) return []
  const km = found.kilometres.toFixed(found.kilometres < 10 ? 1 : 0)
  return [
    el(
      'section',
      { class: 'way-there' },
      el('i', { class: 'from', 'aria-hidden': 'true' }),
      el('span', { class: 'line', 'aria-hidden': 'true' }),
      el('i', { class: `sign ${job.activity.priority}`, 'aria-hidden': 'true' }),
      el('b', {}, t('job.way', { n: found.minutes, km })),
    ),
  ]
}

function facts(phone: Phone, job: Job): HTMLElement {
  const { activity, order } = job
  const window = windowText(job, phone.names.zone)
  const skills = activity.requiredSkills
    .map((one) => t('job.level', { skill: one.skill, level: one.level }))
    .join('; ')
  const lines = (order?.lines ?? [])
    .filter((line) => line.status !== 'canceled' && line.description !== '')
    .map((line) => line.description)
  const rows: [string, string][] = [
    [t('job.what'), [...new Set(lines)].join('. ')],
    [t('job.who'), order?.customerName ?? ''],
    [t('job.window'), window ?? ''],
    [t('job.duration'), duration(activity.durationMinutes)],
    [t('job.skills'), skills],
  ]
  return el(
    'dl',
    { class: 'facts' },
    ...rows
      .filter(([, value]) => value !== '')
      .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  )
}

export function jobFoot(phone: Phone, id: string): HTMLElement | null {
  const job = phone.jobs.get(id)
  if (!job) return null
  const pending = phone.entries.pendingOf(id)
  const status = pending?.step ?? job.activity.fieldStatus
  const next = nextStep(job.activity.state, status)
  const main =
    next === null
      ? el('p', { class: 'finished' }, mark('tick'), t('act.finished'))
      : isUnanswered(job) && !pending
        ? answers(phone, job)
        : tap(t(`act.${next}`), () => phone.act.step(job, next), { className: 'main', key: 'next act' })
  const links = [directions(job), call(phone, job)].filter((link) => link !== null)
  return el(
    'footer',
    { class: 'job-foot' },
    el(
      'ol',
      { class: 'path', 'aria-label': t('job.path') },
      ...path.map((step, i) => pathStep(step, i, reached(status))),
    ),
    pending && el('p', { class: 'pending', role: 'status' }, entryWhere(pending)),
    main,
    links.length > 0 && el('div', { class: 'links' }, ...links),
  )
}

function pathStep(step: (typeof path)[number], index: number, at: number): HTMLElement {
  const state = index < at ? 'past' : index === at ? 'now' : 'ahead'
  return el(
    'li',
    { class: state, 'aria-current': state === 'now' ? 'step' : undefined },
    state === 'past' ? mark('tick') : el('i', { 'aria-hidden': 'true' }),
    t(`step.${step}`),
  )
}

function directions(job: Job): HTMLElement | null {
  const place = placeOf(job)
  if (!place) return null
  const query = encodeURIComponent(addressOf(job) || `${place.lat},${place.lon}`)
  return el('a', { class: 'link', href: `geo:${place.lat},${place.lon}?q=${query}` }, t('job.directions'))
}

function call(phone: Phone, job: Job): HTMLElement | null {
  const number = phone.phoneOf(job)
  return number === null
    ? null
    : el('a', { class: 'link', href: `tel:${number.replace(/[^+\d]/g, '')}` }, t('job.call'))
}
