/** Commands → what a person can press, set and lock. Nothing of it pretends: what is shown comes from the car. */
import { commands as catalogue, isGuarded, type CommandId, type CommandParams } from '../../vehicle/commands'
import type { SignalId } from '../../vehicle/signals'
import type { Capabilities } from '../../vehicle/vehicle'
import { component, type Components, type Place } from './component'
import { parameter } from './templates'

/** A lock of Home Assistant has one topic for both ways: the word sent there is the command. */
interface LockPair {
  lock: CommandId
  unlock: CommandId
}

const locks: Partial<Record<SignalId, LockPair>> = {
  'lock.central': { lock: 'lock', unlock: 'unlock' },
  'lock.topCase': { lock: 'lock-top-case', unlock: 'unlock-top-case' },
}

/** Commands that set the value of an entity, and the parameter that takes it. */
const settings: Partial<Record<CommandId, string>> = { 'charge-limit': 'percent', 'charge-power': 'level' }

interface Press {
  label?: string
  params?: CommandParams
  deviceClass?: 'identify'
  category?: 'diagnostic'
}

/** Where a button is not just the command's label and nothing to choose. */
const presses: Partial<Record<CommandId, Press>> = {
  flash: { deviceClass: 'identify' },
  'wake-up': { category: 'diagnostic' },
  refresh: { category: 'diagnostic' },
  'engine-start': { label: 'Start the engine for 15 minutes', params: { minutes: 15 } },
}

/** Takes anything, so it is nothing to press. */
const never: ReadonlySet<CommandId> = new Set(['raw'])

/**
 * The commands that are offered: allowed, and the car has them. Of those that the car's list has no word for only the
 * guarded ones, because their owner named them one by one.
 */
export function offered(allowed: readonly CommandId[], { commands, unlisted }: Capabilities): Set<CommandId> {
  return new Set(allowed.filter((id) => commands.includes(id) || (isGuarded(id) && unlisted.includes(id))))
}

/** What a lock entity needs to be commanded; undefined unless both ways are offered. */
export function lockOf(place: Place, id: SignalId, commands: ReadonlySet<CommandId>): Record<string, unknown> | undefined {
  const pair = locks[id]
  if (!pair || !commands.has(pair.lock) || !commands.has(pair.unlock)) return undefined
  return {
    ...commanding(place, pair.unlock),
    optimistic: false,
    payload_lock: pair.lock,
    payload_unlock: pair.unlock,
    state_locked: 'locked',
    state_unlocked: 'unlocked',
  }
}

/**
 * Which command is meant by a bare word on the topic of another one. A lock sends both of its words to the topic of
 * the unlocking command, where the locking one is taken for what it says, with its own checks. Only this way round:
 * who may publish there may unlock anyway, so nobody gains anything by it.
 */
export function commandOfWord(topic: CommandId, word: string): CommandId {
  const pair = Object.values(locks).find(({ unlock }) => unlock === topic)
  return pair && word === pair.lock ? pair.lock : topic
}

export function settingOf(place: Place, command: string | undefined): Record<string, unknown> {
  const id = command as CommandId
  const name = settings[id]
  return name ? { ...commanding(place, id), optimistic: false, command_template: parameter(name) } : {}
}

/** A button for each command that needs nothing to be chosen and has no better entity. */
export function buttonsOf(place: Place, signals: readonly SignalId[], commands: ReadonlySet<CommandId>): Components {
  const taken = new Set(
    signals.flatMap((id) => {
      const pair = locks[id]
      return pair && lockOf(place, id, commands) ? [pair.lock, pair.unlock] : []
    }),
  )
  const pressed = [...commands].filter((id) => !taken.has(id) && canPress(id))
  return Object.assign({}, ...pressed.map((id) => buttonOf(place, id))) as Components
}

const canPress = (id: CommandId): boolean => !never.has(id) && catalogue[id].params.safeParse(presses[id]?.params ?? {}).success

function buttonOf(place: Place, id: CommandId): Components {
  const { label = catalogue[id].label, params, deviceClass, category } = presses[id] ?? {}
  return component(
    place,
    { platform: 'button', what: id, name: label },
    {
      ...commanding(place, id),
      payload_press: params ? JSON.stringify({ params }) : 'PRESS',
      ...(deviceClass && { device_class: deviceClass }),
      ...(category && { entity_category: category }),
    },
  )
}

/** Commands are never kept by the broker: one that came late would be carried out late. */
const commanding = ({ car }: Place, id: CommandId) => ({ command_topic: `${car}/command/${id}`, qos: 1, retain: false })
