/** The least that any plan costs, found by trying every order on every day and every choice of what is left out: for tiny boards. */
import type { Problem } from '../problem.ts'

export const leastOfEveryPlan = (
  problem: Problem,
  price: (days: readonly (readonly string[])[], leftOut: readonly string[]) => number,
): number => {
  let least = Number.POSITIVE_INFINITY
  const days: string[][] = problem.technicians.map(() => [])
  const out: string[] = []
  const place = (i: number): void => {
    const activity = problem.activities[i]
    if (activity === undefined) {
      least = Math.min(least, price(days, out))
      return
    }
    out.push(activity.id)
    place(i + 1)
    out.pop()
    for (const day of days) {
      for (let at = 0; at <= day.length; at++) {
        day.splice(at, 0, activity.id)
        place(i + 1)
        day.splice(at, 1)
      }
    }
  }
  place(0)
  return least
}
