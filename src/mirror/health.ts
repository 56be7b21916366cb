/** How the bridge and its accounts are doing, on its health topic. */
import type { Account } from '../account/account'
import { topicSchema } from './topics'

/** What the health topic tells, but for the uptime, which alone is no news. */
export function healthOf(guests: readonly { account: Account; label: string }[], dropped: number): Record<string, unknown> {
  const accounts = guests.map(({ account, label }) => {
    const { online, problem, problemSince, problemUntil, lastError, quota } = account.health
    const { usedToday, perDay, leftToday, resetAt, blockedUntil } = quota
    return {
      label,
      provider: account.provider.id,
      online,
      ...(problem && { problem: { code: problem.code, message: problem.message, action: problem.action } }),
      ...(problem && { problemSince, problemUntil }),
      ...(lastError && { lastError }),
      quota: { usedToday, perDay, leftToday, resetAt, blockedUntil },
    }
  })
  const [lastError] = accounts
    .flatMap(({ lastError: error, label }) => (error ? [{ ...error, account: label }] : []))
    .sort((a, b) => b.at.localeCompare(a.at))
  return { v: topicSchema, ...(lastError && { lastError }), accounts, eventsDropped: dropped }
}
