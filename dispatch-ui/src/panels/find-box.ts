/** Find or do anything: jobs, people and acts by any part of their name, with the arrows and Enter. */
import { el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'

export type Hit = { readonly title: string; readonly note: string; readonly go: () => void }
const SHOWN_MAX = 8

export type FindBox = { readonly root: HTMLElement; focus(): void; close(): void }

export function findBox(search: (text: string) => Hit[]): FindBox {
  let hits: Hit[] = []
  let at = 0
  const input = el('input', {
    type: 'search',
    placeholder: t('top.find'),
    'aria-label': t('top.find'),
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-controls': 'find-list',
    autocomplete: 'off',
  })
  const list = el('div', { class: 'find-list', id: 'find-list', role: 'listbox', hidden: true })
  const root = el('div', { class: 'find' }, input, el('kbd', {}, '⌘K'), list)

  const render = (): void => {
    const isOpen = document.activeElement === input
    list.hidden = !isOpen
    input.setAttribute('aria-expanded', String(isOpen))
    list.replaceChildren(
      ...hits.map((hit, i) =>
        el(
          'div',
          {
            role: 'option',
            class: 'hit',
            'aria-selected': String(i === at),
            on: {
              // Before the field loses focus, which would close the list under the pointer.
              pointerdown: (event) => {
                event.preventDefault()
                take(hit)
              },
            },
          },
          el('span', {}, hit.title),
          el('span', { class: 'note' }, hit.note),
        ),
      ),
      hits.length === 0 ? el('div', { class: 'hit note' }, t('find.nothing')) : '',
    )
  }
  const look = (): void => {
    hits = search(input.value.trim().toLowerCase()).slice(0, SHOWN_MAX)
    at = 0
    render()
  }
  const close = (): void => {
    input.value = ''
    input.blur()
    list.hidden = true
  }
  const take = (hit: Hit): void => {
    close()
    hit.go()
  }
  input.addEventListener('input', look)
  input.addEventListener('focus', look)
  input.addEventListener('blur', render)
  input.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const hit = hits[at]
    if (step !== 0 && hits.length > 0) {
      event.preventDefault()
      at = (at + step + hits.length) % hits.length
      render()
    } else if (event.key === 'Enter' && hit) take(hit)
  })
  return { root, focus: () => input.focus(), close }
}
