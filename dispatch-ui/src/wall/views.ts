/** The parts of the wall as elements: numbers, what breaks next, shares by team and group. */
import { type Danger, LIKELY, percentOf } from '../model/danger.ts'
import { el } from '../shell/dom.ts'
import { driverText } from '../shell/driver-text.ts'
import { t } from '../shell/text.ts'
import { clockTime, countdown, duration } from '../shell/time.ts'
import type { Source } from './source.ts'
import { type Figures, type Kept, keptPercent, type Open, type Share } from './tally.ts'

export type Names = { readonly source: Source; readonly zone: string | undefined; readonly now: number }

export const titleOf = (open: Open, source: Source): string =>
  source.types.get(open.bar.typeId ?? '') ?? open.order.description ?? open.bar.number

export function figuresView(figures: Figures, kept: Kept | null, likely: number): HTMLElement[] {
  const percent = kept === null ? null : keptPercent(kept)
  return [
    figure(
      'broken',
      figures.broken,
      figures.broken > 0
        ? t('wall.broken.oldest', { time: countdown(figures.oldestMs) })
        : t('wall.broken.none'),
    ),
    figure('risk', figures.risk, riskNote(figures, likely)),
    figure(
      'unplaced',
      figures.unplaced,
      figures.unplaced > 0 ? t('wall.unplaced.due', { n: figures.dueSoon }) : t('wall.unplaced.none'),
    ),
    figure('course', figures.onCourse, t('wall.course.stopped', { n: figures.stopped })),
    el(
      'div',
      { class: 'figure kept' },
      el('b', {}, percent === null ? '–' : keptText(percent), percent !== null && el('i', {}, '%')),
      el('span', { class: 'long' }, t('wall.kept')),
      el('span', { class: 'short' }, t('wall.kept.short')),
      el('small', {}, keptNote(kept)),
    ),
  ]
}

/** `likely`: how many the plan keeps that will probably be missed all the same. */
function riskNote({ risk, late }: Figures, likely: number): string {
  if (late === 0 && likely > 0) return t('wall.risk.likely', { n: likely })
  if (risk === 0) return t('wall.risk.none')
  return late === 0 ? t('wall.risk.tight') : t('wall.risk.late', { n: late })
}

const keptText = (percent: number): string => (percent === 100 ? '100' : percent.toFixed(1))
const keptNote = (kept: Kept | null): string =>
  kept === null ? t('wall.kept.unknown') : kept.all === 0 ? t('wall.kept.none') : t('wall.kept.of', kept)

function figure(name: 'broken' | 'risk' | 'unplaced' | 'course', count: number, note: string): HTMLElement {
  const isPlum = count > 0 && (name === 'broken' || name === 'risk')
  return el(
    'div',
    { class: `figure ${name}${isPlum ? ' plum' : ''}` },
    el('b', {}, count),
    el('span', {}, t(`wall.${name}`)),
    el('small', {}, note),
  )
}

export function nextView(opens: readonly Open[], names: Names): HTMLElement[] {
  if (opens.length === 0)
    return [
      el('li', { class: 'none' }, el('b', {}, t('wall.next.none')), el('span', {}, t('wall.next.none.sub'))),
    ]
  return opens.map((open) => nextRow(open, names))
}

function nextRow(open: Open, names: Names): HTMLElement {
  const { standing, promise } = open
  const danger = standing === 'broken' ? undefined : names.source.dangers().get(open.bar.id)
  const isCalm = standing === 'kept' && (danger?.chance ?? 0) < LIKELY
  const place = open.order.placeName ?? ''
  return el(
    'li',
    { class: `${standing}${isCalm ? ' calm' : ''}`, 'data-activity': open.bar.id },
    el(
      'span',
      { class: 'left' },
      el('b', { 'data-due': promise.dueAt }, countdown(promise.dueAt - names.now)),
    ),
    el(
      'span',
      { class: 'what' },
      el('span', { class: 'head' }, el('b', {}, titleOf(open, names.source)), ' ', place),
      el('span', { class: 'plan' }, planText(open, names), ' ', el('b', {}, causeText(open, names))),
      danger && danger.chance >= SAID_FROM
        ? el('span', { class: 'danger' }, ...dangerText(open, danger, names))
        : null,
    ),
    el('span', { class: 'verdict' }, verdictText(open)),
  )
}

/** Below this a chance is not worth a line on the wall. */
const SAID_FROM = 0.05

function dangerText({ bar }: Open, { chance, driver }: Danger, { source }: Names): (HTMLElement | string)[] {
  const said = el('b', {}, t('danger.likely', { n: percentOf(chance) }))
  if (driver === null) return [said]
  const boards = [...source.boards.values()]
  const who = boards.map((board) => board.technicians.get(driver.technicianId)?.name).find((name) => name)
  const job = boards.map((board) => board.bars.get(driver.activityId)).find((one) => one)
  const order = boards.map((board) => board.orders.get(job?.orderId ?? '')).find((one) => one)
  const name = job ? (source.types.get(job.typeId ?? '') ?? order?.description ?? job.number) : null
  const title = name && order?.placeName ? `${name}, ${order.placeName}` : name
  const what = driverText(driver, bar.id, who ?? '', title)
  return [said, '. ', t('danger.driver', { what })]
}

function planText({ bar }: Open, { source, zone }: Names): string {
  if (bar.technicianId === null || bar.startAt === null || bar.endAt === null) return t('wall.next.nobody')
  const who = [...source.boards.values()]
    .map((board) => board.technicians.get(bar.technicianId ?? '')?.name)
    .find((name) => name !== undefined)
  return t('wall.next.planned', {
    who: who ?? '',
    from: clockTime(bar.startAt, zone),
    to: clockTime(bar.endAt, zone),
    field: fieldText(bar.state, bar.fieldStatus),
  })
}

function fieldText(state: string, fieldStatus: string): string {
  if (state === 'undispatched') return t('wall.field.planned')
  if (fieldStatus === 'accepted' || fieldStatus === 'travelling' || fieldStatus === 'onSite')
    return t(`wall.field.${fieldStatus}`)
  return t('wall.field.sent')
}

/** The fact that decides it: the deadline, or what the plan does to it. */
function causeText({ bar, promise, standing, slack }: Open, { zone, now }: Names): string {
  const due = clockTime(promise.dueAt, zone)
  if (standing === 'broken') return t('wall.next.wasDue', { due })
  const planned = promise.target === 'complete' ? bar.endAt : bar.startAt
  if (standing === 'late' && planned !== null && planned > promise.dueAt)
    return t(promise.target === 'complete' ? 'wall.next.endPast' : 'wall.next.startPast', {
      at: clockTime(planned, zone),
      due,
    })
  const isDelayed =
    slack !== null && bar.startAt !== null && bar.startAt < now && bar.fieldStatus !== 'onSite'
  if (isDelayed && bar.startAt !== null)
    return t('wall.next.notBegun', { at: clockTime(bar.startAt, zone), due })
  const key = {
    complete: 'wall.next.finishBy',
    arrive: 'wall.next.arriveBy',
    respond: 'wall.next.respondBy',
  } as const
  return t(key[promise.target], { due })
}

function verdictText({ standing, slack }: Open): string {
  if (standing === 'broken') return t('wall.next.broken')
  if (slack === null) return t('wall.label.unplaced')
  return slack < 0
    ? t('wall.next.late', { time: duration(-slack / 60_000) })
    : t('wall.next.spare', { time: duration(slack / 60_000) })
}

export type Line = { readonly name: string; readonly share: Share; readonly kept: Kept | null }

/** Bars to one scale for all lines of a list, so that lengths compare; what breaks is at the left. */
export function sharesView(lines: readonly Line[], most: number, count: number): HTMLElement[] {
  const shown = lines.slice(0, count)
  const rest = lines.length - shown.length
  return [
    ...shown.map((line) => shareRow(line, most)),
    ...(rest > 0 ? [el('p', { class: 'rest' }, t('wall.more', { n: rest }))] : []),
  ]
}

function shareRow({ name, share, kept }: Line, most: number): HTMLElement {
  const percent = kept === null ? null : keptPercent(kept)
  const course = share.open - share.broken - share.risk
  return el(
    'div',
    { class: 'share' },
    el('span', { class: 'name' }, name),
    el(
      'span',
      { class: 'parts', 'aria-hidden': 'true' },
      part('broken', share.broken / most),
      part('risk', share.risk / most),
      part('course', course / most),
    ),
    el('b', {}, percent === null ? '–' : `${Math.floor(percent)} %`),
    el('small', {}, statesText(share)),
    el(
      'span',
      { class: 'hidden-but-read' },
      `${share.broken} ${t('wall.broken')}, ${share.risk} ${t('wall.risk')}`,
    ),
  )
}

/** How many wait, are planned, are sent and are worked on; what there is none of is not said. */
function statesText(share: Share): string {
  const states = (['unplaced', 'planned', 'sent', 'onSite'] as const).filter((state) => share[state] > 0)
  const parts = states.map((state) => t(`wall.open.${state}`, { n: share[state] }))
  return [t('wall.open', { n: share.open }), ...parts].join(', ')
}

function part(name: string, share: number): HTMLElement | null {
  if (share <= 0) return null
  const made = el('i', { class: name })
  // Set through the object model: a style attribute would be refused by the page's content policy.
  made.style.width = `max(3px, ${(share * 100).toFixed(2)}%)`
  return made
}

export const legendView = (): HTMLElement =>
  el(
    'p',
    { class: 'legend' },
    ...(['broken', 'risk', 'course'] as const).flatMap((name) => [
      el('i', { class: name, 'aria-hidden': 'true' }),
      el('span', {}, t(`wall.${name}`)),
    ]),
  )

/** Lines by trouble first, then by what is open; a name nobody gave comes last. */
export function linesOf(
  shares: ReadonlyMap<string | null, Share>,
  options: {
    readonly nameOf: (key: string) => string
    readonly none: string
    readonly keptOf: (key: string | null) => Kept | null
  },
): Line[] {
  return [...shares]
    .sort(
      ([aKey, a], [bKey, b]) =>
        Number(aKey === null) - Number(bKey === null) ||
        b.broken + b.risk - (a.broken + a.risk) ||
        b.open - a.open ||
        String(aKey).localeCompare(String(bKey)),
    )
    .map(([key, share]) => ({
      name: key === null ? options.none : options.nameOf(key),
      share,
      kept: options.keptOf(key),
    }))
}
