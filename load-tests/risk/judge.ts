/** How good forecasts were: Brier score, reliability by tenths, calibration error, and how early they warned. */
import type { Forecast } from './forecasts.ts'

export type Bin = { readonly count: number; readonly forecast: number; readonly happened: number }

/** Mean squared distance between what was said and what happened (G. Brier, Monthly Weather Review 78, 1950). */
export function brierOf(forecasts: readonly Forecast[], say: (forecast: Forecast) => number): number {
  let sum = 0
  for (const forecast of forecasts) sum += (say(forecast) - (forecast.isMissed ? 1 : 0)) ** 2
  return sum / Math.max(1, forecasts.length)
}

export function reliabilityOf(
  forecasts: readonly Forecast[],
  say: (forecast: Forecast) => number,
  count = 10,
): Bin[] {
  const bins = Array.from({ length: count }, () => ({ count: 0, forecast: 0, happened: 0 }))
  for (const forecast of forecasts) {
    const chance = say(forecast)
    const bin = bins[Math.min(count - 1, Math.floor(chance * count))]
    if (!bin) continue
    bin.count++
    bin.forecast += chance
    bin.happened += forecast.isMissed ? 1 : 0
  }
  return bins.map((bin) => ({
    count: bin.count,
    forecast: bin.forecast / Math.max(1, bin.count),
    happened: bin.happened / Math.max(1, bin.count),
  }))
}

/** Expected calibration error: the mean gap between said and happened, by how often it was said. */
export function calibrationErrorOf(bins: readonly Bin[]): number {
  const all = bins.reduce((sum, bin) => sum + bin.count, 0)
  return (
    bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.forecast - bin.happened), 0) / Math.max(1, all)
  )
}

/**
 * A yes-or-no rule at its best: instead of "surely" and "never" it says how often each came true on the training days.
 */
export function asShare(
  training: readonly Forecast[],
  rule: (forecast: Forecast) => boolean,
): (forecast: Forecast) => number {
  const share = (group: readonly Forecast[]): number =>
    group.filter((forecast) => forecast.isMissed).length / Math.max(1, group.length)
  const yes = share(training.filter(rule))
  const no = share(training.filter((forecast) => !rule(forecast)))
  return (forecast) => (rule(forecast) ? yes : no)
}

export type Warnings = { readonly alerts: number; readonly caught: number; readonly medianLead: number }

/**
 * Who was warned about, and how long before the miss: a promise is warned about once, at the first forecast that says
 * so. The lead of a miss without warning is none.
 */
export function warningsOf(forecasts: readonly Forecast[], warns: (forecast: Forecast) => boolean): Warnings {
  const first = new Map<string, Forecast | null>()
  for (const forecast of forecasts) {
    if (first.get(forecast.key)) continue
    first.set(forecast.key, warns(forecast) ? forecast : (first.get(forecast.key) ?? null))
  }
  const late = new Set(forecasts.filter((f) => f.isMissed).map((f) => f.key))
  const leads: number[] = []
  for (const key of late) {
    const warning = first.get(key)
    leads.push(warning ? warning.visit.due - warning.at : 0)
  }
  leads.sort((a, b) => a - b)
  return {
    alerts: [...first.values()].filter((warning) => warning !== null).length,
    caught: leads.filter((lead) => lead > 0).length / Math.max(1, leads.length),
    medianLead: leads[Math.floor(leads.length / 2)] ?? 0,
  }
}

/** The threshold at which forecasts warn about as many promises as a rule does: about no more, where several are equal. */
export function thresholdFor(forecasts: readonly Forecast[], alerts: number): number {
  const highest = new Map<string, number>()
  for (const { key, chance } of forecasts) highest.set(key, Math.max(highest.get(key) ?? 0, chance))
  const sorted = [...highest.values()].sort((a, b) => b - a)
  if (alerts >= sorted.length) return 0
  const last = sorted[Math.max(0, alerts - 1)] ?? 1
  if (sorted[alerts] !== last) return last
  return sorted.findLast((chance) => chance > last) ?? 1
}
