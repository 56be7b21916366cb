import { expect } from 'chai'
import { hours, minutes } from '../../src/clock'
import { stellantisDemo } from '../../src/simulator/credentials'
import { givenSimulator, type Given, type Json } from './support'

const noon = Date.parse('2026-03-02T12:00:00Z')
const day = 86_400

describe('the time-lapse of the simulator', () => {
  let given: Given & { token: string }
  beforeEach(async () => {
    given = await givenSimulator()
  })
  afterEach(() => given.sim.close())

  const ask = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await given.control(method, path, body)
    return { http: answer.status, ...((await answer.json()) as Json) }
  }
  const play = (order: object) => ask('POST', '/play', order)
  const course = (key: string) => ask('GET', `/vehicles/${key}/course`)
  const car = (key = 'ex40') => given.sim.cars.get(key)

  it('plays one day in one minute and then goes on as always', async () => {
    expect(await play({ secondsPerSecond: 1440, for: day })).to.include({ playing: true, left: day, secondsPerSecond: 1440 })
    await given.clock.advance(30_000)
    expect(given.sim.now()).to.be.closeTo(noon + hours(12), minutes(7))
    await given.clock.advance(30_000)
    expect(await ask('GET', '/play')).to.deep.equal({ http: 200, playing: false, now: '2026-03-03T12:00:00.000Z' })
    await given.clock.advance(5_000)
    expect(given.sim.now()).to.equal(noon + day * 1000 + 5_000)
  })

  it('lets a car live through it: what happens in between happens at its own time', async () => {
    car().plugIn('ac')
    await play({ secondsPerSecond: 1440, for: day })
    await given.clock.advance(60_000)
    expect(car().when('charging-started')).to.be.within(noon + 3000, noon + 6000)
    // 27.5 % of 81.6 kWh at 10.7 kW.
    expect(car().when('charging-complete')).to.be.closeTo(noon + hours(2.106), minutes(1))
    const { samples } = await course('ex40')
    const between = samples.filter(({ level }: Json) => level > 62.6 && level < 89.9)
    expect(between.length).to.be.greaterThan(15)
    expect(samples.at(-1)).to.deep.include({ charging: false, plugged: true, level: 90 })
  })

  it('pauses, says what is left, goes on, and changes its pace on the way', async () => {
    await play({ secondsPerSecond: 60, for: 3600 })
    await given.clock.advance(10_000)
    const paused = await ask('DELETE', '/play')
    expect(paused).to.deep.include({ playing: false, left: 3000, now: '2026-03-02T12:10:00.000Z' })
    await given.clock.advance(60_000)
    expect(given.sim.now()).to.equal(noon + minutes(11))
    await play({ secondsPerSecond: 60, for: paused.left })
    await given.clock.advance(10_000)
    await play({ secondsPerSecond: 600, for: 1200 })
    await given.clock.advance(2_000)
    expect(await ask('GET', '/play')).to.deep.include({ playing: false })
    expect(given.sim.now()).to.equal(noon + minutes(41))
  })

  it('goes on until it is stopped when no end was given, and a reset ends it', async () => {
    await play({ secondsPerSecond: 86_400 })
    await given.clock.advance(10_000)
    expect(given.sim.now()).to.equal(noon + 10 * day * 1000)
    expect(await ask('GET', '/play'))
      .to.include({ playing: true })
      .and.not.to.have.property('left')
    await ask('POST', '/reset', {})
    expect(await ask('GET', '/play')).to.include({ playing: false })
  })

  for (const [body, field] of [
    [{}, 'secondsPerSecond'],
    [{ secondsPerSecond: 0 }, 'secondsPerSecond'],
    [{ secondsPerSecond: 1e9 }, 'secondsPerSecond'],
    [{ secondsPerSecond: 60, for: -1 }, 'for'],
    [{ secondsPerSecond: 60, until: 1 }, 'until'],
  ] as const)
    it(`names ${field} when it is asked for ${JSON.stringify(body)}`, async () => {
      expect(await play(body)).to.include({ http: 400, field })
    })

  it('gives the cars an ordinary day when that is wanted: home, onto the cable, and to work', async () => {
    await play({ secondsPerSecond: 1440, for: day, routine: true })
    await given.clock.advance(60_000)
    const did = (key: string, what: string) => car(key).history.filter((edge) => edge.what === what)
    expect(did('ex40', 'trip-started')).to.have.length(2)
    expect(did('ex40', 'plugged-in')).to.have.length(1)
    expect(did('ex40', 'unplugged')).to.have.length(1)
    expect(did('v60', 'trip-started'), 'a car without a battery').to.have.length(2)
    expect(car('moped').truth('lock.central'), 'a moped has no central lock').to.equal(undefined)
    const plugged = new Date(did('ex40', 'plugged-in')[0]!.at)
    expect(plugged.getHours()).to.equal(19)
  })

  it('leaves the cars alone when it is not', async () => {
    await play({ secondsPerSecond: 1440, for: day })
    await given.clock.advance(60_000)
    expect(car().history).to.deep.equal([])
  })

  it('counts for the chart what each car cost', async () => {
    await given.volvo(`/connected-vehicle/v2/vehicles/${car().id}/doors`)
    await given.volvo(`/connected-vehicle/v2/vehicles/${car().id}/windows`)
    await given.volvo('/connected-vehicle/v2/vehicles')
    await given.clock.advance(minutes(20))
    await given.volvo(`/energy/v2/vehicles/${car().id}/state`)
    expect((await course('ex40')).calls).to.deep.equal([
      { at: '2026-03-02T12:00:00.000Z', count: 2 },
      { at: '2026-03-02T12:15:00.000Z', count: 1 },
    ])
    expect((await course('xc60')).calls).to.deep.equal([])
  })

  it('finds a car by the id of its own cloud when it counts', async () => {
    const { access_token } = await ask('POST', '/stellantis/test-token', {})
    const headers = { authorization: `Bearer ${access_token}`, 'x-introspect-realm': 'clientsB2CPeugeot' }
    const base = `${given.sim.url}/stellantis/connectedcar/v4/user/vehicles`
    const list = (await (await fetch(`${base}?client_id=${stellantisDemo.clientId}`, { headers })).json()) as Json
    const ids = list._embedded.vehicles.map(({ id }: Json) => id) as string[]
    for (const id of ids) await fetch(`${base}/${id}/status?client_id=${stellantisDemo.clientId}`, { headers })
    expect((await course('e208')).calls).to.deep.equal([{ at: '2026-03-02T12:00:00.000Z', count: 1 }])
  })

  it('tells open pages how far it is', async () => {
    const answer = await fetch(`${given.sim.url}/sim/api/events`)
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let heard = ''
    const until = async (text: string) => {
      while (!heard.includes(text)) heard += (await reader.read()).value ?? ''
    }
    await play({ secondsPerSecond: 60, for: 60 })
    await until('"left":60')
    await given.clock.advance(1000)
    await until('"playing":false')
  })
})
