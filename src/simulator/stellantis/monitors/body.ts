/** A monitor as it is posted. Stellantis: monitor object (v1), with v4's other names beside. */
export interface MonitorBody {
  label?: string
  subscribeParam?: {
    refreshEvent?: number
    channelAttributes?: TransportAttributes
    callbackAttributes?: TransportAttributes
  }
  onEvent?: { actions?: OnEvent[]; onRefresh?: boolean }
  attributes?: Attribute[]
  extendedEventParam?: string[]
  triggerParam: { triggers: TriggerBody[]; boolExp: string }
}

export interface TransportAttributes {
  webhook?: Attribute[] | Attribute[][]
  websocket?: Attribute[] | Attribute[][]
  pushnotif?: Attribute[] | Attribute[][]
}

export interface Attribute {
  type?: string
  key: string
  value: string
}

export interface OnEvent {
  type: string
  monitorAction?: { changeType?: string; monitorId?: string }
  remoteAction?: { remote?: Record<string, unknown>; ChannelId?: string; channelId?: string }
}

export interface TriggerBody {
  name: string
  data?: DataBody
  zone?: ZoneBody
  time?: TimeBody
  setting?: { type: string }
}

export interface Condition {
  op: string
  value?: string[]
}

export interface DataBody extends Condition {
  data: string
  previous?: Condition
}

export interface ZoneBody {
  transition: string
  place: { radius: number; center: { longitude: number; latitude: number } }
}

export interface TimeBody {
  times: TimesBody[]
  timeZone?: string
}

export interface TimesBody {
  recurrence?: string
  start: string
  duration?: string
  /** `occurence` in v4. */
  occurrence?: Occurrence
  occurence?: Occurrence
}

export interface Occurrence {
  day?: string[]
  week?: string[]
}

export const occurrenceOf = (times: TimesBody): Occurrence | undefined => times.occurrence ?? times.occurence

/** Flat, or nested once as one portal sample shows. */
export const flat = (attributes: Attribute[] | Attribute[][] | undefined): Attribute[] => (attributes ?? []).flat()
