/** Reads and checks the links between activities for the use cases. */
import type { Activity } from '../domain/activity/activity.ts'
import { namedBy } from '../domain/plan/links.ts'
import type { Refused, Tx } from '../ports/commands.ts'
import { badField } from './context.ts'

/** A chain of visits longer than this is a mistake sooner than a plan. */
const CHAIN_MAX = 50

type Links = Pick<Activity, 'startsWith' | 'startsAfter'>
type LinkRow = {
  id: string
  board_id: string
  state: Activity['state']
  starts_with: string | null
  starts_after: Activity['startsAfter']
}

/** The open activities that these name or that name one of these, as they stand, unlocked: links warn, they do not hold. */
export async function linkedTo(tx: Tx, activities: readonly Activity[]): Promise<Activity[]> {
  const ids = activities.map((activity) => activity.id)
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM activity WHERE company_id = $1 AND state <> 'closed' AND id = ANY ($2)
     UNION SELECT id FROM activity WHERE company_id = $1 AND state <> 'closed' AND starts_with = ANY ($3)
     UNION SELECT id FROM activity WHERE company_id = $1 AND state <> 'closed' AND starts_after->>'activityId' = ANY ($3)`,
    [tx.caller.companyId, activities.flatMap(namedBy), ids],
  )
  const others = rows.map((row) => row.id).filter((id) => !ids.includes(id))
  return others.length === 0 ? [] : [...(await tx.activities(others)).values()]
}

/** Why an activity may not be linked so; null when it may. */
export async function badLink(
  tx: Tx,
  activity: { readonly id: string; readonly boardId: string },
  links: Links,
): Promise<Refused | null> {
  if (links.startsAfter && links.startsAfter.minutesMax !== null) {
    const { minutesMin, minutesMax } = links.startsAfter
    if (minutesMax < minutesMin) return badField('startsAfter.minutesMax', 'null, or no less than minutesMin')
  }
  const fields = [
    ['startsWith', links.startsWith ?? null],
    ['startsAfter.activityId', links.startsAfter?.activityId ?? null],
  ] as const
  for (const [field, id] of fields) {
    if (id === null) continue
    const [found] = await linksOf(tx, [id])
    if (id === activity.id || found?.board_id !== activity.boardId || found.state === 'closed')
      return badField(field, 'another open activity of the same board')
    if (await leadsTo(tx, [id], activity.id))
      return badField(field, 'an activity that does not wait for this one')
  }
  return null
}

/** Follows the links from some activities; true when they come to the other, or run on without end. */
async function leadsTo(tx: Tx, from: readonly string[], to: string): Promise<boolean> {
  let next = [...from]
  for (let step = 0; step < CHAIN_MAX; step++) {
    if (next.length === 0) return false
    if (next.includes(to)) return true
    const rows = await linksOf(tx, next)
    next = rows.flatMap((row) =>
      namedBy({ startsWith: row.starts_with, startsAfter: row.starts_after ?? null }),
    )
  }
  return true
}

const linksOf = (tx: Tx, ids: readonly string[]): Promise<LinkRow[]> =>
  tx.query<LinkRow>(
    'SELECT id, board_id, state, starts_with, starts_after FROM activity WHERE company_id = $1 AND id = ANY ($2)',
    [tx.caller.companyId, ids],
  )
