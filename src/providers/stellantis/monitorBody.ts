/** Stellantis: a monitor as it is on the wire, from and to ours. */
import { createHash } from 'node:crypto'
import { DrivewayError } from '../../vehicle/causes'
import { commands, isCommandId } from '../../vehicle/commands'
import { numberOf, textOf } from '../mapping'
import type { CloudAction, CloudTrigger, MonitorWanted } from '../monitors'
import { isCause, remoteOf, scopeOfCommand } from './order'
import type { Generation } from './settings'
import { isMembers, listOf, membersOf, type Members } from './wire'

/** Body attributes come back with each message, in batches too. One at least: see channels. */
const attributes = [
  { type: 'Body', key: 'monitor', value: '$MonitorLabel' },
  { type: 'Body', key: 'monitorId', value: '$MonitorID' },
] as const

/** The posted object. Throws `INVALID_CONFIG` for what this generation cannot say. */
export function monitorBody(wanted: MonitorWanted, generation: Generation, channelId: string): Members {
  const { label, triggers, boolExp, refreshEvery, extend, actions, actOnRefresh = false } = wanted
  if (generation === 'v4' && actions.some(({ type }) => type !== 'Notify')) throw unsayable('actions by the provider')
  if (generation === 'v4' && triggers.some(({ setting }) => setting)) throw unsayable('monitors of settings')
  const done = generation === 'v1' ? actions.map((action) => actionBody(action, channelId)) : []
  return {
    label,
    ...(refreshEvery !== undefined && { subscribeParam: { refreshEvent: refreshEvery } }),
    ...(done.length > 0 && { onEvent: { actions: done, onRefresh: actOnRefresh } }),
    attributes,
    ...(extend.length > 0 && { extendedEventParam: [...extend] }),
    triggerParam: { triggers: triggers.map((trigger) => triggerBody(trigger, generation)), boolExp },
  }
}

/** What header mode has to name to make it: the permission for monitors and those for everything it looks at and does. */
export function scopesOf({ triggers, extend, actions }: MonitorWanted): string {
  const data = [...triggers.map((trigger) => trigger.data?.data ?? ''), ...extend]
  const named = (start: string, scope: string) => (data.some((one) => one.startsWith(start)) ? [scope] : [])
  const remotes = actions.flatMap((action) =>
    action.type === 'Remote' && isCommandId(action.command) ? [scopeOfCommand(action.command, 'v1')] : [],
  )
  // Zones and times need telemetry too; a parent covers what is below it.
  const scopes = [
    'monitor:write',
    'data:telemetry',
    ...named('vehicle.trip', 'data:trip'),
    ...named('vehicle.collision', 'data:collision'),
    ...remotes,
  ]
  return [...new Set(scopes)].join(' ')
}

function triggerBody({ name, data, zone, time, setting }: CloudTrigger, generation: Generation): Members {
  if (data) {
    const { op, value, previous } = data
    // Stellantis: `onChange` takes no value.
    const values = op === 'onChange' ? {} : { value: [...(value ?? [])] }
    return {
      name,
      data: { data: data.data, op, ...values, ...(previous && { previous: { ...previous, value: [...previous.value] } }) },
    }
  }
  if (time) return { name, time: { ...time, times: time.times.map((one) => timeBody(one, generation)) } }
  return { name, ...(zone ? { zone } : { setting }) }
}

type Time = NonNullable<CloudTrigger['time']>['times'][number]

/** v4 spells it with one r. */
function timeBody({ occurrence, ...rest }: Time, generation: Generation): Members {
  return { ...rest, ...(occurrence && { [generation === 'v1' ? 'occurrence' : 'occurence']: occurrence }) }
}

function actionBody(action: CloudAction, channelId: string): Members {
  if (action.type === 'Notify') return { type: 'Notify' }
  if (action.type === 'Monitor') {
    const { changeType, monitorId } = action
    return { type: 'Monitor', monitorAction: { changeType, ...(monitorId === undefined ? {} : { monitorId }) } }
  }
  // Stellantis: with a capital C; without a channel the remote runs silently.
  return { type: 'Remote', remoteAction: { ChannelId: channelId, remote: remoteBody(action) } }
}

function remoteBody({ command, params = {} }: Extract<CloudAction, { type: 'Remote' }>): Members {
  if (!isCommandId(command)) throw unsayable(`the command ${command.slice(0, 40)}`)
  const checked = commands[command].params.safeParse(params)
  if (!checked.success) throw unsayable(`the command ${command} with these parameters`)
  const remote = remoteOf({ id: 'by monitor', vehicle: '', command, params: checked.data }, 'v1')
  if (isCause(remote)) throw new DrivewayError({ ...remote, code: 'INVALID_CONFIG' })
  return remote.body
}

const unsayable = (what: string): DrivewayError =>
  new DrivewayError({
    code: 'INVALID_CONFIG',
    message: `This interface of Stellantis does not know ${what}`,
    action: 'Change the monitor, or evaluate it here (where: local).',
  })

/**
 * What a monitor does, without what the cloud may spell out or leave away: the same for a monitor as it was posted and
 * as it is read back.
 */
export function fingerprintOf(body: Members): string {
  const { triggers, boolExp } = membersOf(body.triggerParam)
  const { actions, onRefresh } = membersOf(body.onEvent)
  const parts = {
    label: textOf(body.label),
    refresh: numberOf(membersOf(body.subscribeParam).refreshEvent),
    extend: textsIn(body.extendedEventParam).sort(),
    actions: listOf(actions).map(plainAction),
    onRefresh: listOf(actions).length > 0 && onRefresh === true,
    triggers: listOf(triggers).map(plainTrigger),
    boolExp: (textOf(boolExp) ?? '').replace(/\s+/g, ''),
  }
  return createHash('sha256')
    .update(JSON.stringify(sorted(parts)))
    .digest('hex')
    .slice(0, 32)
}

const textsIn = (list: unknown): string[] => (Array.isArray(list) ? (list as unknown[]).flatMap((one) => textOf(one) ?? []) : [])

/** Only the member that its type needs counts. */
const plainAction = ({ type, remoteAction, monitorAction }: Members): unknown => ({
  type,
  ...(type === 'Remote' && { remoteAction }),
  ...(type === 'Monitor' && { monitorAction }),
})

function plainTrigger(trigger: Members): unknown {
  if (!isMembers(trigger.time)) return trigger
  const { times, timeZone = 'Europe/Paris' } = trigger.time
  const entries = listOf(times).map(({ recurrence = 'Daily', start, duration, occurrence, occurence }) => {
    // A file of the provider writes the days without the object around them.
    const days = Array.isArray(occurrence) ? { day: occurrence as unknown[] } : (occurrence ?? occurence)
    return { recurrence, start, duration, occurrence: days }
  })
  return { name: trigger.name, time: { times: entries, timeZone } }
}

/** Members in one order, without those that say nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMembers(value)) return value
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null)
  return Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]))
}
