import { describe, expect, it } from 'vitest'
import type { OrderedRoute } from './adapter.ts'
import { parseSolomon, readShort, readSolomon, scoreShort, scoreSolomon, solomonClass } from './solomon.ts'

const text = `S1

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       100          0
    1      3         4          6          0        20          5
    2      6         8          4         30        40          5
    3      0         1.44       5          0        90          5
`

const route = (technicianId: string, ...activityIds: string[]): OrderedRoute => ({
  technicianId,
  activityIds,
})
const score = (...routes: OrderedRoute[]) => scoreSolomon(parseSolomon(text), routes)

describe('a Solomon file', () => {
  it('is scored by distance alone, each arc cut to a tenth', () => {
    // 5 + 5 + 10 on one route; 1.44 is cut to 1.4 each way on the other.
    expect(score(route('v1', '1', '2'), route('v2', '3'))).toEqual({
      value: 22.8,
      parts: { routes: 2 },
      findings: [],
    })
  })

  it('is scored by who is served first where vans are too few, and the vans are few indeed', async () => {
    const served = scoreShort(parseSolomon(text), [route('v1', '1', '2')])
    expect(served).toEqual({ value: 1_020, parts: { unserved: 1, distance: 20 }, findings: [] })
    const many = Array.from({ length: 12 }, (_, i) => `${i + 1} 30 0 6 0 100 40`).join('\n')
    // As far as the depot: 12 customers thirty away, of whom a van can serve one in its hundred.
    const depot = text.slice(0, text.indexOf('    1      3'))
    const short = readShort(depot + many, 'R1')
    const { parts, findings } = await short.run({ seed: 1, budgetMs: 0, threads: 1, iterations: 50 })
    expect([parts, findings]).toEqual([{ unserved: 5, distance: 420 }, []])
  })

  it.each([
    ['someone is not served', [route('v1', '1', '2')], /1 customers are not served/],
    ['someone is served twice', [route('v1', '1', '2'), route('v2', '3', '1')], /served twice/],
    ['someone is reached too late', [route('v1', '2', '1'), route('v2', '3')], /customer 1 is reached/],
    ['a van is too full', [route('v1', '1', '3'), route('v2', '2')], /carries 11 of 10/],
    ['there are more routes than vans', [route('v1', '1'), route('v2', '2'), route('v3', '3')], /3 of 2/],
    ['one van drives twice', [route('v1', '1', '2'), route('v1', '3')], /drives two routes/],
    [
      'the depot is visited as a customer',
      [route('v1', '1', '0', '2'), route('v2', '3')],
      /0 is no customer/,
    ],
  ])('refuses a plan in which %s', (_, routes, finding) => {
    expect(score(...routes).findings).toContainEqual(expect.stringMatching(finding))
  })

  it('refuses a van that is back after the depot closes', () => {
    const early = text.replace('0       100', '0        50')
    const { findings } = scoreSolomon(parseSolomon(early), [route('v1', '1', '2', '3')])
    expect(findings).toContainEqual(expect.stringMatching(/back after the depot closes/))
  })

  it('is searched, judged and scored to its optimum', async () => {
    const instance = readSolomon(text, 22.8, 'T')
    const outcome = await instance.run({ seed: 1, budgetMs: 0, threads: 1, iterations: 500 })
    expect(outcome).toMatchObject({ value: 22.8, findings: [] })
  })

  it('is put in its class by its name', () => {
    expect(['C101', 'rc2_10_4', 'R211', 'r1_2_1', 'X9'].map(solomonClass)).toEqual([
      'C1',
      'RC2',
      'R2',
      'R1',
      '',
    ])
  })

  it('without rows or headings is refused', () => {
    expect(() => parseSolomon('S1\nNUMBER CAPACITY\n2 10\n')).toThrow(/CUST NO\./)
    expect(() => parseSolomon(text.replace(/\n {4}[123] .*/g, ''))).toThrow(/not a Solomon file/)
  })
})
