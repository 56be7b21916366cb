import type { Account } from '../../src/account/account'
import { iso } from '../../src/clock'

/** How the account is doing, for messages. Times are ISO 8601 UTC; a key is missing when there is nothing to say. */
export function accountRecord({ health }: Account) {
  const { online, problem, problemUntil, lastError, nextRead, quota } = health
  const { usedToday: callsToday, perDay, leftToday, forecastEmptyAt } = quota
  return {
    online,
    callsToday,
    ...(perDay !== undefined && { perDay }),
    ...(leftToday !== undefined && { leftToday }),
    ...(forecastEmptyAt !== undefined && { forecastEmptyAt }),
    ...(problem && { problem: { code: problem.code, message: problem.message, action: problem.action } }),
    ...(problemUntil !== undefined && { problemUntil }),
    ...(lastError && { lastError }),
    ...(nextRead !== undefined && { nextRead: iso(nextRead) }),
  }
}
