import { expect } from 'chai'
import { causeOfRedirectError, causeOfTokenError as causeAt } from '../../src/cloud/oauth'
import type { Grant } from '../../src/cloud/tokenErrors'

const now = Date.parse('2026-03-02T12:00:00Z')
type Answer = Parameters<typeof causeAt>[2]
const causeOfTokenError = (provider: string, grant: Grant, answer: Answer) => causeAt(provider, grant, answer, now)

type Case = [provider: string, grant: Grant, status: number, body: unknown, code: string, action: RegExp]

const table: Case[] = [
  ['Volvo', 'refresh', 400, { error: 'invalid_grant' }, 'AUTH_EXPIRED', /sign in again/],
  ['Volvo', 'code', 400, { error: 'invalid_grant' }, 'AUTH_REQUIRED', /Start the sign-in again/],
  ['Volvo', 'refresh', 400, { error: 'invalid_client' }, 'KEY_INVALID', /client id and secret/],
  ['Volvo', 'code', 401, { error: 'invalid_client' }, 'KEY_INVALID', /client id and secret/],
  ['Volvo', 'code', 400, { error: 'unauthorized_client' }, 'INVALID_CONFIG', /Publish your application/],
  ['Volvo', 'code', 400, { error: 'invalid_scope' }, 'SCOPE_MISSING', /Ask only for permissions/],
  ['Volvo', 'refresh', 400, { error: 'unsupported_grant_type' }, 'INTERNAL', /Report/],
  ['Volvo', 'refresh', 400, { error: 'something_new' }, 'AUTH_EXPIRED', /sign in again/],
  ['Volvo', 'refresh', 401, undefined, 'AUTH_EXPIRED', /after a while/],
  ['Volvo', 'refresh', 403, {}, 'AUTH_EXPIRED', /sign in again/],
  ['Volvo', 'refresh', 404, undefined, 'PROVIDER_DOWN', /Wait/],
  ['Volvo', 'refresh', 500, { error: 'server_error' }, 'PROVIDER_DOWN', /Wait/],
  ['Volvo', 'refresh', 502, undefined, 'PROVIDER_DOWN', /Wait/],
  ['Volvo', 'refresh', 503, undefined, 'PROVIDER_DOWN', /Wait/],
  ['Volvo', 'refresh', 302, undefined, 'PROVIDER_DOWN', /Wait/],
  ['Volvo', 'refresh', 200, { no: 'tokens' }, 'PROVIDER_DOWN', /Wait/],
  ['Stellantis', 'refresh', 400, { error: 'invalid_grant' }, 'AUTH_EXPIRED', /sign in again/],
  ['Stellantis', 'code', 400, { error: 'invalid_grant' }, 'AUTH_EXPIRED', /sign in again/],
  ['Stellantis', 'code', 400, { error: 'server_error' }, 'INVALID_CONFIG', /sign-in window/],
  ['Stellantis', 'client', 403, { code: '495' }, 'INVALID_CONFIG', /client certificate/],
  ['Stellantis', 'refresh', 400, { error: 'other' }, 'AUTH_EXPIRED', /sign in again/],
  ['Stellantis', 'code', 400, { error: 'other' }, 'AUTH_REQUIRED', /Start the sign-in again/],
  ['INVERS', 'client', 400, { type: 'https://example.test/problem' }, 'KEY_INVALID', /#/],
  ['INVERS', 'client', 401, { error: 'invalid_client' }, 'KEY_INVALID', /#/],
  ['INVERS', 'client', 403, undefined, 'SCOPE_MISSING', /permissions/],
  ['INVERS', 'client', 429, undefined, 'QUOTA_MINUTE', /Wait a minute/],
]

describe('What a refused sign-in means', () => {
  for (const [provider, grant, status, body, code, action] of table) {
    it(`${provider}, ${grant}: ${status} ${JSON.stringify(body)} is ${code}`, () => {
      const cause = causeOfTokenError(provider, grant, { status, body })
      expect(cause.code).to.equal(code)
      expect(cause.action).to.match(action)
      expect(cause.message).to.contain(provider)
      expect(cause.provider?.httpStatus).to.equal(status)
    })
  }

  it('keeps the error word for support, and nothing else of the body', () => {
    const cause = causeOfTokenError('Volvo', 'refresh', {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'canary', refresh_token: 'canary' },
    })
    expect(cause.provider).to.deep.equal({ httpStatus: 400, call: 'POST token', status: 'invalid_grant' })
    expect(
      JSON.stringify(causeOfTokenError('Volvo', 'refresh', { status: 400, body: { error: 'canary: Anna@example.com' } })),
    ).not.to.contain('canary')
  })

  it('says when to try again where the cloud says so', () => {
    expect(causeOfTokenError('INVERS', 'client', { status: 429, body: undefined }).retryAfter).to.equal(60)
    expect(
      causeOfTokenError('INVERS', 'client', { status: 429, body: undefined, headers: { 'retry-after': '7' } }).retryAfter,
    ).to.equal(7)
    expect(
      causeOfTokenError('Volvo', 'refresh', { status: 503, body: undefined, headers: { 'retry-after': '9' } }).retryAfter,
    ).to.equal(9)
    expect(
      causeOfTokenError('Volvo', 'refresh', { status: 503, body: undefined, headers: { 'retry-after': 'soon' } }),
    ).not.to.have.property('retryAfter')
  })

  const later = String(now / 1000 + 90)
  const waits: [headers: Record<string, string>, wait: number][] = [
    [{ 'retry-after': '' }, 60],
    [{ 'retry-after': ' ', 'x-rate-limit-reset': '' }, 60],
    [{ 'retry-after': '0' }, 1],
    [{ 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': later }, 90],
    [{ 'retry-after': '7', 'x-rate-limit-reset': later }, 90],
    [{ 'retry-after': '120', 'x-rate-limit-reset': later }, 120],
    [{ 'retry-after': 'Mon, 02 Mar 2026 12:02:00 GMT' }, 120],
    [{ 'x-rate-limit-reset': '99999999999' }, 86_400],
  ]
  for (const [headers, wait] of waits)
    it(`waits ${wait} s when too many sign-ins are refused with ${JSON.stringify(headers)}`, () => {
      expect(causeOfTokenError('INVERS', 'client', { status: 429, body: undefined, headers }).retryAfter).to.equal(wait)
    })

  it('reads the error a sign-in window came back with', () => {
    expect(causeOfRedirectError('Volvo', 'invalid_scope').code).to.equal('SCOPE_MISSING')
    expect(causeOfRedirectError('Volvo', 'access_denied')).to.deep.include({
      code: 'AUTH_REQUIRED',
      provider: { status: 'access_denied' },
    })
    expect(JSON.stringify(causeOfRedirectError('Volvo', '<b>canary</b>'))).not.to.contain('canary')
  })
})
