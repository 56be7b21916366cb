/** Seconds of the countdown in "Quota will be replenished in 03:30:56." or "… in 1.02:00:00."; `undefined` without one. */
export function parseQuotaText(text: string): number | undefined {
  const match = /\bin\s+(?:(\d{1,3})\.)?(\d{1,2}):([0-5]\d):([0-5]\d)(?!\d)/i.exec(text)
  if (!match) return undefined
  const [dayCount = 0, hourCount = 0, minuteCount = 0, secondCount = 0] = match.slice(1).map((part) => Number(part ?? 0))
  return ((dayCount * 24 + hourCount) * 60 + minuteCount) * 60 + secondCount
}
