/** Whom an activity rules out has to be somebody of the company, and not whom it prefers. */
import type { Refused, Tx } from '../ports/commands.ts'
import { badField } from './context.ts'

/** Those that the caller names anew: what was accepted before, and people who went since, are nobody's fault now. */
type Wishes = {
  readonly preferredTechnicianId?: string | null
  readonly excludedTechnicianIds?: readonly string[]
}

/** Null when nothing is wrong with them. */
export async function judgeExclusions(tx: Tx, wishes: Wishes): Promise<Refused | null> {
  const excluded = wishes.excludedTechnicianIds ?? []
  if (excluded.length === 0) return null
  const known = await tx.technicians(excluded)
  const unknown = excluded.findIndex((id) => !known.has(id))
  if (unknown >= 0) return badField(`excludedTechnicianIds.${unknown}`, 'a technician of this company')
  const preferred = excluded.indexOf(wishes.preferredTechnicianId ?? '')
  return preferred >= 0
    ? badField(`excludedTechnicianIds.${preferred}`, 'another technician than the preferred one')
    : null
}
