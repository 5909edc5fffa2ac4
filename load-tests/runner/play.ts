/**
 * Plays a k6 script on Node, for machines without k6: `setup`, scenarios, `teardown`.
 *
 * The executors are k6's own: `per-vu-iterations` runs each virtual user so many times, `constant-vus` for so long,
 * `constant-arrival-rate` starts iterations at their intended times whatever the earlier ones do (an open model; a
 * late answer cannot slow the load down). One process plays all virtual users.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { running } from './k6-execution.ts'

type Scenario = {
  executor: 'per-vu-iterations' | 'constant-vus' | 'constant-arrival-rate'
  exec?: string
  vus?: number
  iterations?: number
  duration?: string
  maxDuration?: string
  startTime?: string
  rate?: number
  timeUnit?: string
  preAllocatedVUs?: number
}
type Script = {
  options: { scenarios: Record<string, Scenario>; setupTimeout?: string }
  setup?: () => unknown
  teardown?: (data: unknown) => unknown
  [exec: string]: unknown
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

export async function play(file: string, environment: Record<string, string>): Promise<void> {
  // Inside the checkout, so that the bundle's bare imports find the packages.
  const cache = here('../../node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'load-'))
  try {
    const bundle = join(folder, 'script.mjs')
    await build({
      entryPoints: [file],
      outfile: bundle,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      alias: {
        k6: here('./k6.ts'),
        'k6/http': here('./k6-http.ts'),
        'k6/metrics': here('./k6-metrics.ts'),
        'k6/websockets': here('./k6-websockets.ts'),
      },
      // The shims keep their state in these modules, so script and runner must share one copy of each.
      plugins: [
        {
          name: 'shared-state',
          setup(builder) {
            builder.onResolve({ filter: /\/registry\.ts$|^k6\/execution$/ }, ({ path }) => ({
              path: pathToFileURL(here(path === 'k6/execution' ? './k6-execution.ts' : './registry.ts')).href,
              external: true,
            }))
          },
        },
      ],
      external: ['ws'],
      logLevel: 'warning',
      define: { __ENV: JSON.stringify(environment) },
    })
    const script = (await import(pathToFileURL(bundle).href)) as Script
    await run(script)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(script: Script): Promise<void> {
  const data = await script.setup?.()
  let vus = 0
  await Promise.all(
    Object.entries(script.options.scenarios).map(async ([name, scenario]) => {
      const exec = script[scenario.exec ?? 'default']
      if (typeof exec !== 'function')
        throw new Error(`scenario ${name}: no function ${scenario.exec ?? 'default'}`)
      await pause(milliseconds(scenario.startTime ?? '0s'))
      const first = vus + 1
      vus += scenario.vus ?? scenario.preAllocatedVUs ?? 1
      await executors[scenario.executor](name, scenario, first, (who) => within(who, exec, data))
    }),
  )
  await script.teardown?.(data)
}

type Who = { vu: number; iterationInScenario: number; scenario: string }
const within = (who: Who, exec: unknown, data: unknown): Promise<unknown> =>
  running.run(who, async () => (exec as (data: unknown) => unknown)(data))

type Iterate = (who: Who) => Promise<unknown>
const executors: Record<
  Scenario['executor'],
  (name: string, scenario: Scenario, firstVu: number, iterate: Iterate) => Promise<void>
> = {
  async 'per-vu-iterations'(name, scenario, firstVu, iterate) {
    let count = 0
    await Promise.all(
      Array.from({ length: scenario.vus ?? 1 }, async (_, i) => {
        for (let n = 0; n < (scenario.iterations ?? 1); n++)
          await iterate({ vu: firstVu + i, iterationInScenario: count++, scenario: name })
      }),
    )
  },
  async 'constant-vus'(name, scenario, firstVu, iterate) {
    const until = performance.now() + milliseconds(scenario.duration ?? '10s')
    let count = 0
    await Promise.all(
      Array.from({ length: scenario.vus ?? 1 }, async (_, i) => {
        while (performance.now() < until)
          await iterate({ vu: firstVu + i, iterationInScenario: count++, scenario: name })
      }),
    )
  },
  async 'constant-arrival-rate'(name, scenario, firstVu, iterate) {
    const gap = milliseconds(scenario.timeUnit ?? '1s') / (scenario.rate ?? 1)
    const total = Math.floor(milliseconds(scenario.duration ?? '10s') / gap)
    const started = performance.now()
    const inFlight = new Set<Promise<unknown>>()
    const vus = scenario.preAllocatedVUs ?? 1
    for (let n = 0; n < total; n++) {
      await pause(started + n * gap - performance.now())
      const one = iterate({ vu: firstVu + (n % vus), iterationInScenario: n, scenario: name }).finally(() =>
        inFlight.delete(one),
      )
      inFlight.add(one)
    }
    await Promise.all(inFlight)
  },
}

const pause = (ms: number): Promise<void> =>
  ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))

/** `500ms`, `30s`, `2m`, `1h`. */
export function milliseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match?.[2] ?? '']
  if (!match || unit === undefined) throw new Error(`a duration such as 30s was expected, not ${text}`)
  return Number(match[1]) * unit
}
