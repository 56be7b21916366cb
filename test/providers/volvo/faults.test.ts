import { expect } from 'chai'
import type { Retry } from '../../../src/cloud/call'
import type { HttpRequest, HttpResponse } from '../../../src/cloud/http'
import { faultOf } from '../../../src/providers/volvo/faults'
import { invokeStatus, verdictOf } from '../../../src/providers/volvo/invokeStatus'
import { outageOf } from '../../../src/providers/volvo/outage'
import { causeCodes, type CauseCode } from '../../../src/vehicle/causes'

const vin = 'YV1ZZZSWXR1234567'
const root = '/connected-vehicle/v2/vehicles'
const requestOf = (method: 'GET' | 'POST', template: string): HttpRequest => ({
  method,
  template,
  path: template.replace('{vin}', vin),
})
const asked = {
  list: requestOf('GET', root),
  vehicle: requestOf('GET', `${root}/{vin}`),
  doors: requestOf('GET', `${root}/{vin}/doors`),
  commands: requestOf('GET', `${root}/{vin}/commands`),
  energy: requestOf('GET', '/energy/v2/vehicles/{vin}/state'),
  location: requestOf('GET', '/location/v1/vehicles/{vin}/location'),
  lock: requestOf('POST', `${root}/{vin}/commands/lock`),
}
type Asked = keyof typeof asked

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  const isJson = typeof body !== 'string'
  return { status, headers, body: isJson ? body : undefined, text: isJson ? JSON.stringify(body) : body, isJson }
}

const e1 = (message: string, description?: string) => ({ error: { message, description } })
const e2 = (status: number, message: string, description: string) => ({
  status,
  operationId: 'op',
  error: { message, description },
})
const html = '<html><head><title>502 Bad Gateway</title></head></html>'
const invalidKey = {
  status: 401,
  error: { message: 'Access denied due to invalid VCC-API-KEY. Make sure to provide a valid key for an active application.' },
}

type Expected = [phase: 'refused' | 'failed' | 'unknown', code: CauseCode, retry: Retry, action: string, retryAfter?: number]

const look = 'Look at the car before trying again.'
const signIn = 'Sign in again.'
const whichCommand = 'Choose a command the car has.'

/** Every row of the table of Volvo's answers: what is asked, status, body, and what it must mean. */
const table: [
  what: string,
  asked: Asked,
  status: number,
  body: unknown,
  expected: Expected | undefined,
  headers?: Record<string, string>,
][] = [
  ['a good answer of Connected Vehicle', 'doors', 200, { data: { centralLock: { value: 'LOCKED' } } }, undefined],
  ['a good answer of Energy v2', 'energy', 200, { batteryChargeLevel: { status: 'OK', value: 5 } }, undefined],
  ['a good answer of Location', 'location', 200, { status: 200, operationId: 'op', data: { type: 'Feature' } }, undefined],
  ['an answer to a command, which its own word judges', 'lock', 200, { data: { invokeStatus: 'COMPLETED' } }, undefined],
  ['200 that is not JSON', 'doors', 200, html, ['unknown', 'SCHEMA_DRIFT', 'once', 'Send us the diagnostics.']],
  ['200 of another shape', 'doors', 200, { data: 'closed' }, ['unknown', 'SCHEMA_DRIFT', 'once', 'Send us the diagnostics.']],
  ['200 with a list', 'doors', 200, [1], ['unknown', 'SCHEMA_DRIFT', 'once', 'Send us the diagnostics.']],
  ['200 to a command that is not JSON', 'lock', 200, html, ['unknown', 'SCHEMA_DRIFT', 'once', 'Send us the diagnostics.']],
  ['202', 'lock', 202, {}, ['unknown', 'TIMEOUT', 'no', look]],
  ['204', 'lock', 204, '', ['unknown', 'SCHEMA_DRIFT', 'no', look]],
  [
    '400 BAD_REQUEST',
    'lock',
    400,
    e1('BAD_REQUEST', 'no'),
    ['refused', 'INVALID_PARAMS', 'no', 'Check what the command was given.'],
  ],
  [
    '400 REQUEST_VALIDATION_FAILED',
    'energy',
    400,
    { error: { code: 'REQUEST_VALIDATION_FAILED', message: 'see details', details: [{ code: 'X', message: 'y' }] } },
    ['refused', 'INVALID_PARAMS', 'no', 'Check what the command was given.'],
  ],
  ['any 400', 'lock', 400, html, ['refused', 'INVALID_PARAMS', 'no', 'Check what the command was given.']],
  [
    '401 without a key',
    'doors',
    401,
    e1('ERROR', 'Access denied because the header VCC-API-KEY is missing'),
    ['refused', 'KEY_INVALID', 'no', 'Enter your Volvo API key in the account.'],
  ],
  [
    '401 for the key',
    'doors',
    401,
    invalidKey,
    ['refused', 'KEY_INVALID', 'key', 'Check the API key; if it is right, sign in again.'],
  ],
  [
    '401 UNAUTHORIZED',
    'doors',
    401,
    e1('UNAUTHORIZED', 'Full authentication is required to access this resource'),
    ['refused', 'AUTH_REVOKED', 'renew', signIn],
  ],
  [
    '401 for the sub claim',
    'doors',
    401,
    e1('Access denied due to invalid token. The sub claim contains an array instead of a plain string.'),
    ['refused', 'AUTH_EXPIRED', 'no', signIn],
  ],
  ['any other 401', 'doors', 401, html, ['refused', 'AUTH_REVOKED', 'renew', signIn]],
  [
    '403 for the quota, hours',
    'doors',
    403,
    { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 03:30:56.' },
    ['refused', 'QUOTA_DAY', 'no', 'Wait, or use fewer calls.', 12656],
  ],
  [
    '403 for the quota, days',
    'doors',
    403,
    { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 1.02:00:00.' },
    ['refused', 'QUOTA_DAY', 'no', 'Wait, or use fewer calls.', 93600],
  ],
  [
    '403 for the quota, no time',
    'doors',
    403,
    { statusCode: 403, message: 'Out of call volume quota.' },
    ['refused', 'QUOTA_DAY', 'no', 'Wait, or use fewer calls.', 3600],
  ],
  [
    '403 for the scope',
    'doors',
    403,
    e1('FORBIDDEN', 'Access is denied'),
    ['refused', 'SCOPE_MISSING', 'no', 'Allow this permission for your Volvo application and sign in again.'],
  ],
  [
    '403 for the application, naming another API',
    'energy',
    403,
    e1('FORBIDDEN', 'Client not allowed to access Location API'),
    ['refused', 'SCOPE_MISSING', 'no', "Wait for Volvo's approval of your application."],
  ],
  [
    '403 for a car of others',
    'doors',
    403,
    e1('FORBIDDEN', 'No relationship to UUID'),
    ['refused', 'VEHICLE_NOT_YOURS', 'no', 'Add the car to your Volvo ID in the Volvo app.'],
  ],
  [
    '403 for a command the car lacks',
    'lock',
    403,
    e1('FORBIDDEN', 'LOCK is not supported by this vehicle'),
    ['refused', 'UNSUPPORTED', 'no', whichCommand],
  ],
  [
    'any other 403',
    'lock',
    403,
    e1('FORBIDDEN'),
    ['refused', 'SCOPE_MISSING', 'no', 'Check the permissions of your application.'],
  ],
  [
    '404 for the market',
    'doors',
    404,
    e1('NOT_FOUND', 'Does not belong to allowed markets'),
    ['refused', 'MARKET_NOT_SUPPORTED', 'no', 'Nothing: Volvo does not serve this country.'],
  ],
  [
    '404 for the market, location',
    'location',
    404,
    e1('NOT_FOUND', 'Does not belong to allowed markets'),
    ['refused', 'MARKET_NOT_SUPPORTED', 'no', 'Nothing: Volvo does not serve this country.'],
  ],
  [
    '404 VIN not found',
    'doors',
    404,
    e2(404, 'NOT_FOUND', 'VIN not found'),
    ['refused', 'VEHICLE_UNKNOWN', 'no', 'Check the vehicle number.'],
  ],
  ['404 on the car itself', 'vehicle', 404, e1('NOT_FOUND'), ['refused', 'VEHICLE_UNKNOWN', 'no', 'Check the vehicle number.']],
  ['404 on the location, which is normal', 'location', 404, e2(404, 'NOT_FOUND', 'VIN not found'), undefined],
  ['404 on data, which the car then lacks', 'doors', 404, e1('NOT_FOUND'), undefined],
  ['404 on energy', 'energy', 404, html, undefined],
  ['404 on the list of commands', 'commands', 404, e1('NOT_FOUND'), undefined],
  ['404 on a command', 'lock', 404, e1('NOT_FOUND', 'whatever'), ['refused', 'UNSUPPORTED', 'no', whichCommand]],
  ...[405, 406, 415].map((status): (typeof table)[number] => [
    `${status}`,
    'lock',
    status,
    e1('X'),
    ['refused', 'INTERNAL', 'no', 'Report this fault to us.'],
  ]),
  ['409', 'lock', 409, e1('CONFLICT'), ['refused', 'CONFLICT', 'once', 'Wait until the car has finished what it is doing.']],
  [
    '409 of Energy v2',
    'energy',
    409,
    { code: 'CONFLICT', message: 'x', details: [] },
    ['refused', 'CONFLICT', 'once', 'Wait until the car has finished what it is doing.'],
  ],
  [
    '422 with a reason',
    'lock',
    422,
    e1('UNPROCESSABLE', 'Engine too warm'),
    ['refused', 'REJECTED', 'no', "Read the car's reason and change it."],
  ],
  ['422 without one', 'lock', 422, '', ['unknown', 'REJECTED', 'no', look]],
  ['429 without a time', 'doors', 429, 'Too Many Requests', ['refused', 'QUOTA_MINUTE', 'wait', 'Wait a minute.', 60]],
  ['429 with a time', 'doors', 429, {}, ['refused', 'QUOTA_MINUTE', 'wait', 'Wait a minute.', 17], { 'retry-after': '17' }],
  [
    '500 from the car',
    'lock',
    500,
    e1('INTERNAL_SERVER_ERROR', 'Error returned from car'),
    ['failed', 'VEHICLE_ERROR', 'backoff', 'Look at the car, it may have done it.'],
  ],
  [
    '500 INTERNAL_ERROR',
    'energy',
    500,
    { code: 'INTERNAL_ERROR', message: 'An internal error occurred. Ref: 0123', details: [] },
    ['unknown', 'PROVIDER_ERROR', 'backoff', 'Look at the car, try again later.'],
  ],
  ['any other 500', 'lock', 500, html, ['unknown', 'PROVIDER_ERROR', 'backoff', 'Look at the car, try again later.']],
  ['502', 'lock', 502, html, ['unknown', 'PROVIDER_DOWN', 'backoff', 'Try again later.']],
  [
    '503 for the car',
    'lock',
    503,
    e1('SERVICE_UNAVAILABLE', 'Not allowed, car is in use or asleep'),
    ['refused', 'IN_USE', 'backoff', 'Park and leave the car, or start it once.'],
  ],
  ['any other 503', 'lock', 503, html, ['failed', 'PROVIDER_DOWN', 'backoff', 'Try again later.', 30], { 'retry-after': '30' }],
  ['504', 'lock', 504, html, ['unknown', 'TIMEOUT', 'backoff', look]],
  ['other 4xx', 'doors', 418, {}, ['refused', 'PROVIDER_ERROR', 'no', 'Report this fault to us.']],
  ['404 on the list of cars', 'list', 404, {}, ['refused', 'PROVIDER_ERROR', 'no', 'Report this fault to us.']],
  ['other 5xx', 'doors', 507, {}, ['unknown', 'PROVIDER_ERROR', 'backoff', 'Try again later.']],
  ['3xx', 'doors', 302, '', ['unknown', 'PROVIDER_ERROR', 'backoff', 'Try again later.']],
]

const now = Date.parse('2026-03-02T12:00:00Z')

describe('what an answer of Volvo means', () => {
  for (const [what, kind, status, body, expected, headers] of table) {
    it(`${what}: ${expected ? `${expected[1]}, ${expected[0]}` : 'no fault'}`, () => {
      const fault = faultOf(answer(status, body, headers), asked[kind], { now, asleep: false })
      if (!expected) return expect(fault).to.equal(undefined)
      const [phase, code, retry, action, retryAfter] = expected
      expect(fault).to.include({ phase, retry })
      expect(fault?.cause).to.include({ code, action })
      expect(fault?.cause.retryAfter).to.equal(retryAfter)
      expect(fault?.cause.message).to.match(/^[A-Z][^{<]{10,90}$/)
    })
  }

  it('says that a sleeping car sleeps, when that was the reason told last', () => {
    const body = e1('SERVICE_UNAVAILABLE', 'Not allowed, car is in use or asleep')
    expect(faultOf(answer(503, body), asked.lock, { now, asleep: true })?.cause.code).to.equal('ASLEEP')
  })

  it('tells when the calls of the day are back', () => {
    const body = { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 03:00:00.' }
    const back = new Date(now + 3 * 3_600_000)
    const time = `${String(back.getHours()).padStart(2, '0')}:${String(back.getMinutes()).padStart(2, '0')}`
    expect(faultOf(answer(403, body), asked.doors, { now, asleep: false })?.cause.message).to.equal(
      `Volvo: today's calls are used up; back at ${time} (in 3 h)`,
    )
  })

  it('keeps for support the ids, the word and the text, and no vehicle number', () => {
    const headers = { 'vcc-api-operationid': 'op-1', traceparent: '00-a-b-01', authorization: 'secret' }
    const fault = faultOf(answer(403, e1('FORBIDDEN', `No relationship to UUID for ${vin}`), headers), asked.doors, {
      now,
      asleep: false,
    })
    expect(fault?.cause.provider).to.deep.equal({
      status: 'FORBIDDEN',
      message: 'No relationship to UUID for …',
      httpStatus: 403,
      call: 'GET /connected-vehicle/v2/vehicles/{vin}/doors',
      requestIds: { operationId: 'op-1', traceparent: '00-a-b-01' },
    })
    expect(JSON.stringify(fault)).not.to.contain(vin)
  })

  it('takes the id of a request from the body where no header tells it', () => {
    const fault = faultOf(answer(404, e2(404, 'NOT_FOUND', 'VIN not found')), asked.doors, { now, asleep: false })
    expect(fault?.cause.provider?.requestIds).to.deep.equal({ operationId: 'op' })
  })

  it('shows nothing of the page of a proxy', () => {
    expect(JSON.stringify(faultOf(answer(502, html), asked.doors, { now, asleep: false }))).not.to.contain('Gateway<')
  })

  it('passes on what the status page of Volvo says, and only when it says something', () => {
    expect(outageOf({ message: 'We are upgrading' })).to.include({
      code: 'PROVIDER_DOWN',
      message: 'Volvo says: We are upgrading',
    })
    for (const body of [{}, { message: '' }, { message: null }, null, 'fine']) expect(outageOf(body)).to.equal(undefined)
  })
})

type Word = [words: string[], phase: string, code?: CauseCode, action?: string]

/** Every word of `invokeStatus`, with its aliases. */
const words: Word[] = [
  [['COMPLETED'], 'done'],
  [['SUCCESS'], 'done'],
  [['DELIVERED'], 'delivered'],
  [['RUNNING'], 'delivered'],
  [['SENT'], 'unknown', 'TIMEOUT', look],
  [['WAITING'], 'unknown', 'TIMEOUT', look],
  [['UNKNOWN'], 'unknown', 'PROVIDER_ERROR', look],
  [['TIMEOUT', 'VEHICLE_RESPONSE_TIMEOUT'], 'unknown', 'TIMEOUT', look],
  [['CAR_TIMEOUT'], 'unknown', 'TIMEOUT', look],
  [['DELIVERY_TIMEOUT', 'VEHICLE_REQUEST_TIMEOUT'], 'failed', 'UNREACHABLE', 'Try again when the car has reception.'],
  [['CONNECTION_FAILURE'], 'failed', 'UNREACHABLE', 'Try again when the car has reception.'],
  [['EXPIRED'], 'failed', 'EXPIRED', 'Send it again.'],
  [['REJECTED'], 'refused', 'REJECTED', 'Check the car and try again.'],
  [['VEHICLE_IN_SLEEP', 'VEHICLE_IN_SLEEP_MODE'], 'failed', 'ASLEEP', 'Start the car once, then try again.'],
  [['CAR_IN_SLEEP_MODE'], 'failed', 'ASLEEP', 'Start the car once, then try again.'],
  [['CAR_ERROR', 'VEHICLE_RESPONSE_ERROR'], 'failed', 'VEHICLE_ERROR', 'Look at the car, try once more.'],
  [['INVOCATION_SPECIFIC_ERROR'], 'failed', 'CONFLICT', 'Wait until the car has finished what it is doing.'],
  [['NOT_SUPPORTED'], 'refused', 'UNSUPPORTED', whichCommand],
  [['NOT_ALLOWED_PRIVACY_ENABLED', 'PRIVACY_POLICY_ENABLED'], 'refused', 'PRIVACY', 'Switch privacy mode off in the car.'],
  [['NOT_ALLOWED_WRONG_USAGE_MODE'], 'refused', 'IN_USE', 'Park the car and leave it.'],
  [['UNLOCK_TIME_FRAME_PASSED'], 'failed', 'UNLOCK_WINDOW_PASSED', 'Send it again and pull the tailgate handle in time.'],
  [['UNABLE_TO_LOCK_DOOR_OPEN'], 'refused', 'DOOR_OPEN', 'Close all doors.'],
]

describe('what Volvo says became of a command', () => {
  for (const [aliases, phase, code, action] of words) {
    it(`${aliases.join(' or ')}: ${phase}${code ? `, ${code}` : ''}`, () => {
      for (const word of aliases.flatMap((one) => [one, one.toLowerCase(), ` ${one} `])) {
        const verdict = verdictOf(word, { status: word })
        expect(verdict.phase).to.equal(phase)
        expect(verdict.cause?.code).to.equal(code)
        expect(verdict.cause?.action).to.equal(action)
        expect(verdict.provider).to.deep.equal({ status: word })
      }
    })
  }

  it('a word that nobody documented is unknown, never a success', () => {
    for (const word of ['MAYBE', '', 'constructor']) {
      expect(verdictOf(word, {})).to.deep.include({ phase: 'unknown' })
      expect(verdictOf(word, {}).cause).to.include({ code: 'SCHEMA_DRIFT', action: 'Look at the car, send us the diagnostics.' })
    }
  })

  it('knows these 22 words and 5 aliases and no others', () => {
    expect(words).to.have.length(22)
    expect(Object.keys(invokeStatus).sort()).to.deep.equal(words.flatMap(([aliases]) => aliases).sort())
  })

  it('uses only codes of the contract', () => {
    for (const { code } of Object.values(invokeStatus)) if (code) expect(causeCodes).to.include(code)
  })
})
