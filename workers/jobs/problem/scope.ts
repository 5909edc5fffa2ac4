/** What one planning run is about. */
import type { Instant } from '../../../server/domain/instant.ts'

export type Scope = {
  readonly kind: 'optimise' | 'repair'
  /** Empty = all teams of the board. */
  readonly teams: readonly string[]
  readonly from: Instant | null
  readonly to: Instant | null
  /** Most unplaced activities taken into the search; the most urgent first. */
  readonly openMax: number
  /** Always taken in, whatever else is left out. */
  readonly asked?: string
  /** Repairs look at everybody who could help, however far away. */
  readonly wide?: boolean
  /** Nobody asked for it: what a person took off the board is left alone, as by a repair. */
  readonly isUnasked?: boolean
}
