/** Messages ready for the stock `mqtt out` node: the same topics and payloads as the mirror's. */
import type { Account } from '../../src/account/account'
import { eventPayload, eventTopic, stateText, stateTopic } from '../../src/mirror/payloads'
import { isBase } from '../../src/mirror/topics'
import { DrivewayError } from '../../src/vehicle/causes'
import type { VehicleEvent } from '../../src/vehicle/events'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { text } from './glue'

export interface MqttOutConfig {
  forMqttOut?: boolean
  mqttBase?: string
}

/** What an `mqtt out` node with empty fields publishes as it is. */
export type MqttOutMessage = {
  topic: string
  payload: string
  retain: boolean
  qos: 0 | 1
}

export class MqttOut {
  /** What each car's state topic was told last: the same is not told twice. */
  private readonly last = new Map<string, string>()

  private constructor(private readonly base: string) {}

  /** Undefined where the node is not to send such messages. Throws `INVALID_CONFIG` for a base that is no topic. */
  static from({ forMqttOut, mqttBase }: MqttOutConfig): MqttOut | undefined {
    if (!forMqttOut) return undefined
    const base = text(mqttBase) ?? 'driveway'
    if (isBase(base)) return new MqttOut(base)
    throw new DrivewayError({
      code: 'INVALID_CONFIG',
      message: 'The base topic must not have spaces, "+", "#", or empty levels',
      action: 'Open the node and mend its base topic.',
    })
  }

  /** The state of a car; undefined while nothing is known, or when it is as it was told. `again`: also then. */
  state(account: Account, car: Vehicle, again = false): MqttOutMessage | undefined {
    const payload = stateText(account, car)
    if (payload === undefined) return undefined
    const topic = stateTopic(this.base, car)
    if (!again && this.last.get(topic) === payload) return undefined
    this.last.set(topic, payload)
    return { topic, payload, retain: true, qos: 1 }
  }

  event(account: Account, car: Vehicle, event: VehicleEvent): MqttOutMessage {
    const payload = JSON.stringify(eventPayload(account, car, event))
    return { topic: eventTopic(this.base, car, event), payload, retain: false, qos: 1 }
  }
}
