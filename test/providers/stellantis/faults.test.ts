import { expect } from 'chai'
import type { Retry } from '../../../src/cloud/call'
import type { HttpResponse } from '../../../src/cloud/http'
import { faultOf, isGone } from '../../../src/providers/stellantis/faults'
import { DrivewayError, type CauseCode } from '../../../src/vehicle/causes'

const asked = {
  list: ['GET', '/user/vehicles'],
  listV1: ['GET', '/accounts/vehicles'],
  user: ['GET', '/user'],
  vehicle: ['GET', '/user/vehicles/{id}'],
  capability: ['GET', '/accounts/vehicles/{id}/capability'],
  status: ['GET', '/user/vehicles/{id}/status'],
  latest: ['GET', '/accounts/vehicles/{id}/telemetries/latest'],
  trips: ['GET', '/user/vehicles/{id}/trips'],
  order: ['POST', '/accounts/vehicles/{id}/channels/{chId}/remotes'],
  orderV4: ['POST', '/user/vehicles/{id}/callbacks/{cbid}/remotes'],
  remote: ['GET', '/accounts/vehicles/{id}/channels/{chId}/remotes/{rid}'],
  channel: ['POST', '/accounts/channels'],
  channelGet: ['GET', '/accounts/channels/{chId}'],
  channelDelete: ['DELETE', '/accounts/channels/{chId}'],
  channelChange: ['PUT', '/accounts/channels/{chId}'],
  monitor: ['POST', '/user/vehicles/{id}/callbacks/{cbid}/monitors'],
} as const
type Asked = keyof typeof asked

const call = (what: Asked) => ({ method: asked[what][0], template: asked[what][1] })

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  const isJson = typeof body !== 'string'
  return { status, headers, body: isJson ? body : undefined, text: isJson ? JSON.stringify(body) : body, isJson }
}

const gateway = (text: string) => ({ httpCode: '401', httpMessage: 'Unauthorized', moreInformation: text })
const v1 = (name: string, message: string) => ({ name, debug: 'ERROR_8f21c07d', message })
const v4 = (code: number | string, message: string) => ({ code, uuid: '3a0e', message, timestamp: '2026-03-02T12:00:00Z' })
const html = '<html><body>502 Bad Gateway</body></html>'

type Expected = [phase: 'refused' | 'failed' | 'unknown', code: CauseCode, retry: Retry, action: string, retryAfter?: number]

const signIn = 'Sign in again.'
const later = 'Try again later.'
const allow = 'Allow this permission and sign in again.'
const number = 'Check the vehicle number.'
const account = 'Check the vehicle and the account.'
const keys = 'Check client id and secret.'
const given = 'Check what was given.'
const report = 'Send us the diagnostics.'

/** Every row of the table of Stellantis' answers. */
const table: [
  what: string,
  asked: Asked,
  status: number,
  body: unknown,
  expected?: Expected,
  headers?: Record<string, string>,
][] = [
  ['a good answer', 'status', 200, { createdAt: 'x' }],
  ['an order that was taken', 'order', 202, { remoteActionId: 'r1' }],
  ['a channel that was made', 'channel', 200, { channelId: 'c' }],
  ['a channel that was deleted', 'channelDelete', 204, ''],
  ['a change without a word', 'channelChange', 202, ''],
  ['an answer that is no JSON', 'status', 200, html, ['unknown', 'SCHEMA_DRIFT', 'once', report]],
  ['an order answered without JSON', 'order', 202, '', ['unknown', 'SCHEMA_DRIFT', 'once', report]],
  ['a list where an object is due', 'status', 200, [], ['unknown', 'SCHEMA_DRIFT', 'once', report]],
  ['a bad parameter, v1', 'order', 400, v1('BAD_REQUEST', 'x'), ['refused', 'INVALID_PARAMS', 'no', given]],
  ['a bad parameter, v4', 'trips', 400, v4(40001, 'timestamps'), ['refused', 'INVALID_PARAMS', 'no', given]],
  ['a monitor that is not valid', 'monitor', 400, v4(40001, 'boolExp'), ['refused', 'INVALID_PARAMS', 'no', given]],
  [
    'a sixth monitor',
    'monitor',
    400,
    v4(40099, 'Maximum number of monitors reached'),
    ['refused', 'CONFLICT', 'no', 'Delete a monitor you no longer need.'],
  ],
  [
    'a sixth channel',
    'channel',
    400,
    v1('BAD_REQUEST', 'at most 5 channels'),
    ['refused', 'CONFLICT', 'no', 'Delete a monitor you no longer need.'],
  ],
  ['a channel in use', 'channelDelete', 400, v1('BAD_REQUEST', 'running'), ['refused', 'BUSY', 'wait', 'Wait.', 60]],
  ['a wrong key', 'status', 401, gateway('Invalid client id or secret.'), ['refused', 'KEY_INVALID', 'no', keys]],
  [
    'an application without a plan',
    'status',
    401,
    gateway('Not registered to plan'),
    ['refused', 'KEY_INVALID', 'no', 'Subscribe your application to this API.'],
  ],
  ['a token that ended', 'status', 401, gateway('Token is invalid'), ['refused', 'AUTH_REVOKED', 'renew', signIn]],
  [
    'a token without the right',
    'status',
    401,
    gateway('Cannot pass the security checks that are required by the target API or operation'),
    ['refused', 'SCOPE_MISSING', 'renew', allow],
  ],
  ['a 401 of v1', 'latest', 401, v1('UNAUTHORIZED', 'no'), ['refused', 'AUTH_REVOKED', 'renew', signIn]],
  ['a 401 of a sign-in server', 'latest', 401, { error: 'invalid_token' }, ['refused', 'AUTH_REVOKED', 'renew', signIn]],
  ['a 401 without a word', 'order', 401, '', ['refused', 'AUTH_REVOKED', 'renew', signIn]],
  [
    'a bad certificate',
    'status',
    400,
    { code: '495', message: 'Invalid or expired client certificate' },
    ['refused', 'INVALID_CONFIG', 'no', 'Install a valid client certificate.'],
  ],
  [
    'a bad certificate with another status',
    'status',
    403,
    { code: 495, message: 'Invalid or expired client certificate' },
    ['refused', 'INVALID_CONFIG', 'no', 'Install a valid client certificate.'],
  ],
  ['a missing scope', 'status', 403, v4(40301, 'missing scope'), ['refused', 'SCOPE_MISSING', 'no', allow]],
  ['a scope by its name', 'order', 403, v1('FORBIDDEN', 'needs remote:horn:write'), ['refused', 'SCOPE_MISSING', 'no', allow]],
  ['a foreign car', 'status', 403, v4(40399, 'Forbidden'), ['refused', 'VEHICLE_NOT_YOURS', 'no', account]],
  ['a foreign car, no word', 'order', 403, '', ['refused', 'VEHICLE_NOT_YOURS', 'no', account]],
  ['no state, v4', 'status', 404, v4(40400, "We didn't find the status for this vehicle.")],
  ['no data in this context', 'trips', 404, v4(40499, 'No data for this context.')],
  ['no data, v1', 'latest', 404, { code: 1001, debug: 'CMP_001234', message: 'Data Not found' }],
  ['no data without a word', 'trips', 404, ''],
  [
    'an account without cars',
    'list',
    404,
    v4(40410, 'No vehicule found'),
    ['refused', 'VEHICLE_UNKNOWN', 'no', "Activate the connected service in the brand's app.", 3600],
  ],
  [
    'an account without cars, newer text',
    'listV1',
    404,
    v4('40400', 'No vehicle found'),
    ['refused', 'VEHICLE_UNKNOWN', 'no', "Activate the connected service in the brand's app.", 3600],
  ],
  ['no user', 'user', 404, '', ['refused', 'VEHICLE_UNKNOWN', 'no', "Activate the connected service in the brand's app.", 3600]],
  ['an unknown car', 'vehicle', 404, '', ['refused', 'VEHICLE_UNKNOWN', 'no', number]],
  ['an unknown car, capability', 'capability', 404, '', ['refused', 'VEHICLE_UNKNOWN', 'no', number]],
  [
    'an order for an unknown car',
    'order',
    404,
    v1('NOT_FOUND', 'Vehicle not found'),
    ['refused', 'VEHICLE_UNKNOWN', 'no', number],
  ],
  [
    'an order by an unknown channel',
    'order',
    404,
    v1('NOT_FOUND', 'Channel not found'),
    ['refused', 'PROVIDER_ERROR', 'no', later],
  ],
  ['an order by an unknown callback', 'orderV4', 404, v4(40402, 'Callback'), ['refused', 'PROVIDER_ERROR', 'no', later]],
  ['an unknown channel', 'channelGet', 404, '', ['refused', 'PROVIDER_ERROR', 'no', later]],
  ['an unknown remote', 'remote', 404, '', ['refused', 'PROVIDER_ERROR', 'no', later]],
  ['a method that is not there', 'channelChange', 405, '', ['refused', 'INTERNAL', 'no', 'Report this fault to us.']],
  ['a form that is not taken', 'status', 406, '', ['refused', 'INTERNAL', 'no', 'Report this fault to us.']],
  ['a body that is not taken', 'order', 415, '', ['refused', 'INTERNAL', 'no', 'Report this fault to us.']],
  ['a conflict', 'order', 409, '', ['refused', 'CONFLICT', 'no', later]],
  ['a refusal', 'order', 422, '', ['refused', 'REJECTED', 'no', later]],
  [
    'the day is used up',
    'status',
    429,
    '',
    ['refused', 'QUOTA_DAY', 'no', 'Wait, or use fewer calls.', 5400],
    { 'x-ratelimit-remaining-1': '0', 'retry-after': '5400' },
  ],
  [
    'the day is used up, no time told',
    'status',
    429,
    '',
    ['refused', 'QUOTA_DAY', 'no', 'Wait, or use fewer calls.', 3600],
    { 'x-ratelimit-remaining-1': '0' },
  ],
  [
    'a far reset',
    'status',
    429,
    '',
    ['refused', 'QUOTA_DAY', 'no', 'Wait, or use fewer calls.', 7200],
    { 'x-ratelimit-reset': '7200' },
  ],
  [
    'a burst',
    'status',
    429,
    '',
    ['refused', 'QUOTA_MINUTE', 'wait', 'Wait.', 1],
    { 'x-ratelimit-remaining-1': '400', 'x-ratelimit-remaining-2': '0', 'retry-after': '1' },
  ],
  ['too many, nothing told', 'order', 429, '', ['refused', 'QUOTA_MINUTE', 'wait', 'Wait.', 2]],
  [
    "a fault after the car's box was changed",
    'status',
    500,
    v4(50000, 'x'),
    ['unknown', 'PROVIDER_ERROR', 'backoff', "Sign in again if it stays: the car's box may have been changed."],
  ],
  ['a fault', 'order', 500, '', ['unknown', 'PROVIDER_ERROR', 'backoff', later]],
  [
    'an order the car cannot do',
    'order',
    501,
    { code: 'REMOTE_NOT_SUPPORTED', debug: 'ERROR_1', message: 'x' },
    ['refused', 'UNSUPPORTED', 'no', 'Choose a command the car has.'],
  ],
  [
    'an order the car cannot do, by name',
    'order',
    501,
    v1('FEATURE_NOT_SUPPORTED', 'x'),
    ['refused', 'UNSUPPORTED', 'no', 'Choose a command the car has.'],
  ],
  ['a page of a proxy', 'status', 502, html, ['unknown', 'PROVIDER_DOWN', 'backoff', later]],
  [
    'a page of a proxy with a time',
    'order',
    503,
    html,
    ['unknown', 'PROVIDER_DOWN', 'backoff', later, 7],
    { 'retry-after': '7' },
  ],
  ['no answer in time', 'order', 504, '', ['unknown', 'TIMEOUT', 'backoff', 'Look at the car before trying again.']],
  ['another refusal', 'status', 418, '', ['refused', 'PROVIDER_ERROR', 'no', later]],
  ['another fault', 'status', 599, '', ['unknown', 'PROVIDER_ERROR', 'backoff', later]],
  ['a way to another place', 'status', 302, '', ['unknown', 'PROVIDER_ERROR', 'backoff', later]],
]

describe("Stellantis' answers", () => {
  for (const [what, where, status, body, expected, headers] of table) {
    it(`${what}: ${expected?.[1] ?? 'no fault'}`, () => {
      const fault = faultOf(answer(status, body, headers), call(where))
      const { phase, cause, retry } = fault ?? {}
      const found = cause && [
        phase,
        cause.code,
        retry,
        cause.action,
        ...(cause.retryAfter === undefined ? [] : [cause.retryAfter]),
      ]
      expect(found).to.deep.equal(expected)
      if (cause) expect(cause.message).to.match(/^[A-Z]/)
    })
  }

  it('keep what support needs, and nothing else', () => {
    const vin = 'VR3ZZZSWXR1234567'
    const id = '1f6b83d2c09e4a7751aa3e0f92bc64d7180e55ca'
    const headers = { 'x-global-transaction-id': 'abc-1', authorization: 'Bearer t', 'set-cookie': 'PSACountry=FR' }
    const body = { code: 40399, uuid: '3a0e', message: `Vehicle ${vin} (${id}) is not yours` }
    const { cause } = faultOf(answer(403, body, headers), call('status')) ?? {}
    expect(cause?.provider).to.deep.equal({
      status: '40399',
      message: 'Vehicle … (…) is not yours',
      httpStatus: 403,
      call: 'GET /user/vehicles/{id}/status',
      requestIds: { 'x-global-transaction-id': 'abc-1', debug: '3a0e' },
    })
  })

  it('do not ask for a new sign-in where nobody signed in', () => {
    const fault = faultOf(answer(401, gateway('Token is invalid')), call('latest'), { headerMode: true })
    expect([fault?.cause.code, fault?.retry]).to.deep.equal(['KEY_INVALID', 'no'])
  })

  it('tell what is gone from what failed', () => {
    const errorOf = (status: number, where: Asked) => {
      const fault = faultOf(answer(status, ''), call(where))
      return fault && new DrivewayError(fault.cause)
    }
    expect(isGone(errorOf(404, 'channelGet'))).to.equal(true)
    expect(isGone(errorOf(404, 'order'))).to.equal(true)
    expect(isGone(errorOf(404, 'vehicle'))).to.equal(false)
    expect(isGone(errorOf(500, 'channelGet'))).to.equal(false)
    expect(isGone(new Error('x'))).to.equal(false)
  })
})
