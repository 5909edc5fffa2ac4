/**
 * `npm run load -- SCENARIO [--boards N] [--rate N] [--seconds N] [--servers N]`: starts the system, plays a k6 script
 * against it on Node, and prints what was measured beside the budgets. A report, never a test.
 */
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { budgets } from './budgets.ts'
import { play } from './runner/play.ts'
import { registry } from './runner/registry.ts'
import { apiOf, makeBoards } from './teams/boards.ts'
import { makePhones } from './teams/phones.ts'
import { startSystem, type Use, usesOf } from './teams/system.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    boards: { type: 'string', default: '100' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
    servers: { type: 'string', default: '2' },
    phones: { type: 'string', default: '20' },
  },
})
const scenario = positionals[0] ?? 'board-live'
const scenarios = ['board-live', 'burst', 'technicians']
if (!scenarios.includes(scenario)) {
  process.stderr.write(`No scenario ${scenario}; there are ${scenarios.join(', ')}.\n`)
  process.exit(2)
}

const system = await startSystem({
  servers: Number(values.servers),
  workers: 1,
  environment: { COMMANDS_PER_SECOND: '10000', COMMAND_BURST: '10000', LOG_LEVEL: 'warn' },
})
try {
  const api = await apiOf(system)
  const person = system.users.find((user) => user.role === 'manager')
  const shared = {
    URLS: system.urls.join(','),
    COMPANY: system.company,
    EMAIL: person?.email ?? '',
    PASSWORD: person?.password ?? '',
    RATE: values.rate,
    SECONDS: values.seconds,
  }
  const seeds = scenario === 'technicians' ? [] : await makeBoards(api, Number(values.boards))
  const phones = scenario === 'technicians' ? await makePhones(api, system, Number(values.phones)) : []
  const before = usesOf(system.pids)
  const began = performance.now()
  await play(fileURLToPath(new URL(`./scenarios/${scenario}.ts`, import.meta.url)), {
    ...shared,
    BOARDS: JSON.stringify(seeds),
    TECHNICIANS: JSON.stringify(phones),
  })
  report(scenario, before, usesOf(system.pids), (performance.now() - began) / 1_000)
} finally {
  await system.stop()
}

function report(name: string, before: Map<string, Use>, after: Map<string, Use>, seconds: number): void {
  const lines = [
    `## ${name}: ${values.boards} boards, ${values.rate} commands/s for ${values.seconds} s, ${values.servers} servers`,
    '',
    `Machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; everything on this one machine.`,
    '',
    '| measure | count | p50 | p95 | p99 | goal |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
  ]
  for (const metric of registry.names()) {
    if (registry.kindOf(metric) !== 'trend') continue
    const goal =
      metric === 'command_to_other_board_ms'
        ? `p50 ≤ ${budgets.commandToOtherBoardMs.p50}, p99 ≤ ${budgets.commandToOtherBoardMs.p99}`
        : ''
    const [p50, p95, p99] = [50, 95, 99].map((p) => registry.percentile(metric, p).toFixed(1))
    lines.push(`| ${metric} | ${registry.count(metric)} | ${p50} | ${p95} | ${p99} | ${goal} |`)
  }
  lines.push('', '| counted | sum |', '| --- | ---: |')
  for (const metric of registry.names())
    if (registry.kindOf(metric) === 'counter') lines.push(`| ${metric} | ${registry.sum(metric)} |`)
  for (const [check, { passed, failed }] of registry.checks())
    lines.push(`| ${check} | ${passed} yes, ${failed} no |`)
  lines.push('', `| process | CPU s in ${seconds.toFixed(0)} s | memory MB |`, '| --- | ---: | ---: |')
  for (const [process_, use] of after) {
    const cpu = use.cpuSeconds - (before.get(process_)?.cpuSeconds ?? 0)
    lines.push(`| ${process_} | ${cpu.toFixed(2)} | ${use.rssMb.toFixed(0)} |`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}
