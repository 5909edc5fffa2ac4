/**
 * The sheet as a grid for screen readers and tests: a canvas alone says nothing to either.
 *
 * Rebuilt when the view settles, not in every frame. It also says where things lie — where the time in sight begins and
 * each row's top — so that a test can put a real mouse on a bar.
 */
import type { Board } from '../model/board.ts'
import type { Row } from '../model/rows.ts'
import { el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { clockTime } from '../shell/time.ts'

const ROWS_MAX = 120

export function renderMirror(
  root: HTMLElement,
  view: {
    board: Board
    rows: readonly Row[]
    zone: string
    from: number
    to: number
    title(barId: string): string
    topOf(technicianId: string): number | undefined
  },
): void {
  const rows = view.rows.filter((row) => row.kind === 'technician').slice(0, ROWS_MAX)
  root.replaceChildren(
    el(
      'div',
      {
        role: 'grid',
        'aria-label': t('sheet.grid'),
        'aria-rowcount': view.rows.length,
        'data-from': view.from,
      },
      ...rows.map((row, i) =>
        row.kind !== 'technician'
          ? null
          : el(
              'div',
              {
                role: 'row',
                'aria-rowindex': i + 1,
                'data-technician': row.id,
                'data-top': view.topOf(row.id),
              },
              el('span', { role: 'rowheader' }, row.technician.name),
              ...view.board
                .barsOf(row.id)
                .filter((bar) => (bar.endAt ?? 0) > view.from && (bar.startAt ?? 0) < view.to)
                .map((bar) =>
                  el(
                    'span',
                    {
                      role: 'gridcell',
                      'data-activity': bar.id,
                      'data-version': bar.version,
                      'data-start': bar.start ?? '',
                    },
                    `${view.title(bar.id)}, ${clockTime(bar.startAt ?? 0, view.zone)} – ${clockTime(bar.endAt ?? 0, view.zone)}, ${t(`state.${bar.state}`)}`,
                  ),
                ),
            ),
      ),
    ),
  )
}
