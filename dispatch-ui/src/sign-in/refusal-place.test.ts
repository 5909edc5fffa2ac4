import { describe, expect, it } from 'vitest'
import { refusalOf } from './refusal-place.ts'

describe('a refused sign-in', () => {
  it('says that the three do not belong together, and not which of them is wrong', () => {
    expect(refusalOf({ status: 401, code: 'WRONG_CREDENTIALS', title: 'wrong' })).toEqual({ kind: 'wrong' })
  })

  it('stays closed for as long as the server says', () => {
    const problem = { status: 429, code: 'ACCOUNT_CLOSED', title: 'x', details: { retrySeconds: 90 } }
    expect(refusalOf(problem)).toEqual({ kind: 'locked', seconds: 90 })
    expect(refusalOf({ status: 429, code: 'TOO_MANY_REQUESTS', title: 'x' })).toEqual({
      kind: 'locked',
      seconds: 5,
    })
  })

  it('stands at the fields that the server named', () => {
    const details = { fields: [{ field: 'body.email', expected: 'text' }] }
    expect(refusalOf({ status: 422, code: 'VALIDATION', title: 'x', details })).toEqual({
      kind: 'fields',
      fields: ['email'],
    })
  })

  it('gives the reason of anything else', () => {
    expect(refusalOf({ status: 503, code: 'OVERLOADED', title: 'Busy' })).toEqual({
      kind: 'other',
      why: 'Busy',
    })
  })
})
