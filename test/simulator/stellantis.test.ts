import { expect } from 'chai'
import { stellantisDemo } from '../../src/simulator/credentials'
import { askToken, consent, givenStellantis, seed, signIn, type GivenStellantis } from './stellantisSupport'
import { redirectUri, type Json } from './support'

describe('the simulated Stellantis cloud', () => {
  let given: GivenStellantis
  beforeEach(async () => {
    given = await givenStellantis()
  })
  afterEach(() => given.sim.close())

  describe('sign-in', () => {
    it('hands a code back to whoever the person allows, and an hour of access for it', async () => {
      const back = await consent(given.sim)
      expect(back.href).to.contain(redirectUri)
      expect(back.searchParams.get('state')).to.equal('opaque')
      expect(back.searchParams.get('scope')).to.equal('ConnectivityForPartners,Remote')
      const form = { grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '', redirect_uri: redirectUri }
      const tokens = (await (await askToken(given.sim, form)).json()) as Json
      expect(tokens).to.include({ expires_in: 3599, token_type: 'Bearer' })
      expect((await given.v4('/vehicles', { token: tokens.access_token as string })).status).to.equal(200)
      const again = await askToken(given.sim, form)
      expect(again.status).to.equal(400)
      expect(await again.json()).to.deep.include({ error: 'invalid_grant' })
    })

    it('shows a page to a person, and tells when the person refuses', async () => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: stellantisDemo.clientId,
        redirect_uri: redirectUri,
        scope: 'data:telemetry,data:position',
      })
      const page = await (await fetch(`${given.sim.url}/stellantis/am/oauth2/authorize?${query}`)).text()
      expect(page).to.contain('Simulated Stellantis').and.to.contain('data:position')
      expect((await consent(given.sim, { decision: 'deny' })).searchParams.get('error')).to.equal('access_denied')
      expect((await consent(given.sim, { scope: 'data:everything' })).searchParams.get('error')).to.equal('invalid_scope')
    })

    it('renews with a new refresh token each time and revokes with all that hangs on it', async () => {
      const first = await signIn(given.sim)
      const renew = (refresh_token: string) =>
        askToken(given.sim, { grant_type: 'refresh_token', refresh_token, realm: stellantisDemo.realm })
      const second = (await (await renew(first.refresh_token)).json()) as Json
      expect(second.refresh_token).to.not.equal(first.refresh_token)
      await fetch(`${given.sim.url}/stellantis/am/oauth2/token/revoke?realm=${stellantisDemo.realm}`, {
        method: 'POST',
        body: new URLSearchParams({ token: second.refresh_token as string }),
        headers: {
          authorization: `Basic ${Buffer.from(`${stellantisDemo.clientId}:${stellantisDemo.clientSecret}`).toString('base64')}`,
        },
      })
      expect((await renew(second.refresh_token as string)).status).to.equal(400)
      expect((await given.v4('/vehicles', { token: second.access_token as string })).status).to.equal(401)
    })

    it('takes the fields of a token call from the query too, and refuses passwords', async () => {
      const code = (await consent(given.sim)).searchParams.get('code') ?? ''
      const query = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
      const headers = {
        authorization: `Basic ${Buffer.from(`${stellantisDemo.clientId}:${stellantisDemo.clientSecret}`).toString('base64')}`,
      }
      const answer = await fetch(`${given.sim.url}/stellantis/am/oauth2/access_token?${query}`, { method: 'POST', headers })
      expect(answer.status).to.equal(200)
      const password = await askToken(given.sim, { grant_type: 'password', username: 'me', password: 'x' })
      expect(await password.json()).to.deep.equal({ error: 'server_error', error_description: 'Internal Server Error' })
    })

    it('gives a partner its own token, which acts for the account that is named', async () => {
      const answer = await fetch(`${given.sim.url}/stellantis/as/token.oauth2`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: stellantisDemo.clientId,
          client_secret: stellantisDemo.clientSecret,
          scope: stellantisDemo.partnerScope,
        }),
      })
      const { access_token: token } = (await answer.json()) as { access_token: string }
      const vins = async (headers: Record<string, string>) =>
        ((await given.v1('/vehicles', { token, headers })).body._embedded.vehicles as Json[]).map(({ vin }) => vin as string)
      expect(await vins({})).to.include(given.vinOf('e208'))
      expect(await vins({ 'x-cvs-user-id': 'AC-ACNT200000000002' })).to.deep.equal([given.vinOf('ec4')])
    })
  })

  describe('the gateway', () => {
    const gateway = { httpCode: '401', httpMessage: 'Unauthorized' }

    it('names what is wrong with the caller in its own shape', async () => {
      const v4 = `${given.sim.url}/stellantis/connectedcar/v4/user/vehicles`
      expect((await given.v4(`${v4}?client_id=nobody`)).body).to.deep.equal({
        ...gateway,
        moreInformation: 'Invalid client id or secret.',
      })
      expect((await given.v4('/vehicles', { token: 'bad' })).body).to.deep.equal({
        ...gateway,
        moreInformation: 'Token is invalid',
      })
      expect((await given.v4('/vehicles', { headers: { 'x-introspect-realm': 'clientsB2CPeugot' } })).status).to.equal(401)
      expect((await given.v1('/vehicles', { headers: { 'x-introspect-realm': '' } })).status).to.equal(401)
      await given.clock.advance(3_600_000)
      expect((await given.v4('/vehicles')).body.moreInformation).to.equal('Token is invalid')
    })

    it('lets v1 in by headers alone, as the quick start shows', async () => {
      const vin = given.vinOf('e208')
      expect((await given.byHeaders('/vehicles')).body.total).to.equal(4)
      expect((await given.byHeaders('/vehicles', { headers: { 'x-ibm-client-secret': 'wrong' } })).status).to.equal(401)
      expect((await given.byHeaders('/vehicles', { headers: { 'x-ibm-client-secret': '' } })).status).to.equal(401)
      const only = { headers: { ...seed, 'x-cvs-scope': `data:telemetry:vehicle:alert VIN:${vin}` } }
      expect((await given.byHeaders('/vehicles', only)).status, 'scope data:vehicle').to.equal(403)
      const latest = await given.byHeaders(`/vehicles/${vin}/telemetries/latest`, only)
      expect(Object.keys(latest.body.vehicle as Json)).to.deep.equal(['alerts'])
      expect((await given.byHeaders('/vehicles', { headers: { 'x-cvs-user-id': '' } })).status).to.equal(403)
      expect(
        (await given.byHeaders('/vehicles', { headers: { 'x-cvs-user-id': '', 'x-cvs-scope': `VIN:${vin}` } })).status,
      ).to.equal(200)
    })

    it('answers 403 for cars of others, and errors in the shape of the generation', async () => {
      const theirs = await signIn(given.sim, { user: 'other' })
      const foreign = await given.v4(`/vehicles/${await given.idOf('e208')}/status`, { token: theirs.access_token })
      expect(foreign.status).to.equal(403)
      expect(foreign.body).to.include.keys('code', 'uuid', 'message', 'timestamp')
      const v1 = await given.v1(`/vehicles/${given.vinOf('ec4')}/telemetries/latest`)
      expect(v1.status).to.equal(403)
      expect(v1.body).to.deep.include({ name: 'FORBIDDEN' })
      expect(v1.body.debug).to.match(/^ERROR_/)
      expect((await given.v1('/vehicles/NOCAR')).status).to.equal(404)
      expect((await given.v1('/nothing')).status).to.equal(404)
    })

    it('counts calls in any 24 hours and says in every answer what is left', async () => {
      given.sim.stellantis.limits.perDay = 2
      const first = await given.v4('/vehicles')
      expect(first.headers.get('x-ratelimit-remaining-1')).to.equal('1')
      await given.v4('/vehicles')
      const refused = await given.v4('/vehicles')
      expect(refused.status).to.equal(429)
      expect(refused.headers.get('retry-after')).to.equal('86400')
      expect(refused.headers.get('x-ratelimit-reset')).to.equal('86400')
      expect(refused.body.httpCode).to.equal('429')
    })

    it('says it without numbers when asked to, as seen in the field', async () => {
      given.sim.faults.add({ provider: 'stellantis', kind: 'plain-rate-headers' })
      const { headers } = await given.v4('/vehicles')
      expect(headers.get('x-ratelimit-remaining')).to.equal('19999')
      expect(headers.get('x-ratelimit-remaining-1')).to.equal(null)
    })

    it('has a limit for bursts too', async () => {
      given.sim.stellantis.limits.perSecond = 1
      expect((await given.v4('/vehicles')).status).to.equal(200)
      expect((await given.v4('/vehicles')).headers.get('retry-after')).to.equal('1')
      await given.clock.advance(1000)
      expect((await given.v4('/vehicles')).status).to.equal(200)
    })
  })

  describe('cars and their state', () => {
    it('lists only the cars that a generation knows', async () => {
      const vins = (answer: { body: Json }) => (answer.body._embedded.vehicles as Json[]).map(({ vin }) => vin as string)
      const psa = ['e208', 'p3008', 'corsa'].map((key) => given.vinOf(key))
      expect(vins(await given.v4('/vehicles'))).to.deep.equal(psa)
      expect(vins(await given.v1('/vehicles'))).to.deep.equal([...psa, given.vinOf('avenger')])
      expect(vins(await given.v1('/vehicles?vinPrefix=W0V'))).to.deep.equal([given.vinOf('corsa')])
      expect(await given.idOf('e208')).to.match(/^[0-9a-f]{128}$/)
      const nobody = await given.v4('/vehicles', { token: (await signIn(given.sim, { user: 'nobody' })).access_token })
      expect(nobody.status).to.equal(404)
      expect(nobody.body).to.deep.include({ code: 40410, message: 'No vehicule found' })
    })

    it('pages by page tokens that stand alone', async () => {
      const first = await given.v1('/vehicles?pageSize=1&vinPrefix=VR3')
      expect(first.body).to.deep.include({ total: 2, totalPage: 2, currentPage: 1 })
      expect(first.body._links).to.have.keys('self', 'first', 'next', 'last')
      const next = await given.v1(String(first.body._links.next.href))
      expect(next.body.currentPage).to.equal(2)
      expect(next.body._links).to.have.keys('self', 'first', 'prev', 'last')
      expect(next.body._embedded.vehicles[0].vin).to.equal(given.vinOf('p3008'))
      const token = new URL(String(first.body._links.next.href)).searchParams.get('pageToken') ?? ''
      expect((await given.v1(`/vehicles?pageToken=${token}&pageSize=1`)).status).to.equal(400)
      expect((await given.v1('/vehicles?pageToken=zz')).status).to.equal(400)
      expect((await given.v1('/vehicles?pageSize=0')).status).to.equal(400)
      expect((await given.v1('/vehicles?pageSize=501')).status).to.equal(400)
      expect((await given.v4('/vehicles?pageSize=61')).status).to.equal(400)
      for (const wrong of ['-', 'a-b', '5-2', '-3'])
        expect((await given.v1(`/vehicles?indexRange=${wrong}`)).status, wrong).to.equal(400)
      const ranged = await given.v1('/vehicles?indexRange=1-2')
      expect(ranged.body.total).to.equal(2)
      expect(ranged.body._embedded.vehicles[0].vin).to.equal(given.vinOf('p3008'))
    })

    it('tells the state of v4 with the time of each block, longitude first', async () => {
      const { body } = await given.v4(`/vehicles/${await given.idOf('e208')}/status`)
      expect(body.lastPosition.geometry.coordinates).to.deep.equal([2.2088, 48.8049, 161])
      expect(body.lastPosition.properties).to.deep.include({
        type: 'Acquire',
        fixStatus: '3D',
        createdAt: '2026-03-02T12:00:00Z',
      })
      expect(body.energies).to.have.length(1)
      expect(body.energies[0]).to.deep.include({ type: 'Electric', level: 71.5, createdAt: '2026-03-02T12:00:00Z' })
      expect(body.energies[0].extension.electric.charging).to.deep.include({
        plugged: false,
        status: 'Disconnected',
        chargingMode: 'No',
        nextDelayedTime: 'PT1M',
      })
      expect(body.battery.voltage).to.equal(88.5)
      expect(body.doorsState.lockedStates).to.deep.equal(['Locked'])
      expect(body.ignition.type).to.equal('Stop')
      expect(body.preconditioning.airConditioning.programs[0]).to.deep.include({
        start: 'PT7H15M',
        occurence: { day: ['Mon', 'Tue'] },
      })
      expect(body._links.self.href).to.contain('?profile=endUser')
    })

    it('tells the same car in v1 with its other names and units', async () => {
      given.sim.cars.get('e208').set('vehicle.speed', 72)
      const { body } = await given.v1(`/vehicles/${given.vinOf('e208')}/telemetries/latest`)
      expect(body.vehicle.kinetic.speed).to.equal(20)
      expect(body.vehicle.doorsState.lockedState).to.deep.equal(['Locked'])
      expect(body.vehicle.powerTrain.gmpStatus).to.equal('Stopped')
      expect(body.vehicle.energies[0].extension.electric.charging.settings).to.deep.include({
        chargeLimit: 'High',
        chargingMode: 'No',
      })
      expect(body.vehicle.tyreState[0]).to.deep.include({ id: 'FrontLeft', status: 'Normal', pressure: { value: 236000 } })
      expect(body.vehicle.maintenance).to.deep.include({ daysBeforeMaintenance: 212, mileageBeforeMaintenance: 8130 })
      const some = await given.v1(`/vehicles/${given.vinOf('e208')}/telemetries/latest?type=vehicle.kinetic&type=privacy`)
      expect(Object.keys(some.body.vehicle as Json)).to.deep.equal(['kinetic'])
      expect(some.body.privacy.state).to.equal('None')
      expect((await given.v1(`/vehicles/${given.vinOf('e208')}/telemetries/latest?type=wings`)).status).to.equal(400)
    })

    it('follows a car that charges', async () => {
      const car = given.sim.cars.get('e208')
      car.plugIn('ac')
      car.tick(60)
      const { body } = await given.v4(`/vehicles/${await given.idOf('e208')}/status`)
      const { charging } = body.energies[0].extension.electric
      expect(charging).to.deep.include({ plugged: true, status: 'InProgress', chargingMode: 'Slow', chargingRate: 48 })
      expect(charging.remainingTime).to.match(/^PT\d+H/)
    })

    it('leaves out what privacy and missing scopes withhold', async () => {
      const id = await given.idOf('e208')
      given.sim.cars.get('e208').setPrivacy('geolocation')
      const hidden = await given.v4(`/vehicles/${id}/status`)
      expect(hidden.body.privacy.state).to.equal('Geolocation')
      expect(hidden.body).to.not.have.property('lastPosition')
      expect((await given.v4(`/vehicles/${id}/lastPosition`)).status).to.equal(404)
      given.sim.cars.get('e208').setPrivacy('full')
      expect(Object.keys((await given.v4(`/vehicles/${id}/status`)).body)).to.deep.equal([
        'createdAt',
        'updatedAt',
        '_links',
        'privacy',
      ])
      given.sim.cars.get('e208').setPrivacy('none')
      const { access_token: token } = await signIn(given.sim, { scope: 'data:position' })
      const only = await given.v4(`/vehicles/${id}/status`, { token })
      expect(Object.keys(only.body)).to.deep.equal(['createdAt', 'updatedAt', '_links', 'lastPosition'])
      expect((await given.v4(`/vehicles/${id}/maintenance`, { token })).status).to.equal(403)
    })

    it('answers 404 without blame for a car whose service sleeps', async () => {
      const v4 = await given.v4(`/vehicles/${await given.idOf('corsa')}/status`)
      expect(v4.status).to.equal(404)
      expect(v4.body).to.deep.include({ code: 40499, message: "We didn't find the status for this vehicle." })
      const v1 = await given.v1(`/vehicles/${given.vinOf('corsa')}/telemetries/latest`)
      expect(v1.body).to.deep.equal({ code: 1001, debug: 'CMP_001234', message: 'Data Not found' })
    })

    it('says what a car can be asked, by both words', async () => {
      const v1 = await given.v1(`/vehicles/${given.vinOf('p3008')}/capability`)
      expect(v1.body.onboardCapabilities.remote.door).to.deep.equal({ supported: true, scopeName: 'remote:door:write' })
      expect(v1.body.onboardCapabilities.remote.navigation.supported).to.equal(false)
      const v4 = await given.v4(`/vehicles/${await given.idOf('p3008')}?extension=onboardCapabilities&extension=branding`)
      expect(v4.body._embedded.extension.onboardCapabilities.remote.charging.supported).to.equal(true)
      expect(v4.body._embedded.extension.branding).to.deep.equal({ brand: 'Peugeot', label: '3008' })
    })

    it('shows an alert that is raised, in the spelling of the generation', async () => {
      given.sim.cars.get('e208').alert('OilLevelLow')
      given.sim.cars.get('e208').alert('tyre-front-left')
      const { body } = await given.v1(`/vehicles/${given.vinOf('e208')}/telemetries/latest`)
      const active = body.vehicle.alerts.active.activeAlerts as Json[]
      expect(active.map(({ type }) => type as string)).to.deep.equal(['OilLevelLow', 'FrontLeftTireUnderInflated'])
      expect(active[0]).to.deep.include({ active: true, severity: 'Warning', startedAt: '2026-03-02T12:00:00Z' })
    })
  })

  describe('faults', () => {
    const status = async () => given.v4(`/vehicles/${await given.idOf('e208')}/status`)
    const fault = (kind: string, more: Json = {}) =>
      given.sim.faults.add({ provider: 'stellantis', kind, path: '/status', ...more })

    for (const [kind, http] of [
      ['401', 401],
      ['401-plan', 401],
      ['401-security', 401],
      ['401-token', 401],
      ['403-scope', 403],
      ['403-not-yours', 403],
      ['404', 404],
      ['429', 429],
      ['500', 500],
      ['50000', 500],
      ['502-html', 502],
      ['503', 503],
      ['504', 504],
      ['495', 495],
    ] as const)
      it(`plays ${kind}`, async () => {
        fault(kind)
        expect((await status()).status).to.equal(http)
      })

    it('plays the quirks that real cars have', async () => {
      const seen = async (kind: string): Promise<Json> => {
        given.sim.faults.clear()
        fault(kind)
        return (await status()).body
      }
      expect(await seen('empty-data')).to.have.keys('_links')
      expect((await seen('missing-timestamp')).energies[0]).to.not.have.property('createdAt')
      expect((await seen('new-word')).energies[0].extension.electric.charging.status).to.equal('SomethingNew')
      expect((await seen('string-numbers')).energies[0].level).to.equal('71.5')
      expect(await seen('missing-position')).to.not.have.any.keys('lastPosition', 'kinetic')
      expect((await seen('old-energy')).energy[0].type).to.equal('Electric')
      expect(await seen('only-old-energy')).to.not.have.property('energies')
      expect((await seen('thermal-zero')).energies[0]).to.deep.include({ type: 'Fuel', level: 0 })
      given.sim.cars.get('e208').set('charging.programs', [{ slot: 1, start: '22:30', days: ['mon'], enabled: true }])
      expect((await seen('schedule-array')).energies[0].extension.electric.charging.schedule).to.deep.equal([])
      expect((await seen('wrong-load')).energies[0].extension.electric.battery.load.capacity).to.equal(34453)
      expect((await seen('aquire')).lastPosition.properties.type).to.equal('Aquire')
      expect((await seen('old-blocks')).doorsState.createdAt).to.equal('2025-01-01T00:00:00Z')
    })

    it('writes the code of an error as a text when asked to', async () => {
      const id = await given.idOf('corsa')
      fault('text-code')
      expect((await given.v4(`/vehicles/${id}/status`)).body.code).to.equal('40499')
    })

    it('ends a sign-in when asked to', async () => {
      const id = await given.idOf('e208')
      fault('token-revoked')
      expect((await given.v4(`/vehicles/${id}/status`)).status).to.equal(401)
      expect((await given.v4('/vehicles')).status).to.equal(401)
    })
  })
})
