/**
 * What part of the plan is in sight: the stretch of time, the rows and how far they are scrolled, and what lies
 * under a point of the sheet.
 *
 * It moves only because somebody moved it; nothing that happens on the board scrolls the sheet away from its reader.
 */
import type { Hit } from '../input/gestures.ts'
import {
  atX,
  HOUR,
  openedAt,
  panBy,
  quartersPerStep,
  type Scale,
  toOf,
  xOf,
  zoomAt,
  zooms,
} from '../layout/scale.ts'
import {
  barAt,
  type Density,
  HEAD,
  NAMES,
  rowAt,
  type Sheet,
  sheetOf,
  stuckTeam,
  TEAM_ROW,
  TIDE,
} from '../layout/sheet.ts'
import type { Bar } from '../model/board.ts'
import { type Row, rowsOf } from '../model/rows.ts'
import { t } from '../shell/text.ts'
import { type InHand, sayEmpty } from './in-hand.ts'

export type Sight = ReturnType<typeof openSight>

export function openSight(
  canvas: HTMLCanvasElement,
  hand: InHand,
  told: {
    /** Rows or their places differ. */
    repaint(): void
    /** Another stretch of time or of rows: what lists it follows. */
    moved(): void
    zoomed(pxPerHour: number): void
  },
) {
  const { board, info, teams } = hand
  const foldedKey = `folded ${info.id}`
  const folded = new Set<string>(JSON.parse(localStorage.getItem(foldedKey) ?? '[]') as string[])
  const widthInSight = (): number => Math.max(50, canvas.clientWidth - NAMES)
  let scale = openedAt({ from: 0, pxPerHour: zooms.day, width: widthInSight() }, Date.now())
  let scrollY = 0
  let rows: Row[] = []
  let density = densityOf(localStorage.getItem('density'))
  let sheet: Sheet = sheetOf([], density)
  let rowsAt = -1

  const clampScroll = (y: number): number =>
    Math.max(0, Math.min(y, sheet.height - (canvas.clientHeight - HEAD) + 40))
  /** Rows again, where people came, went or changed since. */
  const layOut = (): void => {
    if (rowsAt === board.peopleChanged) return
    rowsAt = board.peopleChanged
    rows = rowsOf(board, teams, folded)
    sheet = sheetOf(rows, density)
    scrollY = clampScroll(scrollY)
    sayEmpty(rows.length === 0)
  }
  const layOutAnew = (): void => {
    rowsAt = -1
    told.repaint()
  }
  const zoom = (x: number, factor: number): void => {
    scale = zoomAt(scale, x, factor)
    told.zoomed(scale.pxPerHour)
    told.moved()
  }
  const goTo = (at: number): void => {
    scale = { ...scale, from: at - spanAhead() }
    told.moved()
  }
  /** From the left edge to the point that is looked at. */
  const spanAhead = (): number => (scale.width / scale.pxPerHour) * HOUR * 0.3
  const isInSight = (top: number, height: number): boolean =>
    top <= scrollY + canvas.clientHeight && top + height >= scrollY

  return {
    get scale(): Scale {
      return scale
    },
    get scrollY(): number {
      return scrollY
    },
    get rows(): readonly Row[] {
      return rows
    },
    get sheet(): Sheet {
      return sheet
    },
    get density(): Density {
      return density
    },
    layOut,
    zoom,
    goTo,
    fit(): void {
      scale = { ...scale, width: widthInSight() }
      told.repaint()
    },
    pan(dx: number, dy: number): void {
      scale = panBy(scale, dx)
      scrollY = clampScroll(scrollY - dy)
      told.moved()
    },
    setPxPerHour: (pxPerHour: number): void => zoom(scale.width * 0.3, pxPerHour / scale.pxPerHour),
    setDensity(next: Density): void {
      density = next
      localStorage.setItem('density', next)
      layOutAnew()
    },
    toggleTeam(id: string): void {
      if (folded.has(id)) folded.delete(id)
      else folded.add(id)
      localStorage.setItem(foldedKey, JSON.stringify([...folded]))
      layOutAnew()
    },
    goToRow(technicianId: string): void {
      const placed = sheet.byTechnician.get(technicianId)
      if (placed) scrollY = clampScroll(placed.top - 120)
      told.repaint()
    },
    /** Moves as little as it takes to show a bar. */
    bring(bar: Bar): void {
      if (bar.startAt === null) return
      const x = xOf(scale, bar.startAt)
      if (x < 0 || x > scale.width - 60) goTo(bar.startAt)
      const placed = sheet.rows.find((one) => one.row.id === bar.technicianId)
      if (
        placed &&
        (placed.top < scrollY || placed.top + placed.height > scrollY + canvas.clientHeight - HEAD)
      )
        scrollY = clampScroll(placed.top - 120)
    },
    topOf: (technicianId: string): number | undefined => sheet.byTechnician.get(technicianId)?.top,
    /** Whether a row lies below the upper part of the sheet, where a card would cover it. */
    isLow: (technicianId: string | null): boolean =>
      (sheet.byTechnician.get(technicianId ?? '')?.top ?? 0) - scrollY > canvas.clientHeight * 0.4,
    rowsInSight: () => sheet.rows.filter(({ top, height }) => isInSight(top, height)),
    /** The instant that is looked at: what "a day on" starts from. */
    lookedAt: (): number => scale.from + spanAhead(),
    toAt: (): number => toOf(scale),
    /** Its part of a view: where things lie. */
    shown() {
      const quarters = quartersPerStep(scale)
      const every = quarters === 1 ? t('sheet.tide2') : t('sheet.tideHours', { h: quarters / 4 })
      return { scale, scrollY, sheet, tideLabel: [t('sheet.tide1'), every] as const }
    },
    /** Instant and row under a point of the canvas; null outside the plan. */
    spotAt(x: number, y: number): { readonly at: number; readonly technicianId: string | null } {
      const isOver = x > NAMES && y > HEAD && x < canvas.clientWidth && y < canvas.clientHeight
      const under = isOver ? rowAt(sheet, y - HEAD + scrollY) : undefined
      return {
        at: atX(scale, x - NAMES),
        technicianId: under?.row.kind === 'technician' ? under.row.id : null,
      }
    },
    hit(x: number, y: number): Hit {
      if (y < HEAD) return y < TIDE ? { kind: 'head', at: atX(scale, x - NAMES) } : { kind: 'ground' }
      const stuck = y - HEAD < TEAM_ROW ? stuckTeam(sheet, scrollY) : undefined
      const placed = stuck ?? rowAt(sheet, y - HEAD + scrollY)
      if (placed?.row.kind === 'team') return { kind: 'team', id: placed.row.id }
      if (x < NAMES) return { kind: 'ground' }
      const bar = barAt(board, sheet, scale, x - NAMES, y - HEAD + scrollY)
      return bar
        ? { kind: 'bar', bar, grabOffsetMs: atX(scale, x - NAMES) - (bar.startAt ?? 0) }
        : { kind: 'ground' }
    },
  }
}

const densityOf = (text: string | null): Density =>
  text === 'compact' || text === 'comfortable' ? text : 'standard'
