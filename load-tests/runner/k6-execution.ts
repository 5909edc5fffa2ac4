/** `k6/execution`: who is running, kept per virtual user through Node's async context. */
import { AsyncLocalStorage } from 'node:async_hooks'

export type Running = { vu: number; iterationInScenario: number; scenario: string }
export const running = new AsyncLocalStorage<Running>()

const now = (): Running => running.getStore() ?? { vu: 0, iterationInScenario: 0, scenario: '' }

export default {
  vu: {
    get idInTest() {
      return now().vu
    },
  },
  scenario: {
    get iterationInTest() {
      return now().iterationInScenario
    },
    get name() {
      return now().scenario
    },
  },
}
