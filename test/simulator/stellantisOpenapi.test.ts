import { expect } from 'chai'
import { areThere, OfficialFile, type Complaint, type File } from './openapi'
import { givenReceiver, type Receiver } from './receiver'
import { givenStellantis, type GivenStellantis } from './stellantisSupport'
import type { Json } from './support'

interface Exception {
  file?: File
  at: RegExp
  what: RegExp
  because: string
}

/** What the files say and do not mean, or do not say and the portals show. */
const exceptions: readonly Exception[] = [
  {
    file: 'v1',
    at: /(location|[pP]osition|positions\[\])$/,
    what: /required property 'createdAt'/,
    because: 'a position wants its time at the top and defines it in the properties, where real cars have it',
  },
  {
    file: 'v1',
    at: /doorsState$/,
    what: /required property '(identifier|state)'/,
    because: 'these belong to each opening, not to the doors',
  },
  {
    file: 'v1',
    at: /(^|alerts\[\]|activeAlerts\[\])\/_links$/,
    what: /not named/,
    because: 'an alert wants links and does not define them',
  },
  {
    at: /telemetries\[\]\/(vehicle\/ignition|_embedded\/extension\/maintenance)$/,
    what: /required property 'createdAt'/,
    because: 'blocks of a history have no time of their own: it is wanted here and defined nowhere',
  },
  { file: 'v1', at: /programs\[\]$/, what: /must be array/, because: 'an array of arrays by reference, a plain one is meant' },
  { at: /triggers\[\]\/name$/, what: /must match pattern/, because: 'the pattern has the quote marks of its own text' },
  {
    file: 'v1',
    at: /remote\/(vehicleFinder|onBoardPersonalData|immobilization)$/,
    what: /not named/,
    because: 'the sample of the portal has such entries, and there are such remotes',
  },
  {
    file: 'v4',
    at: /charging\/parameters\/schedule$/,
    what: /required property 'preferences'/,
    because: 'wanted of the schedule, defined beside it',
  },
]

describe('the simulated Stellantis against the official files', function () {
  before(function () {
    if (areThere) return
    console.log('      skipped: ../shared/reference/openapi is not there')
    this.skip()
  })

  let given: GivenStellantis
  let receiver: Receiver
  const official = new Map<File, OfficialFile>()
  const file = (name: File) => {
    const known = official.get(name) ?? new OfficialFile(name)
    official.set(name, known)
    return known
  }
  const seen = new Set<string>()
  /** What the calls of a test were found to break. */
  let found: string[] = []
  const used = new Set<Exception>()
  const excused = (name: File, { at, what }: Complaint) => {
    const exception = exceptions.find((one) => (one.file ?? name) === name && one.at.test(at) && one.what.test(what))
    if (exception) used.add(exception)
    return exception !== undefined
  }

  /** Complaints without an excuse, as lines. */
  const left = (name: File, complaints: readonly Complaint[]): string[] =>
    complaints.filter((complaint) => !excused(name, complaint)).map(({ at, what }) => `${at} ${what}`)

  beforeEach(async () => {
    found = []
    given = await givenStellantis()
    receiver = await givenReceiver()
    // A car that tells all that there is to tell.
    const car = given.sim.cars.get('e208')
    car.setAll({
      'charging.programs': [
        { slot: 1, start: '22:30', end: '06:00', days: ['mon'], enabled: true, toFull: false, minimum: 20, maximum: 80 },
      ],
      'charging.nextStart': '2026-03-02T21:30:00Z',
      'alerts.alarmTrigger': 'tailgate',
      'alerts.stolen': true,
      'vehicle.wipers': 'low',
      'vehicle.gear': '3',
      'vehicle.gearboxModes': ['automatic'],
      'vehicle.parkingBrake': true,
      'assist.parkFront': ['active'],
      'assist.adaptiveCruise': 'standby',
      'assist.speedLimit': 50,
      'assist.blindSpot': 'active',
      'lowVoltage.current': 2,
      'lowVoltage.indicator': 'off',
    })
    car.alert('OilLevelLow')
  })
  afterEach(async () => {
    await given.sim.close()
    await receiver.close()
  })

  /** Calls, and keeps the answer against the file. */
  const ask = async (
    name: 'v1' | 'v4',
    method: string,
    template: string,
    params: Record<string, string>,
    more: { body?: Json; query?: string } = {},
  ) => {
    const path = template.replace(/\{(\w+)\}/g, (_, part: string) => params[part] ?? part)
    const root = name === 'v1' ? '/accounts' : '/user'
    const answer = await given[name](`${path.slice(root.length)}${more.query ?? ''}`, {
      method,
      ...(more.body ? { body: more.body } : {}),
    })
    seen.add(`${name} ${method} ${template}`)
    const complaints = file(name).answer(method, template, answer.status, answer.body)
    found.push(...left(name, complaints).map((line) => `${name} ${method} ${template} ${answer.status}: ${line}`))
    return answer.body
  }

  const carrier = () => ({
    webhook: { target: `${receiver.url}/in`, name: 'n', attributes: [{ type: 'Header', key: 'X', value: '$Vin' }] },
  })
  const monitor = {
    label: 'm',
    subscribeParam: { refreshEvent: 60 },
    attributes: [{ type: 'Body', key: 'mid', value: '$MonitorID' }],
    triggerParam: {
      triggers: [{ name: 't1', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } }],
      boolExp: 't1',
    },
  }

  for (const key of ['e208', 'p3008'])
    it(`v1: the ${key}`, async () => {
      const id = given.vinOf(key)
      const get = (template: string, params: Record<string, string> = {}, query = '') =>
        ask('v1', 'GET', template, { id, ...params }, { query })
      const car = '/accounts/vehicles/{id}'
      await get('/accounts/vehicles', {}, '?extension=devices&extension=callCenterNumbers')
      await get(car)
      await get(`${car}/capability`)
      await get(`${car}/telemetries/latest`)
      await get(`${car}/telemetries`, {}, '?pageSize=50')
      const first = async (name: string, path: string, member: string, query = ''): Promise<string> => {
        const { _embedded } = await get(`${car}/${path}`, {}, query)
        return String((_embedded[name] as Json[])[0]?.[member] ?? 'none')
      }
      await get(`${car}/collisions/{cid}`, { cid: await first('Collisions', 'collisions', 'id') })
      await get(`${car}/alerts/{aid}`, { aid: await first('alerts', 'alerts', 'id') })
      await get(`${car}/alarms/{aid}`, { aid: await first('alarms', 'alarms', 'id') })
      await get(`${car}/charging/sessions/{sid}`, { sid: await first('sessions', 'charging/sessions', 'sid') })
      const tid = await first('trips', 'trips', 'id', '?type=Normal')
      await get(`${car}/trips/{tid}`, { tid })
      for (const part of ['alerts', 'collisions', 'wayPoints', 'telemetry']) await get(`${car}/trips/{tid}/${part}`, { tid })
      const sid = await first('stolen', 'stolen', 'id')
      await get(`${car}/stolen/{sid}`, { sid })
      await get(`${car}/stolen/{sid}/waypoints`, { sid })
      expect(found).to.deep.equal([])
    })

  it('v1: alerts and collisions of a trip', async () => {
    const id = given.vinOf('e208')
    const car = given.sim.cars.get('e208')
    car.drive({ km: 5 })
    car.alert('FuelLevelLow')
    car.set('alerts.collision', { at: new Date(car.body.time).toISOString(), sides: [{ side: 'rear', severity: 'minor' }] })
    car.tick(900)
    const trips = await ask('v1', 'GET', '/accounts/vehicles/{id}/trips', { id }, { query: '?type=Normal' })
    const tid = String(trips._embedded.trips[0].id)
    const trip = '/accounts/vehicles/{id}/trips/{tid}'
    const alerts = await ask('v1', 'GET', `${trip}/alerts`, { id, tid })
    await ask('v1', 'GET', `${trip}/alerts/{aid}`, { id, tid, aid: String(alerts._embedded.alerts[0].id) })
    const collisions = await ask('v1', 'GET', `${trip}/collisions`, { id, tid })
    await ask('v1', 'GET', `${trip}/collisions/{cid}`, { id, tid, cid: String(collisions._embedded.Collisions[0].id) })
    expect(found).to.deep.equal([])
  })

  it('v1: channels, monitors and remotes', async () => {
    const id = given.vinOf('e208')
    const body = { label: 'c', type: ['Monitor', 'Remote'], channel: carrier() }
    const { channelId } = await ask('v1', 'POST', '/accounts/channels', {}, { body })
    const chId = String(channelId)
    const at = '/accounts/channels/{chId}'
    await ask('v1', 'GET', '/accounts/channels', {})
    await ask('v1', 'GET', at, { chId })
    await ask('v1', 'PUT', at, { chId }, { body })
    await ask('v1', 'PUT', `${at}/status`, { chId }, { body: { status: 'Running' } })
    const { monitorId } = await ask('v1', 'POST', `${at}/monitors`, { chId }, { body: monitor })
    const mid = String(monitorId)
    await ask('v1', 'GET', `${at}/monitors`, { chId })
    await ask('v1', 'GET', `${at}/monitors/{mid}`, { chId, mid })
    await ask('v1', 'PUT', `${at}/monitors/{mid}`, { chId, mid }, { body: monitor })
    await ask('v1', 'PUT', `${at}/monitors/{mid}/status`, { chId, mid }, { body: { status: 'Running' } })
    await ask('v1', 'PUT', `${at}/monitors/{mid}/handles`, { chId, mid }, { body: { action: 'Add', vehicleIds: [id] } })
    await ask('v1', 'GET', `${at}/monitors/{mid}/handles`, { chId, mid })
    const remotes = '/accounts/vehicles/{id}/channels/{chId}/remotes'
    const { remoteActionId } = await ask(
      'v1',
      'POST',
      remotes,
      { id, chId },
      { body: { action: { locking: { state: 'Locked' } } } },
    )
    await receiver.until(3)
    await ask('v1', 'GET', remotes, { id, chId })
    await ask('v1', 'GET', `${remotes}/{rid}`, { id, chId, rid: String(remoteActionId) })
    await ask('v1', 'DELETE', `${at}/monitors/{mid}`, { chId, mid })
    await ask('v1', 'DELETE', at, { chId })
    expect(found).to.deep.equal([])
  })

  for (const key of ['e208', 'p3008'])
    it(`v4: the ${key}`, async () => {
      const id = await given.idOf(key)
      const get = (template: string, params: Record<string, string> = {}, query = '') =>
        ask('v4', 'GET', template, { id, ...params }, { query })
      const car = '/user/vehicles/{id}'
      await get('/user')
      await get('/user/vehicles', {}, '?extension=onboardCapabilities&extension=branding&extension=pictures')
      await get(car, {}, '?country=CL')
      await get(`${car}/status`)
      await get(`${car}/lastPosition`)
      await get(`${car}/maintenance`)
      await get(`${car}/telemetry`, {}, '?extension=location&extension=maintenance')
      const first = async (name: string, path: string): Promise<string> =>
        String(((await get(`${car}/${path}`))._embedded[name] as Json[])[0]?.id ?? 'none')
      await get(`${car}/collisions/{cid}`, { cid: await first('Collisions', 'collisions') })
      await get(`${car}/alerts/{aid}`, { aid: await first('alerts', 'alerts') })
      await get(`${car}/alarms/{aid}`, { aid: await first('alarms', 'alarms') })
      const tid = await first('trips', 'trips')
      await get(`${car}/trips/{tid}`, { tid })
      for (const part of ['alerts', 'collisions', 'wayPoints', 'telemetry']) await get(`${car}/trips/{tid}/${part}`, { tid })
      expect(found).to.deep.equal([])
    })

  it('v4: alerts and collisions of a trip', async () => {
    const id = await given.idOf('e208')
    const car = given.sim.cars.get('e208')
    car.drive({ km: 5 })
    car.alert('FuelLevelLow')
    car.set('alerts.collision', { at: new Date(car.body.time).toISOString(), sides: [{ side: 'left', severity: 'minor' }] })
    car.tick(900)
    const trips = await ask('v4', 'GET', '/user/vehicles/{id}/trips', { id })
    const tid = String(trips._embedded.trips[0].id)
    const trip = '/user/vehicles/{id}/trips/{tid}'
    const alerts = await ask('v4', 'GET', `${trip}/alerts`, { id, tid })
    await ask('v4', 'GET', `${trip}/alerts/{aid}`, { id, tid, aid: String(alerts._embedded.alerts[0].id) })
    const collisions = await ask('v4', 'GET', `${trip}/collisions`, { id, tid })
    await ask('v4', 'GET', `${trip}/collisions/{cid}`, { id, tid, cid: String(collisions._embedded.Collisions[0].id) })
    expect(found).to.deep.equal([])
  })

  it('v4: callbacks, monitors and remotes', async () => {
    const id = await given.idOf('e208')
    const body = { label: 'c', type: ['Monitor', 'Remote'], callback: carrier() }
    const { callbackId } = await ask('v4', 'POST', '/user/callbacks', {}, { body })
    const cbid = String(callbackId)
    const at = '/user/callbacks/{cbid}'
    await ask('v4', 'GET', '/user/callbacks', {})
    await ask('v4', 'GET', at, { cbid })
    await ask('v4', 'PUT', at, { cbid }, { body })
    await ask('v4', 'PUT', `${at}/status`, { cbid }, { body: { status: 'Running' } })
    const monitors = '/user/vehicles/{id}/callbacks/{cbid}/monitors'
    const { monitorId } = await ask('v4', 'POST', monitors, { id, cbid }, { body: monitor })
    const mid = String(monitorId)
    await ask('v4', 'GET', monitors, { id, cbid })
    await ask('v4', 'GET', `${monitors}/{mid}`, { id, cbid, mid })
    await ask('v4', 'PUT', `${monitors}/{mid}`, { id, cbid, mid }, { body: monitor })
    await ask('v4', 'PUT', `${monitors}/{mid}/status`, { id, cbid, mid }, { body: { status: 'Running' } })
    const remotes = '/user/vehicles/{id}/callbacks/{cbid}/remotes'
    const { remoteActionId } = await ask('v4', 'POST', remotes, { id, cbid }, { body: { door: { state: 'Locked' } } })
    await receiver.until(3)
    await ask('v4', 'GET', remotes, { id, cbid })
    await ask('v4', 'GET', `${remotes}/{rid}`, { id, cbid, rid: String(remoteActionId) })
    await ask('v4', 'DELETE', `${monitors}/{mid}`, { id, cbid, mid })
    await ask('v4', 'DELETE', at, { cbid })
    expect(found).to.deep.equal([])
  })

  for (const generation of ['v1', 'v4'] as const)
    it(`${generation}: what is delivered`, async () => {
      const v1 = generation === 'v1'
      const extendedEventParam = v1
        ? [
            'vehicle.doorsState',
            'vehicle.latestTelemetry',
            'vehicle.maintenance',
            'vehicle.position',
            'vehicle.telemetry',
            'vehicle.alerts.active',
          ]
        : [
            'vehicle.doorsState',
            'vehicle.status',
            'vehicle.maintenance',
            'vehicle.position',
            'vehicle.telemetry',
            'vehicle.alerts',
          ]
      const body = { label: 'c', [v1 ? 'channel' : 'callback']: carrier() }
      const made = await given[generation](v1 ? '/channels' : '/callbacks', { method: 'POST', body })
      const id = String(v1 ? made.body.channelId : made.body.callbackId)
      const car = v1 ? given.vinOf('e208') : await given.idOf('e208')
      const base = v1 ? `/channels/${id}` : `/vehicles/${car}/callbacks/${id}`
      const headers: Record<string, string> = v1 ? { 'x-cvs-scope': `VIN:${car}` } : {}
      const wanted = { ...monitor, extendedEventParam }
      expect((await given[generation](`${base}/monitors`, { method: 'POST', body: wanted, headers })).status).to.equal(202)
      given.sim.cars.get('e208').set('battery.stateOfCharge', 12)
      await receiver.until(1)
      const remote = v1 ? { action: { horn: { state: 'Activated' } } } : { horn: { state: 'Activated' } }
      await given[generation](`/vehicles/${car}/${v1 ? 'channels' : 'callbacks'}/${id}/remotes`, { method: 'POST', body: remote })
      await receiver.until(4)
      const name = `${generation} events` as const
      for (const message of receiver.received)
        expect(left(name, file(name).schema('Message', message.body)), JSON.stringify(message.body)).to.deep.equal([])
    })

  it('needs every one of its exceptions', () => {
    expect(exceptions.filter((one) => !used.has(one)).map(({ because }) => because)).to.deep.equal([])
  })

  it('has every call that the files have', () => {
    const missing = (['v1', 'v4'] as const).flatMap((name) =>
      file(name)
        .calls.map((call) => `${name} ${call}`)
        .filter((call) => !seen.has(call)),
    )
    expect(missing).to.deep.equal([])
  })
})
