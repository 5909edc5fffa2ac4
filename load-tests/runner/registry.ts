/** What a run measured. Trends keep every sample up to a bound, then every second, fourth… so that memory stays flat. */
export type MetricKind = 'trend' | 'counter' | 'rate' | 'gauge'

const SAMPLES_MAX = 200_000

type Metric = { kind: MetricKind; samples: number[]; every: number; seen: number; sum: number }

const metrics = new Map<string, Metric>()
const checks = new Map<string, { passed: number; failed: number }>()

export const registry = {
  add(name: string, kind: MetricKind, value: number): void {
    const metric = metrics.get(name) ?? { kind, samples: [], every: 1, seen: 0, sum: 0 }
    metrics.set(name, metric)
    metric.sum += value
    if (kind === 'gauge') metric.sum = value
    if (metric.seen++ % metric.every !== 0 || kind !== 'trend') return
    metric.samples.push(value)
    if (metric.samples.length < SAMPLES_MAX) return
    metric.samples = metric.samples.filter((_, i) => i % 2 === 0)
    metric.every *= 2
  },
  check(name: string, ok: boolean): void {
    const counted = checks.get(name) ?? { passed: 0, failed: 0 }
    checks.set(name, counted)
    if (ok) counted.passed++
    else counted.failed++
  },
  /** Percentile of a trend by nearest rank; NaN when nothing was measured. */
  percentile(name: string, percent: number): number {
    const sorted = [...(metrics.get(name)?.samples ?? [])].sort((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
  },
  count: (name: string): number => metrics.get(name)?.seen ?? 0,
  sum: (name: string): number => metrics.get(name)?.sum ?? 0,
  kindOf: (name: string): MetricKind | undefined => metrics.get(name)?.kind,
  names: (): string[] => [...metrics.keys()].sort(),
  checks: (): ReadonlyMap<string, { passed: number; failed: number }> => checks,
}
