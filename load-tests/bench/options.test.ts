import { describe, expect, it } from 'vitest'
import { optionsFrom } from './options.ts'

const base = ['--instances', 'somewhere']

describe('the options of the bench', () => {
  it('have their ordinary values where nothing is said', () => {
    expect(optionsFrom(base)).toMatchObject({
      sets: ['solomon'],
      budgetsMs: [1000],
      seeds: [1],
      limit: 10,
      threads: 1,
      peers: [],
      curve: null,
    })
  })

  it('take several budgets and seeds, and peers by name', () => {
    const options = optionsFrom([
      ...base,
      ...['--budget', '100,1000', '--seeds', '1,2,3', '--sets', 'solomon,gh200'],
      ...['--peer', 'a=x {in} {out}', '--peer', 'b=y {in} {out} {seconds}', '--budget-of', 'b'],
    ])
    expect(options).toMatchObject({ budgetsMs: [100, 1000], seeds: [1, 2, 3], budgetOf: 'b' })
    expect(options.peers.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('ask for the overrun of the curve’s boards, and of no others', () => {
    expect(optionsFrom(['--curve', '50', '--overrun', '20'])).toMatchObject({ curve: [50], overrun: 20 })
    expect(optionsFrom(base).overrun).toBe(0)
    expect(() => optionsFrom([...base, '--overrun', '20'])).toThrow('--overrun: goes with --curve')
  })

  it('ask for the curve alone, with or without sizes', () => {
    expect(optionsFrom(['--curve']).curve).toEqual([100, 300, 1000, 3000, 10000])
    expect(optionsFrom(['--curve', '--markdown'])).toMatchObject({
      curve: [100, 300, 1000, 3000, 10000],
      markdown: true,
    })
    expect(optionsFrom(['--curve', '50,70']).curve).toEqual([50, 70])
  })

  it.each([
    [[], /--instances: name the folder/],
    [[...base, '--budget', 'soon'], /--budget: must be whole numbers from 1/],
    [[...base, '--budget', '0'], /--budget/],
    [[...base, '--seeds', '1,,2'], /--seeds/],
    [[...base, '--limit', '1.5'], /--limit/],
    [[...base, '--threads', '65'], /--threads: must be at most 64/],
    [[...base, '--peer', 'a=x {in} {out}', '--peer', 'a=y {in} {out}'], /two of them are named a/],
    [[...base, '--budget-of', 'vroom'], /--budget-of: names no --peer/],
    [[...base, '--wrong'], /wrong/],
  ])('are refused by name: %j', (argv, message) => {
    expect(() => optionsFrom(argv)).toThrow(message)
  })
})
