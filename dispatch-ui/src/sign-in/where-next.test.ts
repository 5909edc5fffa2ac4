import { describe, expect, it } from 'vitest'
import { safeNext, whereNext } from './where-next.ts'

describe('where a person goes after signing in', () => {
  it('takes a technician to the phone page and everybody else to the board', () => {
    expect(whereNext('technician', null)).toBe('/technician')
    expect(whereNext('technician', '/wall')).toBe('/technician')
    for (const role of ['dispatcher', 'manager', 'customer-service', 'administrator'])
      expect(whereNext(role, null)).toBe('/board')
  })

  it('goes back to the page that asked for the sign-in', () => {
    expect(whereNext('manager', '/wall?x=1')).toBe('/wall?x=1')
    expect(whereNext('dispatcher', '/technician')).toBe('/board')
  })

  it.each([
    '//elsewhere.example',
    '/\\elsewhere.example',
    'https://elsewhere.example',
    'javascript:x',
    '',
    '/sign-in?next=/a',
  ])('never leaves this site for %s', (next) => expect(safeNext(next)).toBeNull())
})
