/** Jobs for tests and nothing else: a whole activity and order from the few facts a test cares about. */
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { OrderSla, OrderView } from '../../../server/contract/order.ts'
import { unplanned } from '../../../server/domain/activity/new-activity.ts'
import type { Job } from './jobs.ts'

export const sampleActivity = (facts: Partial<ActivityView> = {}): ActivityView => ({
  ...unplanned,
  requiredSkills: [],
  windows: [],
  id: 'a1',
  number: 'A-1',
  boardId: 'b1',
  orderId: 'o1',
  teamId: 't1',
  technicianId: 'ann',
  start: '2026-08-29T14:00:00.000Z',
  end: '2026-08-29T15:00:00.000Z',
  state: 'dispatched',
  blocking: true,
  createdAt: '2026-08-29T10:00:00.000Z',
  ...facts,
})

export const sampleSla = (facts: Partial<OrderSla> = {}): OrderSla => ({
  target: 'complete',
  slaId: 's1',
  status: 'started',
  startedAt: '2026-08-29T10:00:00.000Z',
  dueAt: '2026-08-29T16:00:00.000Z',
  reachedAt: null,
  limitMinutes: 360,
  recordedMinutes: 0,
  compliance: 0,
  ...facts,
})

export const sampleOrder = (facts: Partial<OrderView> = {}): OrderView => ({
  id: 'o1',
  version: 1,
  number: 'SO-1',
  externalId: null,
  description: 'Tree emergency',
  customerId: null,
  customerName: null,
  projectId: null,
  agreementId: null,
  agreementGroupId: null,
  serviceDateTime: '2026-08-29T10:00:00.000Z',
  stageId: 'st1',
  progress: 'inProcess',
  priority: 'normal',
  address: null,
  preferredTechnicianId: null,
  signedOff: false,
  signedOffAt: null,
  origin: 'user',
  createdAt: '2026-08-29T10:00:00.000Z',
  slaStatus: 'started',
  slas: [],
  lines: [],
  ...facts,
})

export function sampleJob(facts: Partial<ActivityView> = {}, order: Partial<OrderView> = {}): Job {
  const activity = sampleActivity(facts)
  return {
    activity,
    order: sampleOrder({ id: activity.orderId, ...order }),
    startAt: activity.start === null ? null : Date.parse(activity.start),
    endAt: activity.end === null ? null : Date.parse(activity.end),
    moved: null,
  }
}
