/** One measured fact. `target` and `ok` only where something was promised. */
export interface Measure {
  part: string
  name: string
  value: number
  unit: string
  target?: string
  ok?: boolean
}

export type Part = () => Promise<Measure[]>

const round = (value: number) => Number(value.toPrecision(4))

export function print(measures: readonly Measure[], json: boolean): void {
  if (json) {
    for (const { part, name, value, unit, target, ok } of measures)
      console.log(JSON.stringify({ part, name, value: round(value), unit, target: target ?? null, ok: ok ?? null }))
    return
  }
  const rows = measures.map(({ part, name, value, unit, target, ok }) => [
    part,
    name,
    `${round(value)} ${unit}`.trim(),
    target ?? '',
    ok === undefined ? '' : ok ? 'ok' : 'MISSED',
  ])
  const head = ['part', 'what', 'measured', 'target', '']
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)))
  for (const row of [head, ...rows])
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

/** The value that this share of the others does not exceed, 0.5 for the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
