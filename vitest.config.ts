/**
 * Three projects: `pure` needs nothing, `services` a real Postgres and Redis, `browser` a whole system and Chromium.
 * They run one after another, so that what measures time is not disturbed by what only computes.
 */
import { defineConfig } from 'vitest/config'

const places = '{server,workers,dispatch-ui,load-tests}'
const services = [`${places}/**/*.pg.test.ts`, `${places}/**/*.redis.test.ts`, `${places}/**/*.it.test.ts`]
const browser = [`${places}/**/*.browser.test.ts`]
/** The same examples in every run, others by wish. */
const provide = { propertySeed: Number(process.env.PROPERTY_SEED ?? '20261124') }
const exclude = ['**/node_modules/**', '**/dist/**', '**/.callboard/**']

export default defineConfig({
  test: {
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'pure',
          environment: 'node',
          setupFiles: './server/operate/property-seed.ts',
          provide,
          include: [`${places}/**/*.test.ts`],
          exclude: [...exclude, ...services, ...browser],
          sequence: { groupOrder: 0 },
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'services',
          environment: 'node',
          setupFiles: './server/operate/property-seed.ts',
          provide,
          include: services,
          exclude,
          globalSetup: './server/operate/test-services.ts',
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 200_000,
        },
      },
      {
        test: {
          name: 'browser',
          environment: 'node',
          include: browser,
          exclude,
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
