/** Everything one frame shows. Painters read it and nothing else; two equal views paint the same picture. */
import type { Calendar } from '../../../server/domain/calendar/calendar.ts'
import type { TravelModel } from '../../../server/domain/plan/travel.ts'
import type { Scale } from '../layout/scale.ts'
import type { Sheet } from '../layout/sheet.ts'
import type { Bar, Board } from '../model/board.ts'
import type { Colours } from './colours.ts'

export type TypeName = { readonly full: string; readonly short: string; readonly code: string }

export type RowAnswer = {
  readonly mark: 'fits' | 'warns' | 'cannot'
  readonly text: string
}

export type Drag = {
  readonly bar: Bar
  /** Where the ghost would land on the row under the pointer. */
  readonly start: number
  readonly end: number
  readonly technicianId: string | null
  readonly x: number
  readonly y: number
  readonly answers: ReadonlyMap<string, RowAnswer>
  readonly promiseAt: number | null
}

export type Ghost = {
  readonly activityId: string
  readonly technicianId: string
  readonly start: number
  readonly end: number
  readonly number: number
}

export type View = {
  readonly board: Board
  readonly sheet: Sheet
  readonly scale: Scale
  readonly scrollY: number
  readonly width: number
  readonly height: number
  readonly now: number
  readonly colours: Colours
  readonly zone: string
  readonly dayLabel: (at: number) => string
  readonly summary: string
  readonly tideLabel: readonly [string, string]
  readonly types: ReadonlyMap<string, TypeName>
  readonly calendars: ReadonlyMap<string, Calendar>
  readonly travel: TravelModel
  readonly selected: string | null
  readonly focused: string | null
  readonly pending: ReadonlySet<string>
  readonly fresh: ReadonlyMap<string, number>
  readonly held: ReadonlyMap<string, string>
  readonly ghosts: readonly Ghost[]
  readonly drag: Drag | null
  readonly isStale: boolean
}
