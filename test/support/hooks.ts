import { stopServing } from './home'

// Times of day in texts and policies are the runtime's own: tests have one that is the same everywhere.
process.env.TZ = 'UTC'

/** Once after all suites; after each file where files run side by side. */
export const mochaHooks = { afterAll: stopServing }
