import { z } from 'zod'
import { readBody } from '../checkBody'
import type { OwnControl } from '../cloud'
import { json, type Call, type Reply } from '../http'
import type { AmqpPublisher } from './amqp'
import type { EventLog } from './events'
import { listFleet } from './fleetList'
import type { Garage } from './garage'
import type { InversSettings } from './settings'
import type { Traffic } from './traffic'
import { onWire, stateOnWire, type Circumstances, type InversVehicle } from './vehicle'
import type { WebhookTarget } from './webhook'

/** What these controls control. */
export interface Controlled {
  readonly garage: Garage
  readonly events: EventLog
  readonly settings: InversSettings
  readonly traffic: Traffic
  readonly publisher: AmqpPublisher | undefined
  postTo(target: WebhookTarget | undefined): void
  change(vehicle: InversVehicle, circumstances: Partial<Circumstances>): void
}

const settings = z.strictObject({
  statePath: z.string().startsWith('/').includes('{vehicle_id}').optional(),
  paging: z.enum(['page-token', 'cursor']).optional(),
  pageSize: z.int().min(1).optional(),
  largestPage: z.int().min(1).optional(),
  grantIn: z.enum(['query', 'either']).optional(),
  tokenErrors: z.enum(['oauth', 'problem']).optional(),
  tokenLife: z.int().min(1).optional(),
  answer: z.enum(['full', 'partial']).optional(),
  perMinute: z.int().min(1).optional(),
  refusal: z.enum(['x-rate-limit', 'retry-after']).optional(),
  rateHeaders: z.enum(['always', 'on-refusal']).optional(),
  errorType: z.enum(['application/json', 'application/problem+json']).optional(),
})

const circumstances = z.strictObject({
  moving: z.boolean().optional(),
  connected: z.boolean().optional(),
  rental: z.enum(['IN_RENTAL', 'NOT_IN_RENTAL']).optional(),
  operation: z.enum(['OPERATING', 'GARAGE']).optional(),
})

const webhook = z.strictObject({ url: z.url().nullable(), headers: z.record(z.string(), z.string()).optional() })
const traffic = z.strictObject({ perSecond: z.number().min(0).max(10_000) })
const again = z.strictObject({ count: z.int().min(1).max(1000).default(1) })
const event = z.strictObject({ type: z.string().min(1), data: z.record(z.string(), z.unknown()).default({}) })

const shown = (vehicle: InversVehicle) => ({ ...onWire(vehicle), state: stateOnWire(vehicle.state()) })

/** What only the simulated INVERS has, below `/sim/api/invers`. */
export function inversControls(cloud: Controlled): readonly OwnControl[] {
  const withVehicle =
    (act: (vehicle: InversVehicle, call: Call) => Reply): OwnControl['to'] =>
    (call, { vehicle_id = '' }) => {
      const vehicle = cloud.garage.find(vehicle_id)
      return vehicle ? act(vehicle, call) : json(404, { error: 'There is no such vehicle' })
    }
  return [
    { method: 'GET', path: '/events', to: ({ query }) => listEvents(cloud, query) },
    {
      method: 'POST',
      path: '/events',
      to: ({ body }) => {
        const { type, data } = readBody(event, body)
        return json(200, cloud.events.tell(type, data))
      },
    },
    {
      method: 'POST',
      path: '/events/again',
      to: ({ body }) => {
        const last = cloud.events.list().slice(-readBody(again, body).count)
        for (const event of last) cloud.events.hand(event)
        return json(200, last)
      },
    },
    { method: 'GET', path: '/settings', to: () => json(200, cloud.settings) },
    {
      method: 'POST',
      path: '/settings',
      to: ({ body }) => json(200, Object.assign(cloud.settings, readBody(settings, body) as Partial<InversSettings>)),
    },
    {
      method: 'POST',
      path: '/webhook',
      to: ({ body }) => {
        const { url, headers } = readBody(webhook, body)
        cloud.postTo(url === null ? undefined : { url, ...(headers ? { headers } : {}) })
        return json(200, { url })
      },
    },
    {
      method: 'POST',
      path: '/traffic',
      to: ({ body }) => {
        const { perSecond } = readBody(traffic, body)
        cloud.traffic.flow(perSecond)
        return json(200, { perSecond })
      },
    },
    { method: 'GET', path: '/vehicles', to: ({ query }) => json(200, listFleet(cloud.garage.fleet, query)) },
    { method: 'GET', path: '/vehicles/{vehicle_id}', to: withVehicle((vehicle) => json(200, shown(vehicle))) },
    {
      method: 'POST',
      path: '/vehicles/{vehicle_id}',
      to: withVehicle((vehicle, { body }) => {
        cloud.change(vehicle, readBody(circumstances, body))
        return json(200, shown(vehicle))
      }),
    },
    {
      method: 'POST',
      path: '/vehicles/{vehicle_id}/smoke',
      to: withVehicle((vehicle) => {
        cloud.events.smoke(vehicle)
        return json(200, {})
      }),
    },
  ]
}

function listEvents({ events, publisher }: Controlled, query: URLSearchParams): Reply {
  const list = events.list({ type: query.get('type') ?? undefined, vehicle: query.get('vehicle') ?? undefined })
  return json(200, {
    total: events.total,
    ...(publisher ? { broker: brokerOf(publisher) } : {}),
    events: list.slice(-Number(query.get('limit') ?? 1000)),
  })
}

const brokerOf = ({ connected, problem, confirmed, pending }: AmqpPublisher) => ({
  connected,
  ...(problem ? { problem } : {}),
  confirmed,
  pending,
})
