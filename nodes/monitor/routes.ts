/** What the monitor's dialog asks the runtime. Secrets and places are given only to those who may edit. */
import type { NodeAPI } from 'node-red'
import type { Request, RequestHandler } from 'express'
import type { OpenedAccount } from '../../src/account/open'
import { extensionsOf } from '../../src/monitors/asked'

import type { Transport } from '../../src/providers/monitors'
import { DrivewayError, toDrivewayError } from '../../src/vehicle/causes'
import type { Place } from '../../src/vehicle/memory'
import { liveAccounts } from '../account/live'
import { text } from '../shared/glue'
import { factsOf } from './facts'

export interface HookAddress {
  /** The whole public address, the secret in it; absent: the account has no public address. */
  address?: string
  /** Node-RED asks for a password before its pages. */
  isGuarded: boolean
  /** Node-RED serves no pages. */
  isOff: boolean
  /** The simulator in this process finds us without a public address. */
  isSimulated: boolean
}

export interface Addresses {
  of(account: string, opened: OpenedAccount, transport: Transport): Promise<HookAddress>
  /** Sends something to the address and sees whether it arrives here; rejects with what is wrong. */
  test(account: string, opened: OpenedAccount, transport: Transport): Promise<void>
}

const nothing = {
  deployed: false,
  provider: false,
  stream: false,
  facts: { local: factsOf('local'), provider: [] },
  extend: [],
  cars: [],
}

export function serveMonitorRoutes(RED: NodeAPI, addresses: Addresses): void {
  const admin = RED.httpAdmin
  const read = RED.auth.needsPermission('driveway.read')
  const write = RED.auth.needsPermission('driveway.write')
  const answering =
    (work: (req: Request) => Promise<unknown>): RequestHandler =>
    (req, res) => {
      work(req).then(
        (result) => void res.set('Cache-Control', 'no-store').json(result),
        (error: unknown) => {
          const { code, message, action } = toDrivewayError(error).cause
          res
            .status(code === 'INTERNAL' ? 500 : 400)
            .set('Cache-Control', 'no-store')
            .json({ code, message, action })
        },
      )
    }

  admin.get(
    '/driveway/monitors/:account',
    read,
    answering(async (req) => offered(String(req.params.account))),
  )
  admin.post(
    '/driveway/monitors/:account/position',
    write,
    answering(async (req) => positionOf(await deployed(req), req)),
  )
  admin.post(
    '/driveway/monitors/:account/address',
    write,
    answering(async (req) => addresses.of(String(req.params.account), await deployed(req), transportOf(req))),
  )
  admin.post(
    '/driveway/monitors/:account/address/test',
    write,
    answering(async (req) => {
      await addresses.test(String(req.params.account), await deployed(req), transportOf(req))
      return { ok: true }
    }),
  )
}

const bodyOf = (req: Request): Record<string, unknown> =>
  typeof req.body === 'object' && req.body !== null ? (req.body as Record<string, unknown>) : {}

const transportOf = (req: Request): Transport => (bodyOf(req).transport === 'websocket' ? 'websocket' : 'webhook')

async function deployed(req: Request): Promise<OpenedAccount> {
  const live = liveAccounts.get(String(req.params.account))
  if (live) return live.open()
  throw new DrivewayError({
    code: 'INVALID_CONFIG',
    message: 'This account is not deployed yet',
    action: 'Deploy first.',
  })
}

/** What an account offers monitors. One that is not deployed, or not right, offers what every account does. */
async function offered(id: string) {
  const opened = await liveAccounts
    .get(id)
    ?.open()
    .catch(() => undefined)
  if (!opened) return nothing
  const { account, settings } = opened
  const { monitors, pushes } = account.provider
  const generation = settings.api === 'v1' ? 'v1' : 'v4'
  return {
    deployed: true,
    provider: monitors !== undefined,
    stream: pushes !== undefined,
    facts: { local: factsOf('local'), provider: monitors ? factsOf(generation) : [] },
    extend: monitors ? extensionsOf(generation) : [],
    cars: account.known.map((car) => ({ id: car.id, slug: car.slug, signals: Object.keys(account.about(car).readings) })),
  }
}

/** Where a car was last: what is known, else what one reading tells. */
async function positionOf({ account }: OpenedAccount, req: Request) {
  const [car] = await account.chosen(text(bodyOf(req).vehicle))
  if (!car) throw unknownPlace('The account has no car')
  const known = () => account.about(car, ['position']).snapshot.position?.location as Place | undefined
  const place = known() ?? (await account.read(car, ['position'], 0).then(known))
  if (!place) throw unknownPlace(`The cloud does not tell where ${car.label} is`)
  const { latitude, longitude } = place
  return { latitude, longitude, label: car.label }
}

const unknownPlace = (message: string): DrivewayError =>
  new DrivewayError({ code: 'UNSUPPORTED', message, action: 'Enter latitude and longitude by hand.' })
