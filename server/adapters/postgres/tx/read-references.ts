/**
 * What orders and activities refer to, read inside the open transaction: people, calendars, stages, terms, boards.
 */
import type { Order } from '../../../domain/order/order.ts'
import type { AgreementFacts, BoardFacts, ParametersRow, Tx } from '../../../ports/commands.ts'
import { parametersOf } from '../parameters.ts'
import {
  type CalendarRow,
  calendarColumns,
  calendarsOfRows,
  type SlaRow,
  type StageRow,
  stageOfRow,
  type TechnicianRow,
  technicianOfRow,
  technicianSelect,
  termsOfRow,
} from '../rows/reference.ts'
import { type Asking, byId } from './asking.ts'

export const readReferences = (
  asking: Asking,
): Pick<
  Tx,
  | 'technicians'
  | 'lockTechnicians'
  | 'calendars'
  | 'stages'
  | 'parameters'
  | 'agreement'
  | 'boards'
  | 'teamBoards'
  | 'exists'
  | 'project'
> => {
  const { all, company } = asking
  return {
    async technicians(ids) {
      if (ids.length === 0) return new Map()
      const rows = await all<TechnicianRow>(
        `SELECT ${technicianSelect} WHERE t.company_id = $1 AND t.id = ANY ($2)`,
        [company, ids],
      )
      return byId(rows.map(technicianOfRow))
    },

    async lockTechnicians(ids) {
      if (ids.length === 0) return new Map()
      // Weaker than FOR UPDATE on purpose: rows that merely refer to a technician do not have to wait.
      const rows = await all<TechnicianRow>(
        `SELECT ${technicianSelect} WHERE t.company_id = $1 AND t.id = ANY ($2)
         ORDER BY t.id FOR NO KEY UPDATE OF t`,
        [company, ids],
      )
      return byId(rows.map(technicianOfRow))
    },

    async calendars(ids) {
      if (ids.length === 0) return new Map()
      // A company has a handful of calendars; reading all resolves bases without a second question.
      const rows = await all<CalendarRow>(`SELECT ${calendarColumns} FROM calendar WHERE company_id = $1`, [
        company,
      ])
      const made = calendarsOfRows(rows)
      return new Map([...made].filter(([id]) => ids.includes(id)))
    },

    async stages() {
      return (await all<StageRow>('SELECT * FROM stage WHERE company_id = $1', [company])).map(stageOfRow)
    },

    async parameters(): Promise<ParametersRow> {
      const rows = await all<{ parameters: Record<string, unknown>; time_zone: string }>(
        'SELECT parameters, time_zone FROM company WHERE id = $1',
        [company],
      )
      return parametersOf(rows[0]?.parameters ?? {}, rows[0]?.time_zone ?? 'UTC')
    },

    async agreement(id): Promise<AgreementFacts | null> {
      const rows = await all<{
        id: string
        description: string
        project_id: string
        customer_id: string
        group_id: string
        start_date: string
        end_date: string | null
        suspended: boolean
        is_template: boolean
        preferred_technician_id: string | null
        effective_sla_id: string | null
      }>(
        `SELECT a.*, coalesce(a.sla_id, g.sla_id) AS effective_sla_id
           FROM agreement a JOIN agreement_group g ON g.company_id = a.company_id AND g.id = a.group_id
         WHERE a.company_id = $1 AND a.id = $2 FOR SHARE OF a`,
        [company, id],
      )
      const row = rows[0]
      if (!row) return null
      const slas = row.effective_sla_id
        ? await all<SlaRow>('SELECT * FROM sla WHERE company_id = $1 AND id = $2', [
            company,
            row.effective_sla_id,
          ])
        : []
      const sla = slas[0]
      return {
        id: row.id,
        description: row.description,
        projectId: row.project_id,
        customerId: row.customer_id,
        groupId: row.group_id,
        startDate: row.start_date,
        endDate: row.end_date,
        suspended: row.suspended,
        isTemplate: row.is_template,
        preferredTechnicianId: row.preferred_technician_id,
        terms: sla && !sla.suspended ? termsOfRow(sla) : null,
      }
    },

    async boards(ids) {
      if (ids.length === 0) return new Map()
      const rows = await all<{
        id: string
        name: string
        time_zone: string
        policy: Record<string, unknown>
      }>('SELECT id, name, time_zone, policy FROM board WHERE company_id = $1 AND id = ANY ($2)', [
        company,
        ids,
      ])
      return byId(
        rows.map(
          (row): BoardFacts => ({ id: row.id, name: row.name, timeZone: row.time_zone, policy: row.policy }),
        ),
      )
    },

    async teamBoards() {
      const rows = await all<{ id: string; board_id: string }>(
        'SELECT id, board_id FROM team WHERE company_id = $1 AND board_id IS NOT NULL',
        [company],
      )
      return new Map(rows.map((row) => [row.id, row.board_id]))
    },

    async exists(table, id) {
      // The table comes from a closed union of names, never from outside.
      const rows = await all(`SELECT 1 AS found FROM ${table} WHERE company_id = $1 AND id = $2`, [
        company,
        id,
      ])
      return rows.length > 0
    },

    async project(id) {
      const rows = await all<{ customer_id: string; address: Order['address'] }>(
        'SELECT customer_id, address FROM project WHERE company_id = $1 AND id = $2',
        [company, id],
      )
      const row = rows[0]
      return row ? { customerId: row.customer_id, address: row.address } : null
    },
  }
}
