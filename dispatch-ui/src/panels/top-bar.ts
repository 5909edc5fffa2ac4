/** The bar at the top: where one is, how close one looks, what is at stake, who else is here, and how true it all is. */
import type { Summary } from '../model/summary.ts'
import { button, el } from '../shell/dom.ts'
import { logo } from '../shell/logo.ts'
import { type TextKey, t } from '../shell/text.ts'

export type LiveState = 'live' | 'catching-up' | 'stale' | 'offline'
export type Choice = {
  readonly name: string
  readonly label: string
  readonly isChosen: boolean
  choose(): void
}
export type Person = { readonly initials: string; readonly name: string; readonly isMe: boolean }

export type TopBar = {
  day(text: string): void
  zoom(pxPerHour: number): void
  figures(summary: Summary): void
  people(people: readonly Person[]): void
  state(state: LiveState, ageSeconds: number | null): void
  planning(isWorking: boolean): void
  proposal(moves: number | null): void
}

export function topBar(
  root: HTMLElement,
  options: {
    company: string
    me: string
    boards: readonly { id: string; name: string }[]
    board: string
    mayPlan: boolean
    zooms: Readonly<Record<string, number>>
    find: HTMLElement
    openBoard(id: string): void
    openQueue(): void
    setZoom(name: string): void
    stepDay(step: 1 | -1): void
    goNow(): void
    nextAtRisk(): void
    plan(): void
    whatIf(): void
    showProposal(): void
    showPolicy(): void
    menu(): readonly (readonly [TextKey, readonly Choice[]])[]
    signOut(): void
  },
): TopBar {
  const day = button('', options.goNow, 'quiet day')
  const zoomRoot = el('span', { class: 'segments', role: 'group' })
  const figureRoot = el('span', { class: 'figures-root' })
  const peopleRoot = el('span', { class: 'people' })
  const plan = button(t('top.plan'), options.plan, 'plan')
  const proposal = button('', options.showProposal, 'proposal-pill')
  proposal.hidden = true
  const word = el('b')
  const age = el('span', { class: 'age' })
  const state = el(
    'span',
    { class: 'live-state', id: 'live-state', role: 'status' },
    el('i', { class: 'dot' }),
    word,
    age,
  )
  const select = el(
    'select',
    { 'aria-label': 'Board', class: 'board-choice' },
    ...options.boards.map((one) =>
      el('option', { value: one.id, ...(one.id === options.board ? { selected: true } : {}) }, one.name),
    ),
  )
  select.addEventListener('change', () => options.openBoard(select.value))
  root.replaceChildren(
    button('☰', options.openQueue, 'quiet queue-toggle'),
    el('span', { class: 'brand' }, logo(), el('span', { class: 'optional' }, 'Callboard')),
    el('b', { class: 'company optional' }, options.company),
    select,
    el(
      'span',
      { class: 'days' },
      named(
        button('‹', () => options.stepDay(-1), 'quiet'),
        'top.earlier',
      ),
      day,
      named(
        button('›', () => options.stepDay(1), 'quiet'),
        'top.later',
      ),
    ),
    zoomRoot,
    options.find,
    el('span', { class: 'gap' }),
    figureRoot,
    proposal,
    options.mayPlan ? button(t('top.whatif'), options.whatIf, 'quiet optional') : '',
    options.mayPlan ? plan : '',
    peopleRoot,
    menuOf(options),
    state,
  )
  return {
    day: (text) => {
      day.textContent = text
    },
    zoom(pxPerHour) {
      zoomRoot.replaceChildren(
        ...Object.entries(options.zooms).map(([name, px]) => {
          const one = button(t(`zoom.${name}` as 'zoom.day'), () => options.setZoom(name))
          one.setAttribute('aria-pressed', String(Math.abs(px - pxPerHour) < 0.5))
          return one
        }),
      )
    },
    figures(summary) {
      const figure = (n: number, key: TextKey, isPlum: boolean, act?: () => void): HTMLElement => {
        const one = button('', act ?? (() => undefined), `quiet figure${isPlum && n > 0 ? ' plum' : ''}`)
        one.append(el('b', {}, n), el('span', { class: 'word' }, t(key)))
        return one
      }
      figureRoot.replaceChildren(
        figure(summary.broken, 'top.broken', true, options.nextAtRisk),
        figure(summary.atRisk, 'top.risk', true, options.nextAtRisk),
        figure(summary.unassigned, 'top.place', false, options.openQueue),
      )
    },
    people(people) {
      peopleRoot.replaceChildren(
        ...people
          .slice(0, 5)
          .map((one) => el('span', { class: one.isMe ? 'me' : '', title: one.name }, one.initials)),
        people.length > 5 ? el('span', {}, `+${people.length - 5}`) : '',
      )
    },
    state(name, ageSeconds) {
      state.dataset.state = name
      word.textContent = t(`state.${name}`)
      age.textContent =
        ageSeconds === null
          ? ''
          : t('state.age', { s: ageSeconds < 10 ? ageSeconds.toFixed(1) : Math.round(ageSeconds) })
    },
    planning(isWorking) {
      plan.disabled = isWorking
      plan.textContent = t(isWorking ? 'proposal.working' : 'top.plan')
    },
    proposal(moves) {
      proposal.hidden = moves === null
      if (moves !== null) proposal.textContent = t('top.proposal', { n: moves })
    },
  }
}

const named = (one: HTMLButtonElement, key: TextKey): HTMLButtonElement => {
  one.setAttribute('aria-label', t(key))
  return one
}

/** What one sets once: row height, day or night, and the way out. */
function menuOf(options: Parameters<typeof topBar>[1]): HTMLElement {
  const list = el('div', { class: 'menu-list' })
  const menu = el('details', { class: 'menu' }, el('summary', { 'aria-label': t('top.menu') }, '⋯'), list)
  menu.addEventListener('toggle', () => {
    if (!menu.open) return
    list.replaceChildren(
      el('div', { class: 'note' }, options.me),
      ...options.menu().flatMap(([title, choices]) => [
        el('div', { class: 'menu-title' }, t(title)),
        el(
          'span',
          { class: 'segments' },
          ...choices.map((choice) => {
            const one = button(choice.label, () => {
              choice.choose()
              menu.open = false
            })
            one.setAttribute('aria-pressed', String(choice.isChosen))
            return one
          }),
        ),
      ]),
      button(
        t('top.policy'),
        () => {
          menu.open = false
          options.showPolicy()
        },
        'quiet menu-link',
      ),
      el('a', { href: '/wall', class: 'menu-link' }, t('top.wall')),
      button(t('top.signOut'), options.signOut, 'quiet menu-link'),
    )
  })
  document.addEventListener('pointerdown', (event) => {
    if (menu.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false
  })
  return menu
}
