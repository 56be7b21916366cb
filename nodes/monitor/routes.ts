/** What the monitor's dialog asks the runtime. Secrets and places are given only to those who may edit. */
import type { NodeAPI } from 'node-red'
import type { Request, RequestHandler } from 'express'
import type { OpenedAccount } from '../../src/account/open'
import { extensionsOf } from '../../src/monitors/asked'

import type { Transport } from '../../src/providers/monitors'
import { DrivewayError, toDrivewayError } from '../../src/vehicle/causes'
import type { Place } from '../../src/vehicle/memory'
import { liveAccounts } from '../account/live'
import { clockOf } from '../shared/environment'
import { accountOf, text } from '../shared/glue'
import { hookAddress, isGuarded, isOff, tryAddress } from './address'
import { intakeOf, receptionOf, secretOf } from './desk'
import { factsOf } from './facts'
import { listenForSockets } from './sockets'

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

const nothing = {
  deployed: false,
  provider: false,
  stream: false,
  facts: { local: factsOf('local'), provider: [] },
  extend: [],
  cars: [],
}

export function serveMonitorRoutes(RED: NodeAPI): void {
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
    answering(async (req) => addressOf(RED, req)),
  )
  admin.post(
    '/driveway/monitors/:account/address/test',
    write,
    answering(async (req) => {
      await tryHook(RED, req)
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

async function addressOf(RED: NodeAPI, req: Request): Promise<HookAddress> {
  const opened = await deployed(req)
  const address = await hookOf(RED, req, opened)
  return {
    ...(address !== undefined && { address }),
    isGuarded: isGuarded(RED),
    isOff: isOff(RED),
    isSimulated: opened.simulatorPage !== undefined && opened.settings.publicUrl === undefined,
  }
}

async function hookOf(RED: NodeAPI, req: Request, opened: OpenedAccount): Promise<string | undefined> {
  const id = String(req.params.account)
  return hookAddress(RED, id, opened, await secretOf(RED, id, opened), transportOf(req))
}

/** An account whose deliveries nobody has needed yet takes nothing in, so its desk is opened for this. */
async function tryHook(RED: NodeAPI, req: Request): Promise<void> {
  const opened = await deployed(req)
  const address = await hookOf(RED, req, opened)
  if (address === undefined)
    throw new DrivewayError({
      code: 'INVALID_CONFIG',
      message: 'The account has no public address',
      action: 'Enter it in the account.',
    })
  const accountNode = accountOf(RED, req.params.account)
  if (accountNode) await receptionOf(RED, accountNode, opened)
  const unlisten = transportOf(req) === 'websocket' ? await listen(RED) : undefined
  try {
    await tryAddress(RED, address)
  } finally {
    unlisten?.()
  }
}

function listen(RED: NodeAPI): Promise<() => void> {
  const intake = intakeOf(RED, clockOf(RED))
  return listenForSockets(
    RED,
    (account, secret) => Promise.resolve(intake.admit(account, secret)),
    (arrived) => intake.receive(arrived),
  )
}
