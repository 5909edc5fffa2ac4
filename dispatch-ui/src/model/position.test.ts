import { describe, expect, it } from 'vitest'
import { isSnapshotWelcome, judgeFrame } from './position.ts'

const at = { epoch: 'e1', seq: 10 }

describe('a frame of events', () => {
  it.each([
    ['joins on', { from: 11, to: 14 }, { take: 'from', seq: 11 }],
    ['overlaps: only its new part is taken', { from: 8, to: 12 }, { take: 'from', seq: 11 }],
    ['was seen already: nothing is taken', { from: 5, to: 10 }, { take: 'nothing' }],
    ['leaves a gap: the client asks again from its own place', { from: 12, to: 15 }, { take: 'resume' }],
  ])('that %s', (_what, range, verdict) => {
    expect(judgeFrame(at, { epoch: 'e1', ...range })).toEqual(verdict)
  })

  it('of another epoch means starting afresh, whatever its numbers', () => {
    expect(judgeFrame(at, { epoch: 'e2', from: 11, to: 12 })).toEqual({ take: 'afresh' })
    expect(judgeFrame(at, { epoch: 'e2', from: 1, to: 5 })).toEqual({ take: 'afresh' })
  })

  it('is worth nothing before there is a place to join it to', () => {
    expect(judgeFrame(null, { epoch: 'e1', from: 1, to: 3 })).toEqual({ take: 'afresh' })
  })
})

describe('a snapshot', () => {
  it('older than what is shown is refused', () => {
    expect(isSnapshotWelcome(at, { epoch: 'e1', seq: 9 })).toBe(false)
  })
  it('of the same number, a later one, or of another epoch is welcome', () => {
    expect(isSnapshotWelcome(at, { epoch: 'e1', seq: 10 })).toBe(true)
    expect(isSnapshotWelcome(at, { epoch: 'e1', seq: 11 })).toBe(true)
    expect(isSnapshotWelcome(at, { epoch: 'e2', seq: 1 })).toBe(true)
    expect(isSnapshotWelcome(null, { epoch: 'e1', seq: 0 })).toBe(true)
  })
})
