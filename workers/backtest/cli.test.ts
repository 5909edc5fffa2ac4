import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { run } from './cli.ts'
import { rules2011, townFile } from './testing/city-file.ts'

let folder = ''
let data = ''
let rules = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callboard-backtest-'))
  data = join(folder, 'town.csv')
  rules = join(folder, 'rules.csv')
  await writeFile(data, townFile(3, 60))
  await writeFile(rules, rules2011)
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Runs the command, catching what it prints. */
const backtest = async (...argv: string[]): Promise<{ code: number; out: string; errors: string }> => {
  let out = ''
  let errors = ''
  const write = (keep: (text: string) => void) => (text: unknown, done?: unknown) => {
    keep(String(text))
    if (typeof done === 'function') done()
    return true
  }
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(
    write((text) => {
      out += text
    }),
  )
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(
    write((text) => {
      errors += text
    }),
  )
  try {
    return { code: await run(argv), out, errors }
  } finally {
    stdout.mockRestore()
    stderr.mockRestore()
  }
}

describe('callboard backtest', () => {
  it('compares the built-in ways and a policy from a file, the same in every run of the same seeds', async () => {
    const policy = join(folder, 'loose.json')
    await writeFile(policy, JSON.stringify({ churnBudget: 2, weights: { stability: 0.1 } }))
    const ways = ['first-come', 'nearest-idle', 'resolve-5min', 'callboard', policy].flatMap((way) => [
      '--policy',
      way,
    ])
    const json = join(folder, 'report.json')
    const argv = [
      '--data',
      data,
      '--rules',
      rules,
      ...ways,
      '--seeds',
      '1,2',
      '--iterations',
      '3',
      '--shadow',
    ]
    const first = await backtest(...argv, '--json', json)
    expect(first.code).toBe(0)
    const report = JSON.parse(await readFile(json, 'utf8'))
    expect(report.results.map((one: { policy: string }) => one.policy)).toEqual([
      'first-come',
      'nearest-idle',
      'resolve-5min',
      'callboard',
      'loose',
    ])
    for (const { seeds } of report.results) {
      for (const { score, shadow } of seeds) {
        expect(score.done + score.openAtEnd + score.refused).toBe(report.orders)
        expect(score.byType.reduce((sum: number, type: { kept: number }) => sum + type.kept, 0)).toBe(
          score.kept,
        )
        expect(shadow.compared).toBeGreaterThan(0)
      }
    }
    expect(first.out).toContain('Difference to nearest-idle')
    expect(first.out).toContain('no verdict')
    const second = await backtest(...argv, '--json', json)
    expect(second.out).toBe(first.out)
  }, 60_000)

  it.each([
    [[], '--data: name the file to replay'],
    [['--data', 'nowhere.csv'], '--data nowhere.csv: cannot be read'],
    [['--load', 'heavy'], '--load: must be a number from 0.05 to 5'],
    [['--policy', 'by-dice'], '--policy by-dice: is none of first-come'],
    [['--seed', '1', '--seeds', '2'], '--seeds: takes the place of --seed'],
    [['--iterations', '5', '--repair-ms', '5'], '--iterations: takes the place of times'],
    [['--speed', '5'], "'--speed'"],
  ])('says of %j what is wrong', async (argv, sentence) => {
    const asked = argv.length === 0 || argv.includes('nowhere.csv') ? argv : ['--data', data, ...argv]
    const answer = await backtest(...asked)
    expect(answer).toMatchObject({ code: 2, out: '' })
    expect(answer.errors).toContain(sentence)
  })

  it('says that no promise was judged where the file has no rules, and not that none was kept', async () => {
    const argv = ['--data', data, '--policy', 'first-come', '--policy', 'nearest-idle', '--iterations', '3']
    const { code, out } = await backtest(...argv)
    expect(code).toBe(0)
    expect(out).toMatch(/\| promises kept +\| +– \| +– \|/)
    expect(out).toContain('No order has a promise')
    expect(out).not.toContain('Promises kept by type')
  })

  it('names the field of a policy that is none', async () => {
    const policy = join(folder, 'odd.json')
    await writeFile(policy, JSON.stringify({ horizonDays: 'two' }))
    const answer = await backtest('--data', data, '--policy', policy)
    expect(answer.code).toBe(2)
    expect(answer.errors).toContain('/horizonDays')
  })
})
