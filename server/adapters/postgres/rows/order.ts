/**
 * Orders and their lines as rows, both ways.
 */
import type { Order, OrderLine } from '../../../domain/order/order.ts'
import type { SlaClock, SlaRecord, SlaTerms } from '../../../domain/sla/sla.ts'
import { at, stamp } from './stamp.ts'

export type OrderRow = {
  company_id: string
  id: string
  version: number
  number: string
  external_id: string | null
  description: string
  customer_id: string | null
  project_id: string | null
  agreement_id: string | null
  service_date_time: Date
  stage_id: string
  progress: Order['progress']
  priority: Order['priority']
  address: Order['address']
  preferred_technician_id: string | null
  signed_off: boolean
  signed_off_at: Date | null
  origin: Order['origin']
  created_at: Date
  updated_at: Date
  sla_terms: SlaTerms | null
  sla_status: SlaClock['status']
  sla_records: SlaRecord[]
  sla_reached: SlaClock['reached']
}

export const orderColumns = [
  'company_id',
  'id',
  'version',
  'number',
  'external_id',
  'description',
  'customer_id',
  'project_id',
  'agreement_id',
  'service_date_time',
  'stage_id',
  'progress',
  'priority',
  'address',
  'preferred_technician_id',
  'signed_off',
  'signed_off_at',
  'origin',
  'created_at',
  'updated_at',
  'sla_terms',
  'sla_status',
  'sla_records',
  'sla_reached',
] as const satisfies readonly (keyof OrderRow)[]

export type LineRow = {
  company_id: string
  id: string
  order_id: string
  line_num: number
  transaction_type: OrderLine['transactionType']
  status: OrderLine['status']
  description: string
  qty: number
  technician_id: string | null
  item_id: string | null
  type_id: string | null
  required_skills: OrderLine['requiredSkills']
  earliest_start: Date | null
  latest_end: Date | null
  signed_off: boolean
  canceled_with_order: boolean
}

export const lineColumns = [
  'company_id',
  'id',
  'order_id',
  'line_num',
  'transaction_type',
  'status',
  'description',
  'qty',
  'technician_id',
  'item_id',
  'type_id',
  'required_skills',
  'earliest_start',
  'latest_end',
  'signed_off',
  'canceled_with_order',
] as const satisfies readonly (keyof LineRow)[]

const lineOfRow = (row: LineRow): OrderLine => ({
  id: row.id,
  lineNum: row.line_num,
  transactionType: row.transaction_type,
  status: row.status,
  description: row.description,
  qty: row.qty,
  technicianId: row.technician_id,
  itemId: row.item_id,
  typeId: row.type_id,
  requiredSkills: row.required_skills,
  earliestStart: at(row.earliest_start),
  latestEnd: at(row.latest_end),
  signedOff: row.signed_off,
  canceledWithOrder: row.canceled_with_order,
})

/** What an insert and an update both write of an order itself, in the order of the columns: from the external id to the sign-off. */
export const orderValues = (order: Order): unknown[] => [
  order.externalId,
  order.description,
  order.customerId,
  order.projectId,
  order.agreementId,
  stamp(order.serviceDateTime),
  order.stageId,
  order.progress,
  order.priority,
  order.address === null ? null : JSON.stringify(order.address),
  order.preferredTechnicianId,
  order.signedOff,
  stamp(order.signedOffAt),
]

export const lineValues = (order: Order, line: OrderLine): unknown[] => [
  order.companyId,
  line.id,
  order.id,
  line.lineNum,
  line.transactionType,
  line.status,
  line.description,
  line.qty,
  line.technicianId,
  line.itemId,
  line.typeId,
  JSON.stringify(line.requiredSkills),
  stamp(line.earliestStart),
  stamp(line.latestEnd),
  line.signedOff,
  line.canceledWithOrder,
]

export function orderOfRows(row: OrderRow, lines: readonly LineRow[]): Order {
  return {
    id: row.id,
    version: row.version,
    companyId: row.company_id,
    number: row.number,
    externalId: row.external_id,
    description: row.description,
    customerId: row.customer_id,
    projectId: row.project_id,
    agreementId: row.agreement_id,
    serviceDateTime: row.service_date_time.getTime(),
    stageId: row.stage_id,
    progress: row.progress,
    priority: row.priority,
    address: row.address,
    preferredTechnicianId: row.preferred_technician_id,
    signedOff: row.signed_off,
    signedOffAt: at(row.signed_off_at),
    origin: row.origin,
    createdAt: row.created_at.getTime(),
    lines: lines.map(lineOfRow).sort((a, b) => a.lineNum - b.lineNum),
    clock: {
      terms: row.sla_terms,
      status: row.sla_status,
      records: row.sla_records,
      reached: row.sla_reached,
    },
  }
}
