import helper from 'node-red-node-test-helper'
import { isServing } from './home'

// Times of day in texts and policies are the runtime's own: tests have one that is the same everywhere.
process.env.TZ = 'UTC'

/** Ends the runtime's server once, after all suites. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    if (isServing()) await new Promise<void>((resolve) => helper.stopServer(() => resolve()))
  },
}
