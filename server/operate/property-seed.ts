/**
 * Property tests draw the same examples in every run, so that a red run can be run again. `PROPERTY_SEED=N` draws others:
 * worth doing now and then, and after every change of a rule.
 */
import fc from 'fast-check'

const given = Number(process.env.PROPERTY_SEED ?? '20261124')
if (!Number.isInteger(given)) throw new TypeError('PROPERTY_SEED: must be a whole number')
fc.configureGlobal({ seed: given })
