/** Monitors that live in a provider's cloud, and what their clouds deliver to us. */
import type { Reading } from '../vehicle/reading'
import type { SignalGroup } from '../vehicle/signals'
import type { VehicleId } from '../vehicle/vehicle'
import type { PushSink } from './push'

export type Transport = 'webhook' | 'websocket' | 'push'
export type CloudStatus = 'running' | 'paused' | 'failed' | 'unknown'

/** A way for deliveries to reach us. Stellantis: channel (v1), callback (v4). */
export interface ChannelWanted {
  label: string
  transport: Transport
  /** Webhook and websocket: the public address, the secret in its path. */
  target?: string
  /** Push: device tokens. */
  devices?: readonly string[]
  /** Header that each single delivery carries; batches carry none. */
  header?: { name: string; value: string }
}

export interface CloudChannel {
  id: string
  label: string
  transport: Transport | 'unknown'
  target?: string
  status: CloudStatus
}

/** Value and operator words are those of the cloud's monitor object. Exactly one of `data`, `zone`, `time`, `setting`. */
export interface CloudTrigger {
  name: string
  data?: { data: string; op: string; value?: readonly string[]; previous?: { op: string; value: readonly string[] } }
  zone?: { transition: 'In' | 'Out'; place: { radius: number; center: { longitude: number; latitude: number } } }
  time?: {
    times: readonly {
      recurrence?: 'Daily' | 'None'
      start: string
      duration?: string
      occurrence?: { day?: readonly string[]; week?: readonly string[] }
    }[]
    timeZone?: string
  }
  setting?: { type: 'DigitalKey' | 'LastMileNavigation' }
}

export type CloudAction =
  | { type: 'Notify' }
  | { type: 'Remote'; command: string; params?: Readonly<Record<string, unknown>> }
  | { type: 'Monitor'; changeType: 'Pause' | 'Resume' | 'Delete'; monitorId?: string }

/** A monitor as it shall be in the cloud. */
export interface MonitorWanted {
  /** Ends with the owner's mark. */
  label: string
  triggers: readonly CloudTrigger[]
  boolExp: string
  refreshEvery?: number
  extend: readonly string[]
  actions: readonly CloudAction[]
  actOnRefresh?: boolean
  vehicles: readonly VehicleId[]
}

/** Where a monitor is: v1 below its channel, v4 below its car and callback. */
export interface MonitorRef {
  channelId: string
  monitorId: string
  /** v4 only. */
  vehicle?: VehicleId
}

export interface CloudMonitor extends MonitorRef {
  label: string
  status: CloudStatus
  /** The same for the same wanted content: an unchanged monitor is not written again. */
  fingerprint: string
  /** Cars that it watches. */
  vehicles: readonly VehicleId[]
}

/**
 * The calls that make, change and remove monitors. Every method rejects with a DrivewayError; 404 on a removal counts as
 * done. One monitor object may stand for one car only (v4): then `create` is called per car.
 */
export interface MonitorService {
  readonly limits: { channels: number; monitors: number; settings: number }
  /** `car`: a monitor watches exactly one car (v4). `account`: any number (v1). */
  readonly scope: 'account' | 'car'
  /** Transports that can be asked for. */
  readonly transports: readonly Transport[]
  channels(signal: AbortSignal): Promise<CloudChannel[]>
  createChannel(wanted: ChannelWanted, signal: AbortSignal): Promise<CloudChannel>
  updateChannel(id: string, wanted: ChannelWanted, signal: AbortSignal): Promise<void>
  setChannel(id: string, status: 'running' | 'paused', signal: AbortSignal): Promise<void>
  removeChannel(id: string, signal: AbortSignal): Promise<void>
  /**
   * Tells that what comes by this listed channel reaches us, so that orders to cars may go by it too and their steps come
   * as deliveries. Channels that were created or updated here are known already.
   */
  ours?(channelId: string): void
  /** Of one channel; `vehicle` is needed where scope is `car`. */
  monitors(channelId: string, vehicle: VehicleId | undefined, signal: AbortSignal): Promise<CloudMonitor[]>
  create(channelId: string, wanted: MonitorWanted, signal: AbortSignal): Promise<CloudMonitor>
  update(ref: MonitorRef, wanted: MonitorWanted, signal: AbortSignal): Promise<void>
  set(ref: MonitorRef, status: 'running' | 'paused', signal: AbortSignal): Promise<void>
  remove(ref: MonitorRef, signal: AbortSignal): Promise<void>
  /** The fingerprint that a cloud monitor made of this would have. */
  fingerprint(wanted: MonitorWanted): string
}

/** One delivered message, in our words. */
export interface Delivery {
  /** The same for the same message, however often it comes. */
  key: string
  /** ms since 1970, by the message's own clock. */
  at: number
  channelId?: string
  /** Where the message or what came with it names the car. */
  vehicle?: VehicleId
  /** What its extensions and values say about the car. */
  readings: readonly Reading[]
  groups: readonly SignalGroup[]
  /**
   * The cloud's own road, instead of readings and groups: tells all that the message says, when its turn has come.
   * Resolves and rejects as a push does.
   */
  handTo?(sink: Omit<PushSink, 'health'>): Promise<boolean>
  /** A fired monitor. */
  monitor?: {
    monitorId: string
    /** A reminder while the condition stays true. */
    refresh: boolean
    /** Operand, value and value before, as delivered. */
    values: readonly { data: string; value?: string; previous?: string }[]
    /** Settings events, as they are. */
    settings?: unknown
    attributes: Readonly<Record<string, string>>
  }
  /** A step of a remote command; the provider has taken note of it. */
  remote?: { id: string }
}

/** What the webhook or socket brought beside the body. */
export interface DeliveryContext {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  receivedAt: number
}

/** Reads delivered messages. */
export interface DeliveryReader {
  /**
   * One message (never a batch) → what it says; `undefined`: it is no delivery of this cloud. Throws nothing. Steps of
   * remote commands are kept for `execute`, which waits for them.
   */
  read(message: unknown, context: DeliveryContext): Delivery | undefined
}

/** One page of records of the past, such as trips: newest first, in our words. */
export interface HistoryPage {
  records: readonly Readonly<Record<string, unknown>>[]
  /** Given where there is more: hand it in to get the next page. */
  next?: string
}

export interface HistoryQuery {
  /** ISO 8601; the clouds keep about two months. */
  from?: string
  to?: string
  /** 1 to 500, default 100. */
  limit?: number
  next?: string
  active?: boolean
  locale?: string
  /** Of a trip: `alerts`, `collisions`, `wayPoints`, `telemetry`. */
  id?: string
  part?: string
}

/** Records of the past that are no signals. */
export interface History {
  /** What may be asked for: `alerts`, `alarms`, `charging-sessions`, `trips`, `collisions`, `stolen`, `telemetry`. */
  readonly kinds: readonly string[]
  /** Rejects with a DrivewayError. */
  read(vehicle: VehicleId, kind: string, query: HistoryQuery, signal: AbortSignal): Promise<HistoryPage>
}
