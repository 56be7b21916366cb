/** Stellantis: what a delivered message says about the car → readings. */
import type { Reading } from '../../vehicle/reading'
import { signalOf, type SignalId } from '../../vehicle/signals'
import { reading, sampleOf, textOf, wordOf, type Rule } from '../mapping'
import type { Delivery } from '../monitors'
import { alertsOf, collisionBlock, collisionList } from './alerts'
import { contactOf, readBlock, readBlocks } from './blocks'
import { below, type Context } from './context'
import { firstOfEach, flag, says, saysNumber, scaled, type BlockReader } from './fields'
import { isOperandId, operands, type Generation, type OperandId } from './operands'
import { telemetryItem } from './sources'
import { isMembers, listOf, membersOf, type Members } from './wire'
import * as words from './words'

export type DeliveredValue = NonNullable<Delivery['monitor']>['values'][number]

const state: BlockReader = (given, context) =>
  isMembers(given) ? [...contactOf(given, context), ...readBlocks(given, context)] : []

/** v1 and v4 tell several items in one list. */
const newestOf =
  (read: (items: ReturnType<typeof listOf>, context: Context) => Reading[], one: BlockReader): BlockReader =>
  (given, context) =>
    Array.isArray(given) ? read(listOf(given), context) : one(given, context)

/** Members of an extension's body, in lower case. Documents name them otherwise than the extensions: `doorState`. */
const members: Readonly<Record<string, BlockReader>> = {
  doorstate: (given, context) => readBlock('doorsState', given, context),
  doorsstate: (given, context) => readBlock('doorsState', given, context),
  maintenance: (given, context) => readBlock('maintenance', given, context),
  position: (given, context) => readBlock('location', given, context),
  telemetry: newestOf(
    (items, context) => firstOfEach(items.flatMap((item) => telemetryItem(item, context))),
    (given, context) => (isMembers(given) ? telemetryItem(given, context) : []),
  ),
  latesttelemetry: state,
  status: state,
  // All that are active at the time of the event.
  alerts: (given, context) => (Array.isArray(given) ? alertsOf(listOf(given), context) : []),
  alarm: (given, context) => readBlock('alarm', given, context),
  collision: newestOf(collisionList, collisionBlock),
  stolen: (given, context) => readBlock('stolen', listOf(given)[0] ?? given, context),
  // A record of the past, and no signal.
  trip: () => [],
}

const mostExtensions = 40
const mostBodies = 20

/** The extensions of an event; of two that tell the same the first one counts. */
export function readExtensions(list: unknown, context: Context): Reading[] {
  const { origin } = context
  const bodies = listOf(list)
    .slice(0, mostExtensions)
    .flatMap(({ body }) => (Array.isArray(body) ? listOf(body) : isMembers(body) ? [body] : []).slice(0, mostBodies))
  return firstOfEach(
    bodies.flatMap((body) =>
      Object.entries(membersOf(body)).flatMap(([name, given]) => {
        const read = Object.hasOwn(members, name.toLowerCase()) ? members[name.toLowerCase()] : undefined
        if (read) return read(given, below(context, name.toLowerCase()))
        origin.drift(`${origin.where} extensions`, sampleOf(name))
        return []
      }),
    ),
  )
}

/** The values that fired: those that are the value of a signal. Others are told by extensions, or have to be read. */
export function readValues(values: readonly DeliveredValue[], generation: Generation, context: Context): Reading[] {
  const { origin, time } = context
  const told = values.flatMap(({ data, value }) => {
    if (!isOperandId(data)) {
      origin.drift(`${origin.where} data`, sampleOf(data))
      return []
    }
    const rule = ruleOf(data, generation, context)
    return rule ? rule.read({ value, time }, { ...origin, where: `${origin.where} ${data}` }) : []
  })
  return firstOfEach([...told, ...connectionOf(values, context), ...collisionIn(values, context)])
}

function ruleOf(id: OperandId, generation: Generation, { speedFactor }: Context): Rule | undefined {
  const { value, tells, signals } = operands[id]
  const [signal] = signals
  if (tells !== 'value' || signal === undefined) return undefined
  switch (value.kind) {
    case 'number':
      return scaled(signal, id === 'vehicle.kinetic.speed' ? speedFactor : 1)
    case 'word':
      // Generations lend each other words.
      return (signalOf(signal).type === 'integer' ? saysNumber : says)(signal, { ...value.words.v1, ...value.words[generation] })
    case 'boolean':
      return flag(signal)
    default:
      return undefined
  }
}

/** An alert that fired joins the list that was told last; where none was told, the list is not made up from it. */
export function joinAlerts(values: unknown, known: readonly Reading[], context: Context): Reading[] {
  const items = alertsIn(values)
  const listed = (list: readonly Reading[], signal: SignalId): unknown[] | undefined => {
    const value = list.find((one) => one.signal === signal)?.value
    return Array.isArray(value) ? (value as unknown[]) : undefined
  }
  const active = listed(known, 'alerts.active')
  if (!active || items.length === 0) return []
  const fired = alertsOf(items, below(context, 'vehicle.alert'))
  const joining = (listed(fired, 'alerts.active') ?? []).filter((code) => !active.includes(code))
  if (joining.length === 0) return []
  const details = (listed(fired, 'alerts.details') ?? []).filter((item) => joining.includes(membersOf(item).code))
  const say = (signal: SignalId, value: unknown[]) => reading(signal, value, { time: context.time }, context.origin)
  return [
    say('alerts.active', [...active, ...joining]),
    say('alerts.details', [...(listed(known, 'alerts.details') ?? []), ...details]),
  ]
}

/** v4 and v1 of old tell objects, v1 a word. */
const alertsIn = (values: unknown): Members[] =>
  listOf(values)
    .filter(({ data }) => data === 'vehicle.alert')
    .slice(0, mostBodies)
    .flatMap(({ value }): Members[] => {
      const { literalValue = value, objectValues } = membersOf(membersOf(value).body)
      if (Array.isArray(objectValues)) return listOf(objectValues).slice(0, mostBodies)
      return textOf(literalValue) === undefined ? [] : [{ type: literalValue }]
    })

/** Two of the charging words also say whether there is a cable. */
const cable: Readonly<Record<string, string>> = { DISCONNECTED: 'disconnected', INPROGRESS: 'connected' }

function connectionOf(values: readonly DeliveredValue[], { origin, time }: Context): Reading[] {
  const status = values.find(({ data }) => data === 'vehicle.energy.charging.status')
  const word = cable[wordOf(status?.value ?? '')]
  return word === undefined ? [] : [reading('charging.connection', word, { time }, origin)]
}

/** v1: side and severity of one collision, each a value of its own. */
function collisionIn(values: readonly DeliveredValue[], { origin, time }: Context): Reading[] {
  const said = (id: OperandId, table: Readonly<Record<string, string>>) => {
    const value = values.find(({ data }) => data === id)?.value
    return value === undefined ? undefined : words.ourWord(table, value)
  }
  const side = said('vehicle.collision.side', words.collisionSide)
  const severity = said('vehicle.collision.severity', words.collisionSeverity)
  if (side === undefined) return []
  return [reading('alerts.collision', { sides: [{ side, ...(severity === undefined ? {} : { severity }) }] }, { time }, origin)]
}
