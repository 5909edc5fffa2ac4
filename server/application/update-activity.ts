/** Edits of what an activity needs (length, skills, windows, range), and its deletion. Its place is moved by acts. */
import { type ActivityPatch, activityView } from '../contract/activity.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { isAllowedFrom } from '../domain/activity/lifecycle.ts'
import { MINUTE } from '../domain/instant.ts'
import { can } from '../domain/permission/permission.ts'
import type { Outcome, Refused, Tx } from '../ports/commands.ts'
import { warningView } from './act-on-activity.ts'
import { activityEvents, activityRemoved } from './board-changes.ts'
import { badField, changedBy, isRelated, refused, relatedTeams } from './context.ts'
import { judgeExclusions } from './judge-exclusions.ts'
import { badLink } from './linked-activities.ts'
import { planWarnings } from './plan-warnings.ts'
import { tellTechnicians } from './tell-technicians.ts'

export async function updateActivity(
  tx: Tx,
  input: { activityId: string; expectedVersion: number; patch: ActivityPatch },
): Promise<Outcome | Refused> {
  const found = await lockedForChange(tx, input)
  if ('refusal' in found) return found
  const activity = found
  const { expectedVersion: _expected, strict: _strict, earliestStart, latestEnd, ...same } = input.patch
  if (same.typeId && !(await tx.exists('activity_type', same.typeId)))
    return badField('typeId', 'an activity type of this company')
  if (same.preferredTechnicianId && !(await tx.exists('technician', same.preferredTechnicianId)))
    return badField('preferredTechnicianId', 'a technician of this company')
  const badWish = await badWishes(tx, activity, same)
  if (badWish) return badWish
  const unlinkable = await badLink(tx, activity, {
    startsWith: same.startsWith ?? null,
    startsAfter: same.startsAfter ?? null,
  })
  if (unlinkable) return unlinkable
  const instant = (text: string | null): number | null => (text === null ? null : Date.parse(text))
  const next: Activity = {
    ...activity,
    // Members that the patch leaves out are absent, not undefined, so the spread keeps what was.
    ...(same as Partial<Activity>),
    ...(earliestStart === undefined ? {} : { earliestStart: instant(earliestStart) }),
    ...(latestEnd === undefined ? {} : { latestEnd: instant(latestEnd) }),
    version: activity.version + 1,
    humanTouchedAt: tx.now,
  }
  if (next.earliestStart !== null && next.latestEnd !== null && next.latestEnd <= next.earliestStart)
    return badField('latestEnd', 'an instant after earliestStart')
  const resized = withLength(activity, next)
  await tx.updateActivities([resized])
  await tellTechnicians(tx, activity, resized)
  return {
    status: 200,
    version: resized.version,
    body: { ...activityView(resized), warnings: (await planWarnings(tx, resized)).map(warningView) },
    events: activityEvents('activity-updated', activity, resized),
  }
}

/** Whom it prefers and whom it rules out, judged together when the patch names one of them. */
async function badWishes(tx: Tx, activity: Activity, patch: ActivityPatch): Promise<Refused | null> {
  const { preferredTechnicianId = activity.preferredTechnicianId, excludedTechnicianIds } = patch
  if (excludedTechnicianIds !== undefined)
    return judgeExclusions(tx, { preferredTechnicianId, excludedTechnicianIds })
  return patch.preferredTechnicianId && activity.excludedTechnicianIds?.includes(patch.preferredTechnicianId)
    ? badField('preferredTechnicianId', 'a technician who is not ruled out')
    : null
}

/** A placed bar follows its planned work: it ends later or sooner, and may then overlap, which stops it blocking. */
function withLength(before: Activity, next: Activity): Activity {
  if (next.start === null || next.durationMinutes === before.durationMinutes) return next
  const end = next.start + next.durationMinutes * MINUTE
  return { ...next, end, blocking: next.blocking && end <= (before.end ?? end) }
}

export async function deleteActivity(
  tx: Tx,
  input: { activityId: string; expectedVersion: number },
): Promise<Outcome | Refused> {
  const activity = await lockedForChange(tx, input)
  if ('refusal' in activity) return activity
  if (activity.state === 'dispatched' && activity.technicianId !== null)
    await tx.tell(activity.technicianId, 'removed', { ...activity, version: activity.version + 1 })
  await tx.deleteActivity(activity)
  return {
    status: 204,
    body: undefined,
    events: [activityRemoved('activity-deleted', activity, activity.version + 1)],
  }
}

async function lockedForChange(
  tx: Tx,
  { activityId, expectedVersion }: { activityId: string; expectedVersion: number },
): Promise<Activity | Refused> {
  const activity = (await tx.lockActivities([activityId])).get(activityId)
  if (!activity) return refused('NOT_FOUND')
  if (!can(tx.caller.role, 'activity-plan', { related: isRelated(activity, await relatedTeams(tx)) }))
    return refused('FORBIDDEN_ROLE', { act: 'change activity' })
  if (activity.version !== expectedVersion)
    return refused('VERSION_CONFLICT', {
      expected: expectedVersion,
      current: activityView(activity),
      changedBy: await changedBy(tx, activity.id),
    })
  if (!isAllowedFrom('update', activity.state)) return refused('ACTIVITY_CLOSED', { activityId })
  return activity
}
