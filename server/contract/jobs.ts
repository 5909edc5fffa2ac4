/**
 * Job payloads: every job is a pointer to rows of Postgres, never the work itself.
 *
 * Whoever takes a job re-reads what it points to. A job that is lost, doubled, late or about a row that has moved on is
 * therefore harmless; the sweeper makes it again.
 */
import { type Static, Type } from 'typebox'
import { closed, Id } from './common.ts'

export const queueNames = ['planning', 'sla', 'imports', 'maintenance'] as const
export type QueueName = (typeof queueNames)[number]

export const PlanningJob = Type.Object({ company: Id, run: Id }, { $id: 'PlanningJob', ...closed })
export type PlanningJob = Static<typeof PlanningJob>

export const ImportJob = Type.Object({ company: Id, import: Id }, { $id: 'ImportJob', ...closed })
export type ImportJob = Static<typeof ImportJob>

export const SlaJob = Type.Object(
  {
    company: Id,
    order: Id,
    target: Type.Union([Type.Literal('respond'), Type.Literal('arrive'), Type.Literal('complete')]),
    percent: Type.Integer({ minimum: 1 }),
  },
  { $id: 'SlaJob', ...closed },
)
export type SlaJob = Static<typeof SlaJob>

export const MaintenanceJob = Type.Object(
  { task: Type.Literal('maintain') },
  { $id: 'MaintenanceJob', ...closed },
)
export type MaintenanceJob = Static<typeof MaintenanceJob>

export type PointerJob =
  | { readonly queue: 'planning'; readonly id: string; readonly data: PlanningJob }
  | { readonly queue: 'imports'; readonly id: string; readonly data: ImportJob }
  | { readonly queue: 'sla'; readonly id: string; readonly data: SlaJob; readonly delayMs?: number }
  | { readonly queue: 'maintenance'; readonly id: string; readonly data: MaintenanceJob }

/** What became of a taken job, for counters and logs; nothing depends on it. */
export type JobOutcome = 'done' | 'nothing-to-do' | 'again' | 'gave-up'
