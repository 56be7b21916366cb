/** What the editor asks the runtime. Every route needs a permission, but the one that the provider's page returns to. */
import type { NodeAPI } from 'node-red'
import type { Request, RequestHandler, Response } from 'express'
import type { Account } from '../../src/account/account'
import { addressesOf, oauthClientOf, type OpenedAccount } from '../../src/account/open'
import { invalidConfig, isOfCloud, providerSettings, readSettings, type AccountCredentials } from '../../src/account/settings'
import { loadProvider } from '../../src/providers/registry'
import { DrivewayError, toDrivewayError, type Cause } from '../../src/vehicle/causes'
import { commandIds, commands } from '../../src/vehicle/commands'
import { eventNames } from '../../src/vehicle/events'
import { signalGroups, signalIds, signalOf } from '../../src/vehicle/signals'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { forgetMonitorsOf } from '../monitor/forget'
import { clockOf } from '../shared/environment'
import { afterwards, answerPage } from './answerPage'
import { recordKinds } from '../state/records'
import { diagnosticsOf, diagnosticsWithout } from './diagnostics'
import { paramsExamples } from './examples'
import { liveAccounts } from './live'
import { SignIns } from './signIns'

const untouched = '__PWRD__'

/** One for the process: a sign-in outlives the deploy that comes in between. */
let signIns: SignIns | undefined

export const signInsOf = (RED: NodeAPI): SignIns =>
  (signIns ??= new SignIns(clockOf(RED), async (account, tokens) => {
    const live = liveAccounts.get(account)
    if (!live) return false
    try {
      await (await live.open()).signIn.accept(tokens)
      return true
    } catch {
      // The account's other settings are not right yet: the tokens wait for the next deploy.
      return false
    }
  }))

const httpStatusOf = (cause: Cause): number => (cause.code === 'INTERNAL' ? 500 : cause.code === 'INVALID_CONFIG' ? 400 : 502)

export function serveRoutes(RED: NodeAPI): void {
  const admin = RED.httpAdmin
  const read = RED.auth.needsPermission('driveway.read')
  const write = RED.auth.needsPermission('driveway.write')

  /** Sends what `work` gives, or its error as `{code, message, action}`. */
  const answering =
    (work: (req: Request) => Promise<unknown>): RequestHandler =>
    (req, res) => {
      work(req).then(
        (result) => void res.set('Cache-Control', 'no-store').json(result),
        (error: unknown) => {
          const { cause } = toDrivewayError(error)
          const { code, message, action } = cause
          res.status(httpStatusOf(cause)).set('Cache-Control', 'no-store').json({ code, message, action })
        },
      )
    }

  const idOf = (req: Request): string => String(req.params.id)
  const deployed = async (req: Request) => {
    const live = liveAccounts.get(idOf(req))
    if (!live) throw notDeployed
    return live.open()
  }

  admin.get(
    '/driveway/catalogue',
    read,
    answering(async () => catalogue()),
  )
  admin.get(
    '/driveway/accounts/:id',
    read,
    answering((req) => describe(idOf(req))),
  )
  admin.get(
    '/driveway/accounts/:id/vehicles',
    read,
    answering(async (req) => vehiclesOf(await deployed(req), req.query)),
  )
  admin.post(
    '/driveway/accounts/:id/test',
    write,
    answering(async (req) => {
      const opened = await deployed(req)
      // What is known is no proof: the list may be a day old.
      await opened.account.vehiclesNow()
      return vehiclesOf(opened, req.query)
    }),
  )
  admin.post(
    '/driveway/accounts/:id/sign-out',
    write,
    answering(async (req) => {
      const opened = await deployed(req)
      await opened.signIn.signOut()
      if (bodyOf(req).forget === true) {
        await opened.account.forget()
        await forgetMonitorsOf(RED, idOf(req), opened)
      }
      return { ok: true }
    }),
  )
  admin.get(
    '/driveway/accounts/:id/diagnostics',
    read,
    answering(async (req) => {
      const live = liveAccounts.get(idOf(req))
      if (!live) throw notDeployed
      return live.open().then(
        (opened) => diagnosticsOf(RED, opened),
        (error: unknown) => diagnosticsWithout(RED, error),
      )
    }),
  )
  admin.post(
    '/driveway/sign-in',
    write,
    answering((req) => begin(RED, bodyOf(req))),
  )
  admin.post(
    '/driveway/sign-in/paste',
    write,
    answering(async (req) => told(await signInsOf(RED).finish(queryOfAddress(bodyOf(req).address)))),
  )
  admin.get(
    '/driveway/sign-in/:state',
    read,
    answering(async (req) => told(signInsOf(RED).progress(String(req.params.state)))),
  )
  // No permission can be asked for here: a redirect carries none. The single-use state is the guard.
  admin.get('/driveway/oauth/callback', (req: Request, res: Response) => {
    const { code, state, error } = req.query
    signInsOf(RED)
      .finish({ code: textOf(code), state: textOf(state), error: textOf(error) })
      .then(
        (progress) => answerPage(RED, res, progress),
        () => answerPage(RED, res, afterwards),
      )
  })
}

const notDeployed = new DrivewayError({
  code: 'INVALID_CONFIG',
  message: 'This account is not deployed yet',
  action: 'Deploy first.',
})

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const bodyOf = (req: Request): Record<string, unknown> =>
  typeof req.body === 'object' && req.body !== null ? (req.body as Record<string, unknown>) : {}

const told = ({ status, cause }: { status: string; cause?: Cause }) => ({
  status,
  ...(cause && { code: cause.code, message: cause.message, action: cause.action }),
})

/** What is wrong with a pasted address; the sign-in it may belong to goes on. */
const badPaste = (message: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_CONFIG', message, action: 'Paste the whole address of the page that did not open.' })

function queryOfAddress(address: unknown): { code?: string; state?: string; error?: string } {
  const text = String(address).trim()
  if (!URL.canParse(text)) throw badPaste('What was pasted is no address')
  const { searchParams } = new URL(text)
  const [code, state, error] = ['code', 'state', 'error'].map((name) => searchParams.get(name) ?? undefined)
  if (!state || (!code && !error)) throw badPaste('The pasted address does not hold what a sign-in ends with (code and state)')
  return { code, state, error }
}

function catalogue() {
  return {
    commands: commandIds.map((id) => ({
      id,
      label: commands[id].label,
      guarded: commands[id].guarded === true,
      params: paramsExamples[id] ?? null,
    })),
    groups: signalGroups.map((id) => ({ id, label: id })),
    signals: signalIds.map((id) => {
      const { label, type, unit, words, group } = signalOf(id)
      return { id, group, label, type, unit, words }
    }),
    records: recordKinds.map((id) => ({ id, label: id })),
    events: eventNames,
  }
}

async function describe(id: string) {
  const live = liveAccounts.get(id)
  if (!live) return { deployed: false }
  try {
    const { account, signIn, simulatorPage } = await live.open()
    const vehicles = account.known.slice(0, pageOfCars).map(shortOf)
    return {
      deployed: true,
      signIn: await signIn.status(),
      health: healthOf(account),
      vehicles,
      ...(simulatorPage && { simulator: { page: simulatorPage } }),
    }
  } catch (error) {
    const { code, message, action } = toDrivewayError(error).cause
    return { deployed: true, signIn: { signedIn: false, problem: { code, message, action } }, vehicles: [] }
  }
}

/** Counts at the top, so that the dialog need not know how they are kept. */
function healthOf({ health }: Account) {
  const { quota, ...rest } = health
  return {
    ...rest,
    callsToday: quota.usedToday,
    perDay: quota.perDay,
    leftToday: quota.leftToday,
    forecastEmptyAt: quota.forecastEmptyAt,
  }
}

const shortOf = ({ id, slug, label, meta }: Vehicle) => ({
  id,
  slug,
  label,
  model: meta.model,
  year: meta.year,
  energy: meta.energy,
})

/** A dialog shows so many cars at once; a fleet is searched. */
const pageOfCars = 50
/** Of so many what they can do is asked, which may cost a call each. */
const askedCars = 10

/**
 * The cars whose name, model, plate or id holds `q`, from the `offset`-th on, and how many there are in all. Commands are
 * told for a few only: a dialog that needs those of one car asks for it by its slug.
 */
async function vehiclesOf({ account }: OpenedAccount, { q, offset }: Readonly<Record<string, unknown>>) {
  const cars = await account.vehicles()
  const sought = textOf(q)?.trim().toLowerCase() ?? ''
  const holds = ({ id, slug, label, meta }: Vehicle) =>
    [id, slug, label, meta.model, meta.licencePlate].some((text) => text?.toLowerCase().includes(sought))
  const found = sought ? cars.filter(holds) : cars
  const exact = found.filter(({ slug }) => slug === sought)
  const first = Math.max(0, Math.floor(Number(offset)) || 0)
  const page = [...exact, ...found.filter((car) => !exact.includes(car))].slice(first, first + pageOfCars)
  const told = await Promise.all(
    page.map(async (car, index) => {
      const can = index < askedCars ? await account.capabilities(car).catch(() => undefined) : undefined
      const signals = [...new Set([...(can?.signals ?? []), ...Object.keys(account.about(car).readings)])]
      return { ...shortOf(car), plate: car.meta.licencePlate, ...(can && { commands: can.commands }), signals }
    }),
  )
  return { vehicles: told, total: found.length }
}

/** Does the dialog name the same provider and addresses as the deployed account? An undeployed one has no secrets stored. */
async function sameAddresses(id: string, body: Record<string, unknown>): Promise<boolean> {
  const deployed = await liveAccounts
    .get(id)
    ?.open()
    .catch(() => undefined)
  if (!deployed) return false
  const { provider, server, url, authUrl } = deployed.settings
  const same = (known: string | undefined, given: unknown) => (known ?? '') === (textOf(given) ?? '')
  return same(provider, body.provider) && same(server, body.server) && same(url, body.url) && same(authUrl, body.authUrl)
}

/** Starts a sign-in with what the dialog holds now, deployed or not. Untouched secrets are taken from the runtime. */
async function begin(RED: NodeAPI, body: Record<string, unknown>) {
  const account = textOf(body.account) ?? ''
  const stored = (RED.nodes.getCredentials(account) ?? {}) as AccountCredentials
  // A stored secret goes only where the deployed account sends it: else whoever may edit could have it sent to himself.
  const mayUseStored = await sameAddresses(account, body)
  const field = (name: 'clientId' | 'clientSecret') => {
    const given = textOf(body[name])
    if (given !== undefined && given !== untouched && given !== '') return given
    if (mayUseStored || stored[name] === undefined) return stored[name]
    throw new DrivewayError({
      code: 'INVALID_CONFIG',
      message: 'The address of the account was changed',
      action: 'Enter client id and client secret again.',
    })
  }
  const { account: _account, clientId: _id, clientSecret: _secret, apiKey: _key, ...fields } = body
  const settings = readSettings(fields)
  if (!isOfCloud(settings)) throw invalidConfig('Nobody signs in to another Driveway')
  const kit = await loadProvider(settings.provider)
  if (kit.signIn(providerSettings(settings)) !== 'code') throw invalidConfig('Nobody signs in to this account')
  const redirectUri = textOf(body.redirectUri) ?? ''
  if (!/^https?:\/\//.test(redirectUri))
    throw new DrivewayError({
      code: 'INVALID_CONFIG',
      message: 'The redirect address must start with http:// or https://',
      action: 'Mend the redirect address.',
    })
  const client = oauthClientOf(
    settings,
    kit,
    { clientId: field('clientId'), clientSecret: field('clientSecret') },
    addressesOf(settings, kit),
  )
  return signInsOf(RED).begin(account, client, redirectUri)
}
