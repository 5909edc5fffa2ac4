/** A person who does the work, as planning rules see them. */
import type { Place, SkillLevel } from '../activity/activity.ts'
import type { Span } from '../instant.ts'

export type Absence = Span & { readonly reason: string }

export type Technician = {
  readonly id: string
  readonly version: number
  readonly companyId: string
  readonly name: string
  readonly kind: 'employee' | 'contractor'
  readonly active: boolean
  readonly teamId: string | null
  readonly boardId: string | null
  readonly calendarId: string | null
  readonly skills: readonly SkillLevel[]
  readonly home: Place | null
  readonly absences: readonly Absence[]
  /** How he or she travels; absent or null goes by the board's policy. */
  readonly travelProfile?: 'car' | 'bike' | 'foot' | null
}
