/** Stellantis: every call that reads a car's state, what it tells and how it is read. */
import type { Reading } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import { isMissing, timeOf } from '../mapping'
import { alarmList, alertList, collisionList, stolenList } from './alerts'
import { blockIn, blockNames, contactOf, readBlock, readBlocks, type BlockName } from './blocks'
import type { Context } from './context'
import { firstOfEach } from './fields'
import { positionOf } from './position'
import type { Generation } from './settings'
import { at, type Members } from './wire'

interface Source {
  /** Behind `/vehicles/{id}`. */
  path: string
  query?: Readonly<Record<string, string | readonly string[]>>
  groups: readonly SignalGroup[]
  /** Only asked while the car's state lacks this block. */
  standsInFor?: BlockName
  /** A collection: its name under `_embedded`. Read whole, up to so many pages. */
  list?: string
  pages?: number
  /** The list as a whole says what is so, also by what has left it. */
  isWhole?: true
  read: (found: { body: Members; items: readonly Members[] }, context: Context) => Reading[]
}

const state: Source['read'] = ({ body }, context) => firstOfEach([...contactOf(body, context), ...readBlocks(body, context)])

/** v4: the old telemetry alone tells these; each block is taken from the newest item that has it. */
const oldTelemetry: Source['read'] = ({ items }, context) => {
  const when = ({ createdAt }: Members) => timeOf(createdAt, context.origin) ?? 0
  const newest = [...items].sort((a, b) => when(b) - when(a))
  return firstOfEach(newest.flatMap((item) => telemetryItem(item, context)))
}

/** An item of telemetry; position and maintenance may stand beside it as extensions. */
export function telemetryItem(item: Members, context: Context): Reading[] {
  const extension = at(item, '_embedded', 'extension')
  const time = isMissing(item.createdAt) ? context.time : item.createdAt
  const beside = (['location', 'maintenance'] as const).flatMap((name) =>
    readBlock(name, at(extension, name), { ...context, time }),
  )
  return firstOfEach([...readBlocks(item, context), ...beside])
}

const v1 = {
  latest: {
    path: '/telemetries/latest',
    groups: [
      'battery',
      'charging',
      'fuel',
      'vehicle',
      'engine',
      'lock',
      'doors',
      'windows',
      'climate',
      'position',
      'tyres',
      'service',
      'lights',
      'safety',
      'assist',
      'reachability',
      'lowVoltage',
      'alerts',
    ],
    read: state,
  },
  alerts: {
    path: '/alerts',
    query: { active: 'true' },
    groups: ['alerts'],
    standsInFor: 'alerts',
    list: 'alerts',
    isWhole: true,
    read: ({ items }, context) => alertList(items, context),
  },
  alarms: {
    path: '/alarms',
    groups: ['alerts'],
    standsInFor: 'alarm',
    list: 'alarms',
    pages: 1,
    read: ({ items }, context) => alarmList(items, context),
  },
  stolen: {
    path: '/stolen',
    groups: ['alerts'],
    standsInFor: 'stolen',
    list: 'stolen',
    pages: 1,
    isWhole: true,
    read: ({ items }, context) => stolenList(items, context),
  },
  collisions: {
    path: '/collisions',
    groups: ['alerts'],
    list: 'collisions',
    pages: 1,
    read: ({ items }, context) => collisionList(items, context),
  },
} satisfies Record<string, Source>

const v4 = {
  status: {
    path: '/status',
    groups: [
      'battery',
      'charging',
      'fuel',
      'vehicle',
      'engine',
      'lock',
      'doors',
      'windows',
      'climate',
      'position',
      'lights',
      'safety',
      'reachability',
      'lowVoltage',
      'alerts',
    ],
    read: state,
  },
  // Deprecated.
  lastPosition: {
    path: '/lastPosition',
    groups: ['position'],
    standsInFor: 'location',
    read: ({ body }, context) => positionOf(body, context),
  },
  maintenance: {
    path: '/maintenance',
    groups: ['service'],
    read: ({ body }, context) => readBlock('maintenance', { ...body, createdAt: body.updatedAt ?? body.createdAt }, context),
  },
  alerts: {
    path: '/alerts',
    groups: ['alerts'],
    list: 'alerts',
    isWhole: true,
    read: ({ items }, context) => alertList(items, context),
  },
  alarms: {
    path: '/alarms',
    groups: ['alerts'],
    standsInFor: 'alarm',
    list: 'alarms',
    pages: 1,
    read: ({ items }, context) => alarmList(items, context),
  },
  collisions: {
    path: '/collisions',
    groups: ['alerts'],
    list: 'collisions',
    pages: 1,
    read: ({ items }, context) => collisionList(items, context),
  },
  // Deprecated, and so only for what nothing else tells.
  telemetry: {
    path: '/telemetry',
    query: { type: ['vehicle.adas', 'vehicle.transmission', 'vehicle.wipingBlades'], pageSize: '60' },
    groups: ['assist'],
    list: 'telemetries',
    pages: 1,
    read: oldTelemetry,
  },
} satisfies Record<string, Source>

export type SourceId = keyof typeof v1 | keyof typeof v4

const bySource: Readonly<Record<Generation, Readonly<Partial<Record<SourceId, Source>>>>> = { v1, v4 }
const idsOf = (generation: Generation): SourceId[] => Object.keys(bySource[generation]) as SourceId[]

export const sourceOf = (generation: Generation, id: SourceId): Source => bySource[generation][id] ?? v4.status

/** The call that tells most, and what of it was missing. */
export const isState = (id: SourceId): boolean => id === 'latest' || id === 'status'
export const missingIn = (body: Members): ReadonlySet<BlockName> =>
  new Set(blockNames.filter((name) => blockIn(body, name) === undefined))

/** Groups of all calls. */
export const groupsIn = (generation: Generation): readonly SignalGroup[] => [
  ...new Set(idsOf(generation).flatMap((id) => sourceOf(generation, id).groups)),
]

/** What is known of a car that makes calls needless. */
interface Knowledge {
  lacks(source: SourceId): boolean
  missing?: ReadonlySet<BlockName>
}

/** The calls that these groups take, as far as is known; without those that this car lacks. */
export function planFor(generation: Generation, groups: readonly SignalGroup[], car: Knowledge): SourceId[] {
  return idsOf(generation).filter((id) => {
    const { groups: own, standsInFor } = sourceOf(generation, id)
    if (car.lacks(id) || !own.some((group) => groups.includes(group))) return false
    return standsInFor === undefined || (car.missing?.has(standsInFor) ?? false)
  })
}
