/**
 * `npm run demo -- --data FILE --speed N`: a real 311 file, replayed through the running system to its end.
 *
 * Time. Nothing is shifted or scaled: the whole replay happens at the file's own instants. Rows come in by the import
 * path in the order in which they were opened, a step of city time at once, so their clocks start at the true `open_dt`
 * and deadlines can be compared with `target_dt` as they are. The planner is asked to plan as of the step's instant
 * (a span that lies wholly in the past is planned as of its start), so shifts, travel and lateness are judged in city
 * time too. Simulated technicians sign in as themselves and report on site and done; when they finish, the order's
 * clock is stopped at that instant of city time. Only latencies are real time: from a row's order on the board to its
 * first place, and from a command to a second socket client.
 * `--speed N` paces the steps: N seconds of city time to one real second; 0, or more than the machine can do, is as fast
 * as it goes. What the report calls "kept" is the system's own compliance record, not this file's arithmetic.
 */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { RunningSystem } from '../running-system.ts'
import { setUp } from './cast.ts'
import { playThrough } from './play.ts'
import { reportOn, tellReport } from './report.ts'
import { readSource } from './source.ts'

export async function run(argv: string[], system: RunningSystem): Promise<number> {
  const asked = readArguments(argv)
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`)
  }
  const source = await readSource(asked.data, asked.rules)
  say(
    `${source.rows.length} rows that can be used, ${source.unusable.length} that cannot, from ${basename(asked.data)}`,
  )
  const replay = await setUp(system, source)
  try {
    await playThrough(replay, source, asked.speed, say)
    const report = await reportOn(replay, source)
    say(tellReport(report))
    if (asked.report !== null) await writeFile(asked.report, `${JSON.stringify(report, null, 2)}\n`)
    return report.exact ? 0 : 1
  } finally {
    replay.follower.close()
    replay.second.close()
  }
}

function readArguments(argv: string[]): {
  data: string
  rules: string | null
  speed: number
  report: string | null
} {
  const { values } = parseArgs({
    args: argv,
    strict: false,
    options: {
      data: { type: 'string' },
      rules: { type: 'string' },
      speed: { type: 'string' },
      report: { type: 'string' },
    },
  })
  const { data, rules, speed, report } = values
  if (typeof data !== 'string') throw new Error('--data FILE.csv names the file to replay')
  const beside = join(dirname(data), 'sla_rules_inferred.csv')
  const number = Number(typeof speed === 'string' ? speed : 0)
  if (!Number.isFinite(number) || number < 0) throw new Error('--speed is a number from 0')
  return {
    data,
    rules: typeof rules === 'string' ? rules : existsSync(beside) ? beside : null,
    speed: number,
    report: typeof report === 'string' ? report : null,
  }
}
