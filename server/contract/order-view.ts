/** The order as the wire shows it: its record joined with what its clock says at a given instant. */
import type { Calendar } from '../domain/calendar/calendar.ts'
import { type Instant, MINUTE } from '../domain/instant.ts'
import type { Order } from '../domain/order/order.ts'
import { compliance, countedIntervals, dueAt, limitMs, recorded, targetsOf } from '../domain/sla/clock.ts'
import type { OrderSla, OrderSlaSum, OrderView } from './order.ts'

const text = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString())
const twoDecimals = (value: number): number => Math.round(value * 100) / 100

export type OrderViewContext = {
  readonly card: { readonly customerName: string | null; readonly agreementGroupId: string | null }
  /** The calendar of the order's SLA, or null when it has none. */
  readonly calendar: Calendar | null
  /** The instant at which running clocks are read. */
  readonly now: Instant
}

export function orderView(order: Order, { card, calendar, now }: OrderViewContext): OrderView {
  return {
    id: order.id,
    version: order.version,
    number: order.number,
    externalId: order.externalId,
    description: order.description,
    customerId: order.customerId,
    customerName: card.customerName,
    projectId: order.projectId,
    agreementId: order.agreementId,
    agreementGroupId: card.agreementGroupId,
    serviceDateTime: new Date(order.serviceDateTime).toISOString(),
    stageId: order.stageId,
    progress: order.progress,
    priority: order.priority,
    address: order.address === null ? null : { ...order.address },
    preferredTechnicianId: order.preferredTechnicianId,
    signedOff: order.signedOff,
    signedOffAt: text(order.signedOffAt),
    origin: order.origin,
    createdAt: new Date(order.createdAt).toISOString(),
    slaStatus: order.clock.status,
    slas: slasOf(order, calendar, now),
    lines: order.lines.map((line) => ({
      id: line.id,
      lineNum: line.lineNum,
      transactionType: line.transactionType,
      status: line.status,
      description: line.description,
      qty: line.qty,
      technicianId: line.technicianId,
      itemId: line.itemId,
      typeId: line.typeId,
      requiredSkills: line.requiredSkills.map((skill) => ({ ...skill })),
      earliestStart: text(line.earliestStart),
      latestEnd: text(line.latestEnd),
      signedOff: line.signedOff,
    })),
  }
}

function slasOf(order: Order, calendar: Calendar | null, now: Instant): OrderSla[] {
  const { clock } = order
  const { terms } = clock
  if (terms === null) return []
  return targetsOf(terms).map((target) => ({
    target,
    slaId: terms.slaId,
    status: clock.status,
    startedAt: text(clock.records[0]?.startAt ?? null),
    dueAt: text(dueAt(clock, calendar, target)),
    reachedAt: target === 'complete' ? null : text(clock.reached[target] ?? null),
    limitMinutes: twoDecimals((limitMs(terms, calendar, target) ?? 0) / MINUTE),
    recordedMinutes: twoDecimals(recorded(clock, calendar, target, now) / MINUTE),
    compliance: compliance(clock, calendar, target, now),
  }))
}

/** `GET /orders/{id}/sla`: every target with the intervals that make up its sum. */
export function orderSlaSum(order: Order, context: OrderViewContext): OrderSlaSum {
  const { clock } = order
  const { calendar, now } = context
  return {
    orderId: order.id,
    status: clock.status,
    targets: slasOf(order, calendar, now).map((sla) => {
      const until = sla.reachedAt === null ? now : Date.parse(sla.reachedAt)
      return {
        ...sla,
        intervals: countedIntervals(clock, calendar, until).map((interval) => ({
          from: new Date(interval.from).toISOString(),
          to: text(interval.to),
          kind: interval.kind,
          minutes: twoDecimals(interval.minutes),
          reasonId: interval.reasonId,
        })),
      }
    }),
    records: clock.records.map((record) => ({
      startAt: new Date(record.startAt).toISOString(),
      endAt: text(record.endAt),
      startSource: record.startSource,
      endSource: record.endSource,
      reasonId: record.reasonId,
    })),
  }
}
