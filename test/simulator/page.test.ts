import { expect } from 'chai'
import { tick } from '../support/clock'
import { givenSimulator, type Given, type Json } from './support'

describe('what the page of the simulator stands on', () => {
  let given: Given & { token: string }
  beforeEach(async () => {
    given = await givenSimulator({ fleet: 120 })
  })
  afterEach(() => given.sim.close())

  const get = (path: string) => given.control('GET', path)
  const ask = async (path: string): Promise<Json> => (await get(path)).json() as Promise<Json>
  const add = (count: number) => {
    for (let number = 1; number <= count; number++)
      given.sim.cars.add({ like: 'ex30', key: `more-${number}`, vin: `YV1ZZZEX3S10${String(number).padStart(5, '0')}` })
  }

  it('comes whole from here, and the browser is told to take nothing from elsewhere', async () => {
    const answer = await fetch(`${given.sim.url}/sim/`)
    expect(answer.headers.get('content-security-policy')).to.contain("default-src 'self'")
    const loaded = new Map<string, string>()
    const load = async (name: string) => {
      if (loaded.has(name)) return
      const file = await fetch(`${given.sim.url}/sim/page/${name}`)
      expect(file.status, name).to.equal(200)
      expect(file.headers.get('content-type')).to.contain(name.endsWith('css') ? 'text/css' : 'text/javascript')
      const text = await file.text()
      loaded.set(name, text)
      for (const [, other] of text.matchAll(/from '\.\/([\w.]+)'/g)) await load(other!)
    }
    for (const [, name] of (await answer.text()).matchAll(/(?:src|href)="page\/([\w.]+)"/g)) await load(name!)
    expect([...loaded.keys()]).to.include.members(['page.css', 'main.mjs', 'card.mjs', 'chart.mjs'])
    for (const text of loaded.values()) expect(text).not.to.match(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
  })

  it('gives nothing away that is no part of the page', async () => {
    for (const path of ['..%2Fpage.ts', '..%2F..%2F..%2Fpackage.json', 'nothing.mjs', '.']) {
      const { status } = await fetch(`${given.sim.url}/sim/page/${path}`)
      expect(status, path).to.equal(404)
    }
  })

  it('lists all cars and the fleet behind them, unless fewer are wanted', async () => {
    const answer = await get('/vehicles')
    expect(answer.headers.get('x-total-count')).to.equal('134')
    const all = (await answer.json()) as Json[]
    expect(new Set(all.map(({ key }) => key as string)).size).to.equal(134)
    expect(all.filter(({ fleet }) => fleet === true)).to.have.length(120)
    expect(await ask('/vehicles?fleet=false')).to.have.length(14)
    expect(await ask('/vehicles?provider=volvo')).to.satisfy((some: Json[]) => some.every(({ provider }) => provider === 'volvo'))
    const pages = await Promise.all([0, 50, 100].map((offset) => ask(`/vehicles?limit=50&offset=${offset}`)))
    expect(pages.flat()).to.deep.equal(all)
  })

  it('shows a vehicle of the fleet as it shows a car, and says where it is changed', async () => {
    const [shown] = (await ask('/vehicles?q=b-fl%20117')) as Json[]
    const { id, custom_name } = (await ask('/invers/vehicles?q=b-fl%20117')).vehicles.map((vehicle: Json) => ({
      id: vehicle.id,
      ...vehicle.master_data,
    }))[0]
    expect(shown).to.include({ key: id, name: custom_name, provider: 'invers', plate: 'B-FL 117', fleet: true })
    expect(shown!.state).to.include({ 'lock.central': 'locked' }).and.to.include.keys('vehicle.odometer', 'position.location')
    expect(await ask(`/vehicles/${encodeURIComponent(id)}`)).to.deep.equal(shown)
    const refused = await given.control('POST', `/vehicles/${encodeURIComponent(id)}/plug-in`, {})
    expect(refused.status).to.equal(409)
  })

  it('finds some of thousands of cars, page by page', async () => {
    add(2000)
    const first = await get('/vehicles?q=more&limit=24&offset=0')
    expect(first.headers.get('x-total-count')).to.equal('2000')
    expect(((await first.json()) as Json).map(({ key }: Json) => key))
      .to.include('more-1')
      .and.have.length(24)
    expect((await ask('/vehicles?q=more&limit=24&offset=1990')).map(({ key }: Json) => key))
      .to.include('more-2000')
      .and.have.length(10)
    expect((await ask('/vehicles?q=MORE-77')).map(({ key }: Json) => key)).to.include('more-77')
    expect((await ask('/vehicles?provider=invers&fleet=false')).map(({ key }: Json) => key)).to.deep.equal([
      'city',
      'van',
      'moped',
      'maker',
    ])
    expect((await ask('/vehicles?q=B-SIM%202')).map(({ key }: Json) => key)).to.deep.equal(['van'])
    expect((await get('/vehicles?limit=none')).status).to.equal(400)
  })

  it('lists the fleet in pages and finds a vehicle in it', async () => {
    const first = await ask('/invers/vehicles?limit=50')
    expect(first).to.include({ total: 120, next: 50 })
    expect(first.vehicles).to.have.length(50)
    const last = await ask('/invers/vehicles?limit=50&offset=100')
    expect(last.vehicles).to.have.length(20)
    expect(last).not.to.have.property('next')
    expect((await ask('/invers/vehicles?q=B-FL%20117')).vehicles).to.have.length(1)
  })

  it('tells a page only of the cars that it shows', async () => {
    const answer = await fetch(`${given.sim.url}/sim/api/events?cars=xc60,v60`)
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let heard = ''
    const until = async (text: string) => {
      while (!heard.includes(text)) heard += (await reader.read()).value ?? ''
    }
    await until('hello')
    given.sim.cars.get('ex40').plugIn('ac')
    await tick()
    given.sim.cars.get('xc60').plugIn('ac')
    await until('"key":"xc60"')
    expect(heard).not.to.contain('"key":"ex40"')
  })

  it('keeps nothing back for a page that takes nothing, and tells it to look again when it does', async () => {
    const answer = await fetch(`${given.sim.url}/sim/api/events`)
    const car = given.sim.cars.get('ex40')
    for (let change = 0; change < 4000; change++) {
      car.set('vehicle.odometer', 30_000 + change)
      await tick()
    }
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let heard = ''
    while (!heard.includes('event: again')) heard += (await reader.read()).value ?? ''
    expect(heard.match(/event: vehicle/g)).to.have.length.lessThan(4000)
  })

  it('says what can be chosen: signals, alerts, places, and the faults of every cloud', async () => {
    const choices = await ask('/choices')
    expect(choices.places).to.include('home')
    expect(choices.alerts).to.include('service-due')
    expect(choices.signals).to.deep.include({ id: 'battery.stateOfCharge', label: 'State of charge', type: 'number', unit: '%' })
    for (const provider of ['volvo', 'stellantis', 'invers']) {
      expect(choices.faults[provider].all, provider).to.include('timeout')
      for (const kind of choices.faults[provider].all as string[]) {
        const answer = await given.control('POST', '/faults', { provider, kind, status: 500 })
        expect(answer.status, `${provider} ${kind}`).to.equal(200)
      }
    }
  })

  it('takes one fault away and leaves the others', async () => {
    const one = (await (await given.control('POST', '/faults', { provider: 'volvo', kind: '500' })).json()) as Json
    await given.control('POST', '/faults', { provider: 'invers', kind: '503' })
    const rest = (await (await given.control('DELETE', `/faults/${one.id}`)).json()) as Json
    expect(rest.map(({ kind }: Json) => kind)).to.deep.equal(['503'])
    expect((await given.control('DELETE', `/faults/${one.id}`)).status).to.equal(404)
  })
})
