import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../domain/instant.ts'
import { type Finished, learn } from '../domain/risk/learn.ts'
import type { PlannedVisit } from '../domain/risk/technician-day.ts'
import type { Outlook, RunningPromise } from '../ports/outlooks.ts'
import { createBoardWatch, watchOf } from './watch-board.ts'

const NOW = Date.UTC(2026, 5, 1, 10)
const at = (minutes: number): number => NOW + minutes * MINUTE

const past = (ratio: number, typeId: string): Finished => ({
  boardId: 'b',
  typeId,
  priority: 'normal',
  plannedMinutes: 60,
  plannedTravelMinutes: 10,
  askedAt: at(-200),
  sentAt: at(-170),
  leftAt: at(-110),
  beganAt: at(-100),
  endedAt: at(-100 + 60 * ratio),
})
const tallies = learn(
  new Map(),
  [0.6, 0.9, 1, 1.2, 1.6, 2.2].flatMap((ratio) => [
    past(ratio, 'leak'),
    past(ratio, 'leak'),
    past(1, 'lamp'),
  ]),
)

const visit = (id: string, minutes: number, given: Partial<PlannedVisit> = {}): PlannedVisit => ({
  id,
  typeId: 'lamp',
  start: at(minutes),
  end: at(minutes + 60),
  fieldStatus: 'none',
  since: null,
  place: null,
  windows: [],
  ...given,
})
const promise = (
  bar: Pick<PlannedVisit, 'id' | 'typeId'> & { start: number | null; end: number | null },
  dueAt: number,
  target: RunningPromise['target'] = 'complete',
): RunningPromise => ({
  orderId: `order-${bar.id}`,
  orderNumber: '1',
  description: 'Leak',
  customerName: null,
  priority: 'normal',
  agreementGroupId: null,
  slaId: 's',
  target,
  dueAt,
  activity: {
    id: bar.id,
    typeId: bar.typeId,
    teamId: 't',
    technicianId: bar.start === null ? null : 'omar',
    priority: 'normal',
    durationMinutes: 60,
    start: bar.start,
    end: bar.end,
    askedAt: at(-30),
  },
})
const outlook = (given: Partial<Outlook>): Outlook => ({
  boardId: 'b',
  now: NOW,
  timeZone: 'UTC',
  travel: { speedKmh: 30, roadFactor: 1.4 },
  promises: [],
  technicians: new Map(),
  calendars: new Map(),
  lastPlaces: new Map(),
  visits: new Map(),
  tallies,
  ...given,
})

describe('the watch over a board’s promises', () => {
  const omars = visit('present', -140, { typeId: 'leak', fieldStatus: 'onSite', since: at(-140) })
  const next = visit('next', 0)

  it('lists what the plan would call safe when it is likely missed, and names the job that it comes from', () => {
    const watch = watchOf(
      outlook({ visits: new Map([['omar', [omars, next]]]), promises: [promise(next, at(92))] }),
    )
    const [listed] = watch.atRisk
    expect(listed).toMatchObject({
      activityId: 'next',
      why: 'likely',
      probabilityUnknown: null,
      driver: { kind: 'work', activityId: 'present', technicianId: 'omar' },
    })
    expect(listed?.probability).toBeGreaterThan(0.3)
    expect(listed?.driver?.probabilityWithout).toBeLessThan(listed?.probability ?? 0)
  })

  it('leaves out what is safe', () => {
    const watch = watchOf(
      outlook({ visits: new Map([['omar', [next]]]), promises: [promise(next, at(6 * 60))] }),
    )
    expect(watch).toMatchObject({ open: 1, atRisk: [], broken: [] })
  })

  it('keeps the old reasons: overdue, planned late, tight, unplanned', () => {
    const watch = watchOf(
      outlook({
        visits: new Map([['omar', [next]]]),
        promises: [
          promise(next, at(-1)),
          promise(next, at(50)),
          promise(next, at(65)),
          promise({ id: 'u', typeId: null, start: null, end: null }, at(200)),
        ],
      }),
    )
    expect(watch.broken.map((one) => [one.why, one.probability])).toEqual([['overdue', 1]])
    expect(watch.atRisk.map((one) => one.why)).toEqual(['planned-late', 'tight', 'unplanned'])
    expect(watch.atRisk[0]?.driver?.kind).toBe('plan')
  })

  it('judges work without a place by how long such work has lately waited, and says when that is unknown', () => {
    const loose = promise({ id: 'u', typeId: 'lamp', start: null, end: null }, at(120))
    const known = watchOf(outlook({ promises: [loose] })).atRisk[0]
    expect(known?.probability).toBeGreaterThan(0.5)
    const unknown = watchOf(outlook({ promises: [loose], tallies: new Map() })).atRisk[0]
    expect(unknown).toMatchObject({ probability: null, probabilityUnknown: 'few-waits', driver: null })
  })

  it('judges a response by how long sending took, wherever the work lies', () => {
    const soon = watchOf(outlook({ promises: [promise(next, at(1), 'respond')] })).atRisk[0]
    expect(soon?.probability).toBeGreaterThan(0.3)
    expect(soon?.driver).toBeNull()
  })

  it('keeps an answer while the board has not moved, for some seconds', async () => {
    let reads = 0
    let now = 0
    const board = createBoardWatch({
      outlooks: {
        async read() {
          reads++
          return outlook({})
        },
      },
      now: () => now,
    })
    await board.watch('c', 'b', 1)
    await board.watch('c', 'b', 1)
    expect(reads).toBe(1)
    await board.watch('c', 'b', 2)
    expect(reads).toBe(2)
    now += HOUR
    await board.watch('c', 'b', 2)
    expect(reads).toBe(3)
    await board.watch('other', 'b', 2)
    expect(reads).toBe(4)
  })

  it('says how likely the promise would be missed with each candidate', async () => {
    const own = promise(next, at(92))
    const board = createBoardWatch({
      outlooks: {
        read: async () => outlook({ visits: new Map([['omar', [omars, next]]]), promises: [own] }),
      },
      now: () => 0,
    })
    const cost = {
      missedTargets: 0,
      lateMinutes: 0,
      waitingMinutes: 0,
      marginMinutes: 0,
      unassigned: 0,
      preferred: 0,
      travelMinutes: 0,
      overtimeMinutes: 0,
      moved: 0,
    }
    const offer = (technicianId: string) => ({
      technicianId,
      start: new Date(at(0)).toISOString(),
      end: new Date(at(60)).toISOString(),
      travelMinutes: 0,
      late: false,
      cost,
      delta: 0,
      warnings: [],
    })
    const judged = await board.judge(
      'c',
      { id: 'next', orderId: own.orderId, boardId: 'b', place: null, windows: [] },
      { activityId: 'next', seq: 1, candidates: [offer('omar'), offer('lea')], refusals: [] },
    )
    const [omar, lea] = judged.candidates.map((one) => one.missProbability ?? Number.NaN)
    expect(lea).toBeLessThan(0.1)
    expect(omar).toBeGreaterThan(0.3)
  })
})
