import { describe, expect, it } from 'vitest'
import { attach, noClock } from '../sla/clock.ts'
import {
  cancelLine,
  cancelOrder,
  changeStage,
  judgeDelete,
  judgeEdit,
  moveClock,
  type OrderContext,
  postOrder,
  revokeLine,
  revokeOrder,
  signOff,
  undoSignOff,
} from './decide.ts'
import type { Order, OrderLine } from './order.ts'
import { progressOf } from './progress.ts'
import type { Stage } from './stage.ts'
import { exampleStages, judgeStage, moveBetween, nextStages, previousStage, rootStage } from './stages.ts'

const stages: Stage[] = exampleStages.map(({ parent, ...stage }) => ({
  ...stage,
  id: stage.code,
  parentStageId: parent,
}))
const HOUR = 3_600_000
const start = Date.UTC(2026, 2, 2, 8)

const line = (id: string, more: Partial<OrderLine> = {}): OrderLine => ({
  id,
  lineNum: 1,
  transactionType: 'hour',
  status: 'created',
  description: '',
  qty: 1,
  technicianId: null,
  itemId: null,
  typeId: null,
  requiredSkills: [],
  earliestStart: null,
  latestEnd: null,
  signedOff: false,
  canceledWithOrder: false,
  ...more,
})
const order = (more: Partial<Order> = {}): Order => ({
  id: 'order',
  version: 3,
  companyId: 'company',
  number: 'SO-1',
  externalId: null,
  description: 'Tree emergency',
  customerId: 'customer',
  projectId: 'project',
  agreementId: null,
  serviceDateTime: start,
  stageId: 'PLAN',
  progress: 'inProcess',
  priority: 'normal',
  address: null,
  preferredTechnicianId: null,
  signedOff: false,
  signedOffAt: null,
  origin: 'user',
  createdAt: start,
  lines: [line('l1'), line('l2')],
  clock: attach(
    {
      slaId: 'gold',
      targets: { complete: { days: 0, hours: 4, minutes: 0 } },
      clockMode: 'wall',
      startAlignment: 'none',
      calendarId: null,
    },
    null,
    start,
  ),
  ...more,
})
const context = (hours: number, more: Partial<OrderContext> = {}): OrderContext => ({
  now: start + hours * HOUR,
  stages,
  calendar: null,
  parameters: { reasonOnExceed: true, reasonOnCancel: true, signOffRequired: 'none' },
  reasonId: null,
  ...more,
})
const value = <T>(result: { ok: true; value: T } | { ok: false; refusal: { code: string } }): T => {
  if (!result.ok) throw new Error(result.refusal.code)
  return result.value
}
const code = (result: { ok: boolean; refusal?: { code: string } }): string =>
  result.refusal?.code ?? 'accepted'

describe('stages', () => {
  it('offer exactly the children as next and the parent as previous', () => {
    expect(nextStages(stages, 'INPROC').map((stage) => stage.code)).toEqual(['ONHOLD', 'DONE'])
    expect(previousStage(stages, 'DONE')?.code).toBe('INPROC')
    expect(previousStage(stages, 'PLAN')).toBeUndefined()
    expect(rootStage(stages)?.code).toBe('PLAN')
  })

  it('are never skipped', () => {
    expect(code(moveBetween(stages, 'PLAN', 'DONE'))).toBe('STAGE_NOT_ADJACENT')
    expect(code(moveBetween(stages, 'PLAN', 'PLAN'))).toBe('STAGE_NOT_ADJACENT')
    expect(code(moveBetween(stages, 'PLAN', 'RELEASED'))).toBe('accepted')
  })

  it('keep one root and their parents', () => {
    expect(code(judgeStage(stages, { id: null, parentStageId: null }))).toBe('STAGE_ROOT_EXISTS')
    expect(code(judgeStage([], { id: null, parentStageId: null }))).toBe('accepted')
    expect(code(judgeStage(stages, { id: 'DONE', parentStageId: 'PLAN' }))).toBe('STAGE_PARENT_IMMUTABLE')
    expect(code(judgeStage(stages, { id: null, parentStageId: 'nowhere' }))).toBe('VALIDATION')
  })

  it('stop the clock on entering a stopping stage and restart it on leaving', () => {
    const inProcess = order({ stageId: 'INPROC' })
    const held = value(changeStage(inProcess, 'ONHOLD', context(1, { reasonId: 'parts' }))).order
    expect(held.clock.status).toBe('stopped')
    const back = value(changeStage(held, 'INPROC', context(3))).order
    expect(back.clock).toMatchObject({
      status: 'started',
      records: [{ endAt: start + HOUR }, { startAt: start + 3 * HOUR }],
    })
  })

  it('leave the clock of signed-off work stopped', () => {
    const done = value(changeStage(order({ stageId: 'INPROC' }), 'DONE', context(1))).order
    const signed = value(signOff(done, context(2))).order
    expect(value(changeStage(signed, 'INPROC', context(3))).order.clock.status).toBe('stopped')
  })

  it('do not undo a stop by hand', () => {
    const stopped = value(moveClock(order({ stageId: 'INPROC' }), 'stop', start + HOUR, context(1))).order
    const held = value(changeStage(stopped, 'ONHOLD', context(2, { reasonId: 'parts' }))).order
    expect(value(changeStage(held, 'INPROC', context(3))).order.clock.status).toBe('stopped')
  })

  it('ask for a reason where they require one, and where an exceeded clock is stopped', () => {
    const inProcess = order({ stageId: 'INPROC' })
    expect(code(changeStage(inProcess, 'ONHOLD', context(1)))).toBe('REASON_REQUIRED')
    expect(code(changeStage(inProcess, 'DONE', context(4)))).toBe('accepted')
    expect(code(changeStage(inProcess, 'DONE', context(5)))).toBe('REASON_REQUIRED')
    expect(code(changeStage(inProcess, 'DONE', context(5, { reasonId: 'storm' })))).toBe('accepted')
  })

  it.each([
    ['modify', 'DONE', judgeEdit],
    ['cancel', 'INPROC', cancelOrder],
    ['post', 'PLAN', postOrder],
    ['delete', 'RELEASED', judgeDelete],
  ] as const)('forbid to %s in %s', (_what, stageId, act) => {
    expect(code(act(order({ stageId }), context(1)))).toBe('STAGE_FORBIDS')
  })
})

describe('lines and progress', () => {
  it.each([
    [['created', 'posted', 'canceled'], 'inProcess'],
    [['posted', 'canceled'], 'posted'],
    [['canceled', 'canceled'], 'canceled'],
    [[], 'inProcess'],
  ] as const)('%j is %s', (statuses, expected) => {
    expect(progressOf(statuses.map((status) => ({ status })))).toBe(expected)
  })

  it('cancel with their order, and come back with it, but not those cancelled before', () => {
    const one = value(cancelLine(order(), 'l1', context(1))).order
    const canceled = value(cancelOrder(one, context(1)))
    expect(canceled).toMatchObject({
      closes: 'orderCanceled',
      order: { progress: 'canceled', clock: { status: 'stopped' } },
    })
    const revoked = value(revokeOrder(canceled.order, context(2))).order
    expect(revoked.lines.map((l) => l.status)).toEqual(['canceled', 'created'])
    expect(revoked.clock.status).toBe('stopped')
  })

  it('cancel even when the limit is exceeded, without a reason', () => {
    expect(code(cancelOrder(order(), context(9)))).toBe('accepted')
    const last = cancelLine(order({ lines: [line('l1')] }), 'l1', context(9))
    expect(value(last)).toMatchObject({
      closes: 'orderCanceled',
      order: { progress: 'canceled', clock: { status: 'stopped' } },
    })
  })

  it('end a posted order with the last line that was still open', () => {
    const half = order({ lines: [line('l1', { status: 'posted' }), line('l2')] })
    expect(value(cancelLine(half, 'l2', context(1)))).toMatchObject({
      closes: 'orderPosted',
      order: { progress: 'posted', clock: { status: 'stopped', records: [{ endSource: 'posting' }] } },
    })
  })

  it('come back only one by one when they were cancelled one by one', () => {
    const canceled = value(cancelLine(order({ lines: [line('l1')] }), 'l1', context(1))).order
    expect(code(revokeOrder(canceled, context(2)))).toBe('ORDER_CANCELED')
    expect(value(revokeLine(canceled, 'l1', context(2))).order.progress).toBe('inProcess')
  })

  it('refuse what was ended', () => {
    const canceled = value(cancelOrder(order(), context(1))).order
    expect(code(changeStage(canceled, 'RELEASED', context(2)))).toBe('ORDER_CANCELED')
    expect(code(cancelOrder(canceled, context(2)))).toBe('ORDER_CANCELED')
    expect(code(revokeOrder(order(), context(2)))).toBe('LINE_NOT_CREATED')
  })
})

describe('sign-off and posting', () => {
  const done = order({ stageId: 'DONE', clock: noClock })

  it('sign-off stamps, marks lines, stops the clock; undoing it does not start it', () => {
    const signed = value(signOff(order(), context(1))).order
    expect(signed).toMatchObject({ signedOff: true, signedOffAt: start + HOUR, clock: { status: 'stopped' } })
    expect(signed.lines.every((l) => l.signedOff)).toBe(true)
    expect(code(moveClock(signed, 'start', start + 2 * HOUR, context(2)))).toBe('SLA_BLOCKED')
    expect(value(undoSignOff(signed)).order).toMatchObject({ signedOff: false, clock: { status: 'stopped' } })
  })

  it('posting needs a project and the sign-off that the company asks for', () => {
    const strict = {
      parameters: { reasonOnExceed: false, reasonOnCancel: false, signOffRequired: 'line' as const },
    }
    expect(code(postOrder({ ...done, projectId: null }, context(1)))).toBe('PROJECT_REQUIRED')
    expect(code(postOrder(done, context(1, strict)))).toBe('SIGN_OFF_REQUIRED')
    const posted = value(postOrder(done, context(1)))
    expect(posted).toMatchObject({ closes: 'orderPosted', order: { progress: 'posted' } })
    expect(code(undoSignOff(posted.order))).toBe('ORDER_POSTED')
  })
})
