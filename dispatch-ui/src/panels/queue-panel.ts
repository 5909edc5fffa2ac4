/** The queue: what waits, by how little time is left, with countdowns that run on by themselves. */
import type { Board } from '../model/board.ts'
import { isUnassigned, isUndispatched, rungOf, rungs, type Waiting, waiting } from '../model/queue.ts'
import { button, el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { countdown } from '../shell/time.ts'

const SHOWN_MAX = 300
const HOUR = 3_600_000

export type QueuePanel = {
  render(board: Board, now: number, endOfDay: number): void
  tick(now: number): void
  select(id: string | null): void
  order(): readonly string[]
  tab(): 'unassigned' | 'undispatched'
}

type Cell = { row: HTMLElement; left: HTMLElement; item: Waiting }

export function queuePanel(
  root: HTMLElement,
  options: {
    title(waiting: Waiting): string
    place(waiting: Waiting): string
    /** What falls due next, for a queue with nothing in it. */
    next(now: number): string
    onSelect(id: string): void
    onGrab(id: string, event: PointerEvent): void
  },
): QueuePanel {
  let tab: 'unassigned' | 'undispatched' = 'unassigned'
  let shown: Waiting[] = []
  let selected: string | null = null
  let again: () => void = () => undefined
  const tabs = el('div', { class: 'tabs', role: 'tablist' })
  const list = el('div', { class: 'waiting', role: 'list' })
  root.replaceChildren(tabs, list)
  let cells = new Map<string, Cell>()
  let drawn = ''

  const renderTabs = (counts: Record<'unassigned' | 'undispatched', number>): void => {
    tabs.replaceChildren(
      ...(['unassigned', 'undispatched'] as const).map((name) => {
        const one = button(`${t(`queue.${name}`)} ${counts[name]}`, () => {
          tab = name
          again()
        })
        one.setAttribute('role', 'tab')
        one.setAttribute('aria-selected', String(tab === name))
        return one
      }),
    )
  }

  const jobOf = (item: Waiting): Cell => {
    const left = el('b')
    const target = item.promise
      ? t(`target.${item.left < 0 ? 'late.' : ''}${item.promise.target}` as 'target.arrive')
      : t('target.none')
    const row = el(
      'button',
      {
        type: 'button',
        class: 'job',
        'data-id': item.bar.id,
        on: {
          click: () => options.onSelect(item.bar.id),
          pointerdown: (event) => options.onGrab(item.bar.id, event as PointerEvent),
        },
      },
      el('span', { class: 'left' }, left, el('small', {}, target)),
      el(
        'span',
        {},
        el(
          'span',
          { class: 'what' },
          el('i', { class: `mark ${item.bar.priority}`, title: t(`priority.${item.bar.priority}`) }),
          el('span', {}, options.title(item)),
        ),
        el('span', { class: 'place' }, options.place(item)),
      ),
    )
    return { row, left, item }
  }

  const tickOne = (
    { row, left, item }: { row: HTMLElement; left: HTMLElement; item: Waiting },
    now: number,
  ): void => {
    const ms = item.promise ? item.promise.dueAt - now : null
    left.textContent = ms === null ? '—' : countdown(ms)
    row.classList.toggle('late', ms !== null && ms < 0)
    row.classList.toggle('soon', ms !== null && ms >= 0 && ms < HOUR)
    row.classList.toggle('selected', item.bar.id === selected)
  }

  return {
    render(board, now, endOfDay) {
      again = () => this.render(board, Date.now(), endOfDay)
      const unassigned = waiting(board, isUnassigned, now)
      const undispatched = waiting(board, isUndispatched, now)
      renderTabs({ unassigned: unassigned.length, undispatched: undispatched.length })
      const all = tab === 'unassigned' ? unassigned : undispatched
      shown = all.slice(0, SHOWN_MAX)
      // A list that has not changed keeps its elements: one that is pressed must not vanish under the finger.
      const mark = [
        tab,
        ...shown.map(
          (i) =>
            `${i.bar.id} ${i.bar.version} ${rungOf(i.left, endOfDay - now)} ${i.promise?.dueAt} ${i.promise?.target}`,
        ),
      ].join()
      if (mark === drawn) {
        this.tick(now)
        return
      }
      drawn = mark
      const known = cells
      cells = new Map()
      const cellOf = (item: Waiting): HTMLElement => {
        const old = known.get(item.bar.id)
        const isSame =
          old !== undefined &&
          old.item.bar === item.bar &&
          old.item.promise === item.promise &&
          old.item.left < 0 === item.left < 0
        const cell = isSame ? old : jobOf(item)
        cells.set(item.bar.id, cell)
        return cell.row
      }
      const parts: HTMLElement[] = []
      for (const rung of rungs) {
        const items = shown.filter((item) => rungOf(item.left, endOfDay - now) === rung)
        if (items.length === 0) continue
        const total = all.filter((item) => rungOf(item.left, endOfDay - now) === rung).length
        parts.push(el('div', { class: 'rung' }, el('span', {}, t(`queue.${rung}`)), el('span', {}, total)))
        parts.push(...items.map(cellOf))
      }
      if (all.length > shown.length)
        parts.push(el('p', { class: 'nothing' }, t('queue.more', { n: all.length - shown.length })))
      if (all.length === 0)
        parts.push(
          el(
            'div',
            { class: 'nothing calm' },
            el('span', { class: 'thread' }),
            el('b', {}, t(`queue.empty.${tab}`)),
            el('span', {}, options.next(now)),
          ),
        )
      const scrolled = list.scrollTop
      list.replaceChildren(...parts)
      list.scrollTop = scrolled
      this.tick(now)
    },
    tick(now) {
      for (const cell of cells.values()) tickOne(cell, now)
    },
    select(id) {
      selected = id
      for (const [key, { row }] of cells) row.classList.toggle('selected', key === id)
      const cell = id === null ? undefined : cells.get(id)
      cell?.row.scrollIntoView({ block: 'nearest' })
    },
    order: () => shown.map((item) => item.bar.id),
    tab: () => tab,
  }
}
