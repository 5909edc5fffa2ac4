/** Less asked of the work itself: a wider window, or a shorter time. */
import type { ProblemActivity } from '../problem.ts'
import { asForm } from './other-form.ts'
import { openedWindow, type Relaxation, shortened, weights } from './relaxation.ts'
import { fits, MINUTE, minutesLeft, placed, type Search, STEP } from './search.ts'

const WINDOW_MOST = 12 * 60

/** The fewest minutes, in steps, at which `probe` finds a place; fewer by one step do not do. */
export const fewest = (most: number, probe: (minutes: number) => boolean): number | null => {
  let high = Math.floor(most / STEP)
  if (high < 1 || !probe(high * STEP)) return null
  let low = 0
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (probe(middle * STEP)) high = middle
    else low = middle
  }
  return high * STEP
}

/** Tries a changed form of the work itself, as little changed as will do. */
const tryChanged = (
  search: Search,
  most: number,
  form: (minutes: number) => ProblemActivity,
  tell: (minutes: number) => { readonly change: Relaxation; readonly weight: number },
): void => {
  const { m } = search
  const routes = Array.from({ length: m.routes }, (_, r) => r)
  let able = routes
  const probe = (minutes: number): boolean => {
    const fitting: number[] = []
    asForm(search, form(minutes), (place) => {
      for (const r of able) if (fits(place, r) >= 0) fitting.push(r)
    })
    // What does not fit at the most will not fit at less, so later probes ask fewer.
    if (fitting.length > 0) able = fitting
    return fitting.length > 0
  }
  const minutes = fewest(most, probe)
  if (minutes === null) return
  asForm(search, form(minutes), (place) => {
    for (const r of routes) {
      const p = fits(place, r)
      const found = p < 0 ? null : placed(place, p, search.isPatched)
      if (found === null) continue
      search.best = { ...found, ...tell(minutes) }
      return
    }
  })
}

export const tryWindow = (search: Search, opens: 'earlier' | 'later'): void => {
  const { original } = search
  if (original.windows.length === 0) return
  tryChanged(
    search,
    minutesLeft(search, weights.windowPerMinute, WINDOW_MOST),
    (minutes) => openedWindow(original, opens, minutes),
    (minutes) => ({ change: { kind: 'window', opens, minutes }, weight: minutes * weights.windowPerMinute }),
  )
}

/** Work can be cut to half of its time at the most. */
export const tryDuration = (search: Search): void => {
  const { original } = search
  tryChanged(
    search,
    minutesLeft(search, weights.durationPerMinute, Math.floor(original.duration / 2 / MINUTE)),
    (minutes) => shortened(original, minutes),
    (minutes) => ({ change: { kind: 'duration', minutes }, weight: minutes * weights.durationPerMinute }),
  )
}
