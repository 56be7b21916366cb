/** What the simulator's command line understands, and what it says about itself. */
import { parseArgs } from 'node:util'
import type { SimulatorOptions } from './simulator'

/** More than anybody has. */
const largestFleet = 1_000_000

const wholeUpTo = (most: number) => (text: string) =>
  /^\d+$/.test(text) && Number(text) <= most ? undefined : `must be a whole number from 0 to ${most}`
const address = (text: string) => (URL.canParse(text) ? undefined : 'must be an address')

interface Option {
  type: 'string' | 'boolean'
  /** What stands for its value in the help. */
  value?: string
  /** What it is for. */
  says: string
  /** What is wrong with a value, if anything. */
  wrong?: (value: string) => string | undefined
}

const options = {
  port: { type: 'string', value: '1890', says: 'where it listens on 127.0.0.1; 0 takes a free one', wrong: wholeUpTo(65535) },
  fleet: {
    type: 'string',
    value: '10000',
    says: 'so many more INVERS vehicles; /sim/api/vehicles?q=…&offset=…&limit=… lists them',
    wrong: wholeUpTo(largestFleet),
  },
  amqp: {
    type: 'string',
    value: 'amqp://guest:guest@127.0.0.1',
    says: "publishes INVERS' events to this message broker",
    wrong: address,
  },
  webhook: { type: 'string', value: 'http://…', says: "posts INVERS' events to this address", wrong: address },
  json: { type: 'boolean', says: 'prints one line of JSON when it is ready, as it does when no terminal reads it' },
  text: { type: 'boolean', says: 'prints the addresses for people, also when no terminal reads it' },
  help: { type: 'boolean', says: 'prints this' },
} as const satisfies Record<string, Option>

const table: readonly (readonly [string, Option])[] = Object.entries(options)
const namesOf = (): string => table.map(([name]) => `--${name}`).join(', ')

const usage = table.map(([name, { value, says }]) => `  ${`--${name}${value ? ` ${value}` : ''}`.padEnd(38)}${says}`)
/** What `--help` prints. */
export const help = `Usage: driveway-simulator [options]   (npm run simulator -- [options])

Plays the clouds of Volvo, Stellantis and INVERS, and cars in them, on one port of this machine.

${usage.join('\n')}`

export type Asked =
  | { kind: 'help' }
  | { kind: 'wrong'; why: string }
  | { kind: 'run'; options: SimulatorOptions & { port: number }; form?: 'json' | 'text' }

const wrongly = (why: string): Asked => ({ kind: 'wrong', why })

/** What was asked for, or what about it cannot be meant. */
export function readOptions(args: readonly string[]): Asked {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const strange = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(options, token.name))
  if (strange?.kind === 'option') return wrongly(`There is no option ${strange.rawName}. There are: ${namesOf()}.`)
  if (positionals[0] !== undefined) return wrongly(`"${positionals[0]}" belongs to no option. There are: ${namesOf()}.`)
  for (const [name, { type, wrong }] of table) {
    const value = values[name]
    if (value === undefined) continue
    if ((typeof value === 'string') !== (type === 'string'))
      return wrongly(type === 'string' ? `--${name} needs a value.` : `--${name} takes no value.`)
    const objection = typeof value === 'string' ? wrong?.(value) : undefined
    if (objection) return wrongly(`--${name} ${objection}, not "${String(value)}".`)
  }
  if (values.help) return { kind: 'help' }
  const { amqp, webhook } = values
  return {
    kind: 'run',
    options: {
      port: Number(values.port ?? 1890),
      fleet: Number(values.fleet ?? 0),
      ...(typeof amqp === 'string' ? { amqp: { url: amqp } } : {}),
      ...(typeof webhook === 'string' ? { webhook: { url: webhook } } : {}),
    },
    ...(values.json ? { form: 'json' } : values.text ? { form: 'text' } : {}),
  }
}
