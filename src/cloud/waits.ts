/** How long an answer asks us to wait, in whole seconds; `undefined`: it does not say. Empty headers say nothing. */
import { seconds } from '../clock'

const isTold = (header: string | undefined): header is string => header !== undefined && header.trim() !== ''

/** RFC 9110: `Retry-After` in seconds, or as an HTTP date. `now` in ms since 1970. */
export function retryAfterIn(header: string | undefined, now: number): number | undefined {
  if (!isTold(header)) return undefined
  const plain = Number(header)
  const found = Number.isFinite(plain) ? plain : (Date.parse(header) - now) / 1000
  return Number.isFinite(found) ? Math.max(0, Math.ceil(found)) : undefined
}

/** INVERS: `X-Rate-Limit-Reset` in UTC epoch seconds. `now` in ms since 1970. */
export function untilReset(header: string | undefined, now: number): number | undefined {
  const at = isTold(header) ? Number(header) : NaN
  return Number.isFinite(at) ? Math.max(0, Math.ceil((seconds(at) - now) / 1000)) : undefined
}
