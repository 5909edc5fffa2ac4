/** One job in full: time left, the sum of its clock, what can be done, who else could, why here. */
import type { OrderSlaSum } from '../../../server/contract/order.ts'
import type { Candidates, Explanation } from '../../../server/contract/planning.ts'
import type { Bar, Board } from '../model/board.ts'
import { plannedAt, standingOf } from '../model/risk.ts'
import { button, el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { clockTime, countdown, duration } from '../shell/time.ts'
import type { Act } from '../sync/commands.ts'

export type Found =
  | { readonly kind: 'candidates'; readonly value: Candidates }
  | { readonly kind: 'explanation'; readonly value: Explanation }

export type DetailsContext = {
  readonly board: Board
  readonly bar: Bar
  readonly now: number
  readonly zone: string
  readonly title: string
  readonly sum: OrderSlaSum | null
  readonly found: Found | null
  act(act: Act): void
  candidates(): void
  explain(): void
  close(): void
}

export function renderDetails(root: HTMLElement, context: DetailsContext): void {
  const { board, bar } = context
  const order = board.orders.get(bar.orderId)
  root.replaceChildren(
    el('header', {}, el('span', {}, order?.number ?? bar.number), button('Esc', context.close, 'quiet')),
    el('h2', {}, context.title),
    el('div', { class: 'where' }, placeText(order)),
    el('div', { class: 'where' }, order && order.description !== context.title ? order.description : ''),
    el(
      'div',
      { class: 'row' },
      el(
        'span',
        {},
        el('i', { class: `mark ${bar.priority}`, style: 'display:inline-block' }),
        ` ${t(`priority.${bar.priority}`)}`,
      ),
      el(
        'span',
        {},
        bar.state === 'closed'
          ? t('state.closed')
          : bar.state === 'dispatched' && bar.fieldStatus === 'none'
            ? t('field.dispatched')
            : bar.state === 'undispatched' && bar.fieldStatus === 'none'
              ? t('state.undispatched')
              : t(`field.${bar.fieldStatus}`),
      ),
    ),
    promiseSection(context),
    ...sumSections(context),
    planSection(context),
    ...foundSection(context),
    factSection(context),
  )
}

const placeText = (order: ReturnType<Board['orders']['get']>): string =>
  [order?.address?.street, order?.address?.city].filter((part) => part).join(', ')

function promiseSection({ board, bar, now, zone }: DetailsContext): HTMLElement | string {
  const promise = board.nextPromise(bar)
  if (!promise) return ''
  const standing = standingOf(bar, promise, now)
  const isPlum = standing !== 'kept'
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
    el('div', {}, t(key, { time: clockTime(promise.dueAt, zone) })),
    el(
      'div',
      { class: `big${isPlum ? ' plum' : ''}`, 'data-due': promise.dueAt },
      countdown(promise.dueAt - now),
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
        : left >= 0
          ? t('details.leaves', { time: duration(left / 60_000) })
          : t('details.over', { time: duration(-left / 60_000) }),
    ),
  )
}

/** The contract arithmetic, laid open: every counted interval, every stop, the total against the limit. */
function sumSections({ sum, zone }: DetailsContext): HTMLElement[] {
  if (!sum) return []
  return sum.targets.map((target) => {
    const title =
      target.target === 'complete'
        ? 'details.sum'
        : target.target === 'arrive'
          ? 'details.sumArrive'
          : 'details.sumRespond'
    const limit = duration(target.limitMinutes)
    if (target.reachedAt !== null)
      return el(
        'section',
        {},
        el(
          'div',
          { class: 'row' },
          el('span', {}, t(title, { limit })),
          el(
            'span',
            { class: target.compliance <= 100 ? 'good' : 'plum' },
            `${target.compliance <= 100 ? '✓ ' : ''}${t('details.kept')}, ${duration(target.limitMinutes - target.recordedMinutes)}`,
          ),
        ),
      )
    const span = (from: string, to: string | null): string => {
      const start = Date.parse(from)
      const day = new Intl.DateTimeFormat(document.documentElement.lang, {
        weekday: 'short',
        timeZone: zone,
      }).format(start)
      return `${day} ${clockTime(start, zone)}${to === null ? ' …' : ` – ${clockTime(Date.parse(to), zone)}`}`
    }
    return el(
      'section',
      {},
      el(
        'div',
        { class: 'row' },
        el('b', {}, t(title, { limit })),
        el('span', { class: 'note' }, `${Math.round(target.compliance)} %`),
      ),
      ...target.intervals.slice(-14).map((interval) =>
        interval.kind === 'counted'
          ? el(
              'div',
              { class: 'row' },
              el('span', {}, span(interval.from, interval.to)),
              el('span', {}, duration(interval.minutes)),
            )
          : el(
              'div',
              { class: 'row soft' },
              el(
                'span',
                {},
                interval.kind === 'closed'
                  ? t('details.closed', {
                      time: interval.to ? clockTime(Date.parse(interval.to), zone) : '…',
                    })
                  : t('details.stopped'),
              ),
              el(
                'span',
                {},
                interval.kind === 'closed' ? t('details.notCounted') : duration(interval.minutes),
              ),
            ),
      ),
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
        el(
          'b',
          { class: target.compliance > 90 ? 'plum' : '' },
          duration(target.limitMinutes - target.recordedMinutes),
        ),
      ),
    )
  })
}

function planSection(context: DetailsContext): HTMLElement {
  const { bar, board, zone, act } = context
  const technician = bar.technicianId === null ? undefined : board.technicians.get(bar.technicianId)
  const acts: HTMLElement[] = []
  if (bar.state === 'undispatched' && technician && bar.startAt !== null)
    acts.push(
      button(
        t('details.dispatch', { name: technician.name.split(' ')[0] ?? '' }),
        () => act({ type: 'dispatch' }),
        'primary',
      ),
    )
  if (bar.state === 'dispatched') acts.push(button(t('details.recall'), () => act({ type: 'recall' })))
  if (bar.state !== 'closed') {
    acts.push(button(t('details.who'), context.candidates, bar.technicianId === null ? 'primary' : ''))
    acts.push(button(t('details.why'), context.explain))
    acts.push(
      button(t(bar.locked ? 'details.unlock' : 'details.lock'), () =>
        act({ type: bar.locked ? 'unlock' : 'lock' }),
      ),
    )
    if (bar.technicianId !== null)
      acts.push(button(t('details.unassign'), () => act({ type: 'assign', technicianId: null })))
    acts.push(button(t('details.close'), () => act({ type: 'close' })))
  } else acts.push(button(t('details.reopen'), () => act({ type: 'reopen' })))
  const priorities = (['high', 'normal', 'low'] as const).map((priority) => {
    const one = button(t(`priority.${priority}`), () => act({ type: 'prioritise', priority }))
    one.setAttribute('aria-pressed', String(bar.priority === priority))
    return one
  })
  return el(
    'section',
    {},
    el(
      'div',
      { class: 'row' },
      el('b', {}, technician?.name ?? t('details.nobody')),
      el(
        'span',
        { class: 'note' },
        bar.startAt === null || bar.endAt === null
          ? ''
          : t('details.planned', { start: clockTime(bar.startAt, zone), end: clockTime(bar.endAt, zone) }),
      ),
    ),
    el('div', { class: 'acts' }, ...acts),
    bar.state === 'closed'
      ? null
      : el('div', { class: 'acts' }, el('div', { class: 'segments' }, ...priorities)),
  )
}

function foundSection({ found, board, zone, act }: DetailsContext): HTMLElement[] {
  if (!found) return []
  const nameOf = (id: string): string => board.technicians.get(id)?.name ?? id
  const place = (candidate: Candidates['candidates'][number]): HTMLElement =>
    el(
      'div',
      { class: 'row' },
      el(
        'span',
        {},
        el('b', {}, nameOf(candidate.technicianId)),
        el(
          'div',
          { class: 'note' },
          `${clockTime(Date.parse(candidate.start), zone)} – ${clockTime(Date.parse(candidate.end), zone)}, ${t('candidates.travel', { m: candidate.travelMinutes })}${candidate.late ? `, ${t('candidates.late')}` : ''}`,
        ),
      ),
      button(t('candidates.place'), () =>
        act({
          type: 'assign',
          technicianId: candidate.technicianId,
          start: candidate.start,
          end: candidate.end,
        }),
      ),
    )
  const blocked = found.kind === 'candidates' ? found.value.refusals : found.value.blocked
  const offers = found.kind === 'candidates' ? found.value.candidates : found.value.alternatives
  return [
    el(
      'section',
      { id: 'found' },
      found.kind === 'explanation' ? el('p', { class: 'note' }, found.value.sentence) : null,
      ...(offers.length === 0 && found.kind === 'candidates'
        ? [el('p', { class: 'note' }, t('candidates.none'))]
        : offers.slice(0, 6).map(place)),
      blocked.length === 0
        ? null
        : el('div', { class: 'note', style: 'margin-top:8px' }, t('candidates.cannot')),
      ...blocked
        .slice(0, 8)
        .map((one) =>
          el(
            'div',
            { class: 'row soft' },
            el('span', {}, nameOf(one.technicianId)),
            el('span', { style: 'text-align:right' }, one.sentence),
          ),
        ),
    ),
  ]
}

function factSection({ bar, board }: DetailsContext): HTMLElement {
  const order = board.orders.get(bar.orderId)
  const rows: [string, string][] = [
    [t('details.customer'), order?.customerName ?? ''],
    [t('details.order'), order?.number ?? ''],
    [t('details.length'), duration(bar.durationMinutes)],
    [t('details.skills'), bar.requiredSkills.map((s) => t('details.level', s)).join(', ')],
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
