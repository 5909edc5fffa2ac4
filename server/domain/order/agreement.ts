/** Whether an agreement can yield an order for a service date (domain digest 2.8, 3.3). */
import type { LocalDate } from '../calendar/calendar.ts'
import { accept, type Result, refuse } from '../refusal.ts'

export type AgreementTerms = {
  readonly id: string
  readonly suspended: boolean
  readonly isTemplate: boolean
  readonly startDate: LocalDate
  readonly endDate: LocalDate | null
}

/** Dates compare as text: both are YYYY-MM-DD. Both ends belong to the validity. */
export function judgeAgreement(agreement: AgreementTerms, serviceDate: LocalDate): Result<null> {
  if (agreement.suspended) return refuse('AGREEMENT_SUSPENDED', { agreementId: agreement.id })
  if (agreement.isTemplate) return refuse('AGREEMENT_IS_TEMPLATE', { agreementId: agreement.id })
  const { startDate, endDate } = agreement
  if (serviceDate < startDate || (endDate !== null && serviceDate > endDate))
    return refuse('OUTSIDE_VALIDITY', { serviceDate, startDate, endDate })
  return accept(null)
}
