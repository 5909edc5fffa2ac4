/** What came of accepting a proposal: how much was done, and of each move that was not, whose hand or which other move kept it. */
import { button, el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { clockTime } from '../shell/time.ts'

export type Kept = {
  readonly activityId: string
  readonly reason: string
  readonly changedBy?: { readonly name: string; readonly at: string }
  readonly because?: string
}

const SHOWN_MAX = 12

export function mergeCard(
  merged: {
    readonly applied: number
    readonly kept: readonly Kept[]
    /** What else was done or left, as sentences. */
    readonly notes: readonly string[]
  },
  context: { readonly zone: string; title(id: string): string; show(id: string): void; close(): void },
): HTMLElement {
  const { zone, title, show, close } = context
  const away = button('×', close, 'quiet')
  away.setAttribute('aria-label', 'Esc')
  return el(
    'div',
    { class: 'card merge', role: 'status', 'data-card': 'merge' },
    el('header', {}, el('h3', {}, t('merge.title', { n: merged.applied, d: merged.kept.length })), away),
    ...merged.notes.map((note) => el('p', { class: 'note' }, note)),
    el(
      'ul',
      {},
      ...merged.kept.slice(0, SHOWN_MAX).map((one) =>
        el(
          'li',
          {},
          button(title(one.activityId), () => show(one.activityId), 'link'),
          el(
            'div',
            { class: 'note' },
            one.reason,
            one.changedBy ? ` ${clockTime(Date.parse(one.changedBy.at), zone)}` : '',
            one.because ? ` ${t('merge.because', { what: title(one.because) })}` : '',
          ),
        ),
      ),
    ),
  )
}
