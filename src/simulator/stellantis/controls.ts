import { z } from 'zod'
import type { SimulatedCars } from '../cars'
import { readBody } from '../checkBody'
import type { OwnControl } from '../cloud'
import { json } from '../http'
import { stellantisDemo, stellantisScopes } from '../credentials'
import type { Channels } from './delivery/channels'
import type { Deliveries } from './delivery/deliveries'
import type { Monitors } from './monitors/monitors'
import type { Watch } from './monitors/watch'
import type { Tokens } from '../signIn/tokens'

export interface Controllable {
  channels: Channels
  monitors: Monitors
  deliveries: Deliveries
  watch: Watch
  tokens: Tokens
  settings: { strict: boolean }
}

const bodies = {
  settings: z.strictObject({ strict: z.boolean() }),
  device: z.strictObject({ device: z.string().min(1) }),
  setting: z.strictObject({
    vehicle: z.string(),
    type: z.enum(['DigitalKey', 'LastMileNavigation']).default('DigitalKey'),
    event: z.record(z.string(), z.unknown()).default({
      digitalKey: { status: 'OwnerPairingCompleted', workflow: { vehicleState: 'Paired', workflowState: 'Completed' } },
    }),
  }),
  testToken: z.strictObject({
    user: z.string().default(stellantisDemo.user),
    scopes: z.array(z.string()).default([...stellantisScopes]),
  }),
}

/**
 * What only the simulated Stellantis has below `/sim/api/stellantis`: pushes to phones, attempts to deliver, all channels
 * and monitors, a phone that is gone, an event of a setting, strictness, a token to try with.
 */
export function stellantisControls(cloud: Controllable, cars: SimulatedCars): readonly OwnControl[] {
  return [
    { method: 'GET', path: '/pushes', to: () => json(200, cloud.deliveries.pushes) },
    {
      method: 'GET',
      path: '/deliveries',
      to: () => {
        const { attempts, waiting } = cloud.deliveries.outbox
        return json(200, { waiting, attempts: attempts.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest })) })
      },
    },
    {
      method: 'GET',
      path: '/channels',
      to: () =>
        json(
          200,
          cloud.channels.all().map(({ id, generation, transport, status, subscribe }) => ({
            id,
            generation,
            transport,
            status,
            label: subscribe.label,
          })),
        ),
    },
    {
      method: 'GET',
      path: '/monitors',
      to: () =>
        json(
          200,
          cloud.monitors.all().map(({ id, generation, channelId, status, body, cars: watched }) => ({
            id,
            generation,
            channelId,
            status,
            label: body.label,
            vehicles: [...watched],
          })),
        ),
    },
    {
      method: 'POST',
      path: '/unregister',
      to: ({ body }) => {
        const emptied = cloud.channels.dropDevice(readBody(bodies.device, body).device)
        // Stellantis v4: an emptied callback goes, and its monitors with it; v1's channel has failed.
        for (const channel of emptied.filter(({ generation }) => generation === 'v4')) {
          for (const monitor of cloud.monitors.on(channel.id)) cloud.monitors.remove(monitor)
          cloud.channels.remove(channel)
        }
        return json(200, { emptied: emptied.map(({ id }) => id) })
      },
    },
    {
      method: 'POST',
      path: '/setting',
      to: ({ body }) => {
        const { vehicle, type, event } = readBody(bodies.setting, body)
        const car = cars.find(vehicle)
        if (!car) return json(404, { error: 'There is no such car' })
        car.sync()
        return json(200, { monitors: cloud.watch.setting(car, car.body.time, type, event) })
      },
    },
    {
      method: 'POST',
      path: '/settings',
      to: ({ body }) => {
        Object.assign(cloud.settings, readBody(bodies.settings, body))
        return json(200, { strict: cloud.settings.strict })
      },
    },
    {
      method: 'POST',
      path: '/test-token',
      to: ({ body }) => {
        const { user, scopes } = readBody(bodies.testToken, body)
        const access_token = cloud.tokens.personToken(stellantisDemo.clientId, user, scopes)
        return json(200, { access_token, expires_in: cloud.tokens.rules.accessSeconds })
      },
    },
  ]
}
