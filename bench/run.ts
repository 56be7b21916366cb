import { parseArgs } from 'node:util'
import { print, type Measure, type Part } from './report'

/** Part → its code, loaded when it is run. */
const parts: Readonly<Record<string, () => Promise<Part>>> = {
  command: () => import('./command').then(({ command }) => command),
  fleet: () => import('./fleet').then(({ fleet }) => fleet),
  intake: () => import('./intake').then(({ intake }) => intake),
  load: () => import('./load').then(({ load }) => load),
  mirror: () => import('./mirror').then(({ mirror }) => mirror),
  polling: () => import('./polling/polling').then(({ polling }) => polling),
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  // Enough to see that a part works, too short for its numbers to be quoted.
  if (values.quick) process.env.DRIVEWAY_BENCH_SECONDS ??= '5'
  const wanted = positionals.length ? positionals : Object.keys(parts)
  const unknown = wanted.find((name) => !Object.hasOwn(parts, name))
  if (unknown !== undefined) {
    console.error(`There is no part "${unknown}". There are: ${Object.keys(parts).join(', ')}`)
    process.exit(2)
  }
  const measures: Measure[] = []
  for (const name of wanted) {
    if (!values.json) console.error(`bench: ${name} …`)
    measures.push(...(await (await parts[name]!())()))
  }
  print(measures, values.json)
  process.exit(measures.some(({ ok }) => ok === false) ? 1 : 0)
}

void main()
