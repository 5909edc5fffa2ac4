import { expect, it } from 'vitest'
import { readQuery, unusable } from './hygiene.ts'

it('finds text that cannot be stored, wherever it hides', () => {
  expect(unusable({ a: [{ b: 'x\u0000' }] })).toMatchObject({ field: 'a.0.b' })
  expect(unusable({ 'k\ud800': 1 })).toMatchObject({ field: 'body' })
  expect(unusable('\udc00')).toMatchObject({ field: 'body' })
  expect(unusable({ fine: 'Ünï 😀', list: [1, null, true] })).toBeNull()
})

it('refuses depth without going deep itself', () => {
  let value: unknown = 1
  for (let i = 0; i < 200_000; i++) value = [value]
  expect(unusable(value)).toMatchObject({ expected: 'at most 24 levels' })
})

it('reads numbers and booleans of a query only where they are plainly meant', () => {
  const schema = {
    properties: {
      n: { type: 'integer' },
      x: { type: 'number' },
      b: { type: 'boolean' },
      s: { type: 'string' },
    },
  }
  expect({ ...readQuery({ n: '12', x: '-1.5', b: 'true', s: '7', o: '1' }, schema) }).toEqual({
    n: 12,
    x: -1.5,
    b: true,
    s: '7',
    o: '1',
  })
  for (const n of ['', ' 1', '1e3', '0x10', '1.0', '١', '99999999999999999999', 'NaN'])
    expect(readQuery({ n }, schema).n).toBe(n)
  for (const b of ['', '1', 'TRUE', 'yes']) expect(readQuery({ b }, schema).b).toBe(b)
  expect(Object.getPrototypeOf(readQuery({ ['__proto__']: 'x' }, schema))).toBeNull()
})
