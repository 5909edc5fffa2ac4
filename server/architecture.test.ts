/**
 * Holds every file to its place: who may import whom, and what the pure parts may not touch.
 *
 * A rule says why it exists, because the message of a broken rule is all its reader has.
 * `server/operate/` is the operator's edge and each `main.ts` wires the rest together: they may import anything.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

type ImportRule = {
  readonly folder: string
  /** Folders of this project. A folder may always import from itself. */
  readonly may: readonly string[]
  /** Packages; a trailing `*` stands for any ending. */
  readonly packages: readonly string[]
  readonly because: string
}

const node = 'node:*'

/** The first folder that a file lies in decides, so the narrower ones come first. */
const importRules: readonly ImportRule[] = [
  {
    folder: 'server/domain/calendar',
    may: ['server/domain'],
    packages: ['luxon'],
    because: 'the rules run unchanged in server, worker and browser; only the calendar knows a date library',
  },
  {
    folder: 'server/domain',
    may: [],
    packages: [],
    because: 'the rules run unchanged in server, worker and browser, so they know nothing but themselves',
  },
  {
    folder: 'server/contract',
    may: ['server/domain'],
    packages: ['typebox', 'typebox/*'],
    because: 'what crosses a process is described by schemas over the words of the domain, free of any side',
  },
  {
    folder: 'server/ports',
    may: ['server/domain', 'server/contract'],
    packages: [],
    because: 'a port says what use cases need; an adapter it named could not be exchanged',
  },
  {
    folder: 'server/application',
    may: ['server/domain', 'server/contract', 'server/ports'],
    packages: [node],
    because: 'use cases reach the world through ports only, so they run on any adapter',
  },
  ...adapterRules({
    postgres: ['pg'],
    redis: ['ioredis'],
    bullmq: ['bullmq', 'ioredis'],
    memory: [],
    travel: [],
  }),
  {
    folder: 'server/http',
    may: ['server/application', 'server/contract', 'server/domain', 'server/ports'],
    packages: [node, 'fastify', '@fastify/*', 'typebox', 'typebox/*', 'prom-client', 'pino', 'ajv', 'ajv/*'],
    because:
      'HTTP parses, identifies and calls one use case; what stands behind the ports is not its concern',
  },
  {
    folder: 'server/realtime',
    may: ['server/application', 'server/contract', 'server/domain', 'server/ports'],
    packages: [node, 'socket.io', 'typebox', 'typebox/*', 'prom-client', 'pino'],
    because: 'the live board serves what ports give it; what stands behind them is not its concern',
  },
  {
    folder: 'server/config.ts',
    may: ['server/operate'],
    packages: [node],
    because: 'settings are read before anything else exists',
  },
  {
    folder: 'workers/optimiser',
    may: ['server/domain'],
    packages: [node],
    because: 'the search is given a problem and returns a plan; it must not know where either lives',
  },
  {
    folder: 'workers/jobs',
    may: ['workers/optimiser', 'server/ports', 'server/contract', 'server/domain', 'server/application'],
    packages: [node, 'pino', 'typebox', 'typebox/*'],
    because: 'a job turns a pointer into work through the same ports and use cases as everyone else',
  },
  {
    folder: 'workers/backtest',
    may: ['workers/optimiser', 'server/contract', 'server/domain'],
    packages: [node, 'typebox', 'typebox/*'],
    because:
      'a replay plays the rules and the search against a file; it needs no board, no port and no service',
  },
  {
    folder: 'workers/config.ts',
    may: ['server/config.ts'],
    packages: [],
    because: 'workers read their settings by the same rules as the server',
  },
  ...screenRules({
    model: [],
    layout: ['model'],
    render: ['layout', 'model'],
    input: ['layout', 'model'],
    sync: ['model'],
    panels: ['model', 'input', 'shell'],
    shell: [],
    desks: ['model', 'layout', 'render', 'input', 'sync', 'panels', 'shell'],
  }),
  ...[
    'load-tests/bench-elites.ts',
    'load-tests/bench-optimiser.ts',
    'load-tests/bench-planner-thread.ts',
    'load-tests/bench-repair.ts',
    'load-tests/bench',
    'load-tests/instances',
    'load-tests/statistics.ts',
  ].map((folder) => ({
    folder,
    may: ['workers/optimiser', 'dist/workers/optimiser', 'load-tests'],
    packages: [node],
    because: 'the bench of the search needs the search and its checker, and no system around them',
  })),
  ...['load-tests/bench-risk.ts', 'load-tests/risk'].map((folder) => ({
    folder,
    may: ['server/domain', 'load-tests'],
    packages: [node, 'vitest'],
    because: 'forecasts are judged as the rules they are, on simulated days, with no system around them',
  })),
  {
    folder: 'load-tests',
    may: ['server/contract'],
    packages: ['*'],
    because: 'load tests are clients like any other; what they may know of the server is its contract',
  },
]

function adapterRules(drivers: Readonly<Record<string, readonly string[]>>): readonly ImportRule[] {
  return Object.entries(drivers).map(([name, packages]) => ({
    folder: `server/adapters/${name}`,
    may: ['server/ports', 'server/contract', 'server/domain'],
    packages: [node, ...packages],
    because: 'an adapter knows its own driver; one that used a sibling could not be exchanged alone',
  }))
}

function screenRules(folders: Readonly<Record<string, readonly string[]>>): readonly ImportRule[] {
  return Object.entries(folders).map(([name, siblings]) => ({
    folder: `dispatch-ui/src/${name}`,
    may: [
      ...siblings.map((sibling) => `dispatch-ui/src/${sibling}`),
      ...(name === 'model' ? ['server/domain', 'server/contract'] : []),
      ...(name === 'sync' || name === 'desks' ? ['server/contract'] : []),
    ],
    packages: name === 'sync' ? ['socket.io-client'] : [],
    because: 'facts flow one way on the screen: sync → model → layout → render; gestures end as commands',
  }))
}

type WordRule = {
  readonly folder: string
  readonly except: RegExp | null
  readonly words: RegExp
  readonly because: string
}

const wordRules: readonly WordRule[] = [
  {
    folder: 'server/domain',
    except: null,
    words:
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bprocess\.|\bset(?:Timeout|Interval)\b|\bawait\b|\bconsole\./,
    because: 'replaying last week must give last week’s answer: now, seeds and ids arrive as arguments',
  },
  {
    folder: 'server/contract',
    except: null,
    words: /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bprocess\.|\bawait\b|\bconsole\./,
    because: 'the contract describes; it does nothing',
  },
  {
    folder: 'workers/optimiser',
    except: /(?:cli|thread)\.ts$/,
    words: /\bMath\.random\b|\bconsole\.|\bprocess\.env\b/,
    because: 'the same seed and iterations must give the same plan, byte for byte',
  },
  {
    folder: 'server',
    except: /^server\/config\.ts$/,
    words: /\bprocess\.env\b/,
    because: 'the environment is read in config.ts alone, where a bad value is named',
  },
  {
    folder: 'workers',
    except: /^workers\/config\.ts$/,
    words: /\bprocess\.env\b/,
    because: 'the environment is read in config.ts alone, where a bad value is named',
  },
]

type Source = { readonly path: string; readonly text: string }

/** Every breach in these files, as sentences. */
function breaches(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => [...importBreaches(source), ...wordBreaches(source)])
}

function importBreaches(source: Source): string[] {
  if (isFree(source.path)) return []
  const rule = importRules.find((one) => lies(source.path, one.folder))
  if (rule === undefined) return []
  return importsOf(source.text)
    .filter((target) => !allows(rule, source.path, target))
    .map((target) => `${source.path} imports ${target}: ${rule.because}.`)
}

function wordBreaches(source: Source): string[] {
  const code = withoutComments(source.text)
  return wordRules
    .filter((rule) => lies(source.path, rule.folder) && rule.except?.test(source.path) !== true)
    .flatMap((rule) => {
      const found = rule.words.exec(code)
      return found === null ? [] : [`${source.path} uses ${found[0]}: ${rule.because}.`]
    })
}

/** Tests may stand a part up with whatever it needs; wiring and operating is connecting everything. */
function isFree(path: string): boolean {
  return /\.test\.ts$|\/main\.ts$|^server\/operate\//.test(path) || /\/test-[^/]*\.ts$/.test(path)
}

function allows(rule: ImportRule, from: string, target: string): boolean {
  if (!target.startsWith('.')) return rule.packages.some((allowed) => matches(target, allowed))
  const path = posix.join(posix.dirname(from), target)
  return [rule.folder, ...rule.may].some((folder) => lies(path, folder))
}

function matches(name: string, allowed: string): boolean {
  return allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed
}

function lies(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function importsOf(text: string): string[] {
  const code = withoutComments(text)
  const forms = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
    /\brequire\s*\(\s*['"]([^'"]+)['"]/g,
    /\bnew URL\(\s*['"](\.[^'"]+\.(?:ts|js))['"]\s*,\s*import\.meta\.url/g,
  ]
  // Each form has exactly one group, so a match always carries it.
  return forms.flatMap((form) => [...code.matchAll(form)].map((match) => match[1]!))
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
}

function projectSources(): Source[] {
  return ['server', 'workers', 'dispatch-ui/src', 'load-tests'].flatMap((folder) =>
    sourcesUnder(join(root, folder)),
  )
}

function sourcesUnder(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sourcesUnder(path)
    return /\.m?ts$/.test(entry.name)
      ? [{ path: relative(root, path), text: readFileSync(path, 'utf8') }]
      : []
  })
}

describe('the architecture', () => {
  const sources = projectSources()

  it('is kept by every file', () => {
    // The test itself spells the forbidden words out.
    expect(breaches(sources.filter(({ path }) => path !== 'server/architecture.test.ts'))).toEqual([])
  })

  it('sees files in every part', () => {
    for (const part of [
      'server/domain',
      'server/contract',
      'server/http',
      'workers/optimiser',
      'dispatch-ui/src/model',
    ]) {
      expect(sources.filter(({ path }) => lies(path, part)).length, part).toBeGreaterThan(0)
    }
  })

  it.each([
    ['server/domain/sla/x.ts', "import { Pool } from 'pg'"],
    ['server/domain/sla/x.ts', "import { DateTime } from 'luxon'"],
    ['server/domain/sla/x.ts', "import type { BoardEvent } from '../../contract/board.ts'"],
    ['server/domain/calendar/x.ts', "import {\n  readFile,\n} from 'node:fs/promises'"],
    ['server/contract/x.ts', "export { run } from '../application/x.ts'"],
    ['server/ports/x.ts', "import { createPools } from '../adapters/postgres/pools.ts'"],
    ['server/application/x.ts', "const pools = await import('../adapters/postgres/pools.ts')"],
    ['server/adapters/redis/x.ts', "import { createPools } from '../postgres/pools.ts'"],
    ['server/adapters/postgres/x.ts', "import { Redis } from 'ioredis'"],
    ['server/http/x.ts', "import { createPools } from '../adapters/postgres/pools.ts'"],
    ['server/realtime/x.ts', "import 'pg'"],
    ['workers/optimiser/x.ts', "import type { Tx } from '../../server/ports/commands.ts'"],
    ['workers/jobs/x.ts', "import pg from 'pg'"],
    ['dispatch-ui/src/layout/x.ts', "import { paint } from '../render/paint.ts'"],
    ['dispatch-ui/src/render/x.ts', "import { send } from '../sync/send.ts'"],
    ['load-tests/x.ts', "import { dueAt } from '../server/domain/sla/due-at.ts'"],
    ['server/domain/x.ts', 'export const now = Date.now()'],
    ['server/domain/x.ts', 'export const at = new Date()'],
    ['server/domain/x.ts', 'export async function f(p: Promise<void>) { await p }'],
    ['server/domain/x.ts', 'export const dice = Math.random()'],
    ['server/http/x.ts', 'export const port = process.env.PORT'],
    ['workers/optimiser/x.ts', "console.log('plan')"],
  ])('is seen broken when %s says: %s', (path, text) => {
    expect(breaches([{ path, text }])).toHaveLength(1)
  })

  it.each([
    ['server/domain/calendar/x.ts', "import { DateTime } from 'luxon'"],
    ['server/domain/x.ts', '// Date.now() is not for us\nexport const at = new Date(5)'],
    ['server/operate/x.ts', "import { createPools } from '../adapters/postgres/pools.ts'"],
    ['workers/optimiser/cli.ts', "console.log('plan')"],
    ['dispatch-ui/src/model/x.ts', "import { evolve } from '../../../server/domain/activity/evolve.ts'"],
  ])('is content when %s says: %s', (path, text) => {
    expect(breaches([{ path, text }])).toEqual([])
  })
})
