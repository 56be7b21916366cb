import helper from 'node-red-node-test-helper'
import { isServing } from './home'

/** Ends the runtime's server once, after all suites. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    if (isServing()) await new Promise<void>((resolve) => helper.stopServer(() => resolve()))
  },
}
