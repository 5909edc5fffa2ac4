/** `npm run faults [-- --spacing S --cut S --data FILE --rules FILE [--replay]]`: the drill in full, with its report. */
import { parseArgs } from 'node:util'
import { drill, failings } from './fault-drill.ts'

const { values } = parseArgs({
  options: {
    spacing: { type: 'string', default: '6' },
    cut: { type: 'string', default: '60' },
    data: { type: 'string' },
    rules: { type: 'string' },
    replay: { type: 'boolean', default: false },
  },
})
const report = await drill({
  spacingMs: Number(values.spacing) * 1_000,
  cutMs: Number(values.cut) * 1_000,
  writers: 4,
  followers: 6,
  bars: 80,
  ...(values.data && values.rules
    ? { file: { data: values.data, rules: values.rules, how: values.replay ? 'replay' : 'import' } as const }
    : {}),
  say: (text) => process.stderr.write(`${text}\n`),
})
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
const wrong = failings(report)
process.stdout.write(
  wrong.length === 0 ? 'The drill was passed.\n' : `The drill was failed: ${wrong.join('; ')}.\n`,
)
process.exitCode = wrong.length === 0 ? 0 : 1
