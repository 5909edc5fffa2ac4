/** One job in full: time left, the sum of its clock, what can be done, who else could, why here. */
import type { Act } from '../model/act.ts'
import type { Bar, Board } from '../model/board.ts'
import { type Danger, LIKELY, percentOf } from '../model/danger.ts'
import type { Candidates, OrderSlaSum } from '../model/planning.ts'
import { plannedAt, stakeOf } from '../model/risk.ts'
import { button, el } from '../shell/dom.ts'
import { driverText } from '../shell/driver-text.ts'
import { t } from '../shell/text.ts'
import { clockTime, countdown, duration } from '../shell/time.ts'
import { type Found, foundSection } from './found-section.ts'

export type Better = Candidates['candidates'][number]

export type DetailsContext = {
  readonly board: Board
  readonly bar: Bar
  readonly now: number
  readonly zone: string
  readonly title: string
  readonly sum: OrderSlaSum | null
  readonly found: Found | null
  /** How likely the promise is missed and why; null where it is safe or too little of the past is known to say. */
  readonly danger: Danger | null
  /** Somebody with whom it would likelier be kept. */
  readonly better: Better | null
  /** What the job of this number is called; null when it is not on the board. */
  jobOf(activityId: string): string | null
  readonly mayEdit: boolean
  act(act: Act): void
  candidates(): void
  explain(): void
  close(): void
}

export function renderDetails(root: HTMLElement, context: DetailsContext): void {
  const { board, bar } = context
  const order = board.orders.get(bar.orderId)
  root.replaceChildren(
    el(
      'header',
      {},
      el('span', {}, order?.number ?? bar.number),
      button('Esc', context.close, 'quiet small'),
    ),
    el('h2', {}, context.title),
    el('div', { class: 'where' }, placeText(order)),
    el('div', { class: 'where' }, order && order.description !== context.title ? order.description : ''),
    el(
      'div',
      { class: 'status' },
      el('span', {}, el('i', { class: `mark ${bar.priority}` }), ` ${t(`priority.${bar.priority}`)}`),
      el(
        'span',
        {},
        bar.state === 'closed'
          ? t('state.closed')
          : bar.state === 'dispatched' && bar.fieldStatus === 'none'
            ? t('field.dispatched')
            : bar.state === 'undispatched' && bar.fieldStatus === 'none'
              ? t(bar.technicianId === null ? 'top.place' : 'state.undispatched')
              : t(`field.${bar.fieldStatus}`),
      ),
    ),
    promiseSection(context),
    ...sumSections(context),
    planSection(context),
    ...foundSection({ ...context, nameOf: (id) => board.technicians.get(id)?.name ?? id }),
    factSection(context),
  )
}

const placeText = (order: ReturnType<Board['orders']['get']>): string =>
  [order?.address?.street, order?.address?.city].filter((part) => part).join(', ')

function promiseSection(context: DetailsContext): HTMLElement | string {
  const { board, bar, now, zone, danger } = context
  const { promise, standing } = stakeOf(board, bar, now)
  if (!promise) return ''
  const chance = danger?.chance ?? null
  const isPlum = standing !== 'kept' || (chance ?? 0) >= LIKELY
  const order = board.orders.get(bar.orderId)
  const sla = order?.slas.find((s) => s.target === promise.target)
  const started = sla?.startedAt ? Date.parse(sla.startedAt) : now
  const spent = Math.min(1, Math.max(0, (now - started) / Math.max(1, promise.dueAt - started)))
  const planned = plannedAt(bar, promise.target)
  const key =
    promise.target === 'complete'
      ? 'details.by'
      : promise.target === 'arrive'
        ? 'details.byArrive'
        : 'details.byRespond'
  const left = promise.dueAt - (planned ?? now)
  return el(
    'section',
    {},
    el(
      'div',
      { class: 'promise' },
      el(
        'div',
        {},
        el('div', { class: 'note' }, t(key, { time: clockTime(promise.dueAt, zone) })),
        el(
          'div',
          { class: `big${isPlum ? ' plum' : ''}`, 'data-due': promise.dueAt },
          countdown(promise.dueAt - now),
        ),
      ),
      chance === null
        ? null
        : el(
            'div',
            { class: 'chance' },
            el('div', { class: 'note' }, t('details.chance')),
            el('b', { class: chance >= LIKELY ? 'plum' : '' }, t('danger.chance', { n: percentOf(chance) })),
          ),
    ),
    el(
      'div',
      { class: `spent${isPlum ? '' : ' calm'}` },
      el('i', { style: `width:${(spent * 100).toFixed(1)}%` }),
    ),
    el(
      'div',
      { class: 'note' },
      planned === null
        ? t('details.unplaced')
        : promise.target === 'respond'
          ? t('details.send')
          : left >= 0
            ? t('details.leaves', { time: duration(left / 60_000) })
            : t('details.over', { time: duration(-left / 60_000) }),
    ),
    ...dangerLines(context),
  )
}

/** What the danger comes from, and who would lower it. */
function dangerLines({
  board,
  bar,
  danger,
  better,
  zone,
  mayEdit,
  jobOf,
  act,
}: DetailsContext): HTMLElement[] {
  if (danger?.driver == null) return []
  const { driver } = danger
  const nameOf = (id: string): string => board.technicians.get(id)?.name ?? id
  const what = driverText(driver, bar.id, nameOf(driver.technicianId), jobOf(driver.activityId))
  const lowers = driver.kind !== 'plan' && driver.kind !== 'late'
  return [
    el(
      'div',
      { class: 'note driver' },
      t('danger.driver', { what }),
      lowers ? ` (${t('danger.without', { n: percentOf(driver.probabilityWithout) })})` : '',
    ),
    ...(better === null
      ? []
      : [
          el(
            'div',
            { class: 'row better' },
            el(
              'span',
              {},
              t('danger.send', {
                who: nameOf(better.technicianId),
                time: clockTime(Date.parse(better.start), zone),
              }),
              ': ',
              el('b', {}, t('danger.chance', { n: percentOf(better.missProbability ?? 0) })),
            ),
            mayEdit
              ? button(t('candidates.place'), () =>
                  act({
                    type: 'assign',
                    technicianId: better.technicianId,
                    start: better.start,
                    end: better.end,
                  }),
                )
              : '',
          ),
        ]),
  ]
}

type Target = OrderSlaSum['targets'][number]

/** The contract arithmetic, laid open for the promise that counts now; the others in a line each. */
function sumSections(context: DetailsContext): HTMLElement[] {
  const { sum, board, bar, now } = context
  if (!sum) return board.nextPromise(bar) ? [el('section', { class: 'note' }, t('details.waiting'))] : []
  const next = stakeOf(board, bar, now).promise?.target
  const main = sum.targets.find((one) => one.target === next) ?? sum.targets.at(-1)
  const others = sum.targets.filter((one) => one !== main)
  return [
    ...(main ? [sumSection(main, context)] : []),
    ...(others.length === 0
      ? []
      : [el('section', {}, el('b', {}, t('details.others')), ...others.map(targetLine))]),
  ]
}

const sumTitles = {
  complete: 'details.sum',
  arrive: 'details.sumArrive',
  respond: 'details.sumRespond',
} as const

const INTERVALS_MAX = 14

function sumSection(target: Target, { zone }: DetailsContext): HTMLElement {
  const limit = duration(target.limitMinutes)
  const left = target.limitMinutes - target.recordedMinutes
  return el(
    'section',
    {},
    el(
      'div',
      { class: 'row' },
      el('b', {}, t(sumTitles[target.target], { limit })),
      el('span', { class: 'note' }, `${Math.round(target.compliance)} %`),
    ),
    ...target.intervals.slice(-INTERVALS_MAX).map((interval) => intervalLine(interval, zone)),
    el(
      'div',
      { class: 'row total' },
      el('span', {}, t('details.counted')),
      el('span', {}, duration(target.recordedMinutes)),
    ),
    el(
      'div',
      { class: 'row' },
      el('span', {}, t('details.left', { limit })),
      el('b', { class: target.compliance > 90 ? 'plum' : '' }, duration(left)),
    ),
  )
}

function intervalLine(interval: Target['intervals'][number], zone: string): HTMLElement {
  const start = Date.parse(interval.from)
  const day = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: 'short',
    timeZone: zone,
  }).format(start)
  const until = interval.to === null ? t('details.now') : clockTime(Date.parse(interval.to), zone)
  if (interval.kind === 'counted')
    return el(
      'div',
      { class: 'row' },
      el('span', {}, `${day} ${clockTime(start, zone)} – ${until}`),
      el('span', {}, duration(interval.minutes)),
    )
  return interval.kind === 'closed'
    ? el(
        'div',
        { class: 'row soft' },
        el('span', {}, t('details.closed', { time: until })),
        el('span', {}, t('details.notCounted')),
      )
    : el(
        'div',
        { class: 'row soft' },
        el('span', {}, t('details.stopped')),
        el('span', {}, duration(interval.minutes)),
      )
}

function targetLine(target: Target): HTMLElement {
  const limit = duration(target.limitMinutes)
  const isKept = target.compliance <= 100
  const verdict =
    target.reachedAt === null
      ? el('span', { class: isKept ? '' : 'plum' }, duration(target.limitMinutes - target.recordedMinutes))
      : el(
          'span',
          { class: isKept ? 'good' : 'plum' },
          `${isKept ? `✓ ${t('details.kept')}` : t('details.missed')}, ${duration(target.recordedMinutes)}`,
        )
  return el('div', { class: 'row' }, el('span', {}, t(`details.target.${target.target}`, { limit })), verdict)
}

function planSection(context: DetailsContext): HTMLElement {
  const { bar, board, zone, act } = context
  const technician = bar.technicianId === null ? undefined : board.technicians.get(bar.technicianId)
  const first = technician?.name.split(' ')[0] ?? ''
  const acts: HTMLElement[] = []
  const also: HTMLElement[] = []
  const isPlaced = technician !== undefined && bar.startAt !== null
  const isReady = bar.state === 'undispatched' && isPlaced
  if (context.mayEdit && isReady)
    acts.push(button(t('details.dispatch', { name: first }), () => act({ type: 'dispatch' }), 'primary'))
  if (bar.state !== 'closed') {
    acts.push(button(t('details.who'), context.candidates, isReady ? '' : 'primary'))
    acts.push(button(t(isPlaced ? 'details.why' : 'details.whyNot'), context.explain))
  }
  if (context.mayEdit) {
    if (bar.state === 'dispatched')
      also.push(button(t('details.recall'), () => act({ type: 'recall' }), 'link'))
    if (bar.state !== 'closed') {
      const type = bar.locked ? 'unlock' : 'lock'
      also.push(button(t(`details.${type}`), () => act({ type }), 'link'))
      if (isPlaced)
        also.push(button(t('details.unassign'), () => act({ type: 'assign', technicianId: null }), 'link'))
      also.push(button(t('details.close'), () => act({ type: 'close' }), 'link'))
    } else also.push(button(t('details.reopen'), () => act({ type: 'reopen' }), 'link'))
  }
  const skills = technician?.skills.map((s) => `${s.skill} ${s.level}`).join(' · ') ?? ''
  return el(
    'section',
    {},
    el(
      'div',
      { class: 'row' },
      el(
        'span',
        {},
        el('b', {}, technician?.name ?? t('details.nobody')),
        el('span', { class: 'note' }, ` ${skills}`),
      ),
      el(
        'span',
        { class: 'note time' },
        !isPlaced || bar.startAt === null ? '' : clockTime(bar.startAt, zone),
      ),
    ),
    el('div', { class: 'acts' }, ...acts),
    bar.state === 'closed' || !context.mayEdit ? null : prioritySegments(context),
    el('div', { class: 'also' }, ...also),
  )
}

function prioritySegments({ bar, act }: DetailsContext): HTMLElement {
  return el(
    'div',
    { class: 'segments small', role: 'group', 'aria-label': t('fact.priority') },
    ...(['high', 'normal', 'low'] as const).map((priority) => {
      const one = button('', () => act({ type: 'prioritise', priority }))
      one.append(el('i', { class: `mark ${priority}` }), ` ${t(`priority.${priority}`)}`)
      one.setAttribute('aria-pressed', String(bar.priority === priority))
      return one
    }),
  )
}

function factSection({ bar, board }: DetailsContext): HTMLElement {
  const order = board.orders.get(bar.orderId)
  const rows: [string, string][] = [
    [t('details.customer'), order?.customerName ?? ''],
    [t('details.order'), order?.number ?? ''],
    [t('details.length'), duration(bar.durationMinutes)],
    [t('details.skills'), bar.requiredSkills.map((s) => t('details.level', s)).join(', ')],
    [
      t('details.excluded'),
      (bar.excludedTechnicianIds ?? []).map((id) => board.technicians.get(id)?.name ?? id).join(', '),
    ],
  ]
  return el(
    'section',
    {},
    ...rows.flatMap(([name, value]) =>
      value === ''
        ? []
        : [el('div', { class: 'row' }, el('span', { class: 'note' }, name), el('span', {}, value))],
    ),
  )
}
