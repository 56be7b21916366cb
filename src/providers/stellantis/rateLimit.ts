/** Stellantis: rate-limit headers. Numbered 1 for the day and 2 for the burst; in the field unnumbered ones are seen. */
type Headers = Readonly<Record<string, string>>

function numberIn(headers: Headers, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    // The gateway writes lists such as `name=default,100;` beside plain numbers.
    const found = /\d+(\.\d+)?/.exec(headers[name] ?? '')?.[0]
    if (found !== undefined) return Number(found)
  }
  return undefined
}

export const dayLimit = (headers: Headers): number | undefined => numberIn(headers, 'x-ratelimit-limit-1')
export const dayLeft = (headers: Headers): number | undefined => numberIn(headers, 'x-ratelimit-remaining-1')
export const momentLeft = (headers: Headers): number | undefined => numberIn(headers, 'x-ratelimit-remaining-2')
/** Seconds. */
export const resetOf = (headers: Headers): number | undefined => numberIn(headers, 'x-ratelimit-reset')
/** Seconds; dates are not used here. */
export function retryAfterOf(headers: Headers): number | undefined {
  const found = Number(headers['retry-after'] ?? NaN)
  return Number.isFinite(found) && found >= 0 ? Math.ceil(found) : undefined
}
