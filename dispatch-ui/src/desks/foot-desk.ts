/** What the page says to its reader: the line at the foot, cards with a message, and the same words for screen readers. */

import type { Summary } from '../model/summary.ts'
import { messageCard } from '../panels/message-card.ts'
import { button, el, need } from '../shell/dom.ts'
import { t } from '../shell/text.ts'

const SAID_MS = 20_000
const CARD_MS = 12_000

export type Foot = ReturnType<typeof openFoot>

export function openFoot(needs: {
  readonly summary: () => Summary
  readonly edits: () => { readonly pending: { readonly size: number }; readonly canUndo: boolean }
  readonly undo: () => void
}) {
  let said = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  const render = (): void => {
    const { pending, canUndo } = needs.edits()
    const summary = needs.summary()
    need('foot').replaceChildren(
      el('span', {}, pending.size === 0 ? `✓ ${t('foot.saved')}` : t('foot.pending', { n: pending.size })),
      el(
        'span',
        { class: 'optional' },
        t('foot.counts', { a: summary.unassigned, b: summary.planned, c: summary.onSite }),
      ),
      el('span', { class: 'gap' }),
      el('span', { class: 'said' }, said),
      canUndo ? button(t('foot.undo'), needs.undo, 'link') : '',
      canUndo ? el('kbd', {}, '⌘Z') : '',
      el('span', { class: 'optional' }, t('foot.keys')),
    )
  }
  const say = (text: string): void => {
    need('spoken').textContent = text
    said = text
    render()
    clearTimeout(timer)
    timer = setTimeout(() => {
      said = ''
      render()
    }, SAID_MS)
  }
  const messageThatStays = (text: string): HTMLElement => {
    const card = messageCard(text, () => card.remove())
    need('cards').append(card)
    say(text)
    return card
  }
  const message = (text: string): void => {
    const card = messageThatStays(text)
    setTimeout(() => card.remove(), CARD_MS)
  }
  return { render, say, message, messageThatStays, failed: (error: unknown): void => message(whyText(error)) }
}

/** Why something could not be done, as a sentence. */
export const whyText = (error: unknown): string => t('error.refused', { why: reasonOf(error) })
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
