/** The technician's path through a job, and the one next act. The server decides by its own table; this one offers. */
import type { FieldStatus } from '../../../server/domain/activity/activity.ts'

export type Step = 'accepted' | 'travelling' | 'onSite' | 'done' | 'declined'
export const path = ['accepted', 'travelling', 'onSite', 'done'] as const

export function nextStep(state: string, fieldStatus: FieldStatus): (typeof path)[number] | null {
  if (state !== 'dispatched') return null
  switch (fieldStatus) {
    case 'none':
    case 'received':
    case 'seen':
    case 'declined':
      return 'accepted'
    case 'accepted':
      return 'travelling'
    case 'travelling':
      return 'onSite'
    case 'onSite':
      return 'done'
    case 'done':
      return null
  }
}

/** How far along the path a status is: -1 before accepting. */
export const reached = (fieldStatus: FieldStatus): number =>
  (path as readonly FieldStatus[]).indexOf(fieldStatus)
