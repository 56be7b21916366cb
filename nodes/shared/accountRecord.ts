import type { NodeAPI } from 'node-red'
import type { Account } from '../../src/account/account'
import { iso } from '../../src/clock'
import { causeSaid } from './speech'

/** How the account is doing, for messages, in the runtime's language. Times are ISO 8601 UTC; a key is missing when there is nothing to say. */
export function accountRecord(RED: NodeAPI, { health }: Account) {
  const { online, problemUntil, lastError, nextRead, quota } = health
  const problem = health.problem && causeSaid(RED, health.problem)
  const { usedToday: callsToday, perDay, leftToday, forecastEmptyAt } = quota
  return {
    online,
    callsToday,
    ...(perDay !== undefined && { perDay }),
    ...(leftToday !== undefined && { leftToday }),
    ...(forecastEmptyAt !== undefined && { forecastEmptyAt }),
    ...(problem && { problem: { code: problem.code, message: problem.message, action: problem.action } }),
    ...(problemUntil !== undefined && { problemUntil }),
    ...(lastError && { lastError: causeSaid(RED, lastError) }),
    ...(nextRead !== undefined && { nextRead: iso(nextRead) }),
  }
}
