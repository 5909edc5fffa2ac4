/**
 * Activities written inside the open transaction, and what technicians and explanations are told of them.
 *
 * The surprising rule: a set of activities lets go of its spans before any is written, so that two may change places.
 */
import { LostUpdateError, type Tx } from '../../../ports/commands.ts'
import { activityColumns, activityRecord, activityTypes, activityValues } from '../rows/activity.ts'
import { stamp } from '../rows/stamp.ts'
import { type Asking, tuples, wallHit } from './asking.ts'

const activityList = activityColumns.join(', ')
const writtenColumns = Object.keys(activityTypes).filter((column) => column !== 'id')
const updateActivitiesSql = `UPDATE activity a SET (${writtenColumns.join(', ')}) = ROW(${writtenColumns.map((c) => `r.${c}`).join(', ')})
  FROM jsonb_to_recordset($2::jsonb) AS r(${Object.entries(activityTypes)
    .map(([column, type]) => `${column} ${type}`)
    .join(', ')})
  WHERE a.company_id = $1 AND a.id = r.id AND a.version = r.version - 1 RETURNING a.id`

export const writeActivities = (
  asking: Asking,
): Pick<Tx, 'insertActivities' | 'updateActivities' | 'deleteActivity' | 'tell' | 'saveExplanation'> => {
  const { all, client, company, now } = asking
  return {
    async insertActivities(activities) {
      if (activities.length === 0) return
      try {
        await client.query(
          `INSERT INTO activity (${activityList}) VALUES ${tuples(activities.length, activityColumns.length)}`,
          activities.flatMap(activityValues),
        )
      } catch (error) {
        throw wallHit(error)
      }
    },

    async updateActivities(activities) {
      if (activities.length === 0) return
      try {
        if (activities.length > 1) {
          // Swapping two spans must not meet the wall half-way, so the whole set lets go of its spans first.
          await client.query(
            'UPDATE activity SET blocking = false WHERE company_id = $1 AND id = ANY ($2) AND blocking',
            [company, activities.map((a) => a.id)],
          )
        }
        const rows = await all<{ id: string }>(updateActivitiesSql, [
          company,
          JSON.stringify(activities.map(activityRecord)),
        ])
        const written = new Set(rows.map((row) => row.id))
        const missed = activities.find((activity) => !written.has(activity.id))
        if (missed)
          throw new LostUpdateError({ table: 'activity', id: missed.id, expected: missed.version - 1 })
      } catch (error) {
        throw wallHit(error)
      }
    },

    async deleteActivity(activity) {
      await client.query('DELETE FROM activity WHERE company_id = $1 AND id = $2', [company, activity.id])
    },

    async tell(technicianId, kind, activity) {
      await client.query(
        `WITH head AS (
           UPDATE technician SET inbox_seq = inbox_seq + 1 WHERE company_id = $1 AND id = $2 RETURNING inbox_seq
         )
         INSERT INTO inbox (company_id, technician_id, seq, kind, at, activity_id, activity_version)
           SELECT $1, $2, inbox_seq, $3, $4, $5, $6 FROM head`,
        [company, technicianId, kind, stamp(now), activity.id, activity.version],
      )
    },

    async saveExplanation(activityId, activityVersion, body) {
      await client.query(
        `INSERT INTO explanation (company_id, activity_id, activity_version, at, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (company_id, activity_id, activity_version)
           DO UPDATE SET body = explanation.body || excluded.body`,
        [company, activityId, activityVersion, stamp(now), JSON.stringify(body)],
      )
    },
  }
}
