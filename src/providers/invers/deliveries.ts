import type { Delivery, DeliveryContext, DeliveryReader } from '../monitors'
import { vehicleOf } from './events'
import type { Intake } from './intake'

/**
 * INVERS: webhooks exist, their form is not documented; what has the form of an event is taken, and goes the way of those
 * that come by the stream. One that comes by both is told once.
 */
export class Deliveries implements DeliveryReader {
  constructor(private readonly intake: Intake) {}

  read(message: unknown, { receivedAt }: DeliveryContext): Delivery | undefined {
    const { intake } = this
    const arrived = intake.read(message, {}, receivedAt)
    const vehicle = arrived && vehicleOf(arrived)
    if (!arrived || vehicle === undefined) return undefined
    return {
      key: arrived.id,
      at: arrived.at,
      vehicle,
      readings: [],
      groups: [],
      handTo: async (sink) => (await intake.take(arrived, sink)) !== 'foreign',
    }
  }
}
