import { expect } from 'chai'
import type { MonitorWanted } from '../../../src/providers/monitors'
import { DrivewayError } from '../../../src/vehicle/causes'
import { carId, givenStellantis, page, vin } from './scripted'

const secret = { name: 'X-Driveway-Secret', value: 's3cret' }
const hook = {
  label: 'Driveway #dw-0a1b2c3d',
  transport: 'webhook',
  target: 'https://my.invalid/driveway/hooks/a/b',
  header: secret,
} as const
const socket = { label: 'Socket #dw-0a1b2c3d', transport: 'websocket', target: 'wss://my.invalid/driveway/hooks/a/b' } as const
const push = { label: 'Push #dw-0a1b2c3d', transport: 'push', devices: ['device-1'] } as const

const wanted: MonitorWanted = {
  label: 'Low battery #dw-0a1b2c3d',
  triggers: [
    { name: 'bat1', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } },
    { name: 'home1', zone: { transition: 'Out', place: { radius: 2, center: { longitude: 2.3412, latitude: 48.8611 } } } },
    {
      name: 't1',
      time: {
        times: [{ recurrence: 'Daily', start: 'PT22H', duration: 'PT7H', occurrence: { day: ['Mon'] } }],
        timeZone: 'Europe/Rome',
      },
    },
    { name: 'lock1', data: { data: 'vehicle.doorsState.lockedState', op: 'onChange' } },
  ],
  boolExp: 'bat1 & home1 & t1 | lock1',
  refreshEvery: 600,
  extend: ['vehicle.position'],
  actions: [],
  vehicles: [vin],
}

const isDone = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DrivewayError ? error.code : String(error)),
  )

const open: { cloud: { close(): Promise<void> } }[] = []

async function given(api: 'v4' | 'v1', own: Record<string, string> = {}) {
  const home = await givenStellantis({ api, own })
  const { cloud, provider, abort, go } = home
  const key = api === 'v1' ? '' : '?client_id=id-1'
  const channels = api === 'v1' ? '/accounts/channels' : '/user/callbacks'
  const monitors = api === 'v1' ? `${channels}/ch1/monitors` : `/user/vehicles/${carId}/callbacks/ch1/monitors`
  const { monitors: service } = provider
  const found = {
    ...home,
    channels,
    monitors,
    on: (call: string, ...answers: Parameters<typeof cloud.on>[1][]) => cloud.on(`${call}${key}`, ...answers),
    service,
    signal: abort.signal,
    does: <T>(work: Promise<T>) => go(work),
    /** What was sent by this call, in order. */
    sent: (call: string): unknown[] =>
      cloud.seen
        .filter(({ method, path }) => `${method} ${path}` === `${call}${key}`)
        .map(({ body }) => (body === '' ? undefined : (JSON.parse(body) as unknown))),
  }
  open.push(found)
  return found
}

afterEach(async () => {
  for (const { cloud } of open.splice(0)) await cloud.close()
})

describe('Channels in the cloud of Stellantis', () => {
  it('v1: are asked for with a name, the secret and a variable for the car', async () => {
    const { service, does, on, sent, signal, channels } = await given('v1')
    on(`POST ${channels}`, { body: { channelId: 'ch1', status: 'Running' } })
    expect(await does(service.createChannel(hook, signal))).to.deep.equal({
      id: 'ch1',
      label: hook.label,
      transport: 'webhook',
      target: hook.target,
      status: 'running',
    })
    await does(service.createChannel(socket, signal))
    await does(service.createChannel(push, signal))
    const vehicle = { type: 'Header', key: 'X-Driveway-Vehicle', value: '$Vin' }
    expect(sent(`POST ${channels}`)).to.deep.equal([
      {
        label: hook.label,
        channel: {
          webhook: {
            target: hook.target,
            name: hook.label,
            attributes: [vehicle, { type: 'Header', key: 'X-Driveway-Secret', value: 's3cret' }],
          },
        },
      },
      { label: socket.label, channel: { websocket: { target: socket.target, attributes: [vehicle] } } },
      { label: push.label, channel: { pushnotif: { devices: ['device-1'], attributes: [vehicle] } } },
    ])
  })

  it('v4: name the car in the body too, which batches keep', async () => {
    const { service, does, on, sent, signal, channels } = await given('v4')
    on(`POST ${channels}`, {
      body: { _links: { callback: { href: 'https://x.invalid/user/callbacks/cb%207' } }, status: 'Running' },
    })
    expect(await does(service.createChannel(hook, signal)), 'an id that only the link tells').to.include({ id: 'cb 7' })
    await does(service.createChannel(socket, signal))
    const inBody = { type: 'Body', key: 'vin', value: '$vin' }
    expect(sent(`POST ${channels}`)).to.deep.equal([
      {
        label: hook.label,
        callback: {
          webhook: {
            target: hook.target,
            name: hook.label,
            attributes: [
              { type: 'Header', key: 'X-Driveway-Vehicle', value: '$vin' },
              { type: 'Header', key: 'X-Driveway-Secret', value: 's3cret' },
              inBody,
            ],
          },
        },
      },
      { label: socket.label, callback: { websocket: { target: socket.target, attributes: [inBody] } } },
    ])
  })

  it('are listed whoever made them, with what is known of each', async () => {
    const { service, does, on, signal, channels } = await given('v1')
    const items = [
      { id: 'a', status: 'Running', subscribe: { label: 'one', channel: { webhook: { target: 'https://a.invalid' } } } },
      { id: 'b', status: { status: 'Paused' }, subscribe: { label: 'two', channel: { pushnotif: { devices: ['x'] } } } },
      { channelId: 'c', status: 'Failed', label: 'three' },
      { _links: { self: { href: 'https://x.invalid/accounts/channels/d' } }, status: 'Created' },
      { status: 'Running' },
      'odd',
    ]
    on(`GET ${channels}`, page('channels', items))
    expect(await does(service.channels(signal))).to.deep.equal([
      { id: 'a', label: 'one', transport: 'webhook', target: 'https://a.invalid', status: 'running' },
      { id: 'b', label: 'two', transport: 'push', status: 'paused' },
      { id: 'c', label: 'three', transport: 'unknown', status: 'failed' },
      { id: 'd', label: '', transport: 'unknown', status: 'running' },
    ])
  })

  for (const api of ['v1', 'v4'] as const)
    it(`${api}: are changed, paused, resumed and removed; one that is gone counts as removed`, async () => {
      const { service, does, on, sent, signal, channels } = await given(api)
      on(`PUT ${channels}/ch1`, { status: 202, body: {} })
      on(`PUT ${channels}/ch1/status`, { status: 202, body: {} })
      on(`DELETE ${channels}/ch1`, { status: 204, body: '' })
      await does(service.updateChannel('ch1', hook, signal))
      await does(service.setChannel('ch1', 'paused', signal))
      await does(service.setChannel('ch1', 'running', signal))
      await does(service.removeChannel('ch1', signal))
      expect(sent(`PUT ${channels}/ch1`)[0]).to.have.property('label', hook.label)
      expect(sent(`PUT ${channels}/ch1/status`)).to.deep.equal([{ status: 'Paused' }, { status: 'Running' }])
      on(`DELETE ${channels}/ch1`, { status: 404, body: { name: 'NOT_FOUND', debug: 'ERROR_1', message: 'x' } })
      expect(await isDone(does(service.removeChannel('ch1', signal)))).to.equal('done')
      on(`DELETE ${channels}/ch1`, { status: 400, body: { name: 'BAD_REQUEST', debug: 'ERROR_1', message: 'in use' } })
      expect(await isDone(does(service.removeChannel('ch1', signal)))).to.equal('BUSY')
    })

  it('that do not fit any more are refused with the names of those that are there', async () => {
    const { service, does, on, signal, channels } = await given('v1')
    on(`POST ${channels}`, { status: 400, body: { name: 'BAD_REQUEST', debug: 'ERROR_1', message: 'x' } })
    const item = (n: number) => ({ id: `${n}`, subscribe: { label: `No. ${n}`, channel: {} } })
    on(`GET ${channels}`, page('channels', [1, 2, 3, 4, 5].map(item)))
    const error = await does(service.createChannel(hook, signal)).catch((one: unknown) => one as DrivewayError)
    expect(error).to.include({ code: 'CONFLICT' })
    expect((error as DrivewayError).message).to.include('"No. 1", "No. 2"')
    on(`GET ${channels}`, page('channels', [item(1)]))
    expect(await isDone(does(service.createChannel(hook, signal))), 'there is room: the request was bad').to.equal(
      'INVALID_PARAMS',
    )
  })
})

describe('Monitors in the cloud of Stellantis', () => {
  const posted = {
    label: wanted.label,
    subscribeParam: { refreshEvent: 600 },
    attributes: [
      { type: 'Body', key: 'monitor', value: '$MonitorLabel' },
      { type: 'Body', key: 'monitorId', value: '$MonitorID' },
    ],
    extendedEventParam: ['vehicle.position'],
    triggerParam: {
      triggers: [
        wanted.triggers[0],
        wanted.triggers[1],
        {
          name: 't1',
          time: {
            times: [{ recurrence: 'Daily', start: 'PT22H', duration: 'PT7H', occurrence: { day: ['Mon'] } }],
            timeZone: 'Europe/Rome',
          },
        },
        { name: 'lock1', data: { data: 'vehicle.doorsState.lockedState', op: 'onChange' } },
      ],
      boolExp: 'bat1 & home1 & t1 | lock1',
    },
  }
  const inV4 = JSON.parse(JSON.stringify(posted).replace('occurrence', 'occurence')) as typeof posted

  it('v1: are made below the channel and attached to their cars', async () => {
    const { service, does, on, sent, signal, monitors, cloud } = await given('v1')
    on(`POST ${monitors}`, { status: 202, body: { monitorId: 'm1', status: 'Running' } })
    on(`GET ${monitors}/m1/handles?pageSize=500`, { body: { _embedded: { vehicleIds: ['VR3OTHER'] } } })
    on(`PUT ${monitors}/m1/handles`, { status: 202, body: {} })
    const made = await does(service.create('ch1', { ...wanted, vehicles: [vin, 'VR3SECOND'] }, signal))
    expect(made).to.deep.equal({
      channelId: 'ch1',
      monitorId: 'm1',
      label: wanted.label,
      status: 'running',
      fingerprint: service.fingerprint(wanted),
      vehicles: [vin, 'VR3SECOND'],
    })
    expect(sent(`POST ${monitors}`)).to.deep.equal([posted])
    expect(sent(`PUT ${monitors}/m1/handles`)).to.deep.equal([
      { action: 'Add', vehicleIds: [vin, 'VR3SECOND'] },
      { action: 'Remove', vehicleIds: ['VR3OTHER'] },
    ])
    expect(cloud.seen).to.have.length(4)
  })

  it('v1: header mode names the car that the monitor is made for', async () => {
    const { service, does, on, signal, monitors, cloud } = await given('v1', { headerMode: 'true', userId: 'AP-ACNT1' })
    on(`POST ${monitors}`, { status: 202, body: { monitorId: 'm1', status: 'Running' } })
    on(`GET ${monitors}/m1/handles?pageSize=500`, { body: { _embedded: { vehicleIds: [vin] } } })
    await does(service.create('ch1', wanted, signal))
    expect(cloud.seen.map(({ method, headers }) => `${method} ${String(headers['x-cvs-scope'])}`)).to.deep.equal([
      `POST monitor:write data:telemetry VIN:${vin}`,
      'GET monitor:read',
    ])
  })

  it('v1: cars are attached even where the list of them may not be read', async () => {
    const { service, does, on, sent, signal, monitors } = await given('v1')
    on(`POST ${monitors}`, { status: 202, body: { monitorId: 'm1', status: 'Running' } })
    on(`GET ${monitors}/m1/handles?pageSize=500`, {
      status: 403,
      body: { name: 'FORBIDDEN', debug: 'ERROR_1', message: 'scope' },
    })
    on(`PUT ${monitors}/m1/handles`, { status: 202, body: {} })
    await does(service.create('ch1', wanted, signal))
    expect(sent(`PUT ${monitors}/m1/handles`)).to.deep.equal([{ action: 'Add', vehicleIds: [vin] }])
    on(`GET ${monitors}`, page('monitors', [{ monitorId: 'm1', monitor: posted, status: { status: 'Running' } }]))
    const [listed] = await does(service.monitors('ch1', undefined, signal))
    expect(listed?.vehicles, 'as they were told last').to.deep.equal([vin])
  })

  it('v4: are made below the car and the callback', async () => {
    const { service, does, on, sent, signal, monitors } = await given('v4')
    on(`POST ${monitors}`, { status: 202, body: { monitorId: 'm1', status: 'Created' } })
    const made = await does(service.create('ch1', wanted, signal))
    expect(made).to.deep.include({ channelId: 'ch1', monitorId: 'm1', vehicle: vin, status: 'running', vehicles: [vin] })
    expect(sent(`POST ${monitors}`)).to.deep.equal([inV4])
    expect(service.scope).to.equal('car')
  })

  for (const api of ['v1', 'v4'] as const) {
    it(`${api}: are recognised when they are read back, however the cloud writes them down`, async () => {
      const { service, does, on, signal, monitors } = await given(api)
      const body = api === 'v1' ? posted : inV4
      const { triggers } = body.triggerParam
      const rewritten = {
        triggerParam: { boolExp: 'bat1&home1&t1|lock1', triggers },
        extendedEventParam: ['vehicle.position'],
        subscribeParam: { refreshEvent: 600, channelAttributes: null },
        onEvent: null,
        label: body.label,
      }
      const status = api === 'v1' ? { status: 'Paused' } : 'Paused'
      on(
        `GET ${monitors}`,
        page('monitors', [
          { monitorId: 'm1', monitor: body, status },
          { monitorId: 'm2', monitor: rewritten, status: 'Failed' },
          {},
        ]),
      )
      for (const id of ['m1', 'm2'])
        on(`GET ${monitors}/${id}/handles?pageSize=500`, { body: { _embedded: { vehicleIds: [vin] } } })
      const listed = await does(service.monitors('ch1', api === 'v4' ? vin : undefined, signal))
      expect(listed.map(({ monitorId, status: one, vehicles }) => [monitorId, one, vehicles])).to.deep.equal([
        ['m1', 'paused', [vin]],
        ['m2', 'failed', [vin]],
      ])
      expect(listed.map(({ fingerprint }) => fingerprint)).to.deep.equal([
        service.fingerprint(wanted),
        service.fingerprint(wanted),
      ])
      for (const other of [
        { ...wanted, boolExp: 'bat1' },
        { ...wanted, refreshEvery: 60 },
        { ...wanted, extend: [] },
        { ...wanted, triggers: wanted.triggers.slice(1) },
        { ...wanted, label: 'other' },
      ])
        expect(service.fingerprint(other)).not.to.equal(listed[0]?.fingerprint)
    })

    it(`${api}: are replaced whole, paused, resumed and removed`, async () => {
      const { service, does, on, sent, signal, monitors } = await given(api)
      on(`PUT ${monitors}/m1`, { status: 202, body: {} })
      on(`PUT ${monitors}/m1/status`, { status: 202, body: {} })
      on(`DELETE ${monitors}/m1`, { status: 204, body: '' })
      on(`GET ${monitors}/m1/handles?pageSize=500`, { body: { _embedded: { vehicleIds: [vin] } } })
      const ref = { channelId: 'ch1', monitorId: 'm1', ...(api === 'v4' && { vehicle: vin }) }
      await does(service.update(ref, wanted, signal))
      await does(service.set(ref, 'paused', signal))
      await does(service.set(ref, 'running', signal))
      await does(service.remove(ref, signal))
      expect(sent(`PUT ${monitors}/m1`)).to.deep.equal([api === 'v1' ? posted : inV4])
      expect(sent(`PUT ${monitors}/m1/status`)).to.deep.equal([{ status: 'Paused' }, { status: 'Running' }])
      expect(sent(`DELETE ${monitors}/m1`)).to.deep.equal([undefined])
      on(`DELETE ${monitors}/m1`, { status: 404, body: {} })
      expect(await isDone(does(service.remove(ref, signal)))).to.equal('done')
      on(`DELETE ${monitors}/m1`, { status: 500, body: {} })
      expect(await isDone(does(service.remove(ref, signal)))).to.equal('PROVIDER_ERROR')
    })
  }

  it('v1: carry out actions, each with the one member that it needs', async () => {
    const { service, does, on, sent, signal, monitors } = await given('v1')
    on(`POST ${monitors}`, { status: 202, body: { monitorId: 'm1', status: 'Running' } })
    on(`PUT ${monitors}/m1/handles`, { status: 202, body: {} })
    const acting: MonitorWanted = {
      ...wanted,
      actions: [
        { type: 'Notify' },
        { type: 'Remote', command: 'flash' },
        { type: 'Remote', command: 'climate-settings', params: { temperature: 21 } },
        { type: 'Monitor', changeType: 'Pause' },
      ],
      actOnRefresh: true,
    }
    await does(service.create('ch1', acting, signal))
    const [body] = sent(`POST ${monitors}`) as [Record<string, unknown>]
    expect(body.onEvent).to.deep.equal({
      onRefresh: true,
      actions: [
        { type: 'Notify' },
        {
          type: 'Remote',
          remoteAction: { ChannelId: 'ch1', remote: { label: 'flash by monitor', action: { lights: { state: 'Activated' } } } },
        },
        {
          type: 'Remote',
          remoteAction: {
            ChannelId: 'ch1',
            remote: {
              label: 'climate-settings by monitor',
              action: { preconditioning: { airConditioning: { settings: { temp: 21, mode: 'Auto', state: 'Activated' } } } },
            },
          },
        },
        { type: 'Monitor', monitorAction: { changeType: 'Pause' } },
      ],
    })
    on(`GET ${monitors}`, page('monitors', [{ monitorId: 'm1', monitor: body, status: 'Running' }]))
    const [listed] = await does(service.monitors('ch1', undefined, signal))
    expect(listed?.fingerprint).to.equal(service.fingerprint(acting))
    for (const actions of [
      [{ type: 'Remote', command: 'engine-stop' }],
      [{ type: 'Remote', command: 'charge-power', params: { level: 9 } }],
    ] as const)
      expect(await isDone(does(service.create('ch1', { ...wanted, actions }, signal)))).to.equal('INVALID_CONFIG')
  })

  it('v4: what it does not know is refused before anything is sent', async () => {
    const { service, does, cloud, signal } = await given('v4')
    const create = (other: Partial<MonitorWanted>) => isDone(does(service.create('ch1', { ...wanted, ...other }, signal)))
    expect(await create({ actions: [{ type: 'Remote', command: 'flash' }] })).to.equal('INVALID_CONFIG')
    expect(await create({ triggers: [{ name: 's1', setting: { type: 'DigitalKey' } }], boolExp: 's1' })).to.equal(
      'INVALID_CONFIG',
    )
    expect(await create({ vehicles: [] })).to.equal('INTERNAL')
    expect(cloud.seen).to.deep.equal([])
  })

  it('that do not fit any more are refused with the names of those that are there', async () => {
    const { service, does, on, signal, monitors } = await given('v4')
    on(`POST ${monitors}`, { status: 400, body: { code: 40000, message: 'limit of monitors reached' } })
    on(`GET ${monitors}`, page('monitors', [{ monitorId: 'x', monitor: { label: 'Of another Driveway' }, status: 'Running' }]))
    const error = await does(service.create('ch1', wanted, signal)).catch((one: unknown) => one as DrivewayError)
    expect(error).to.include({ code: 'CONFLICT' })
    expect((error as DrivewayError).message).to.include('"Of another Driveway"')
  })

  it('are made once: an answer that was lost is an error, and the next list shows what became of it', async () => {
    const { service, does, on, sent, signal, monitors } = await given('v4')
    on(`POST ${monitors}`, { cut: true })
    expect(await isDone(does(service.create('ch1', wanted, signal)))).to.equal('NETWORK')
    expect(sent(`POST ${monitors}`)).to.have.length(1)
  })
})
