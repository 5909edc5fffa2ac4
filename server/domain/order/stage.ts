/** A service stage as a record. Stages form one tree; moves go to a child or to the parent. */
import type { Role } from '../permission/role.ts'

export type Stage = {
  readonly id: string
  readonly code: string
  readonly description: string
  readonly parentStageId: string | null
  readonly canModify: boolean
  readonly canDelete: boolean
  readonly canCancel: boolean
  readonly canPost: boolean
  readonly requiresReason: boolean
  readonly stopsTimeRecording: boolean
  /** Empty = every role that may change stages. */
  readonly allowedRoles: readonly Role[]
}
