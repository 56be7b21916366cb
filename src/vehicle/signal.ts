/** What one row of the signal catalogue says. The rows themselves are in `signals/`. */

export type SignalType = 'number' | 'integer' | 'boolean' | 'word' | 'words' | 'text' | 'time' | 'list' | 'object'

/** How the value is expressed in the COVESA Vehicle Signal Specification 6. */
export interface VssMapping {
  /** Path as in VSS; `#` stands where the instance goes. */
  path: string
  /** Which instance, such as `Row1.DriverSide`. Sides hold for left-hand drive and swap with `steering: right`. */
  instance?: string
  /** VSS value = ours × factor. */
  factor?: number
  /** VSS wants an integer. */
  rounded?: true
  /** Our word → the VSS value; a word not listed has none. */
  words?: Readonly<Record<string, string | boolean>>
  /** Which member of an `object` it is; `observedAt` is the time of the reading. */
  member?: string
  /** Another leaf that must say this for the value to mean what it means. */
  along?: { path: string; value: string }
  /** Several signals of ours share this path; it is true when any of them is. */
  shared?: true
}

/** The Home Assistant entity that shows a signal. Absent fields mean "none". */
export interface EntityMapping {
  platform: 'sensor' | 'binary_sensor' | 'lock' | 'number' | 'select' | 'device_tracker'
  deviceClass?: string
  stateClass?: 'measurement' | 'total_increasing'
  unit?: string
  category?: 'diagnostic' | 'config'
  /** Binary sensors: the values that count as on. */
  on?: readonly (string | boolean)[]
  /** Only offered while this command is allowed; the next mapping without it is the fall-back. */
  whenAllowed?: string
  min?: number
  max?: number
  step?: number
  disabledByDefault?: true
}

/** A cloud and the generation of its interface that can deliver a signal. */
export type SignalSource =
  'volvo-energy-v2' | 'volvo-energy-v1' | 'volvo' | 'volvo-location' | 'stellantis-v1' | 'stellantis-v4' | 'invers'

export interface Signal<Group extends string = string> {
  group: Group
  type: SignalType
  /** Fixed unit, metric; absent where the value has none. */
  unit?: string
  /** The whole vocabulary of a `word` or of each item of `words`. `unknown` may always stand for a word we do not know. */
  words?: readonly string[]
  /** What the members of a `list` or `object` are, for people. */
  shape?: string
  min?: number
  max?: number
  /** Plain English, sentence case. */
  label: string
  vss?: readonly VssMapping[]
  homeAssistant?: readonly EntityMapping[]
  /** Holds only while `charging.status` is `charging`; otherwise the key leaves the snapshot. */
  onlyWhileCharging?: true
  /** Computed here from other signals. */
  derived?: true
  /** Where the value comes from; empty where no cloud delivers it today. */
  from: readonly SignalSource[]
}
