/**
 * The question of a what-if: who is away, and until when; and what colleagues are trying already.
 *
 * The answer is shown like a proposal; nothing moves before someone accepts.
 */
import { button, el } from '../shell/dom.ts'
import { type TextKey, t } from '../shell/text.ts'

const OPEN_SHOWN_MAX = 8

export type Until = 'today' | 'tomorrow' | 'week'
const spans: readonly (readonly [Until, TextKey])[] = [
  ['today', 'whatif.today'],
  ['tomorrow', 'whatif.tomorrow'],
  ['week', 'whatif.week'],
]

export type OpenWhatIf = { readonly id: string; readonly name: string; readonly createdBy: string }

export function whatIfCard(context: {
  readonly people: readonly { readonly id: string; readonly name: string }[]
  ask(technicianId: string, until: Until): void
  /** Looks at what somebody is trying already. */
  look(forkId: string): void
  close(): void
}): { readonly root: HTMLElement; showOpen(open: readonly OpenWhatIf[]): void } {
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
  const tried = el('div', { class: 'tried' })
  const root = el(
    'div',
    { class: 'card whatif', role: 'dialog', 'aria-label': t('whatif.title'), 'data-card': 'whatif' },
    el('header', {}, el('h3', {}, t('whatif.title')), away),
    el('label', {}, el('span', { class: 'note' }, t('whatif.who')), who),
    el('label', {}, el('span', { class: 'note' }, t('whatif.until')), until),
    el('p', { class: 'note' }, t('whatif.note')),
    el('div', { class: 'acts' }, go),
    tried,
  )
  return {
    root,
    showOpen(open) {
      if (open.length === 0) tried.replaceChildren()
      else
        tried.replaceChildren(
          el('h4', {}, t('whatif.open')),
          ...open.slice(0, OPEN_SHOWN_MAX).map(({ id, name, createdBy }) => {
            const look = button(t('whatif.by', { name, who: createdBy }), () => context.look(id), 'link')
            look.dataset.fork = id
            return look
          }),
        )
    },
  }
}
