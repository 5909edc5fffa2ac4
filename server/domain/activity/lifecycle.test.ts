import { describe, expect, it } from 'vitest'
import type { FieldStatus } from './activity.ts'
import { isNewer } from './evolve.ts'
import { type ActivityAct, allowedFrom, isAllowedFrom, isFieldStepAllowed, isUnderWay } from './lifecycle.ts'

describe('the lifecycle table', () => {
  const acts = Object.keys(allowedFrom) as ActivityAct[]

  it('lets every act but reopening start only from open work', () => {
    expect(acts.filter((act) => isAllowedFrom(act, 'closed'))).toEqual(['reopen'])
    expect(isAllowedFrom('reopen', 'undispatched') || isAllowedFrom('reopen', 'dispatched')).toBe(false)
  })

  it('tells apart what needs a dispatched job and what needs one that is not', () => {
    const only = (state: 'undispatched' | 'dispatched', other: typeof state): ActivityAct[] =>
      acts.filter((act) => isAllowedFrom(act, state) && !isAllowedFrom(act, other))
    expect(only('undispatched', 'dispatched')).toEqual(['dispatch'])
    expect(only('dispatched', 'undispatched')).toEqual(['recall', 'field-status'])
  })
})

describe('the technician’s steps', () => {
  const steps: FieldStatus[] = ['none', 'received', 'seen', 'accepted', 'travelling', 'onSite', 'done']
  const pairs = steps.flatMap((from, i) => steps.map((to, j) => [from, to, j > i] as const))

  it.each(pairs)('%s to %s: %s', (from, to, allowed) => {
    expect(isFieldStepAllowed(from, to)).toBe(allowed)
  })

  it('can be declined until someone sets out', () => {
    expect(steps.filter((from) => isFieldStepAllowed(from, 'declined'))).toEqual([
      'none',
      'received',
      'seen',
      'accepted',
    ])
    expect(steps.filter(isUnderWay)).toEqual(['travelling', 'onSite'])
  })
})

it('a copy of the board takes in each version once, and never an older one', () => {
  const log = [1, 2, 2, 1, 3].map((version) => ({ version }))
  const taken: number[] = []
  let known: { version: number } | undefined
  for (const next of [...log, ...log]) {
    if (!isNewer(known, next)) continue
    known = next
    taken.push(next.version)
  }
  expect(taken).toEqual([1, 2, 3])
})
