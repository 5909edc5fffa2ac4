/** The keys, as a list. */
import { button, el } from '../shell/dom.ts'
import { type TextKey, t } from '../shell/text.ts'

const keys: readonly (readonly [string, TextKey])[] = [
  ['J  K', 'key.queue'],
  ['←  →  ↑  ↓', 'key.walk'],
  ['D', 'key.dispatch'],
  ['W', 'key.why'],
  ['P', 'key.who'],
  ['R', 'key.risk'],
  ['N', 'key.now'],
  ['+  −', 'key.zoom'],
  ['⌘K  /', 'key.find'],
  ['⌘Z', 'key.undo'],
  ['Esc', 'key.escape'],
]

export const keysCard = (close: () => void): HTMLElement =>
  el(
    'div',
    { class: 'card keys', role: 'dialog', 'aria-label': t('keys.title'), 'data-card': 'keys' },
    el('header', {}, el('h3', {}, t('keys.title')), button('Esc', close, 'quiet')),
    ...keys.map(([key, says]) =>
      el(
        'div',
        { class: 'row' },
        el('span', {}, t(says)),
        el('span', {}, ...key.split('  ').map((one) => el('kbd', {}, one))),
      ),
    ),
  )
