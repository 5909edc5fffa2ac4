import { describe, expect, it } from 'vitest'
import { boardFrom, instantAt } from '../plan/drawn-board.ts'
import type { Activity } from './activity.ts'
import { type ActivityCommand, type ActivityContext, decide, targetReached } from './decide.ts'

const board = boardFrom(`
  Ann | 08:00 A1 09:00 | 09:30 A2 11:00
  Bo  | 08:30 B1 10:00
`)
const ann = board.technician('Ann')
const a1 = board.activity('A1')

const context = (more: Partial<ActivityContext> = {}): ActivityContext => ({
  now: instantAt('07:00'),
  actor: { userId: 'dana', role: 'dispatcher', technicianId: null, kind: 'user' },
  progress: 'inProcess',
  technician: ann,
  facts: {
    calendar: null,
    neighbours: board.day('Ann'),
    promises: [],
    timeZone: 'UTC',
    travel: { speedKmh: 30, roadFactor: 1.4 },
  },
  strict: false,
  ...more,
})

const changed = (activity: Activity, command: ActivityCommand, more: Partial<ActivityContext> = {}) => {
  const decided = decide(activity, command, context(more))
  if (!decided.ok) throw new Error(decided.refusal.code)
  return decided.value
}
const refusal = (activity: Activity, command: ActivityCommand, more: Partial<ActivityContext> = {}) => {
  const decided = decide(activity, command, context(more))
  return decided.ok ? 'accepted' : decided.refusal.code
}

describe('placing', () => {
  it('moves a bar, raises its version by one, and notes that a person touched it', () => {
    const { activity, type } = changed(a1, {
      type: 'reschedule',
      start: instantAt('12:00'),
      end: instantAt('13:00'),
    })
    expect(type).toBe('activity-rescheduled')
    expect(activity).toMatchObject({ version: a1.version + 1, start: instantAt('12:00'), blocking: true })
    expect(activity.humanTouchedAt).toBe(instantAt('07:00'))
  })

  it('keeps the length when only a start is given', () => {
    const { activity } = changed(a1, { type: 'assign', technicianId: 'Ann', start: instantAt('13:00') })
    expect(activity.end).toBe(instantAt('14:00'))
  })

  it('warns of an overlap, and lets it no longer block others', () => {
    const move: ActivityCommand = { type: 'reschedule', start: instantAt('10:00'), end: instantAt('11:30') }
    const { activity, warnings } = changed(a1, move)
    expect(warnings).toEqual([{ kind: 'overlap', activityId: 'A2', minutes: 60 }])
    expect(activity.blocking).toBe(false)
    expect(refusal(a1, move, { strict: true })).toBe('PLAN_CONFLICT')
  })

  it('refuses an end that is not after the start', () => {
    expect(refusal(a1, { type: 'reschedule', start: instantAt('10:00'), end: instantAt('10:00') })).toBe(
      'VALIDATION',
    )
  })

  it('refuses someone who left, and someone without a team', () => {
    const assign: ActivityCommand = { type: 'assign', technicianId: 'Ann' }
    expect(refusal(a1, assign, { technician: { ...ann, active: false } })).toBe('WORKER_INACTIVE')
    expect(refusal(a1, assign, { technician: { ...ann, teamId: null } })).toBe('WORKER_NOT_IN_TEAM')
    expect(refusal(a1, assign, { technician: null })).toBe('VALIDATION')
  })

  it('takes a bar off a technician, which also takes it back', () => {
    const dispatched = changed(a1, { type: 'dispatch' }).activity
    const { activity, type } = changed(dispatched, { type: 'assign', technicianId: null })
    expect(type).toBe('activity-unassigned')
    expect(activity).toMatchObject({ technicianId: null, state: 'undispatched', blocking: false })
  })

  it('moves the bar to the board of its new technician, and forgets the old one’s acceptance', () => {
    const accepted = { ...a1, state: 'dispatched' as const, fieldStatus: 'accepted' as const }
    const bo = { ...board.technician('Bo'), boardId: 'north' }
    const { activity } = changed(accepted, { type: 'assign', technicianId: 'Bo' }, { technician: bo })
    expect(activity).toMatchObject({
      boardId: 'north',
      teamId: 'crew',
      state: 'dispatched',
      fieldStatus: 'none',
    })
  })
})

describe('the lifecycle', () => {
  const dispatched = changed(a1, { type: 'dispatch' }).activity
  const closed = changed(dispatched, { type: 'close' }).activity

  it.each<[string, Activity, ActivityCommand, string]>([
    ['dispatching twice', dispatched, { type: 'dispatch' }, 'SUPERSEDED'],
    ['recalling what was not dispatched', a1, { type: 'recall' }, 'ACTIVITY_NOT_DISPATCHED'],
    ['moving what is closed', closed, { type: 'assign', technicianId: 'Ann' }, 'ACTIVITY_CLOSED'],
    ['reopening what is open', a1, { type: 'reopen' }, 'ACTIVITY_NOT_CLOSED'],
    [
      'a step on undispatched work',
      a1,
      { type: 'field-status', fieldStatus: 'accepted' },
      'ACTIVITY_NOT_DISPATCHED',
    ],
    [
      'dispatching without a technician',
      { ...a1, technicianId: null },
      { type: 'dispatch' },
      'ACTIVITY_UNASSIGNED',
    ],
    ['dispatching without a time', { ...a1, start: null, end: null }, { type: 'dispatch' }, 'VALIDATION'],
  ])('%s is refused', (_name, activity, command, expected) => {
    expect(refusal(activity, command)).toBe(expected)
  })

  it.each(['canceled', 'posted'] as const)('nothing moves once the order is %s', (progress) => {
    expect(refusal(a1, { type: 'prioritise', priority: 'high' }, { progress })).toMatch(/^ORDER_/)
  })

  it('walks a technician’s steps forward, never back, and closes on done', () => {
    const onSite = changed(dispatched, { type: 'field-status', fieldStatus: 'onSite' }).activity
    expect(refusal(onSite, { type: 'field-status', fieldStatus: 'travelling' })).toBe('SUPERSEDED')
    const done = changed(onSite, { type: 'field-status', fieldStatus: 'done' })
    expect(done.type).toBe('activity-closed')
    expect(done.activity).toMatchObject({
      state: 'closed',
      fieldStatus: 'done',
      closedCause: 'finished',
      closedBy: 'dana',
    })
  })

  it('hands declined work back to the dispatcher, with the name still on it', () => {
    const { activity } = changed(dispatched, { type: 'field-status', fieldStatus: 'declined' })
    expect(activity).toMatchObject({ state: 'undispatched', fieldStatus: 'declined', technicianId: 'Ann' })
  })

  it('reopens as dispatched, without taking the span from whoever has it now', () => {
    expect(changed(closed, { type: 'reopen' }).activity).toMatchObject({
      state: 'dispatched',
      blocking: false,
      closedAt: null,
    })
  })

  it('responds with the first dispatch and arrives with the first step on site', () => {
    const onSite = changed(dispatched, { type: 'field-status', fieldStatus: 'onSite' }).activity
    expect(targetReached(a1, dispatched)).toBe('respond')
    expect(targetReached(dispatched, onSite)).toBe('arrive')
    expect(targetReached(onSite, closed)).toBeNull()
  })
})
