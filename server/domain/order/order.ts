/** A service order with its lines, as rules see it. */
import type { Priority } from '../activity/activity.ts'
import type { Instant } from '../instant.ts'
import type { SlaClock } from '../sla/sla.ts'

export type OrderProgress = 'inProcess' | 'posted' | 'canceled'
export type LineStatus = 'created' | 'canceled' | 'posted'
export type TransactionType = 'hour' | 'expense' | 'item' | 'fee'

export type OrderLine = {
  readonly id: string
  readonly lineNum: number
  readonly transactionType: TransactionType
  readonly status: LineStatus
  readonly description: string
  readonly qty: number
  readonly technicianId: string | null
  readonly itemId: string | null
  readonly typeId: string | null
  readonly requiredSkills: readonly { readonly skill: string; readonly level: number }[]
  readonly earliestStart: Instant | null
  readonly latestEnd: Instant | null
  readonly signedOff: boolean
  /** Set when the order's own cancellation canceled this line, so that revoking the order revives only these. */
  readonly canceledWithOrder: boolean
}

export type Address = {
  readonly name?: string
  readonly street?: string
  readonly zip?: string
  readonly city?: string
  readonly country?: string
  readonly lat?: number
  readonly lon?: number
  readonly oneTime?: boolean
}

export type Order = {
  readonly id: string
  readonly version: number
  readonly companyId: string
  readonly number: string
  readonly externalId: string | null
  readonly description: string
  readonly customerId: string | null
  readonly projectId: string | null
  readonly agreementId: string | null
  readonly serviceDateTime: Instant
  readonly stageId: string
  readonly progress: OrderProgress
  readonly priority: Priority
  readonly address: Address | null
  readonly preferredTechnicianId: string | null
  readonly signedOff: boolean
  readonly signedOffAt: Instant | null
  readonly origin: 'system' | 'user' | 'web'
  readonly createdAt: Instant
  readonly lines: readonly OrderLine[]
  readonly clock: SlaClock
}
