import { describe, expect, it } from 'vitest'
import type { Activity } from '../../../server/domain/activity/activity.ts'
import { HOUR, MINUTE } from '../../../server/domain/instant.ts'
import { activity, at, boardOf, built, find, now, placed } from './small-board.ts'

describe('a lock that could be let go', () => {
  const pinned = { ...placed('Ann', at(14), at(15)), locked: true }
  const cases: [string, Partial<Activity>, boolean][] = [
    ['is that of work nobody has sent out', pinned, true],
    ['is none of dispatched work', { ...pinned, state: 'dispatched' }, false],
    ['is none of work somebody is on the way to', { ...pinned, fieldStatus: 'travelling' }, false],
    ['is none of what a person has just placed', { ...pinned, humanTouchedAt: now - MINUTE }, false],
    ['is none of what begins in ten minutes', { ...pinned, ...placed('Ann', at(10, 10), at(11)) }, false],
    ['is none where its own time has passed', { ...pinned, latestEnd: at(10) }, false],
  ]
  it.each(cases)('%s', (_what, more, isLiftable) => {
    expect(find(boardOf([activity('A', more)]), 'A')?.fixed?.liftable).toBe(isLiftable ? true : undefined)
  })

  it('lets the work start only when it may', () => {
    const board = boardOf([activity('A', { ...pinned, earliestStart: at(13), latestEnd: at(16) })])
    const seconds = (instant: number): number => (instant - built(board).zero) / 1000
    expect(find(board, 'A')?.windows).toEqual([{ from: seconds(at(13)), to: seconds(at(15)) }])
  })
})

describe('what stays where it is', () => {
  const spot = placed('Ann', at(14), at(15))
  const cases: [string, Partial<Activity>, boolean][] = [
    ['dispatched work', { ...spot, state: 'dispatched' }, true],
    ['locked work', { ...spot, locked: true }, true],
    ['what a person placed a quarter of an hour ago', { ...spot, humanTouchedAt: now - 15 * MINUTE }, true],
    ['what a person placed an hour ago', { ...spot, humanTouchedAt: now - HOUR }, false],
    ['what begins in ten minutes', placed('Ann', at(10, 10), at(11)), true],
    ['an ordinary plan for the afternoon', spot, false],
  ]
  it.each(cases)('%s', (_what, more, isFixed) => {
    const found = find(boardOf([activity('A', more)]), 'A')
    expect(found?.fixed !== undefined).toBe(isFixed)
    expect(found?.current !== undefined).toBe(!isFixed)
  })

  it('starts late work now, and lets running work end a little later than planned', () => {
    const late = find(boardOf([activity('A', { ...placed('Ann', at(9), at(10)), state: 'dispatched' })]), 'A')
    expect(late?.fixed).toEqual({ technicianId: 'Ann', start: 0 })
    const over = find(
      boardOf([
        activity('A', { ...placed('Ann', at(8), at(9)), state: 'dispatched', fieldStatus: 'onSite' }),
      ]),
      'A',
    )
    expect(over?.fixed?.start).toBe(-2 * 3600)
    expect(over?.duration).toBe(2 * 3600 + 5 * 60)
  })
})
