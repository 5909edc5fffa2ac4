import { expect, it } from 'vitest'
import { drill, failings } from './fault-drill.ts'

it('loses and doubles nothing while every kind of process dies and every cache is emptied', async () => {
  const said: string[] = []
  const report = await drill({
    spacingMs: 1_500,
    cutMs: 10_000,
    writers: 3,
    followers: 4,
    bars: 24,
    say: (text) => said.push(text),
  })
  expect(failings(report), JSON.stringify({ report, said }, null, 2)).toEqual([])
  expect(report.faults.length).toBeGreaterThan(10)
}, 240_000)
