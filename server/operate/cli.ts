/**
 * The commands of `callboard`. Each loads its own code only when it is asked for.
 */
const commands: Readonly<
  Record<string, { about: string; load: () => Promise<{ run: (argv: string[]) => Promise<number> }> }>
> = {
  optimise: {
    about: 'plan a problem in the VROOM format: callboard optimise problem.json [--budget-ms N] …',
    load: () => import('../../workers/optimiser/cli.ts'),
  },
  backtest: {
    about: 'replay past days through ways of dispatching: callboard backtest --data FILE --rules RULES.csv …',
    load: () => import('../../workers/backtest/cli.ts'),
  },
  import: {
    about:
      'bring in a file: callboard import 311 FILE.csv[.gz] --rules RULES.csv --url URL --company C --email E --password P',
    load: () => import('./import-311.ts'),
  },
}

export async function run(argv: string[]): Promise<number> {
  const [name = '', ...rest] = argv
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    const asked = name === '' || name === 'help' || name === '--help'
    const out = asked ? process.stdout : process.stderr
    out.write(`${asked ? '' : `There is no command ${name}.\n`}callboard COMMAND [arguments]\n`)
    for (const [known, { about }] of Object.entries(commands)) out.write(`  ${known.padEnd(10)}${about}\n`)
    return asked ? 0 : 2
  }
  const { run: runCommand } = await command.load()
  return await runCommand(rest)
}
