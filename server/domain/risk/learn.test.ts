import { describe, expect, it } from 'vitest'
import { MINUTE } from '../instant.ts'
import { type Finished, learn, waitTally } from './learn.ts'
import { WAITS_MIN } from './waiting.ts'

const NOON = Date.UTC(2026, 5, 1, 12)
const at = (minutes: number): number => NOON + minutes * MINUTE
const finished = (given: Partial<Finished> = {}): Finished => ({
  boardId: 'b',
  typeId: 'lamp',
  priority: 'normal',
  plannedMinutes: 60,
  plannedTravelMinutes: 20,
  askedAt: at(-120),
  sentAt: at(-60),
  leftAt: at(-30),
  beganAt: at(0),
  endedAt: at(90),
  ...given,
})

describe('what one finished job teaches', () => {
  it('is its length beside the plan, the way beside the plan, and how long it was waited for', () => {
    const tallies = learn(new Map(), [finished()])
    const of = (subject: 'work' | 'travel' | 'start' | 'dispatch', key: string) =>
      Math.exp(tallies.get(subject)?.get(key)?.sum ?? Number.NaN)
    expect(of('work', 'lamp')).toBeCloseTo(1.5, 9)
    expect(of('travel', '')).toBeCloseTo(1.5, 9)
    expect(of('start', 'b/normal')).toBeCloseTo(120, 9)
    expect(of('dispatch', 'b/normal')).toBeCloseTo(60, 9)
  })

  it('is nothing about lengths when nobody was on site', () => {
    const tallies = learn(new Map(), [finished({ beganAt: null, leftAt: null })])
    expect([...tallies.keys()]).toEqual(['dispatch'])
  })

  it('is nothing about the way where no place is known or nobody said that they left', () => {
    expect(learn(new Map(), [finished({ plannedTravelMinutes: null })]).has('travel')).toBe(false)
    expect(learn(new Map(), [finished({ plannedTravelMinutes: 0 })]).has('travel')).toBe(false)
    expect(learn(new Map(), [finished({ leftAt: null })]).has('travel')).toBe(false)
  })

  it('is nothing about lengths when it was reported after the fact, or forgotten until the next day', () => {
    expect(learn(new Map(), [finished({ endedAt: at(1) })]).has('work')).toBe(false)
    expect(learn(new Map(), [finished({ endedAt: at(20 * 60) })]).has('work')).toBe(false)
    expect(learn(new Map(), [finished({ leftAt: at(-0.5) })]).has('travel')).toBe(false)
  })

  it('adds to what was known, and leaves the rest alone', () => {
    const once = learn(new Map(), [finished()])
    const twice = learn(once, [finished({ typeId: null })])
    expect(twice.get('work')?.has('lamp')).toBe(false)
    expect(twice.get('work')?.get('')?.count).toBe(1)
    expect(twice.get('travel')?.get('')?.count).toBe(2)
    expect(once.get('travel')?.get('')?.count).toBe(1)
  })
})

describe('how long work waits', () => {
  const many = (count: number, given: Partial<Finished>) =>
    learn(
      new Map(),
      Array.from({ length: count }, () => finished(given)),
    )

  it('is that of its own priority once enough is known', () => {
    const tallies = many(WAITS_MIN, { priority: 'high' })
    expect(waitTally(tallies, 'start', 'b', 'high')?.count).toBe(WAITS_MIN)
  })

  it('is that of all priorities before', () => {
    const tallies = many(WAITS_MIN, { priority: 'high' })
    expect(waitTally(tallies, 'start', 'b', 'low')?.count).toBe(WAITS_MIN)
  })

  it('is unknown on a board that has finished nothing', () => {
    expect(waitTally(many(20, {}), 'start', 'other', 'normal')).toBeUndefined()
  })
})
