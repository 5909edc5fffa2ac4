/**
 * The dynamic sets as the bench knows them: the budget is that of each event, and the plan before the day may take ten times it.
 *
 * Rejections come first and are told beside the value, never added to it: fewer of them at a longer distance is the better day.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Stop } from '../../workers/optimiser/stop/budget.ts'
import { type Adapter, columnOf, filesIn, type RunOptions } from './adapter.ts'
import { readDisclosures, runDynamicVrptw } from './dvrptw.ts'
import type { LiveOptions } from './live-day.ts'
import { asLateAsPlanned } from './setting-out.ts'
import { solomonClass } from './solomon.ts'
import { readReleases, SCALE } from './trsp.ts'
import { runTrspDynamic } from './trsp-dynamic.ts'

const FIRST_SHARE = 10

/** Half of an ordinary journey in these files, the same on every one of them. */
const settingOut = { headStart: 15 * SCALE, driveFirst: true }

const liveOptions = ({ seed, budgetMs, iterations }: RunOptions): Omit<LiveOptions, 'again'> => {
  const stop = (share: number): Stop =>
    iterations === undefined ? { cpuMs: share * budgetMs } : { iterations: share * iterations }
  return { seed, first: stop(FIRST_SHARE), event: stop(1) }
}

const trspLived = (known: Pick<Adapter, 'name' | 'convention'>, backdated: boolean): Adapter => ({
  ...known,
  files: (instances) => filesIn(join(instances, 'trsp-pillac', 'dynamic'), /_rd_\d+\.txt$/),
  read: (file) => {
    const name = basename(file, '.txt')
    const folder = dirname(dirname(file))
    const published = join(folder, 'dynamic-baselines.csv')
    const rejected = columnOf(published, 'palns_mean_rejected').get(basename(file)) ?? 0
    const text = readFileSync(join(folder, `${name.replace(/_rd_\d+$/, '')}.txt`), 'utf8')
    const releases = readReleases(readFileSync(file, 'utf8'))
    return {
      name,
      group: name.replace(/^.*_rd_/, 'rd '),
      best: columnOf(published, 'palns_mean_duration').get(basename(file)) ?? null,
      run: (options) => {
        const { duration, findings, ...counts } = runTrspDynamic(text, releases, {
          ...liveOptions(options),
          settingOut: backdated ? asLateAsPlanned : settingOut,
          backdated,
        })
        return {
          value: duration,
          parts: { rejected: counts.rejected, 'pALNS rejected': rejected, events: counts.events },
          findings,
          iterations: 0,
        }
      },
    }
  },
})

export const trspDynamic = trspLived(
  {
    name: 'trsp-dynamic',
    convention:
      'paid working time as lived, budget for each event; gap to the published pALNS, rejections beside it (they come first)',
  },
  false,
)

/** The published runs let whoever stands still leave in the past, so this alone is level with them; nobody then gains by leaving soon. */
export const trspDynamicBackdated = trspLived(
  {
    name: 'trsp-dynamic-backdated',
    convention:
      'as trsp-dynamic, but who stands still may be sent out as of when he last moved, as the published runs did',
  },
  true,
)

export const dvrptw: Adapter = {
  name: 'dvrptw',
  convention:
    'distance as driven, each arc floor(10 d) / 10, budget for each event; gap to the best distance with all known beforehand',
  files: (instances) => filesIn(join(instances, 'dvrptw-lackner'), /_einf_\d+_\d+_in\.txt$/),
  read: (file) => {
    const name = basename(file, '_in.txt')
    const base = name.replace(/_einf_.*$/, '')
    const solomon = join(dirname(dirname(file)), 'solomon')
    const text = readFileSync(join(solomon, `${base}.txt`), 'utf8')
    const disclosures = readDisclosures(readFileSync(file, 'utf8'))
    return {
      name,
      group: solomonClass(name),
      best: columnOf(join(solomon, 'best-known.csv'), 'dimacs_distance').get(base) ?? null,
      run: (options) => {
        const { distance, rejected, events, findings } = runDynamicVrptw(
          text,
          disclosures,
          liveOptions(options),
        )
        return { value: distance, parts: { rejected, events }, findings, iterations: 0 }
      },
    }
  },
}
