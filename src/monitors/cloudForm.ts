/** A monitor as its provider's cloud wants it: our signals become its operands, our words its words. */
import type { CloudTrigger, MonitorWanted } from '../providers/monitors'
import { wireValues, type Generation } from '../providers/stellantis/operands'
import { isSignalId } from '../vehicle/signals'
import type { VehicleId } from '../vehicle/vehicle'
import { operandOf } from './asked'
import type { MonitorDefinition } from './definition'
import { writeExpression } from './expression'
import type { DataTrigger, Trigger } from './trigger'

export { extensionsOf } from './asked'

/** `label`: with the owner's mark. Of a definition that was read for this generation. */
export function wantedOf(
  definition: MonitorDefinition,
  { label, generation, vehicles }: { label: string; generation: Generation; vehicles: readonly VehicleId[] },
): MonitorWanted {
  const { triggers, expression, refreshEvery, extend, actions, actOnRefresh } = definition
  return {
    label,
    triggers: triggers.map((trigger) => cloudTrigger(trigger, generation)),
    boolExp: writeExpression(expression),
    ...(refreshEvery !== undefined && { refreshEvery }),
    extend,
    actions,
    ...(actOnRefresh && { actOnRefresh }),
    vehicles,
  }
}

function cloudTrigger(trigger: Trigger, generation: Generation): CloudTrigger {
  const { name } = trigger
  switch (trigger.kind) {
    case 'data':
      return { name, data: cloudData(trigger, generation) }
    case 'zone': {
      const { transition, place } = trigger
      return { name, zone: { transition, place } }
    }
    case 'time': {
      const { times, timeZone } = trigger
      return { name, time: { times, timeZone } }
    }
    case 'setting':
      return { name, setting: { type: trigger.type } }
  }
}

function cloudData({ data, op, value, previous }: DataTrigger, generation: Generation): NonNullable<CloudTrigger['data']> {
  const operand = isSignalId(data) ? operandOf(data, generation) : undefined
  const asWire = (values: readonly string[]) =>
    operand ? [...new Set(values.flatMap((one) => wireValues(operand, one, generation)))] : values
  const asked = (how: string, values: readonly string[]) => {
    const wire = asWire(values)
    // Stellantis: several of its words may mean one of ours.
    return { op: how === 'equalsTo' && wire.length > 1 ? 'includedIn' : how, value: wire }
  }
  return {
    data: operand ?? data,
    ...(op === 'onChange' ? { op } : asked(op, value)),
    ...(previous && { previous: asked(previous.op, previous.value) }),
  }
}
