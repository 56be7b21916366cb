import type { SimulatedCar } from '../car/car'
import type { SimulatedCars } from '../cars'
import type { Faults } from '../faults'
import { json, type Call, type Reply } from '../http'
import type { Match } from '../router'
import type { Applications } from '../signIn/applications'
import { type Api, type Endpoint, refusal } from './endpoint'
import type { Quotas } from './quotas'
import type { AccessToken, Tokens } from '../signIn/tokens'
import type { Users } from '../users'

/** A call on its way through the gateway; checks that find something good keep it here. */
export interface Visit {
  call: Call
  found: Match<Endpoint>
  operationId: string
  faults: Faults
  applications: Applications
  quotas: Quotas
  tokens: Tokens
  users: Users
  cars: SimulatedCars
  token?: AccessToken
  car?: SimulatedCar
}

type Check = (visit: Visit) => Reply | undefined

/** Faults that a check of the gateway plays. */
export const gatewayKinds = [
  '401',
  '401-token',
  '401-sub',
  '403-quota',
  '403-scope',
  '403-not-approved',
  '403-not-yours',
  '404-market',
  '404',
  '429',
] as const
type GatewayKind = (typeof gatewayKinds)[number]

const apis: readonly (readonly [beginning: string, api: Api])[] = [
  ['/energy/v1/', 'energy-v1'],
  ['/energy/v2/', 'energy-v2'],
  ['/location/', 'location'],
]
const apiOf = ({ call }: Visit): Api => apis.find(([beginning]) => call.path.startsWith(beginning))?.[1] ?? 'connected-vehicle'

const refuse = (visit: Visit, status: number, message: string, description: string) =>
  refusal(apiOf(visit), visit.operationId, status, message, description)

const struck = ({ faults, call }: Visit, kind: GatewayKind) => faults.take('volvo', call.path, [kind]) !== undefined

const keyOf = ({ call }: Visit) => String(call.headers['vcc-api-key'] ?? '')
const isCommand = ({ call }: Visit) => call.method === 'POST'

/** Volvo: E3 */
const invalidKey = () =>
  json(401, {
    status: 401,
    error: { message: 'Access denied due to invalid VCC-API-KEY. Make sure to provide a valid key for an active application.' },
  })

const keyPresent: Check = (visit) =>
  keyOf(visit) ? undefined : refuse(visit, 401, 'ERROR', 'Access denied due to missing header VCC-API-KEY.')

const keyValid: Check = (visit) => (!visit.applications.hasKey(keyOf(visit)) || struck(visit, '401') ? invalidKey() : undefined)

const withinDay: Check = (visit) => (struck(visit, '403-quota') ? visit.quotas.outOfDay() : visit.quotas.refuseDay(keyOf(visit)))

/** Counted per person and application, or per key as long as the token says nothing. */
const withinMinute: Check = (visit) => {
  const grant = bearerOf(visit)?.grant
  const subject = grant ? `${grant.user} ${grant.clientId}` : keyOf(visit)
  if (struck(visit, '429')) return visit.quotas.outOfMinute()
  const refused = visit.quotas.refuseMinute(subject, isCommand(visit))
  if (!refused) visit.quotas.count(keyOf(visit), subject, isCommand(visit))
  return refused
}

const bearerOf = ({ call, tokens }: Visit): AccessToken | undefined => {
  const [scheme, token] = String(call.headers.authorization ?? '').split(' ')
  return scheme?.toLowerCase() === 'bearer' && token ? tokens.check(token) : undefined
}

const bearerValid: Check = (visit) => {
  const token = bearerOf(visit)
  if (struck(visit, '401-sub'))
    return json(401, {
      status: 401,
      error: { message: 'Access denied due to invalid token. The sub claim contains an array instead of a plain string.' },
    })
  if (token && visit.faults.take('volvo', visit.call.path, ['token-revoked'])) token.grant.revoked = true
  if (!token || token.grant.revoked || struck(visit, '401-token'))
    return refuse(visit, 401, 'UNAUTHORIZED', 'Full authentication is required to access this resource')
  visit.token = token
  return undefined
}

const pathKnown: Check = (visit) => {
  if (visit.found.kind === 'nothing') return refuse(visit, 404, 'NOT_FOUND', 'Resource not found')
  return visit.found.kind === 'method'
    ? refuse(visit, 405, 'METHOD_NOT_ALLOWED', `Only ${visit.found.allowed.join(', ')} is allowed here`)
    : undefined
}

const scopeHeld: Check = (visit) => {
  if (struck(visit, '403-scope')) return refuse(visit, 403, 'FORBIDDEN', 'Access is denied')
  if (struck(visit, '403-not-approved')) return refuse(visit, 403, 'FORBIDDEN', 'Client not allowed to access Location API')
  if (visit.found.kind !== 'found') return undefined
  const { scopes, anyScope } = visit.found.route.to
  const has = (scope: string) => visit.token?.grant.scopes.includes(scope) ?? false
  const enough = has('openid') && (anyScope ? scopes.some(has) : scopes.every(has))
  return enough ? undefined : refuse(visit, 403, 'FORBIDDEN', 'Access is denied')
}

const carRelated: Check = (visit) => {
  if (visit.found.kind !== 'found' || visit.found.params.vin === undefined) return undefined
  const { vin } = visit.found.params
  const car = visit.cars.list().find(({ id, profile }) => id === vin && profile.volvo)
  if (!car && apiOf(visit) === 'location') return refuse(visit, 404, 'NOT_FOUND', 'VIN not found')
  const owned = car && visit.users.carsOf(visit.token?.grant.user ?? '').includes(car.key)
  if (!car || !owned || struck(visit, '403-not-yours')) return refuse(visit, 403, 'FORBIDDEN', 'No relationship to UUID')
  visit.car = car
  car.sync()
  return undefined
}

const inMarket: Check = (visit) => {
  if (!visit.car) return undefined
  if (struck(visit, '404')) return refuse(visit, 404, 'NOT_FOUND', 'Resource not found')
  return struck(visit, '404-market') ? refuse(visit, 404, 'NOT_FOUND', 'Does not belong to allowed markets') : undefined
}

/** Missing and any are fine; plain JSON and the vendor type of the endpoint too. */
const acceptable: Check = (visit) => {
  if (visit.found.kind !== 'found') return undefined
  const good = ['*/*', 'application/*', 'application/json', visit.found.route.to.media]
  const wanted = String(visit.call.headers.accept ?? '*/*').split(',')
  const accepted = wanted.some((type) => good.includes(type.split(';')[0]?.trim().toLowerCase()))
  return accepted
    ? undefined
    : refuse(visit, 406, 'NOT_ACCEPTABLE', "Invalid Accept header. Only 'application/json' is accepted.")
}

const jsonSent: Check = (visit) => {
  if (!isCommand(visit)) return undefined
  const type = String(visit.call.headers['content-type'] ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase()
  return type === 'application/json'
    ? undefined
    : refuse(visit, 415, 'UNSUPPORTED_MEDIA_TYPE', "Invalid Content-Type. Only 'application/json' is accepted.")
}

/** In this order, the gateway's first. Volvo: what happens when a header is wrong */
export const checks: readonly Check[] = [
  keyPresent,
  keyValid,
  withinDay,
  withinMinute,
  bearerValid,
  pathKnown,
  scopeHeld,
  carRelated,
  inMarket,
  acceptable,
  jsonSent,
]
