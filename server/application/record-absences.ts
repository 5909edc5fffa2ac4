/**
 * Puts who was assumed away in a fork into the technicians' own records, as a dispatcher would have: the same change of
 * the record, from the version that the fork saw.
 *
 * The surprising rule: a record that anybody changed since keeps what it says, even where the change was about
 * something else. Who merges is told, and can record the absence with the record in view.
 */
import type { DroppedAbsence, ForkAbsence } from '../contract/forks.ts'
import type { NewEvent, Refused, Tx } from '../ports/commands.ts'
import type { Records } from '../ports/records.ts'
import { updateRecord } from './change-record.ts'
import { lastChanges } from './context.ts'
import type { AssumedAbsence, Fork } from './fork-rows.ts'

/** As many as a technician's record may hold. */
const ABSENCES_MAX = 200

export type RecordedAbsences = {
  readonly recorded: readonly ForkAbsence[]
  readonly dropped: readonly DroppedAbsence[]
  readonly events: readonly NewEvent[]
}

export async function recordAbsences(
  tx: Tx,
  records: Records,
  asked: { readonly fork: Fork; readonly reason: string },
): Promise<RecordedAbsences | Refused> {
  const recorded: ForkAbsence[] = []
  const dropped: DroppedAbsence[] = []
  const events: NewEvent[] = []
  for (const [technicianId, absences] of byTechnician(asked.fork.absences)) {
    const technician = (await tx.technicians([technicianId])).get(technicianId)
    const leave = (reason: string, by?: DroppedAbsence['changedBy']): void => {
      const why = { reason, ...(by === undefined ? {} : { changedBy: by }) }
      dropped.push(...absences.map((absence) => ({ ...spanOf(absence), ...why })))
    }
    if (technician === undefined) {
      leave('There is no such technician any more.')
      continue
    }
    const seen = Math.min(...absences.map((one) => one.seenVersion ?? 0))
    if (technician.version !== seen) {
      const by = (await lastChanges(tx, [technicianId])).get(technicianId)
      leave(`${by?.name ?? 'Somebody'} changed ${technician.name}’s record meanwhile.`, by)
      continue
    }
    if (technician.absences.length + absences.length > ABSENCES_MAX) {
      leave(`${technician.name}’s record holds ${ABSENCES_MAX} absences at most.`)
      continue
    }
    const patch = {
      absences: [
        ...technician.absences.map(({ from, to, reason }) => ({ ...instants(from, to), reason })),
        ...absences.map(({ from, to }) => ({ from, to, reason: asked.reason })),
      ],
    }
    const outcome = await updateRecord(tx, records, {
      collection: 'technicians',
      id: technicianId,
      expectedVersion: seen,
      patch,
    })
    if ('refusal' in outcome) return outcome
    events.push(...(outcome.events ?? []))
    recorded.push(...absences.map(spanOf))
  }
  return { recorded, dropped, events }
}

/** In the order of their ids, in which everybody locks. */
function byTechnician(absences: readonly AssumedAbsence[]): [string, AssumedAbsence[]][] {
  const groups = new Map<string, AssumedAbsence[]>()
  for (const absence of absences) {
    const group = groups.get(absence.technicianId)
    if (group) group.push(absence)
    else groups.set(absence.technicianId, [absence])
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
}

const spanOf = ({ technicianId, from, to }: ForkAbsence): ForkAbsence => ({ technicianId, from, to })
const instants = (from: number, to: number) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
})
