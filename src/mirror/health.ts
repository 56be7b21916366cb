/** How the bridge and its accounts are doing, on its health topic. */
import { createHash } from 'node:crypto'
import type { Account } from '../account/account'
import { topicSchema } from './topics'

interface Member {
  id: string
  account: Account
  label: string
}

/** Names an account on the health topic, whatever it is called. */
export const keyOf = ({ id }: Pick<Member, 'id'>): string => createHash('sha256').update(id).digest('hex').slice(0, 8)

/** The accounts whose calls are counted. */
export const countedOf = (guests: readonly Member[]) =>
  guests
    .filter(({ account }) => account.health.quota.leftToday !== undefined)
    .map((guest) => ({ key: keyOf(guest), label: guest.label }))

/** What the health topic tells, but for the uptime, which alone is no news. */
export function healthOf(guests: readonly Member[], dropped: number): Record<string, unknown> {
  const callsLeft: Record<string, number> = {}
  const accounts = guests.map((guest) => {
    const { account, label } = guest
    const { online, problem, problemSince, problemUntil, lastError, quota } = account.health
    const { usedToday, perDay, leftToday, resetAt, blockedUntil } = quota
    if (leftToday !== undefined) callsLeft[keyOf(guest)] = leftToday
    return {
      id: keyOf(guest),
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
  return { v: topicSchema, ...(lastError && { lastError }), accounts, callsLeft, eventsDropped: dropped }
}
