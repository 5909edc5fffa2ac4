/** A short message that floats over the sheet and can be put away. */
import { button, el } from '../shell/dom.ts'

export function messageCard(text: string, close: () => void): HTMLElement {
  const away = button('×', close, 'quiet')
  away.setAttribute('aria-label', 'Esc')
  return el(
    'div',
    { class: 'card message', role: 'status', 'data-card': 'message' },
    el('span', {}, text),
    away,
  )
}
