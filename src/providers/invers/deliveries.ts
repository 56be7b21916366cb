import type { Clock } from '../../clock'
import type { Origin } from '../mapping'
import type { Delivery, DeliveryContext, DeliveryReader } from '../monitors'
import type { Echoes } from './echoes'
import { readArrived, whatIsSaid } from './events'
import type { Fleet } from './fleet'

export interface DeliveriesOptions {
  fleet: Fleet
  clock: Clock
  echoes: Echoes
  drift: Origin['drift']
}

/** INVERS: webhooks exist, their form is not documented; what has the form of an event is taken. */
export class Deliveries implements DeliveryReader {
  constructor(private readonly options: DeliveriesOptions) {}

  read(message: unknown, { receivedAt }: DeliveryContext): Delivery | undefined {
    const { fleet, clock, echoes, drift } = this.options
    const arrived = readArrived(message, {}, { where: 'events', receivedAt, drift })
    const said = arrived && whatIsSaid(arrived, fleet, clock, drift)
    if (!said) return undefined
    const { vehicle, readings, events, trip, object } = said
    if (object && fleet.has(vehicle)) fleet.learn(object)
    const causedBy = echoes.of(arrived.flowId)
    return {
      key: arrived.id,
      at: arrived.at,
      vehicle,
      readings,
      groups: [],
      ...(events.length > 0 && { events }),
      ...(trip && { trip }),
      ...(causedBy && { causedBy }),
    }
  }
}
