import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { startSimulator } from '../../src/simulator/simulator'
import { givenSimulator, type Given, type Json } from './support'

describe('the control API of the simulator', () => {
  let given: Given & { token: string }
  beforeEach(async () => {
    given = await givenSimulator()
  })
  afterEach(() => given.sim.close())

  const ask = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await given.control(method, path, body)
    return { http: answer.status, body: (await answer.json()) as Json }
  }
  const car = () => given.sim.cars.get('ex40')

  it('serves a page that needs nothing from elsewhere', async () => {
    for (const path of ['/sim/', '/sim', '/']) {
      const answer = await fetch(given.sim.url + path)
      expect(answer.headers.get('content-type')).to.contain('text/html')
      const html = await answer.text()
      expect(html).to.contain('Driveway simulator')
      expect(html).not.to.match(/(src|href)="(https?:)?\/\//)
    }
  })

  it('lists the cars, how they are and what their cloud knows', async () => {
    const { http, body } = await ask('GET', '/vehicles')
    expect(http).to.equal(200)
    const volvos = body.filter(({ provider }: Json) => provider === 'volvo')
    expect(volvos.map(({ key }: Json) => key)).to.deep.equal(['ex40', 'xc60', 'v60', 'ex30', 'us-xc40'])
    expect(body[0]).to.deep.include({ id: car().id, provider: 'volvo', owners: ['demo'], asleep: false })
    expect(body[0].cloud['lock.central']).to.deep.equal({ value: 'locked', observedAt: '2026-03-02T12:00:00.000Z' })
  })

  it('does everything to a car that is found by VIN or by short name', async () => {
    const does = async (action: string, body: unknown, signal: string, value: unknown) => {
      const answer = await ask('POST', `/vehicles/${action === 'unplug' ? car().id : 'ex40'}/${action}`, body)
      expect(answer.http, JSON.stringify(answer.body)).to.equal(200)
      expect(answer.body.state[signal], action).to.deep.equal(value)
    }
    await does('plug-in', undefined, 'charging.connection', 'connected')
    await does('start-charging', undefined, 'charging.status', 'charging')
    await does('stop-charging', {}, 'charging.status', 'idle')
    await does('unplug', {}, 'charging.connection', 'disconnected')
    await does('plug-in', { type: 'dc' }, 'charging.type', 'dc')
    await does('open', { part: 'frontLeft' }, 'doors.frontLeft', 'open')
    await does('close', { part: 'frontLeft' }, 'doors.frontLeft', 'closed')
    await does('open', { part: 'windows.frontLeft' }, 'windows.frontLeft', 'open')
    await does('lock', {}, 'lock.central', 'locked')
    await does('unlock', {}, 'lock.central', 'unlocked')
    await does('drive', { to: 'work' }, 'vehicle.moving', true)
    await does('park', {}, 'vehicle.moving', false)
    await does('drive', { to: { latitude: 57, longitude: 12 } }, 'engine.status', 'running')
    await does('park', {}, 'engine.status', 'stopped')
    await does('sleep', {}, 'reachability.reason', 'power-saving')
    await does('wake', {}, 'reachability.status', 'available')
    await does('privacy', { state: 'full' }, 'reachability.privacy', 'full')
    await does('set', { 'battery.stateOfCharge': 33 }, 'battery.stateOfCharge', 33)
    await does('alert', { code: 'service-due' }, 'service.warning', 'due')
  })

  for (const [path, body, field] of [
    ['/vehicles/ex40/plug-in', { type: 'solar' }, 'type'],
    ['/vehicles/xc60/plug-in', { type: 'dc' }, 'type'],
    ['/vehicles/ex40/plug-in', { kind: 'ac' }, 'kind'],
    ['/vehicles/ex40/open', {}, 'part'],
    ['/vehicles/ex40/open', { part: 'wing' }, 'part'],
    ['/vehicles/ex40/drive', { to: 'moon' }, 'to'],
    ['/vehicles/ex40/drive', { km: -1 }, 'km'],
    ['/vehicles/ex40/privacy', { state: 'some' }, 'state'],
    ['/vehicles/ex40/set', { 'battery.colour': 1 }, 'battery.colour'],
    ['/vehicles/ex40/set', { 'battery.stateOfCharge': 'much' }, 'battery.stateOfCharge'],
    ['/vehicles/ex40/set', { 'lock.central': 'ajar' }, 'lock.central'],
    ['/vehicles/ex40/alert', {}, 'code'],
    ['/faults', { provider: 'volvo', kind: 'gremlins' }, 'kind'],
    ['/faults', { provider: 'saab', kind: '500' }, 'provider'],
    ['/faults', { provider: 'volvo', kind: '500', rate: 2 }, 'rate'],
    ['/faults', { provider: 'volvo', kind: 'next-command' }, 'status'],
    ['/clock', { advance: -1 }, 'advance'],
    ['/clock', {}, 'advance'],
    ['/reset', { vehicles: ['saab'] }, 'vehicles'],
  ] as const)
    it(`names ${field} when ${path} gets ${JSON.stringify(body)}`, async () => {
      const answer = await ask('POST', path, body)
      expect(answer.http).to.equal(400)
      expect(answer.body.field).to.equal(field)
      expect(answer.body.error).to.be.a('string')
    })

  it('changes nothing when one of several signals is wrong', async () => {
    expect((await ask('POST', '/vehicles/ex40/set', { 'battery.stateOfCharge': 10, 'lock.central': 'ajar' })).http).to.equal(400)
    expect(car().truth('battery.stateOfCharge')).to.equal(62.5)
  })

  it('lists the kinds of faults to whoever names one that is not there', async () => {
    const { body } = await ask('POST', '/faults', { provider: 'volvo', kind: 'gremlins' })
    for (const kind of [
      '401',
      '403-quota',
      '429',
      '500',
      '502-html',
      '503',
      'timeout',
      'reset',
      'slow',
      'empty-data',
      'missing-timestamp',
      'new-word',
      'string-numbers',
      'next-command',
      'token-reuse',
    ])
      expect(body.error).to.contain(kind)
  })

  it('answers 404 for unknown cars and actions, 409 for what the car cannot do now, 400 for bad JSON', async () => {
    expect((await ask('POST', '/vehicles/saab/lock')).http).to.equal(404)
    expect((await ask('GET', '/vehicles/saab')).http).to.equal(404)
    expect((await ask('POST', '/vehicles/ex40/fly')).http).to.equal(404)
    expect((await ask('POST', '/vehicles/ex40/constructor')).http).to.equal(404)
    expect((await ask('POST', '/vehicles/ex40/unplug')).http).to.equal(409)
    expect((await ask('PUT', '/vehicles')).http).to.equal(405)
    const bad = await fetch(`${given.sim.url}/sim/api/clock`, { method: 'POST', body: '{' })
    expect(bad.status).to.equal(400)
  })

  it('puts the time forward and the cars live through it', async () => {
    await ask('POST', '/vehicles/ex40/plug-in')
    const { body } = await ask('POST', '/clock', { advance: 3600 })
    expect(body.now).to.equal('2026-03-02T13:00:00.000Z')
    expect(car().truth('battery.stateOfCharge')).to.be.greaterThan(75)
  })

  it('logs every call to a cloud without its query, and nothing of the control API', async () => {
    given.sim.calls.clear()
    await given.volvo('/connected-vehicle/v2/vehicles?secret=1')
    await given.volvo('/nothing', { token: 'bad' })
    const { body } = await ask('GET', '/calls')
    expect(body).to.deep.equal([
      {
        time: '2026-03-02T12:00:00.000Z',
        provider: 'volvo',
        method: 'GET',
        path: '/volvo/connected-vehicle/v2/vehicles',
        status: 200,
        durationMs: 0,
      },
      { time: '2026-03-02T12:00:00.000Z', provider: 'volvo', method: 'GET', path: '/volvo/nothing', status: 401, durationMs: 0 },
    ])
    expect((await ask('GET', '/calls?summary')).body).to.deep.include({ total: 2 })
    expect((await ask('GET', '/calls?path=nothing')).body).to.have.length(1)
  })

  it('starts over on reset, with the cars that are asked for, and keeps sign-ins', async () => {
    car().plugIn('ac')
    given.sim.faults.add({ provider: 'volvo', kind: '500' })
    expect((await ask('POST', '/reset', { vehicles: ['ex30'] })).http).to.equal(200)
    expect(car().truth('charging.connection')).to.equal('disconnected')
    expect(given.sim.faults.list()).to.deep.equal([])
    const vehicles = await given.volvo('/connected-vehicle/v2/vehicles')
    expect(await vehicles.json()).to.deep.equal({ data: [{ vin: given.sim.cars.get('ex30').id }] })
    await ask('POST', '/reset')
    expect(((await (await given.volvo('/connected-vehicle/v2/vehicles')).json()) as Json).data).to.have.length(3)
  })

  it('adds a car like another one', async () => {
    const vin = 'YV1ZZZEX4R0000099'
    expect((await ask('POST', '/vehicles', { like: 'ex40', key: 'second', vin })).http).to.equal(201)
    const { data } = (await (await given.volvo('/connected-vehicle/v2/vehicles')).json()) as Json
    expect(data).to.deep.include({ vin })
    expect((await ask('POST', '/vehicles', { like: 'ex40', key: 'second', vin })).body.field).to.equal('key')
  })

  it('tells open pages what changes', async () => {
    const answer = await fetch(`${given.sim.url}/sim/api/events`)
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let heard = ''
    const until = async (text: string) => {
      while (!heard.includes(text)) heard += (await reader.read()).value ?? ''
    }
    await until('hello')
    car().plugIn('ac')
    await until('event: vehicle')
    await until('"charging.connection":"connected"')
    await given.volvo('/connected-vehicle/v2/vehicles')
    await until('event: call')
  })

  it('is not steered by other websites', async () => {
    const from = (origin: string) =>
      fetch(`${given.sim.url}/sim/api/reset`, { method: 'POST', headers: { origin } }).then(({ status }) => status)
    expect(await from('https://evil.example.test')).to.equal(403)
    expect(await from(given.sim.url)).to.equal(200)
  })

  it('says EADDRINUSE when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const error = await startSimulator({ port }).catch((error: unknown) => error)
    other.close()
    expect(error).to.be.instanceOf(Error).and.to.have.property('code', 'EADDRINUSE')
  })

  it('closes at once although somebody still listens', async () => {
    const listening = await fetch(`${given.sim.url}/sim/api/events`)
    // Else it would wait for ever.
    await given.sim.close()
    await listening.text().catch(() => undefined)
    given = await givenSimulator()
  })
})
