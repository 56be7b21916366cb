import { perDay } from './strategies'
import { reasonOf, shownNames, type Result } from './delays'

const whole = (value: number): string => (Number.isFinite(value) ? value.toFixed(0) : '-')

/** Who asked how often, and how late they noticed what. Seconds from the true moment. */
export function tableOf(results: readonly Result[]): string {
  const head = [
    'a week of a household',
    'weeks',
    'calls/day',
    '% of quota',
    ...shownNames.map((name) => `${name}: mean p95 worst | without lag`),
    'missed',
    'false',
  ]
  const rows = results.map(({ name, weeks, callsPerDay, delays, missed, invented }) => [
    name,
    whole(weeks),
    whole(callsPerDay),
    whole((callsPerDay / perDay) * 100),
    ...shownNames.map((event) => {
      const { mean, p95, worst, meanOwnUndisturbed } = delays[event]
      return `${[mean, p95, worst].map(whole).join(' ')} | ${whole(meanOwnUndisturbed)}`
    }),
    missed.toFixed(1),
    invented.toFixed(1),
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const note =
    'seconds from the true moment; what was missed for good has no delay\n' +
    'without lag: mean from when the cloud knew, leaving out what fell into the outage or the used-up quota'
  const worst = results.flatMap(({ name, worst }) => [`${name}, latest:`, ...worst.map((delay) => `  ${reasonOf(delay)}`)])
  return [...lines, note, '', ...worst].join('\n')
}
