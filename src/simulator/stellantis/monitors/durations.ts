const pattern = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Milliseconds of Y, M, W, D, H, M and S; a year and a month are taken as 365 and 30 days. */
const units = [31_536_000_000, 2_592_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000]

/** ISO 8601 duration → ms; undefined when it is none. */
export function millisecondsOf(duration: string): number | undefined {
  const found = pattern.exec(duration)
  if (!found || /[PT]$/.test(duration)) return undefined
  return found.slice(1).reduce((sum, amount, index) => sum + Number(amount ?? 0) * (units[index] ?? 0), 0)
}

/** Stellantis: a time of day is a duration from midnight, PT0H to PT23H59M. Gives ms since midnight. */
export function timeOfDay(start: string): number | undefined {
  const ms = millisecondsOf(start)
  return ms !== undefined && !start.includes('D') && ms < 86_400_000 ? ms : undefined
}

/** RFC 3339 with a zone, in ms since 1970. */
export function rfc3339(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}
