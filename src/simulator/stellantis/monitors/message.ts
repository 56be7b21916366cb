import type { SimulatedCar } from '../../car/car'
import { factsOf } from '../endpoint'
import { some, told, type Facts, type Wire } from '../facts'
import type { CarFile } from '../file'
import type { Generation } from '../listing'
import { blocks, sayBlock } from '../picture'
import { position } from '../position'
import { Scopes } from '../scopes'
import { datedTree } from '../tree'
import type { MonitorEvaluator } from './evaluate'
import type { DataBody, MonitorBody, TriggerBody } from './body'

/** One delivered value, and what it was before. */
interface Value {
  data: string
  value: readonly string[]
  previous?: string
}

/** Whose event it is. */
export interface EventOf {
  car: SimulatedCar
  file: CarFile
  generation: Generation
  /** Root of addresses inside the message. */
  root: string
}

/** What a trigger names of a list, when it names something that is in it; else the newest of the list. */
function shown({ op, value = [] }: DataBody, now: readonly string[]): string[] {
  if (op === 'onChange') return now.slice(-1)
  const named = now.filter((item) => value.includes(item))
  return named.length ? named : now.slice(-1)
}

/** Values of all data triggers: one for a single trigger, several for a compound one. */
function valuesOf(triggers: readonly TriggerBody[], evaluator: MonitorEvaluator): Value[] {
  return triggers.flatMap(({ data }) => {
    if (!data) return []
    const { now, before } = evaluator.valuesOf(data.data)
    if (!now) return []
    const previous = data.previous && before ? { previous: before.join(',') } : {}
    return [{ data: data.data, value: shown(data, now), ...previous }]
  })
}

const inV1 = ({ data, value, previous }: Value): Wire => told({ data, value: value.join(','), previous })

/** The older form: the only one of v4, deprecated in v1. */
function inV4({ data, value, previous }: Value, { file, generation, root }: EventOf): Wire {
  if (data !== 'vehicle.alert')
    return told({ data, value: { type: 'string', body: { literalValue: value.join(',') } }, previous })
  const objectValues = file.active.flatMap((alert) => {
    const said = file.sayAlert(alert, { root, generation }, false)
    return said && value.includes(String(said.type)) ? [said] : []
  })
  return told({ data, value: { type: 'obj.alert', body: { objectValues } }, previous })
}

const everything = new Scopes(['data:telemetry'])

/** Extra data by the name under which it is asked for. Stellantis: extendedEventParam */
const extensions: Readonly<Record<string, (facts: Facts, of: EventOf) => Wire | undefined>> = {
  'vehicle.position': (facts, { generation }) =>
    member('position', facts.text('reachability.privacy') === 'none' ? position(facts, generation) : undefined),
  'vehicle.doorsState': (facts, { generation }) => member('doorState', blockOf('vehicle.doorsState', facts, generation)),
  'vehicle.maintenance': (facts, { generation }) => member('maintenance', blockOf('vehicle.maintenance', facts, generation)),
  'vehicle.latestTelemetry': (facts) =>
    member('latestTelemetry', datedTree({ facts, generation: 'v1', form: 'state', wanted: () => true })),
  'vehicle.status': (facts) => member('status', datedTree({ facts, generation: 'v4', form: 'state', wanted: () => true })),
  'vehicle.alerts.active': (facts, of) => alerts(facts, of),
  'vehicle.alerts': (facts, of) => alerts(facts, of),
  'vehicle.alarm': (facts, { file, generation }) => {
    const alarm = some({
      status: blockOf('vehicle.alarm.status', facts, generation),
      trigger: blockOf('vehicle.alarm.trigger', facts, generation),
    })
    return member('alarm', alarm && { id: file.alarmId, ...alarm })
  },
  'vehicle.collision': (_facts, { file, generation, root }) =>
    member('collision', file.lastCollision && file.sayCollision(file.lastCollision, { root, generation })),
  'vehicle.stolen': (facts, { file, generation, root }) =>
    facts.flag('alerts.stolen') ? member('stolen', file.stolenNow({ root, generation })) : undefined,
  'vehicle.trip': (_facts, { file, generation, root }) =>
    generation === 'v4' && file.lastTrip ? member('trip', file.sayTrip(file.lastTrip, { root, generation })) : undefined,
}

const member = (name: string, value: unknown): Wire | undefined => (value === undefined ? undefined : { [name]: value })

function blockOf(kind: string, facts: Facts, generation: Generation): unknown {
  const block = blocks.find((one) => one.kind === kind)
  return block && facts.text('reachability.privacy') !== 'full' ? sayBlock(block, facts, generation, true) : undefined
}

function alerts(facts: Facts, { file, generation, root }: EventOf): Wire | undefined {
  const said = file.activeAlerts({ root, generation, scopes: everything }, facts)
  return said && { alerts: said.activeAlerts }
}

export function extensionsOf(asked: readonly string[] | undefined, of: EventOf): Wire[] | undefined {
  const facts = factsOf(of.car)
  const said = (asked ?? []).flatMap((type) => {
    const kind = type.startsWith('vehicle.telemetry') ? type.slice('vehicle.telemetry.'.length) : undefined
    const wanted = (one: string) => !kind || one === kind || (kind === 'vehicle' && one.startsWith('vehicle.'))
    const body =
      kind === undefined
        ? extensions[type]?.(facts, of)
        : member(
            'telemetry',
            datedTree({ facts, generation: of.generation, form: 'history', wanted: (block) => wanted(block.kind) }),
          )
    return body ? [{ type, body: [body] }] : []
  })
  return said.length ? said : undefined
}

/** The monitor's part of a delivered message. Stellantis: monitorEvent; `old` is v1's deprecated form. */
export function monitorEvent(
  monitorId: string,
  body: MonitorBody,
  evaluator: MonitorEvaluator,
  refresh: boolean,
  of: EventOf,
  old: boolean,
): Wire {
  const values = valuesOf(body.triggerParam.triggers, evaluator)
  const said = extensionsOf(body.extendedEventParam, of)
  if (of.generation === 'v4' || old)
    return told({ monitorId, values: values.map((value) => inV4(value, of)), extensions: said, refresh })
  return { monitorId, data: told({ values: values.map(inV1), extensions: said, refresh }) }
}
