import { expect } from 'chai'
import { beginSignIn, clientCredentials, exchangeCode, refresh } from '../../../src/cloud/oauth'
import { stellantisKit } from '../../../src/providers/stellantis/kit'
import type { ProviderSettings } from '../../../src/providers/kit'
import { DrivewayError } from '../../../src/vehicle/causes'
import { ManualClock } from '../../support/clock'
import { ScriptedCloud, watchedHttp } from '../../support/scriptedCloud'
import { givenStellantis, page, vin } from './scripted'

const settings = (api: string, own: Record<string, string> = {}): ProviderSettings => ({ api, timeZone: 'UTC', own })
const state = { body: { createdAt: '2026-03-02T11:50:00Z', ignition: { type: 'Stop' } } }
const causeOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof DrivewayError ? error.cause : undefined
}

describe('Calls to Stellantis', () => {
  let home: Awaited<ReturnType<typeof givenStellantis>>
  afterEach(() => home.cloud.close())

  const headersOf = (index: number) => {
    const names = /^(authorization|accept$|cookie|x-)/
    return Object.fromEntries(Object.entries(home.cloud.seen[index]?.headers ?? {}).filter(([name]) => names.test(name)))
  }

  it('of v4 carry token, realm and client id', async () => {
    home = await givenStellantis({ own: { brand: 'opel', environment: 'int' } })
    home.cloud.on('GET /user/vehicles?extension=branding&extension=pictures&env=int&client_id=id-1', page('vehicles', []))
    await home.vehicles()
    expect(headersOf(0)).to.deep.equal({
      accept: 'application/hal+json, application/json, application/vnd.geo+json',
      authorization: 'Bearer t1',
      'x-introspect-realm': 'clientsB2COpel',
    })
  })

  it('of v1 carry token, realm and the keys of the application', async () => {
    home = await givenStellantis({ api: 'v1', own: { realm: 'B2C', partnerId: 'p-1', customerContext: 'ctx' } })
    home.on('/telemetries/latest', state)
    await home.read('lock')
    expect(headersOf(0)).to.deep.equal({
      accept: 'application/hal+json, application/json, application/vnd.geo+json',
      authorization: 'Bearer t1',
      'x-introspect-realm': 'B2C',
      'x-ibm-client-id': 'id-1',
      'x-ibm-client-secret': 'secret-1',
      'x-partnerid': 'p-1',
      'x-customer-context': 'ctx',
    })
  })

  it('in header mode carry no token, but whom and which car they are for', async () => {
    home = await givenStellantis({ api: 'v1', own: { headerMode: 'true', userId: 'AP-ACNT200000000001' } })
    home.on('/telemetries/latest', state)
    home.cloud.on('GET /accounts/vehicles', page('vehicles', [{ vin }]))
    home.on('/trips/t1', { body: { id: 't1' } })
    await home.vehicles()
    await home.read('lock')
    await home.past('trips', { id: 't1' })
    const own = { 'x-cvs-user-id': 'AP-ACNT200000000001', 'x-supersede-cvs-user-id': 'AP-ACNT200000000001' }
    expect(headersOf(0)).to.deep.include({ ...own, 'x-cvs-scope': 'data:vehicle' })
    expect(headersOf(1)).to.deep.include({ ...own, 'x-cvs-scope': `data:telemetry VIN:${vin}` })
    expect(headersOf(2)).to.deep.include({ 'x-cvs-scope': `data:trip VIN:${vin}` })
    expect(home.cloud.seen.some(({ headers }) => 'authorization' in headers)).to.equal(false)
  })

  it('are made once more with a new token when the old one ended', async () => {
    home = await givenStellantis({ api: 'v1' })
    const ended = { status: 401, body: { httpCode: '401', moreInformation: 'Token is invalid' } }
    home.on('/telemetries/latest', ended, state)
    expect(await home.values('vehicle')).to.include({ 'vehicle.ignition': 'off' })
    expect(home.cloud.seen.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer t1', 'Bearer t2'])
  })

  it('end with the reason when the new token is refused as well', async () => {
    home = await givenStellantis({ api: 'v1' })
    home.on('/telemetries/latest', { status: 401, body: { moreInformation: 'Token is invalid' } })
    expect(await causeOf(home.read('lock'))).to.include({ code: 'AUTH_REVOKED', action: 'Sign in again.' })
    expect(home.cloud.seen).to.have.length(2)
  })

  it('follow a page only at our own address, with the keys of our own', async () => {
    home = await givenStellantis()
    const evil = 'https://evil.invalid/user/vehicles?pageToken=t2&client_id=evil&env=evil'
    home.cloud.on('GET /user/vehicles?extension=branding&extension=pictures&client_id=id-1', page('vehicles', [], evil))
    home.cloud.on('GET /user/vehicles?pageToken=t2&client_id=id-1', page('vehicles', [{ vin, id: 'c9' }]))
    expect((await home.vehicles()).map(({ id }) => id)).to.deep.equal([vin])
  })

  it('end after twenty pages', async () => {
    home = await givenStellantis({ api: 'v1' })
    for (let number = 0; number < 30; number++)
      home.cloud.on(
        `GET /accounts/vehicles${number === 0 ? '' : `?pageToken=${number}`}`,
        page('vehicles', [{ vin: `VIN${number}` }], `?pageToken=${number + 1}`),
      )
    expect(await home.vehicles()).to.have.length(20)
  })

  it('teach the ledger how many are left of the day', async () => {
    home = await givenStellantis({ api: 'v1', limits: { commandReserve: 10 } })
    const headers = { 'X-RateLimit-Limit-1': 'day,1000;', 'X-RateLimit-Remaining-1': 'day,101;' }
    home.on('/telemetries/latest', { ...state, headers })
    await home.read('lock')
    expect(home.ledger.status()).to.include({ perDay: 1000, usedToday: 899, leftToday: 101, leftForReads: 1 })
    await home.read('lock')
    // One more than the cloud has counted was made; what is left is kept for commands.
    home.cloud.on(`GET ${home.car}/telemetries/latest`, { ...state, headers: { ...headers, 'X-RateLimit-Remaining-1': '100' } })
    await home.read('lock')
    expect((await causeOf(home.read('lock')))?.code).to.equal('QUOTA_DAY')
    expect(home.cloud.seen).to.have.length(3)
  })

  it('keep to the limit that a person set, whatever the cloud would allow', async () => {
    home = await givenStellantis({ api: 'v1', limits: { commandReserve: 0, perDay: 2 } })
    const headers = { 'x-ratelimit-limit-1': '1000', 'x-ratelimit-remaining-1': '998' }
    home.on('/telemetries/latest', { ...state, headers })
    await home.read('lock')
    expect((await causeOf(home.read('lock')))?.code).to.equal('QUOTA_DAY')
  })

  it('wait out a burst and are then made again', async () => {
    home = await givenStellantis({ api: 'v1' })
    const burst = { status: 429, headers: { 'x-ratelimit-remaining-2': '0', 'retry-after': '1' } }
    home.on('/telemetries/latest', burst, state)
    expect(await home.values('vehicle')).to.include({ 'vehicle.ignition': 'off' })
  })
})

describe('The Stellantis kit', () => {
  it('knows where each brand signs in, and where the simulator plays it', () => {
    expect(stellantisKit.production(settings('', { brand: 'ds' }))).to.deep.equal({
      url: 'https://api-cert.groupe-psa.com/connectedcar/v4',
      authUrl: 'https://idpcvs.driveds.com/am/oauth2',
    })
    expect(stellantisKit.simulated('http://sim', settings('v4'))).to.deep.equal({
      url: 'http://sim/stellantis/connectedcar/v4',
      authUrl: 'http://sim/stellantis/am/oauth2',
    })
    expect(stellantisKit.simulated('http://sim', settings('v1'))).to.deep.equal({
      url: 'http://sim/stellantis/v1',
      authUrl: 'http://sim/stellantis/am/oauth2',
    })
    expect(stellantisKit.simulated('http://sim', settings('v1', { grant: 'client' })).authUrl).to.equal('http://sim/stellantis')
  })

  it('says that v1 has no public address', () => {
    expect(() => stellantisKit.production(settings('v1'))).to.throw('Stellantis names no public address of its interface v1')
  })

  it('signs in as the account says', () => {
    const kinds = [
      settings(''),
      settings('v1'),
      settings('v1', { grant: 'client' }),
      settings('v1', { headerMode: 'true' }),
      settings('v4', { headerMode: 'true', grant: 'client' }),
    ].map((one) => [stellantisKit.signIn(one), ...stellantisKit.needs(one)].join(' '))
    expect(kinds).to.deep.equal([
      'code clientId clientSecret',
      'code clientId clientSecret',
      'client clientId',
      'none clientId clientSecret',
      'code clientId clientSecret',
    ])
  })

  it('names the field that is wrong', () => {
    const wrong = (one: ProviderSettings) => stellantisKit.wrong?.(one)
    expect(wrong(settings('v4'))).to.equal(undefined)
    expect(wrong(settings('v4', { brand: 'Citroen', grant: 'code', speedUnit: 'm/s', locale: 'fr-FR' }))).to.equal(undefined)
    expect(wrong(settings('v4', { brand: 'fiat' }))).to.contain('fiat')
    expect(wrong(settings('v1', { grant: 'magic' }))).to.contain('magic')
    expect(wrong(settings('v1', { speedUnit: 'mph' }))).to.contain('km/h')
    expect(wrong(settings('v4', { locale: 'French' }))).to.contain('fr-FR')
  })

  it('signs a person in with the realm of the brand, and an application with its id', async () => {
    const clock = new ManualClock()
    const cloud = await ScriptedCloud.open()
    const http = watchedHttp(cloud, clock)
    const tokens = { body: { access_token: 'a', refresh_token: 'r', expires_in: 3599 } }
    cloud.on('POST /am/access_token', tokens)
    cloud.on('POST /am/access_token?realm=clientsB2CCitroen', tokens)
    cloud.on('POST /as/token.oauth2', tokens)
    const credentials = { clientId: 'id-1', clientSecret: 's-1' }
    const person = stellantisKit.oauth(`${cloud.url}/am`, {
      ...credentials,
      settings: settings('v4', { brand: 'citroen', locale: 'fr-FR' }),
    })
    const { searchParams, pathname } = new URL(beginSignIn(person, 'https://here/callback').url)
    expect(pathname).to.equal('/am/authorize')
    expect(searchParams.get('locale')).to.equal('fr-FR')
    expect(searchParams.get('scope')?.split(' ')).to.include.members(['openid', 'profile', 'data:telemetry'])
    const got = await exchangeCode(http, person, { code: 'c', verifier: 'v', redirectUri: 'https://here/callback' }, clock)
    await refresh(http, person, got, clock)
    const application = stellantisKit.oauth(cloud.url, {
      clientId: 'id-1',
      clientSecret: '',
      settings: settings('v1', { grant: 'client' }),
      scopes: ['prd:XXX'],
    })
    await clientCredentials(http, application, 'form', clock)
    const [, renewed, own] = cloud.seen
    expect(cloud.paths()).to.deep.equal([
      'POST /am/access_token',
      'POST /am/access_token?realm=clientsB2CCitroen',
      'POST /as/token.oauth2',
    ])
    expect(renewed?.headers['content-type']).to.equal('application/x-www-form-urlencoded')
    expect(renewed?.body).to.equal('grant_type=refresh_token&refresh_token=r')
    expect(own?.body).to.equal('grant_type=client_credentials&client_id=id-1&scope=prd%3AXXX')
    expect(own?.headers.authorization).to.equal(undefined)
    await cloud.close()
  })
})
