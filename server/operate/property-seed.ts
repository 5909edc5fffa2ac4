/**
 * Property tests draw the same examples in every run, so that a red run can be run again. `PROPERTY_SEED=N` draws others
 * (see `vitest.config.ts`): worth doing now and then, and after every change of a rule.
 */
import fc from 'fast-check'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    propertySeed: number
  }
}

const seed = inject('propertySeed')
if (!Number.isInteger(seed)) throw new TypeError('PROPERTY_SEED: must be a whole number')
fc.configureGlobal({ seed })
