/** Everything one frame shows. Painters read it and nothing else; two equal views paint the same picture. */
import type { Scale } from '../layout/scale.ts'
import type { Sheet } from '../layout/sheet.ts'
import type { Bar, Board } from '../model/board.ts'
import type { Calendar, TravelModel } from '../model/calendar.ts'
import type { Load, Tide } from '../model/summary.ts'
import type { TypeName } from '../model/type-names.ts'
import type { Colours } from './colours.ts'
import type { Hatches } from './hatches.ts'

export type RowAnswer = {
  readonly mark: 'fits' | 'warns' | 'cannot'
  readonly text: string
  /** Where the work would really lie on this row. */
  readonly start: number
  readonly end: number
}

export type Drag = {
  readonly bar: Bar
  /** Where the ghost would land on the row under the pointer. */
  readonly start: number
  readonly end: number
  readonly technicianId: string | null
  readonly answers: ReadonlyMap<string, RowAnswer>
  readonly promiseAt: number | null
  readonly promiseLabel: string
}

export type Ghost = {
  readonly activityId: string
  readonly technicianId: string
  readonly start: number
  readonly end: number
  readonly number: number
  /** A move that was not chosen stays in sight, but only just. */
  readonly isChosen: boolean
  /** Whether the way from the old place to the new one is drawn. */
  readonly hasWay: boolean
}

/** A bar that someone else moved glides from where it was. */
export type Glide = { readonly technicianId: string; readonly start: number; readonly at: number }

export type Contest = {
  readonly activityId: string
  readonly technicianId: string | null
  readonly start: number
  readonly end: number
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
  readonly hatches: Hatches
  readonly zone: string
  readonly clock: (at: number, withSeconds?: boolean) => string
  readonly dayLabel: (at: number) => string
  readonly summary: string
  readonly tideLabel: readonly [string, string]
  readonly mineLabel: string
  readonly types: ReadonlyMap<string, TypeName>
  readonly calendars: ReadonlyMap<string, Calendar>
  readonly travel: TravelModel
  readonly tide: Tide
  readonly loads: ReadonlyMap<string, Load>
  /** How likely each activity's promise is missed, where enough of the past is known to say. */
  readonly chances: ReadonlyMap<string, number>
  readonly selected: string | null
  readonly focused: string | null
  readonly pending: { has(id: string): boolean }
  readonly fresh: ReadonlyMap<string, number>
  readonly glides: ReadonlyMap<string, Glide>
  readonly held: ReadonlyMap<string, string>
  readonly ghosts: readonly Ghost[]
  readonly contest: Contest | null
  readonly drag: Drag | null
  readonly isStale: boolean
}
