/** What a technician's inbox must say after an activity changed: only dispatched work concerns the phone. */
import type { Activity } from '../domain/activity/activity.ts'
import type { Tx } from '../ports/commands.ts'

const told = (activity: Activity): string | null =>
  activity.state === 'undispatched' ? null : activity.technicianId

export async function tellTechnicians(tx: Tx, before: Activity, after: Activity): Promise<void> {
  const had = told(before)
  const has = told(after)
  if (had !== null && had !== has) await tx.tell(had, 'removed', after)
  if (has === null) return
  await tx.tell(has, had === has ? 'changed' : 'assigned', after)
}
