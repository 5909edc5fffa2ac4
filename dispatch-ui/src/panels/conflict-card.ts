/**
 * Two people changed one job: mine and theirs side by side, the same facts in the same order, differences bold, each
 * choice under its own column. Nothing was overwritten; whoever looks now decides.
 */
import type { Verdict } from '../model/feasibility.ts'
import { button, el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { duration } from '../shell/time.ts'
import { conflictText } from './words.ts'

export type Side = {
  readonly technician: string
  readonly start: string
  readonly end: string
  readonly state: string
  readonly priority: string
  readonly verdict: Verdict | null
  /** Minutes between the plan and the promise; negative when it is missed; null without a promise. */
  readonly slackMinutes: number | null
}

export function conflictCard(options: {
  by: string | null
  hasMoved: boolean
  what: string
  mine: Side
  theirs: Side
  keepMine(): void
  keepTheirs(): void
}): HTMLElement {
  const name = options.by ?? t('conflict.someone')
  const first = name.split(' ')[0] ?? name
  const { mine, theirs } = options
  const rows: [string, string, string][] = [
    [t('fact.technician'), mine.technician, theirs.technician],
    [t('fact.start'), mine.start, theirs.start],
    [t('fact.end'), mine.end, theirs.end],
    [t('fact.state'), mine.state, theirs.state],
    [t('fact.priority'), mine.priority, theirs.priority],
    [t('fact.travel'), travelText(mine), travelText(theirs)],
    [t('fact.promise'), promiseText(mine), promiseText(theirs)],
    [t('fact.warning'), warningOf(mine), warningOf(theirs)],
  ]
  const keep = button(t('conflict.keepMine'), options.keepMine, 'change')
  const card = el(
    'div',
    {
      class: 'card conflict',
      role: 'alertdialog',
      'aria-label': t('conflict.title', { name }),
      'data-card': 'conflict',
    },
    el('h3', {}, t(options.hasMoved ? 'conflict.moved' : 'conflict.title', { name })),
    el('p', {}, t('conflict.second', { what: options.what })),
    el(
      'table',
      { class: 'sides' },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('th'),
          el('th', { class: 'mine' }, el('b', {}, t('conflict.mine')), ` ${t('conflict.mineNot')}`),
          el(
            'th',
            { class: 'theirs' },
            el('b', {}, t('conflict.of', { name: first })),
            ` ${t('conflict.theirsOn')}`,
          ),
        ),
      ),
      el(
        'tbody',
        {},
        ...rows.map(([fact, a, b]) => {
          const differs = a === b ? '' : ' differs'
          return el(
            'tr',
            {},
            el('th', {}, fact),
            el('td', { class: `mine${differs}` }, a),
            el('td', { class: `theirs${differs}` }, b),
          )
        }),
      ),
      el(
        'tfoot',
        {},
        el(
          'tr',
          {},
          el('td'),
          el('td', {}, keep),
          el('td', {}, button(t('conflict.take', { name: first }), options.keepTheirs)),
        ),
      ),
    ),
  )
  return card
}

const travelText = ({ verdict }: Side): string =>
  verdict === null ? '' : `+${t('fact.minutes', { m: verdict.addedMinutes })}`
const warningOf = ({ verdict }: Side): string =>
  verdict?.worst ? conflictText(verdict.worst) : t('drag.none')
const promiseText = ({ slackMinutes }: Side): string =>
  slackMinutes === null
    ? t('fact.noPromise')
    : slackMinutes >= 0
      ? t('fact.kept', { time: duration(slackMinutes) })
      : t('fact.missed', { time: duration(-slackMinutes) })
