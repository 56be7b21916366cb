/** The signal catalogue: every fact a car can tell, once. Messages, topics, discovery and help read it. */
import type { Signal } from './signal'
import { alerts } from './signals/alerts'
import { assist } from './signals/assist'
import { battery } from './signals/battery'
import { charging } from './signals/charging'
import { climate } from './signals/climate'
import { doors } from './signals/doors'
import { engine } from './signals/engine'
import { fuel } from './signals/fuel'
import { lights } from './signals/lights'
import { lock } from './signals/lock'
import { lowVoltage } from './signals/lowVoltage'
import { position } from './signals/position'
import { reachability } from './signals/reachability'
import { safety } from './signals/safety'
import { service } from './signals/service'
import { trip } from './signals/trip'
import { tyres } from './signals/tyres'
import { vehicle } from './signals/vehicle'
import { windows } from './signals/windows'

export const signals = {
  ...battery,
  ...charging,
  ...fuel,
  ...vehicle,
  ...engine,
  ...lock,
  ...doors,
  ...windows,
  ...climate,
  ...position,
  ...tyres,
  ...service,
  ...lights,
  ...trip,
  ...alerts,
  ...safety,
  ...assist,
  ...reachability,
  ...lowVoltage,
}

export type SignalId = keyof typeof signals
export type SignalGroup = (typeof signals)[SignalId]['group']

export const signalIds = Object.keys(signals) as SignalId[]
export const signalGroups = [...new Set(signalIds.map((id) => signals[id].group))] as readonly SignalGroup[]

const idsKnown: ReadonlySet<string> = new Set(signalIds)
export const isSignalId = (text: string): text is SignalId => idsKnown.has(text)
export const isSignalGroup = (text: string): text is SignalGroup => (signalGroups as readonly string[]).includes(text)

/** The row of a signal, with the catalogue's whole width of types. */
export const signalOf = (id: SignalId): Signal<SignalGroup> => signals[id]

/** The part of the id behind the dot: the key inside the group of a snapshot. */
export const keyOf = (id: SignalId): string => id.slice(id.indexOf('.') + 1)

/** The signals of these groups, in catalogue order. */
export const signalsOf = (groups: readonly SignalGroup[]): SignalId[] =>
  signalIds.filter((id) => groups.includes(signals[id].group))
