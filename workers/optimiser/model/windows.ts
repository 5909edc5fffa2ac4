/**
 * When work may start: the windows of each activity, in order and apart from each other.
 *
 * The surprising rule: fixed work has one window of a single second, and work linked to fixed work only what the link leaves.
 */
import type { Problem, ProblemActivity } from '../problem.ts'
import { ProblemError } from '../problem-error.ts'
import { type Ends, windowsBesideFixed } from './link-table.ts'
import { ANY_TIME, NEVER } from './times.ts'
import { whole } from './whole-numbers.ts'

export const windowColumns = (problem: Problem, ends: readonly Ends[]) => {
  const own = problem.activities.map((activity, i) =>
    activity.fixed === undefined
      ? mergedWindows(activity, `activities[${i}]`)
      : [{ from: activity.fixed.start, to: activity.fixed.start }],
  )
  const windows = windowsBesideFixed(problem, ends, own)
  const at = new Int32Array(windows.length + 1)
  windows.forEach((list, i) => {
    at[i + 1] = at[i]! + list.length
  })
  const flat = windows.flat()
  return {
    windows,
    at,
    from: Int32Array.from(flat, (window) => window.from),
    to: Int32Array.from(flat, (window) => window.to),
    // Each activity has a window: where none was given, one that holds all of time.
    firstFrom: Int32Array.from(windows, (list) => list[0]!.from),
    lastTo: Int32Array.from(windows, (list) => list.at(-1)!.to),
    isChoice: windows.some((list) => list.length > 1),
  }
}

const mergedWindows = (activity: ProblemActivity, field: string): { from: number; to: number }[] => {
  if (activity.windows.length === 0) return [{ from: ANY_TIME, to: NEVER - 1 }]
  const sorted = activity.windows
    .map((window, i) => {
      const from = whole(window.from, `${field}.windows[${i}].from`)
      const to = whole(window.to, `${field}.windows[${i}].to`)
      if (to < from) throw new ProblemError(`${field}.windows[${i}]`, 'must not end before it begins')
      return { from, to }
    })
    .sort((a, b) => a.from - b.from)
  const merged: { from: number; to: number }[] = []
  for (const window of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && window.from <= last.to + 1) last.to = Math.max(last.to, window.to)
    else merged.push({ ...window })
  }
  return merged
}
