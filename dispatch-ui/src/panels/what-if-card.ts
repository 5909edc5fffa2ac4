/** The question of a what-if: who is away, and until when. The answer is shown like a proposal; nothing moves before someone accepts. */
import { button, el } from '../shell/dom.ts'
import { type TextKey, t } from '../shell/text.ts'

export type Until = 'today' | 'tomorrow' | 'week'
const spans: readonly (readonly [Until, TextKey])[] = [
  ['today', 'whatif.today'],
  ['tomorrow', 'whatif.tomorrow'],
  ['week', 'whatif.week'],
]

export function whatIfCard(context: {
  readonly people: readonly { readonly id: string; readonly name: string }[]
  ask(technicianId: string, until: Until): void
  close(): void
}): HTMLElement {
  const who = el(
    'select',
    { 'aria-label': t('whatif.who') },
    ...context.people.map((person) => el('option', { value: person.id }, person.name)),
  )
  const until = el(
    'select',
    { 'aria-label': t('whatif.until') },
    ...spans.map(([value, key]) => el('option', { value }, t(key))),
  )
  const away = button('×', context.close, 'quiet')
  away.setAttribute('aria-label', 'Esc')
  const go = button(
    t('whatif.go'),
    () => {
      go.disabled = true
      go.textContent = t('proposal.working')
      context.ask(who.value, (spans.find(([value]) => value === until.value) ?? spans[0])?.[0] ?? 'today')
    },
    'change',
  )
  go.disabled = context.people.length === 0
  return el(
    'div',
    { class: 'card whatif', role: 'dialog', 'aria-label': t('whatif.title'), 'data-card': 'whatif' },
    el('header', {}, el('h3', {}, t('whatif.title')), away),
    el('label', {}, el('span', { class: 'note' }, t('whatif.who')), who),
    el('label', {}, el('span', { class: 'note' }, t('whatif.until')), until),
    el('p', { class: 'note' }, t('whatif.note')),
    el('div', { class: 'acts' }, go),
  )
}
