import type { SimulatedCar } from '../car/car'
import type { SimulatedCars } from '../cars'
import { stellantisDemo } from '../credentials'
import type { Faults } from '../faults'
import type { Call, Reply } from '../http'
import type { Match } from '../router'
import type { Application, Applications } from '../signIn/applications'
import type { AccessToken, Tokens } from '../signIn/tokens'
import type { Users } from '../users'
import type { Ask, Endpoint } from './endpoint'
import { gatewayRefusal, idOf, refusal } from './errors'
import { queryOf } from './hal'
import { listingOf, realms, type Generation } from './listing'
import type { Quotas } from './quotas'
import { Scopes, scopesIn } from './scopes'

export interface Premises {
  applications: Applications
  tokens: Tokens
  users: Users
  quotas: Quotas
  faults: Faults
  cars: SimulatedCars
  now(): number
}

/** Faults that the gateway plays. */
export const gatewayKinds = ['401', '401-plan', '401-security', '401-token', '403-scope', '403-not-yours', '404', '429'] as const

/** Stellantis v4: ids are long hex texts, v1 names cars by VIN. */
export const longId = (vin: string): string => idOf(`vehicle ${vin}`, 128)

const header = ({ headers }: Call, name: string): string => String(headers[name] ?? '')

/** Who calls, and in which way the caller said so. */
interface Caller {
  application: Application
  user: string
  scopes: Scopes
  scopedVin?: string
}

/** Lets a call through to its endpoint, or says why not. Stellantis: request headers, and what happens when one is wrong */
export function admit(call: Call, found: Match<Endpoint>, premises: Premises, root: string): Ask | Reply {
  const generation: Generation = call.path.startsWith('/connectedcar/v4/') ? 'v4' : 'v1'
  const struck = (kind: (typeof gatewayKinds)[number]) => premises.faults.take('stellantis', call.path, [kind]) !== undefined
  const refuse = (status: number, message: string, detail?: number) =>
    refusal(generation, { status, message, detail }, premises.now())

  const application = applicationOf(call, generation, premises)
  if (!application || struck('401')) return gatewayRefusal(401, 'Invalid client id or secret.')
  if (struck('401-plan')) return gatewayRefusal(401, 'Not registered to plan', { 'Www-Authenticate': 'default' })
  const tooMany = struck('429') ? premises.quotas.refuse(application.clientId) : premises.quotas.spend(application.clientId)
  if (tooMany) return tooMany
  if (struck('401-security'))
    return gatewayRefusal(401, 'Cannot pass the security checks that are required by the target API or operation, see logs')

  const caller =
    call.headers.authorization === undefined
      ? byHeaders(call, generation, application, premises)
      : byToken(call, application, premises)
  if (!caller || struck('401-token')) return gatewayRefusal(401, 'Token is invalid')
  if ('status' in caller) return caller
  // Unconfirmed at the real cloud; 401 by the general rules.
  if (!realms.includes(header(call, 'x-introspect-realm')))
    return gatewayRefusal(401, 'Cannot pass the security checks that are required by the target API or operation: unknown realm')

  if (found.kind === 'nothing') return refuse(404, 'Resource not found')
  if (found.kind === 'method') return refuse(405, `Only ${found.allowed.join(', ')} is allowed here`)
  if (caller.scopes.none) return gatewayRefusal(401, 'Unauthorized: no scope')
  const { scopes = [] } = found.route.to
  const missing = scopes.find((scope) => !caller.scopes.has(scope))
  if (missing !== undefined || struck('403-scope')) return refuse(403, `The scope ${missing ?? 'for this'} was not granted`)

  const cars = carsOf(caller.user, generation, premises)
  const { id } = found.params
  const car = id === undefined ? premises.cars.first : cars.find((one) => isMeant(one, id, generation))
  if (!car && premises.cars.list().every((one) => !isMeant(one, id ?? '', generation))) {
    // Stellantis: 403 usually is a wrong vehicle id; v1 also knows 404.
    return generation === 'v4' ? refuse(403, 'The vehicle is not yours') : refuse(404, 'The vehicle is unknown')
  }
  if (!car || struck('403-not-yours')) return refuse(403, 'The vehicle is not yours')
  if (struck('404')) return refuse(404, 'Resource not found')
  if (id !== undefined) car.sync()
  const query = queryOf(call.query, generation)
  return { call, params: found.params, query, generation, ...caller, root, car, cars, now: premises.now() }
}

const isMeant = (car: SimulatedCar, id: string, generation: Generation): boolean =>
  car.profile.stellantis !== undefined && (generation === 'v4' ? longId(car.id) === id : car.id === id)

function carsOf(user: string, generation: Generation, { users, cars }: Premises): SimulatedCar[] {
  const owned = users.carsOf(user).flatMap((key) => cars.find(key) ?? [])
  return owned.filter((car) => car.profile.stellantis && listingOf(car).generations.includes(generation))
}

/** v4 names its application in the query, v1 in a header; the secret counts where it is sent. */
function applicationOf(call: Call, generation: Generation, { applications }: Premises): Application | undefined {
  const named = header(call, 'x-ibm-client-id')
  const application = applications.find(generation === 'v4' ? call.query.get('client_id') : named || call.query.get('client_id'))
  const secret = header(call, 'x-ibm-client-secret')
  if (secret && secret !== application?.clientSecret) return undefined
  return application
}

function byToken(call: Call, application: Application, { tokens, faults }: Premises): Caller | Reply | undefined {
  const [scheme, text] = header(call, 'authorization').split(' ')
  const token: AccessToken | undefined = scheme?.toLowerCase() === 'bearer' && text ? tokens.check(text) : undefined
  if (token && faults.take('stellantis', call.path, ['token-revoked'])) token.grant.revoked = true
  if (!token || token.grant.revoked || token.grant.clientId !== application.clientId) return undefined
  const named = accountOf(call)
  const user = named === undefined ? token.grant.user : userOf(named)
  // A person's token acts for that person; a partner's own token acts for whoever is named.
  if (user === undefined || (user !== token.grant.user && !token.grant.own))
    return gatewayRefusal(403, 'The account is not yours')
  return { application, user, scopes: new Scopes(token.grant.scopes), ...scopedVin(call) }
}

/**
 * The headers of the quick start, without a bearer token: scope, person and car are taken as they are said, as behind the
 * gateway. A scope header without scopes, which samples send too, stands for all that the application has.
 */
function byHeaders(call: Call, generation: Generation, application: Application, premises: Premises): Caller | Reply | undefined {
  if (generation === 'v4' || header(call, 'x-ibm-client-secret') === '') return undefined
  const { users, cars } = premises
  const given = scopesIn(header(call, 'x-cvs-scope')).filter((scope) => !scope.startsWith('VIN:'))
  const named = accountOf(call)
  const { scopedVin: vin } = scopedVin(call)
  const owned = vin === undefined ? undefined : cars.find(vin)
  const user = named === undefined ? owned && users.ownersOf(owned.key)[0] : userOf(named)
  if (user === undefined) return gatewayRefusal(403, 'Nobody is named whose cars these are')
  return { application, user, scopes: new Scopes(given.length ? given : application.scopes), ...scopedVin(call) }
}

function scopedVin(call: Call): { scopedVin?: string } {
  const vin = scopesIn(header(call, 'x-cvs-scope'))
    .find((scope) => scope.startsWith('VIN:'))
    ?.slice(4)
  return vin ? { scopedVin: vin } : {}
}

const accountOf = (call: Call): string | undefined =>
  header(call, 'x-supersede-cvs-user-id') || header(call, 'x-cvs-user-id') || undefined

const userOf = (account: string): string | undefined =>
  Object.entries(stellantisDemo.accounts).find(([, id]) => id === account)?.[0]
