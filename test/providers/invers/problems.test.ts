import { expect } from 'chai'
import type { Retry } from '../../../src/cloud/call'
import type { HttpRequest, HttpResponse } from '../../../src/cloud/http'
import { byType } from '../../../src/providers/invers/problemRows'
import { faultOf } from '../../../src/providers/invers/problems'
import type { CauseCode } from '../../../src/vehicle/causes'
import { car, flowId, problem } from './support'

const now = Date.parse('2026-03-02T12:00:00Z')
const command: HttpRequest = {
  method: 'POST',
  path: `/vehicles/${car}/commands/unlock-central-lock`,
  template: '/vehicles/{vehicle_id}/commands/unlock-central-lock',
}
const read: HttpRequest = { method: 'GET', path: `/vehicles/${car}`, template: '/vehicles/{vehicle_id}' }

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  const isJson = typeof body !== 'string'
  return { status, headers, body: isJson ? body : undefined, text: isJson ? JSON.stringify(body) : body, isJson }
}
const fault = (response: HttpResponse, request = command) => faultOf(response, request, { now, untold: 1 })

type Row = [type: string, status: number, phase: string, code: CauseCode, retry: Retry, action: string, readAgain?: number]
const permit = 'Give the API client the permission.'

/** The problem types of INVERS, one a line, and what each must mean. */
const table: readonly Row[] = [
  ['invalid-json', 400, 'refused', 'INTERNAL', 'no', 'Report this fault to us.'],
  ['validation-error', 400, 'refused', 'INVALID_PARAMS', 'no', 'Check what was given.'],
  ['referenced-resource-not-found', 400, 'refused', 'INVALID_PARAMS', 'no', 'Check what was given.'],
  ['missing-credentials', 401, 'refused', 'AUTH_REQUIRED', 'renew', "Enter the API client's id and secret."],
  ['invalid-credentials', 401, 'refused', 'AUTH_REVOKED', 'renew', 'Check the API client in FleetControl.'],
  ['missing-permissions', 403, 'refused', 'SCOPE_MISSING', 'no', permit],
  ['forbidden-resource', 403, 'refused', 'SCOPE_MISSING', 'no', permit],
  ['authorization-server-error', 403, 'failed', 'PROVIDER_DOWN', 'backoff', 'Try again later.'],
  ['resource-not-found', 404, 'refused', 'VEHICLE_UNKNOWN', 'no', 'Check the vehicle id and the fleet.'],
  ['vehicle/command-not-supported', 409, 'refused', 'UNSUPPORTED', 'no', 'Choose a command the vehicle has.'],
  ['vehicle/conflicting-state', 409, 'refused', 'CONFLICT', 'no', 'Stop the vehicle, then try again.'],
  ['vehicle/conflicting-command', 409, 'refused', 'BUSY', 'once', 'Wait for the first one.'],
  ['vehicle/conflicting-setup-status', 409, 'refused', 'CONFLICT', 'no', "Finish the vehicle's setup in FleetControl.", 60],
  ['conflicting-operation', 409, 'refused', 'BUSY', 'no', 'Wait.', 60],
  ['conflicting-resource', 409, 'refused', 'CONFLICT', 'no', 'Change what is in the way.'],
  ['incompatible-telematics-unit-model', 409, 'refused', 'UNSUPPORTED', 'no', 'Nothing: the unit cannot do it.'],
  ['incompatible-installation-variant', 409, 'refused', 'UNSUPPORTED', 'no', 'Nothing: the unit cannot do it.'],
  ['too-many-requests', 429, 'refused', 'QUOTA_MINUTE', 'wait', 'Wait.', 1],
  ['internal-server-error', 500, 'unknown', 'PROVIDER_ERROR', 'backoff', 'Try again; give INVERS the flow id.'],
  ['telematics-unit/error', 500, 'failed', 'VEHICLE_ERROR', 'once', 'Restart the unit in the vehicle.'],
  ['third-party/error', 502, 'unknown', 'PROVIDER_ERROR', 'backoff', "Look at the vehicle; see the maker's status page."],
  ['vehicle/no-connection', 504, 'unknown', 'UNREACHABLE', 'no', 'Look at the vehicle; it may stand underground.', 60],
]

const html = '<html><head><title>502 Bad Gateway</title></head></html>'

/** Answers that are no problem document, or of a type that nobody documented. */
const others: readonly [what: string, status: number, body: unknown, phase: string, code: CauseCode, retry: Retry][] = [
  ['an empty 400', 400, '', 'refused', 'INVALID_PARAMS', 'no'],
  ['422 of an unknown type', 422, { type: '/problems/new' }, 'refused', 'INVALID_PARAMS', 'no'],
  ['401 with a page', 401, html, 'refused', 'AUTH_REVOKED', 'renew'],
  ['401 in the form of OAuth', 401, { error: 'invalid_token' }, 'refused', 'AUTH_REVOKED', 'renew'],
  ['403 about:blank', 403, { type: 'about:blank' }, 'refused', 'SCOPE_MISSING', 'no'],
  ['404 with a page', 404, html, 'refused', 'VEHICLE_UNKNOWN', 'no'],
  ['405', 405, '', 'refused', 'INTERNAL', 'no'],
  ['406', 406, '', 'refused', 'INTERNAL', 'no'],
  ['415', 415, {}, 'refused', 'INTERNAL', 'no'],
  ['409 with a list', 409, [1], 'refused', 'CONFLICT', 'no'],
  ['429 without a word', 429, '', 'refused', 'QUOTA_MINUTE', 'wait'],
  ['418', 418, {}, 'refused', 'PROVIDER_ERROR', 'no'],
  ['500 with a page', 500, html, 'unknown', 'PROVIDER_ERROR', 'backoff'],
  ['502 with a page', 502, html, 'unknown', 'PROVIDER_DOWN', 'backoff'],
  ['503', 503, '', 'unknown', 'PROVIDER_DOWN', 'backoff'],
  ['504 with a page', 504, html, 'unknown', 'TIMEOUT', 'backoff'],
  ['599', 599, '', 'unknown', 'PROVIDER_ERROR', 'backoff'],
  ['302', 302, '', 'unknown', 'PROVIDER_ERROR', 'backoff'],
  ['200 with a page', 200, html, 'unknown', 'SCHEMA_DRIFT', 'once'],
  ['200 with a number', 200, 7, 'unknown', 'SCHEMA_DRIFT', 'once'],
  ['202', 202, {}, 'unknown', 'PROVIDER_ERROR', 'backoff'],
]

describe("what INVERS' problems mean", () => {
  it('covers the 22 documented types, each once', () => {
    expect(table).to.have.length(22)
    expect(Object.keys(byType)).to.have.members(table.map(([type]) => `/problems/${type}`))
  })

  for (const [type, status, phase, code, retry, action, readAgain] of table) {
    it(`${status} ${type} is ${code}`, () => {
      const given = problem(`/problems/${type}`, status)
      const found = fault(answer(status, given.body))
      expect(found).to.deep.include({ phase, retry })
      expect(found?.cause).to.include({ code, action })
      expect(found?.cause.message).to.match(/^[A-Z][^{}/]+[^.]$/)
      expect(found?.cause.provider).to.deep.equal({
        status: `/problems/${type}`,
        message: "Vehicle '…' has a problem.",
        httpStatus: status,
        call: 'POST /vehicles/{vehicle_id}/commands/unlock-central-lock',
        requestIds: { flowId },
      })
      expect(fault(answer(status, given.body), read)?.cause.retryAfter).to.equal(readAgain)
    })
  }

  for (const [what, status, body, phase, code, retry] of others) {
    it(`${what} is ${code}`, () => {
      const found = fault(answer(status, body))
      expect(found).to.deep.include({ phase, retry })
      expect(found?.cause.code).to.equal(code)
      expect(found?.cause.provider?.httpStatus).to.equal(status)
      expect(found?.cause.provider).not.to.have.property('message')
    })
  }

  it('knows a type however it is written', () => {
    const code = (type: string) => fault(answer(409, problem(type, 409).body))?.cause.code
    expect(code('https://api.invers.com/problems/vehicle/conflicting-command/')).to.equal('BUSY')
    expect(code('/problems/vehicle/conflicting-command/')).to.equal('BUSY')
    expect(fault(answer(500, problem('/problems/telematics-unit-error', 500).body))?.cause.code).to.equal('VEHICLE_ERROR')
  })

  it('a problem of success is none: the status counts', () => {
    expect(fault(answer(200, problem('/problems/vehicle/no-connection', 504).body))).to.equal(undefined)
  })

  it('takes the flow id from the header where the body has none, and keeps it short', () => {
    const ids = (body: unknown, headers: Record<string, string>) => fault(answer(504, body, headers))?.cause.provider?.requestIds
    expect(ids(html, { 'x-invers-flow-id': flowId })).to.deep.equal({ flowId })
    expect(ids({ flow_id: 'x'.repeat(500) }, {})?.flowId).to.have.length(80)
    expect(ids(html, {})).to.equal(undefined)
  })

  const waits: readonly [what: string, headers: Record<string, string>, seconds: number][] = [
    ['X-Rate-Limit-Reset in epoch seconds', { 'x-rate-limit-reset': String(now / 1000 + 40) }, 40],
    ['Retry-After in seconds', { 'retry-after': '7' }, 7],
    ['Retry-After as a date', { 'retry-after': 'Mon, 02 Mar 2026 12:00:30 GMT' }, 30],
    ['the later of both', { 'retry-after': '7', 'x-rate-limit-reset': String(now / 1000 + 12) }, 12],
    ['a reset that has passed', { 'x-rate-limit-reset': String(now / 1000 - 12) }, 1],
    ['a wait beyond a day', { 'retry-after': '99999999' }, 86_400],
    ['nonsense', { 'retry-after': 'soon', 'x-rate-limit-reset': '' }, 1],
  ]
  for (const [what, headers, seconds] of waits) {
    it(`429 with ${what} waits ${seconds} s`, () => {
      const found = fault(answer(429, problem('/problems/too-many-requests', 429).body, headers))
      expect(found?.cause.retryAfter).to.equal(seconds)
    })
  }
})
