import { z } from 'zod'
import type { SimulatedCar } from './car/car'
import { places } from './car/driving'
import { readBody } from './checkBody'

type Action = (car: SimulatedCar, body: string) => void

/** An action whose body is checked before the car hears of it. */
const action =
  <T extends z.ZodType>(schema: T, act: (car: SimulatedCar, body: z.output<T>) => void): Action =>
  (car, body) =>
    act(car, readBody(schema, body))

const plain = (act: (car: SimulatedCar) => void): Action => action(z.strictObject({}), act)

const coordinates = z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
const placeName = z.enum(Object.keys(places) as [string, ...string[]])
const destination = z
  .union([placeName, coordinates], { error: `must be ${Object.keys(places).join(', ')}, or {latitude, longitude}` })
  .transform((to) => (typeof to === 'string' ? places[to] : to))

const part = z.strictObject({ part: z.string().min(1) })

/** What can be done to a car, by the last part of its address. */
export const actions: Readonly<Record<string, Action>> = {
  'plug-in': action(z.strictObject({ type: z.enum(['ac', 'dc']).default('ac') }), (car, { type }) => car.plugIn(type)),
  unplug: plain((car) => car.unplug()),
  'start-charging': plain((car) => car.startCharging()),
  'stop-charging': plain((car) => car.stopCharging()),
  open: action(part, (car, body) => car.open(body.part)),
  close: action(part, (car, body) => car.close(body.part)),
  lock: plain((car) => car.lock()),
  unlock: plain((car) => car.unlock()),
  drive: action(z.strictObject({ to: destination.optional(), km: z.number().positive().max(2000).optional() }), (car, goal) =>
    car.drive(goal),
  ),
  park: plain((car) => car.park()),
  sleep: plain((car) => car.sleep()),
  wake: plain((car) => car.wake()),
  privacy: action(z.strictObject({ state: z.enum(['none', 'geolocation', 'full']) }), (car, { state }) => car.setPrivacy(state)),
  set: action(z.record(z.string(), z.unknown()), (car, signals) => car.setAll(signals)),
  alert: action(z.strictObject({ code: z.coerce.string().min(1), active: z.boolean().default(true) }), (car, { code, active }) =>
    car.alert(code, active),
  ),
}
