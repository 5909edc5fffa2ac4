/** How likely a job's promise is missed and what that comes from, as the server last said; by job. */
import type { SlaWatch } from './planning.ts'

type Watched = SlaWatch['atRisk'][number]
export type Danger = Pick<Watched, 'target' | 'driver'> & { readonly chance: number }

/** From here up a promise is likely enough missed to be shown as at risk, whatever the plan says. */
export const LIKELY = 0.3

/** Of several promises of a job the likeliest missed; jobs of which nothing is known are left out. */
export function dangersOf(watch: SlaWatch): Map<string, Danger> {
  const dangers = new Map<string, Danger>()
  for (const { activityId, probability, target, driver } of [...watch.broken, ...watch.atRisk]) {
    if (activityId === null || probability === null) continue
    if ((dangers.get(activityId)?.chance ?? -1) < probability)
      dangers.set(activityId, { chance: probability, target, driver })
  }
  return dangers
}

/** Never "0 %" of what may happen, nor "100 %" of what may not. */
export const percentOf = (chance: number): number =>
  chance <= 0 || chance >= 1 ? chance * 100 : Math.min(99, Math.max(1, Math.round(chance * 100)))

type Offer = {
  readonly technicianId: string
  readonly start: string
  readonly end: string
  readonly missProbability?: number | null
}

/** Somebody else with whom the promise is clearly likelier kept; null when nobody would help much. */
export function betterOf<T extends Offer>(
  offers: readonly T[],
  now: { readonly technicianId: string | null; readonly chance: number },
): T | null {
  let best: T | null = null
  for (const offer of offers) {
    if (offer.technicianId === now.technicianId || offer.missProbability == null) continue
    if (offer.missProbability < (best?.missProbability ?? now.chance - HELP_MIN)) best = offer
  }
  return best
}
const HELP_MIN = 0.1
