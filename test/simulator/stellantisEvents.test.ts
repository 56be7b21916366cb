import { expect } from 'chai'
import { givenReceiver, type Receiver } from './receiver'
import { givenStellantis, type GivenStellantis } from './stellantisSupport'
import type { Json } from './support'

const lowLevel = { name: 'bat1', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } }
const monitorOf = (triggers: Json[], boolExp: string, more: Json = {}) => ({
  label: 'Low',
  triggerParam: { triggers, boolExp },
  ...more,
})

describe('the simulated Stellantis tells what happens', () => {
  let given: GivenStellantis
  let receiver: Receiver
  beforeEach(async () => {
    given = await givenStellantis()
    receiver = await givenReceiver()
  })
  afterEach(async () => {
    await given.sim.close()
    await receiver.close()
  })

  const car = () => given.sim.cars.get('e208')
  const webhook = (attributes: Json[] = [{ type: 'Header', key: 'X-Vin', value: '$Vin' }]) => ({
    label: 'hook',
    type: ['Monitor', 'Remote'],
    channel: { webhook: { target: `${receiver.url}/in/secret`, name: 'hook', attributes } },
  })
  const channel = async (body: Json = webhook()): Promise<string> =>
    String((await given.v1('/channels', { method: 'POST', body })).body.channelId)
  const callback = async (): Promise<string> => {
    const { channel: carrier, ...rest } = webhook([{ type: 'Body', key: 'vin', value: '$vin' }])
    return String((await given.v4('/callbacks', { method: 'POST', body: { ...rest, callback: carrier } })).body.callbackId)
  }
  /** A monitor of v1 that watches the e-208. */
  const monitor = async (chId: string, body: Json): Promise<string> => {
    const headers = { 'x-cvs-scope': `VIN:${given.vinOf('e208')}` }
    const made = await given.v1(`/channels/${chId}/monitors`, { method: 'POST', body, headers })
    expect(made.status, JSON.stringify(made.body)).to.equal(202)
    return String(made.body.monitorId)
  }
  /** Once nothing is on its way any more. */
  const settled = async () => {
    while (given.sim.stellantis.deliveries.outbox.waiting) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Once the cloud knows what became of so many attempts. */
  const attempts = async (count: number) => {
    while (given.sim.stellantis.deliveries.outbox.attempts.length < count) await new Promise((resolve) => setImmediate(resolve))
  }

  describe('channels and callbacks', () => {
    it('makes, shows, changes, pauses and deletes', async () => {
      const made = await given.v1('/channels', { method: 'POST', body: webhook() })
      expect(made.status).to.equal(200)
      const path = `/channels/${made.body.channelId}`
      expect((await given.v1(path)).body.subscribe).to.deep.equal(webhook())
      expect((await given.v1('/channels?types=Monitor')).body.total).to.equal(1)
      expect((await given.v1(path, { method: 'PUT', body: { ...webhook(), label: 'other' } })).status).to.equal(202)
      expect((await given.v1(path)).body.subscribe.label).to.equal('other')
      expect((await given.v1(`${path}/status`, { method: 'PUT', body: { status: 'Paused' } })).body.status).to.equal('Paused')
      expect((await given.v1(`${path}/status`, { method: 'PUT', body: { status: 'Failed' } })).status).to.equal(400)
      expect((await given.v1(path, { method: 'DELETE' })).status).to.equal(204)
      expect((await given.v1(path)).status).to.equal(404)
    })

    it('refuses what is no channel, and another kind of transport afterwards', async () => {
      const refused = async (body: Json, path = '/channels', method = 'POST') =>
        expect((await given.v1(path, { method, body })).status, JSON.stringify(body)).to.equal(400)
      const id = await channel()
      await refused({ label: 'none' })
      await refused({ channel: {} })
      await refused({ channel: { ...webhook().channel, pushnotif: { devices: ['a'] } } })
      await refused({ channel: { pushnotif: { devices: [] } } })
      await refused({ channel: { pushnotif: { devices: [' '] } } })
      await refused({ channel: { webhook: { target: 'ftp://x', name: 'n' } } })
      await refused({ channel: { webhook: { target: receiver.url } } })
      await refused({ channel: { websocket: { target: receiver.url } } })
      await refused({ ...webhook(), type: ['News'] })
      await refused(webhook([{ type: 'Body', key: 'vin', value: '$Vin' }]))
      await refused({ channel: { pushnotif: { devices: ['a'] } } }, `/channels/${id}`, 'PUT')
      given.sim.stellantis.settings.strict = false
      expect(
        (await given.v1('/channels', { method: 'POST', body: webhook([{ type: 'Body', key: 'v', value: 'x' }]) })).status,
      ).to.equal(200)
      const bare = { label: 'x', callback: { webhook: { target: receiver.url, name: 'n' } } }
      expect((await given.v4('/callbacks', { method: 'POST', body: bare })).status).to.equal(400)
    })

    it('has room for five, and keeps those of one caller from others', async () => {
      for (let count = 0; count < 5; count++) await channel()
      expect((await given.v1('/channels', { method: 'POST', body: webhook() })).status).to.equal(400)
      const others = await given.byHeaders('/channels', { headers: { 'x-cvs-user-id': 'AC-ACNT200000000002' } })
      expect(others.body.total).to.equal(0)
      expect((await given.v4('/callbacks')).body.total).to.equal(0)
    })

    it('lets a channel of v1 go only when nothing runs on it; v4 takes its monitors along', async () => {
      const id = await channel()
      const mid = await monitor(id, monitorOf([lowLevel], 'bat1'))
      expect((await given.v1(`/channels/${id}`, { method: 'DELETE' })).status).to.equal(400)
      await given.v1(`/channels/${id}/monitors/${mid}/status`, { method: 'PUT', body: { status: 'Paused' } })
      expect((await given.v1(`/channels/${id}`, { method: 'DELETE' })).status).to.equal(204)

      const cb = await callback()
      const vehicle = await given.idOf('e208')
      await given.v4(`/vehicles/${vehicle}/callbacks/${cb}/monitors`, { method: 'POST', body: monitorOf([lowLevel], 'bat1') })
      expect((await given.v4(`/callbacks/${cb}`, { method: 'DELETE' })).status).to.equal(204)
      expect(given.sim.stellantis.monitors.all()).to.deep.equal([])
    })

    it('counts a push channel as failed when the last phone is gone', async () => {
      const body = {
        label: 'phone',
        channel: { pushnotif: { devices: ['phone-1'], attributes: [{ key: 'vehicle', value: '$Vin' }] } },
      }
      const id = await channel(body)
      await monitor(id, monitorOf([lowLevel], 'bat1'))
      car().set('battery.stateOfCharge', 15)
      const [push] = (await given.control('GET', '/stellantis/pushes')).body as unknown as Json[]
      expect(push).to.deep.include({ name: 'phone', token: 'phone-1' })
      expect(push!.data.vehicle).to.equal(given.vinOf('e208'))
      expect(JSON.parse(Buffer.from(String(push!.data.message), 'base64').toString())).to.deep.include({
        channelId: id,
        type: 'Monitor',
      })
      await given.control('POST', '/stellantis/unregister', { device: 'phone-1' })
      expect((await given.v1(`/channels/${id}`)).body.status).to.equal('Failed')
    })
  })

  describe('monitors', () => {
    it('makes, shows, changes, pauses and deletes', async () => {
      const id = await channel()
      const mid = await monitor(id, monitorOf([lowLevel], 'bat1'))
      const path = `/channels/${id}/monitors/${mid}`
      const shown = await given.v1(path)
      expect(shown.body.status).to.deep.equal({ status: 'Running' })
      expect(shown.body.monitor).to.deep.equal(monitorOf([lowLevel], 'bat1'))
      expect((await given.v1(`${path}/handles`)).body._embedded.vehicleIds).to.deep.equal([given.vinOf('e208')])
      const added = await given.v1(`${path}/handles`, {
        method: 'PUT',
        body: { action: 'Add', vehicleIds: [given.vinOf('p3008')] },
      })
      expect(added.status).to.equal(202)
      expect(added.body.handled.vehicleIds).to.have.length(2)
      const foreign = await given.v1(`${path}/handles`, {
        method: 'PUT',
        body: { action: 'Add', vehicleIds: [given.vinOf('ec4')] },
      })
      expect(foreign.status).to.equal(403)
      const put = await given.v1(path, { method: 'PUT', body: { ...monitorOf([lowLevel], 'bat1'), label: 'New' } })
      expect(put.status).to.equal(202)
      expect((await given.v1(`/channels/${id}/monitors`)).body._embedded.monitors[0].monitor.label).to.equal('New')
      expect((await given.v1(path, { method: 'DELETE' })).status).to.equal(204)
      expect((await given.v1(path)).status).to.equal(404)
    })

    it('has room for five in an account of v1, for five at a car in v4, and for one with a setting', async () => {
      const id = await channel()
      const setting = monitorOf([{ name: 's1', setting: { type: 'DigitalKey' } }], '(s1)')
      await monitor(id, setting)
      expect((await given.v1(`/channels/${id}/monitors`, { method: 'POST', body: setting })).status).to.equal(400)
      for (let count = 1; count < 5; count++) await monitor(id, monitorOf([lowLevel], 'bat1'))
      expect(
        (await given.v1(`/channels/${id}/monitors`, { method: 'POST', body: monitorOf([lowLevel], 'bat1') })).status,
      ).to.equal(400)
      const cb = await callback()
      const make = async (key: string) =>
        (
          await given.v4(`/vehicles/${await given.idOf(key)}/callbacks/${cb}/monitors`, {
            method: 'POST',
            body: monitorOf([lowLevel], 'bat1'),
          })
        ).status
      for (let count = 0; count < 5; count++) expect(await make('e208')).to.equal(202)
      expect(await make('e208')).to.equal(400)
      expect(await make('p3008')).to.equal(202)
    })

    it('says why it refuses one', async () => {
      const id = await channel()
      const answer = await given.v1(`/channels/${id}/monitors`, { method: 'POST', body: monitorOf([lowLevel], 'bat1 | !bat1') })
      expect(answer.status).to.equal(400)
      expect(answer.body.message).to.equal('boolExp is always true')
    })

    it('wants the scope of the data that is watched', async () => {
      const { body } = await given.control('POST', '/stellantis/test-token', {
        scopes: ['channel:write', 'monitor:write', 'data:vehicle'],
      })
      const token = String(body.access_token)
      const id = String((await given.v1('/channels', { method: 'POST', body: webhook(), token })).body.channelId)
      expect(
        (await given.v1(`/channels/${id}/monitors`, { method: 'POST', body: monitorOf([lowLevel], 'bat1'), token })).status,
      ).to.equal(403)
    })

    it('posts an event with its attributes, values and extra data', async () => {
      const id = await channel(
        webhook([
          { type: 'Header', key: 'X-Vin', value: '$Vin' },
          { type: 'Header', key: 'Authorization', value: 'Bearer own' },
          { type: 'Query', key: 'ch', value: '$ChannelId' },
        ]),
      )
      const mid = await monitor(
        id,
        monitorOf([lowLevel], 'bat1', {
          subscribeParam: {
            refreshEvent: 60,
            channelAttributes: { webhook: [{ type: 'Header', key: 'Authorization', value: 'Bearer other' }] },
          },
          attributes: [
            { type: 'Body', key: 'mid', value: '$MonitorID' },
            { key: 'name', value: '$MonitorLabel' },
          ],
          extendedEventParam: [
            'vehicle.position',
            'vehicle.doorsState',
            'vehicle.alerts.active',
            'vehicle.telemetry.environment',
          ],
        }),
      )
      car().alert('OilLevelLow')
      car().set('battery.stateOfCharge', 19.5)
      const [event] = await receiver.until(1)
      expect(event!.path).to.equal(`/in/secret?ch=${id}`)
      expect(event!.headers).to.deep.include({
        'x-vin': given.vinOf('e208'),
        authorization: 'Bearer other',
        'content-type': 'application/json',
      })
      expect(event!.body).to.deep.include({
        channelId: id,
        type: 'Monitor',
        attributes: [
          { key: 'mid', value: mid },
          { key: 'name', value: 'Low' },
        ],
      })
      expect(JSON.stringify(event!.body)).to.not.contain(`"vin"`)
      const { data } = event!.body.monitorEvent
      expect(data.refresh).to.equal(false)
      expect(data.values).to.deep.equal([{ data: 'vehicle.energy.electric.level', value: '19.5' }])
      const bodies = Object.fromEntries(
        (data.extensions as Json[]).map(({ type, body }) => [type as string, (body as Json[])[0]!]),
      )
      expect(bodies['vehicle.position']!.position.geometry.coordinates).to.deep.equal([2.2088, 48.8049, 161])
      expect(bodies['vehicle.doorsState']!.doorState.lockedState).to.deep.equal(['Locked'])
      expect(bodies['vehicle.alerts.active']!.alerts[0].type).to.equal('OilLevelLow')
      expect(bodies['vehicle.telemetry.environment']!.telemetry.environment.air.temp).to.equal(16.5)
    })

    it('posts in the older form of v4, with the VIN where it was asked for', async () => {
      const cb = await callback()
      const alert = { name: 'a1', data: { data: 'vehicle.alert', op: 'includedIn', value: ['FuelLevelLow', 'OilLevelLow'] } }
      const made = await given.v4(`/vehicles/${await given.idOf('e208')}/callbacks/${cb}/monitors`, {
        method: 'POST',
        body: monitorOf([alert], 'a1', { attributes: [{ type: 'Header', key: 'X-Monitor', value: '$MonitorID' }] }),
      })
      car().alert('OilLevelLow')
      const [event] = await receiver.until(1)
      expect(event!.headers['x-monitor']).to.equal(made.body.monitorId)
      expect(event!.body.attributes).to.deep.equal([{ key: 'vin', value: given.vinOf('e208') }])
      const [value] = event!.body.monitorEvent.values as Json[]
      expect(value).to.deep.include({ data: 'vehicle.alert' })
      expect(value!.value.type).to.equal('obj.alert')
      expect(value!.value.body.objectValues[0]).to.deep.include({ type: 'OilLevelLow', active: true })
    })

    it('tells what was before where previous was asked for', async () => {
      const id = await channel()
      const finished = {
        name: 'c1',
        data: {
          data: 'vehicle.energy.charging.plugged',
          op: 'equalsTo',
          value: ['true'],
          previous: { op: 'equalsTo', value: ['false'] },
        },
      }
      await monitor(id, monitorOf([finished], 'c1'))
      car().plugIn('ac')
      const [event] = await receiver.until(1)
      expect(event!.body.monitorEvent.data.values).to.deep.equal([
        { data: 'vehicle.energy.charging.plugged', value: 'true', previous: 'false' },
      ])
    })

    it('watches a car that drives out of a zone', async () => {
      const id = await channel()
      const zone = {
        name: 'z1',
        zone: { transition: 'Out', place: { radius: 2, center: { longitude: 2.2088, latitude: 48.8049 } } },
      }
      await monitor(id, monitorOf([zone], 'z1', { extendedEventParam: ['vehicle.position'] }))
      car().drive({ to: { latitude: 48.86, longitude: 2.34 } })
      car().tick(60)
      expect(receiver.received).to.have.length(0)
      car().tick(300)
      const [event] = await receiver.until(1)
      expect(event!.body.monitorEvent.data.values).to.deep.equal([])
      expect(given.sim.stellantis.monitors.all()).to.have.length(1)
    })

    it('says nothing while monitor or channel is paused', async () => {
      const id = await channel()
      const mid = await monitor(id, monitorOf([lowLevel], 'bat1'))
      await given.v1(`/channels/${id}/monitors/${mid}/status`, { method: 'PUT', body: { status: 'Paused' } })
      car().set('battery.stateOfCharge', 15)
      car().set('battery.stateOfCharge', 50)
      await given.v1(`/channels/${id}/monitors/${mid}/status`, { method: 'PUT', body: { status: 'Running' } })
      await given.v1(`/channels/${id}/status`, { method: 'PUT', body: { status: 'Paused' } })
      car().set('battery.stateOfCharge', 14)
      car().set('battery.stateOfCharge', 50)
      await given.v1(`/channels/${id}/status`, { method: 'PUT', body: { status: 'Running' } })
      car().set('battery.stateOfCharge', 13)
      await receiver.until(1)
      await settled()
      expect(receiver.received.map(({ body }) => body.monitorEvent.data.values[0].value as string)).to.deep.equal(['13'])
    })

    it('does what the monitor says: a remote to the car, a pause of itself', async () => {
      const id = await channel()
      const actions = [
        {
          type: 'Remote',
          remoteAction: { ChannelId: id, remote: { label: 'auto', action: { lights: { state: 'Activated' } } } },
        },
        { type: 'Monitor', monitorAction: { changeType: 'Pause' } },
        { type: 'Notify' },
      ]
      const mid = await monitor(id, monitorOf([lowLevel], 'bat1', { onEvent: { actions } }))
      car().set('battery.stateOfCharge', 15)
      const events = await receiver.until(4)
      expect(events.map(({ body }) => body.type as string).sort()).to.deep.equal(['Monitor', 'Remote', 'Remote', 'Remote'])
      expect(car().when('flashed')).to.be.a('number')
      expect((await given.v1(`/channels/${id}/monitors/${mid}`)).body.status).to.deep.equal({ status: 'Paused' })
    })

    it('tells of a digital key when that is watched', async () => {
      const id = await channel()
      await monitor(id, monitorOf([{ name: 's1', setting: { type: 'DigitalKey' } }], '(s1)'))
      expect((await given.control('POST', '/stellantis/setting', { vehicle: 'e208' })).body).to.deep.equal({ monitors: 1 })
      const [event] = await receiver.until(1)
      expect(event!.body.monitorEvent.settings.event.digitalKey.status).to.equal('OwnerPairingCompleted')
    })

    it('sends the deprecated form of v1, the same message twice or none when asked to', async () => {
      const id = await channel()
      await monitor(id, monitorOf([{ name: 'o1', data: { data: 'vehicle.doorsState.lockedState', op: 'onChange' } }], 'o1'))
      given.sim.faults.add({ provider: 'stellantis', kind: 'old-message' })
      car().unlock()
      await receiver.until(1)
      expect(receiver.received[0]!.body.monitorEvent.values[0].value.type).to.equal('string')
      given.sim.faults.add({ provider: 'stellantis', kind: 'no-delivery' })
      car().lock()
      given.sim.faults.add({ provider: 'stellantis', kind: 'duplicate-delivery' })
      car().unlock()
      await receiver.until(3)
      await settled()
      expect(receiver.received).to.have.length(3)
      expect(receiver.received[1]!.body).to.deep.equal(receiver.received[2]!.body)
    })
  })

  describe('delivery', () => {
    const everyLock = monitorOf([{ name: 'o1', data: { data: 'vehicle.doorsState.lockedState', op: 'onChange' } }], 'o1')

    it('tries again each ten seconds, then sends what has piled up as an array without headers', async () => {
      const id = await channel(
        webhook([
          { type: 'Header', key: 'X-Vin', value: '$Vin' },
          { type: 'Query', key: 'q', value: '1' },
        ]),
      )
      await monitor(id, everyLock)
      receiver.answer = 500
      car().unlock()
      await attempts(1)
      await given.clock.advance(10_000)
      await attempts(2)
      car().lock()
      car().unlock()
      receiver.answer = 200
      await given.clock.advance(10_000)
      await receiver.until(3)
      await settled()
      const [first, second, third] = receiver.received
      expect(first!.headers['x-vin']).to.equal(given.vinOf('e208'))
      for (const batch of [second, third]) {
        expect(batch!.headers).to.not.have.property('x-vin')
        expect(batch!.path).to.equal('/in/secret')
      }
      expect(second!.body).to.deep.equal([first!.body])
      const dates = (third!.body as unknown as Json[]).map(({ date }) => String(date))
      expect(dates).to.have.length(3)
      expect(dates).to.deep.equal([...dates].sort())
      car().lock()
      await receiver.until(4)
      expect(receiver.received[3]!.headers['x-vin']).to.equal(given.vinOf('e208'))
    })

    it('gives up after 72 hours', async () => {
      await monitor(await channel(), everyLock)
      receiver.answer = 500
      car().unlock()
      await attempts(1)
      await given.sim.advance(73 * 3600)
      await settled()
      expect(receiver.received).to.have.length(1)
    })

    it('makes batches of a hundred', async () => {
      await monitor(await channel(), everyLock)
      receiver.answer = 500
      car().unlock()
      await attempts(1)
      for (let count = 0; count < 120; count++) count % 2 ? car().unlock() : car().lock()
      receiver.answer = 200
      await given.clock.advance(10_000)
      await receiver.until(3)
      await settled()
      expect(receiver.received.map(({ body }) => (Array.isArray(body) ? body.length : 1))).to.deep.equal([1, 100, 21])
    })

    it('opens a socket towards a receiver that wants one', async () => {
      const id = await channel({
        label: 'socket',
        channel: {
          websocket: { target: `${receiver.socketUrl}/in`, attributes: [{ type: 'Header', key: 'X-Vin', value: '$Vin' }] },
        },
      })
      await monitor(id, everyLock)
      car().unlock()
      car().lock()
      const events = await receiver.until(2)
      expect(events[0]!.headers['x-vin']).to.equal(given.vinOf('e208'))
      expect(events.map(({ body }) => body.channelId as string)).to.deep.equal([id, id])
    })

    it('goes on with a socket that was away', async () => {
      const { port } = new URL(receiver.url)
      await receiver.close()
      await monitor(await channel({ label: 's', channel: { websocket: { target: `ws://127.0.0.1:${port}/in` } } }), everyLock)
      car().unlock()
      const { outbox } = given.sim.stellantis.deliveries
      await attempts(1)
      expect(outbox.attempts[0]!.status).to.equal(0)
      expect(outbox.waiting).to.equal(1)
      receiver = await givenReceiver()
      const [one] = given.sim.stellantis.channels.all()
      given.sim.stellantis.channels.replace(one!, { channel: { websocket: { target: `${receiver.socketUrl}/in` } } })
      await given.clock.advance(10_000)
      const [batch] = await receiver.until(1)
      expect(batch!.body).to.have.length(1)
    })
  })
})
