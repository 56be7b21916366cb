import { expect } from 'chai'
import { seconds } from '../../../src/clock'
import { memoryStateStore } from '../../../src/cloud/stateStore'
import { commandOfWord } from '../../../src/mirror/discovery/controls'
import { shownEvents } from '../../../src/mirror/discovery/events'
import { commandIds, commands, type CommandId } from '../../../src/vehicle/commands'
import { eventNames } from '../../../src/vehicle/events'
import type { SignalId } from '../../../src/vehicle/signals'
import type { Vehicle } from '../../../src/vehicle/vehicle'
import { render } from '../../support/homeAssistant/jinja'
import { faultsOf } from '../../support/homeAssistant/validator'
import { factsOf, Listened, safe } from './cars'

const car: Vehicle = {
  id: 'YV1ZZZEX4R0000001',
  provider: 'volvo',
  slug: 'ex40-7f3a',
  label: 'Ours',
  meta: { model: 'EX40', year: 2025 },
}
const known: SignalId[] = ['battery.stateOfCharge', 'charging.connection', 'charging.status', 'lock.central', 'position.location']
const can: CommandId[] = ['lock', 'unlock', 'flash', 'climate-start', 'charge-limit', 'engine-start']
const facts = (allowed: readonly CommandId[] = safe, rest: Partial<ReturnType<typeof factsOf>> = {}) => ({
  ...factsOf({ capabilities: { commands: can, unlisted: ['raw'], signals: known }, known }, allowed),
  ...rest,
})

describe('a car in Home Assistant', () => {
  let home: Listened
  beforeEach(() => {
    home = new Listened()
  })

  it('is one device with an origin, there while bridge and car are', () => {
    home.discovery.tell(car, facts())
    const { components: _, ...rest } = home.message(car)
    expect(rest).to.deep.equal({
      device: { identifiers: ['driveway_d6b81b5376f5010e'], name: 'Ours', manufacturer: 'Volvo', model: 'EX40 2025' },
      origin: { name: 'Driveway', sw_version: '1.2.3', support_url: 'https://example.test/help' },
      availability: [{ topic: 'driveway/bridge/test/state' }, { topic: 'driveway/ex40-7f3a/availability' }],
      availability_mode: 'all',
    })
    expect(home.published.map(({ retain, qos }) => [retain, qos])).to.deep.equal([[true, 1]])
  })

  it('is told once while nothing about it changes', () => {
    home.discovery.tell(car, facts())
    home.discovery.tell(car, facts())
    expect(home.published).to.have.length(1)
    home.discovery.tell(car, facts(safe, { known: [...known, 'battery.range'] }))
    expect(home.published).to.have.length(2)
    expect(home.keys(car)).to.include('sensor_battery_range')
  })

  it('keeps its entities when it is renamed; only where they read changes', () => {
    home.discovery.tell(car, facts())
    const before = home.message(car)
    home.discovery.tell({ ...car, slug: 'family-car', label: 'Family car' }, facts())
    const after = home.message(car)
    const ids = (message: typeof before) => Object.values(message.components).map((component) => component.unique_id)
    expect(ids(after)).to.deep.equal(ids(before))
    expect(Object.keys(after.components)).to.deep.equal(Object.keys(before.components))
    expect(after.device).to.deep.equal({ ...before.device, name: 'Family car' })
    expect(JSON.stringify(after)).not.to.contain('ex40-7f3a')
    expect(after.components.sensor_battery_state_of_charge).to.include({
      state_topic: 'driveway/family-car/state',
      default_entity_id: 'sensor.family_car_battery_state_of_charge',
    })
  })

  it('never names the same car of two clouds alike, nor shows its id', () => {
    home.discovery.tell(car, facts())
    home.discovery.tell({ ...car, provider: 'stellantis' }, facts())
    const [one, two] = home.published
    expect(one?.topic).not.to.equal(two?.topic)
    expect(JSON.stringify(home.published)).not.to.contain(car.id)
  })

  it('keeps an entity whose value went away for a while', () => {
    home.discovery.tell(car, facts(safe, { known: [...known, 'charging.power'] }))
    home.discovery.tell(car, facts())
    expect(home.keys(car)).to.include('sensor_charging_power')
    expect(home.published).to.have.length(1)
  })

  it('has what is computed from its values, also before it can be', () => {
    home.discovery.tell(car, facts(safe, { known: [...known, 'charging.timeToComplete'] }))
    expect(home.keys(car)).to.include.members(['sensor_charging_ready_at', 'sensor_charging_time_to_complete'])
  })

  describe('can be commanded', () => {
    const commandTopics = () =>
      Object.values(home.components(car)).flatMap(({ command_topic: topic }) => (topic as string | undefined) ?? [])

    it('in nothing, when no command is allowed: the lock is then a sensor', () => {
      home.discovery.tell(car, facts([], { known: [...known, 'charging.chargeLimit'] }))
      expect(commandTopics()).to.deep.equal([])
      const { binary_sensor_lock_central: lock } = home.components(car)
      expect(lock).to.include({ platform: 'binary_sensor', device_class: 'lock' })
      const shown = (word: string) => render(String(lock?.value_template), JSON.stringify({ lock: { central: word } }))
      expect([shown('unlocked'), shown('locked')]).to.deep.equal(['ON', 'OFF'])
      expect(home.keys(car)).to.include('sensor_charging_charge_limit').and.not.include('event_command_result')
    })

    it('only in what it has: what it does not list gets no button', () => {
      home.discovery.tell(car, facts(commandIds))
      const topics = commandTopics().map((topic) => topic.split('/').pop())
      expect(topics.sort()).to.deep.equal(['charge-limit', 'climate-start', 'engine-start', 'flash', 'unlock'])
    })

    it('with "safe": it can be locked by a button, and nothing there unlocks', () => {
      home.discovery.tell(car, facts())
      expect(home.keys(car)).to.include.members(['button_lock', 'binary_sensor_lock_central'])
      expect(home.keys(car)).not.to.include('lock_lock_central')
      expect(home.payloads(car).join()).not.to.match(/command\/unlock|"unlock"/)
    })

    it('with the unlocking allowed: a lock that waits for what the car says', () => {
      home.discovery.tell(car, facts([...safe, 'unlock']))
      expect(home.components(car).lock_lock_central).to.deep.include({
        command_topic: 'driveway/ex40-7f3a/command/unlock',
        payload_lock: 'lock',
        payload_unlock: 'unlock',
        state_locked: 'locked',
        state_unlocked: 'unlocked',
        optimistic: false,
        retain: false,
        qos: 1,
      })
      expect(home.keys(car)).not.to.include('button_lock')
    })

    it('sets the charge limit by the parameter of the command', () => {
      home.discovery.tell(car, facts(safe, { known: [...known, 'charging.chargeLimit'] }))
      const { number_charging_charge_limit: limit } = home.components(car)
      expect(limit).to.include({ min: 80, max: 100, step: 20, entity_category: 'config', optimistic: false })
      expect(JSON.parse(render(String(limit?.command_template), '80'))).to.deep.equal({ params: { percent: 80 } })
      const shown = (value: number) => render(String(limit?.value_template), JSON.stringify({ charging: { chargeLimit: value } }))
      expect([shown(90), shown(60)]).to.deep.equal(['90', 'None'])
    })

    it('starts the engine with the minutes that the command needs', () => {
      home.discovery.tell(car, facts([...safe, 'engine-start']))
      expect(JSON.parse(String(home.components(car).button_engine_start?.payload_press))).to.deep.equal({
        params: { minutes: 15 },
      })
      expect(home.components(car).button_flash).to.include({ payload_press: 'PRESS', device_class: 'identify' })
    })

    it('by nothing that its commands would not take', () => {
      const able = { commands: commandIds, unlisted: [] }
      home.discovery.tell(car, facts(commandIds, { capabilities: able }))
      const pressed = Object.values(home.components(car)).filter(({ platform }) =>
        ['button', 'number', 'select'].includes(platform),
      )
      expect(pressed).to.have.length.above(20)
      for (const { command_topic: topic, payload_press: press, command_template: template, options } of pressed) {
        const id = String(topic).split('/').pop() as CommandId
        const text = template ? render(template as string, options ? '3' : '100') : String(press)
        const { params } = text === 'PRESS' ? { params: {} } : (JSON.parse(text) as { params: object })
        expect(commands[id].params.safeParse(params).success, `${id} ${text}`).to.equal(true)
        expect(id).not.to.equal('raw')
      }
    })

    it('on the topic for unlocking, the word "lock" means that; no word anywhere opens more than its topic says', () => {
      expect(commandOfWord('unlock', 'lock')).to.equal('lock')
      expect(commandOfWord('unlock-top-case', 'lock-top-case')).to.equal('lock-top-case')
      for (const word of ['unlock', 'PRESS', '', 'engine-start', 'LOCK'])
        expect(commandOfWord('unlock', word), word).to.equal('unlock')
      for (const topic of commandIds)
        for (const word of commandIds)
          if (!topic.startsWith('unlock')) expect(commandOfWord(topic, word), `${topic} ${word}`).to.equal(topic)
    })
  })

  describe('shows its place', () => {
    const keys = ['device_tracker_position_location', 'sensor_position_zone']
    for (const [location, shown] of [
      ['exact', [keys[0]]],
      ['rounded', [keys[0]]],
      ['zone', [keys[1]]],
      ['off', []],
    ] as const) {
      it(`with location ${location} as ${shown.join() || 'nothing'}`, () => {
        home.discovery.tell(car, facts(safe, { location }))
        expect(home.keys(car).filter((key) => key.includes('position'))).to.deep.equal([...shown])
      })
    }

    it('as the car itself, from the topic of the location', () => {
      home.discovery.tell(car, facts(safe, { location: 'exact' }))
      expect(home.components(car)[keys[0]!]).to.deep.include({
        name: null,
        default_entity_id: 'device_tracker.ex40_7f3a',
        source_type: 'gps',
        json_attributes_topic: 'driveway/ex40-7f3a/location',
      })
    })
  })

  describe('has events', () => {
    const message = (name: string) =>
      JSON.stringify({
        id: 'e1',
        name,
        observedAt: 't1',
        receivedAt: 't2',
        detectedWithin: 120,
        late: false,
        state: {},
        changes: [],
      })

    it('of its own kinds; others on the same topics are passed over', () => {
      home.discovery.tell(car, facts())
      const { event_charging_event: event } = home.components(car)
      expect(event).to.include({ state_topic: 'driveway/ex40-7f3a/event/+' })
      expect(event?.event_types).to.include.members(['plugged-in', 'charging-started', 'level-changed'])
      expect(JSON.parse(render(String(event?.value_template), message('plugged-in')))).to.deep.equal({
        event_type: 'plugged-in',
        id: 'e1',
        observed_at: 't1',
        received_at: 't2',
        detected_within: 120,
        late: false,
        details: null,
      })
      expect(render(String(event?.value_template), message('unlocked'))).to.equal('')
      expect(home.keys(car)).not.to.include('event_climate_event')
    })

    it('for everything that happens, each in one place', () => {
      expect([...shownEvents, 'command-progress'].sort()).to.deep.equal([...eventNames].sort())
    })

    it('for what became of commands: the end, not the way there', () => {
      home.discovery.tell(car, facts())
      const { event_command_result: event } = home.components(car)
      const outcome = (phase: string) => JSON.stringify({ id: 'o1', command: 'lock', phase, ok: true, finishedAt: 't' })
      expect(render(String(event?.value_template), outcome('sent'))).to.equal('')
      expect(JSON.parse(render(String(event?.value_template), outcome('done')))).to.deep.include({
        event_type: 'done',
        command: 'lock',
      })
    })
  })

  describe('that changes what it can', () => {
    it('loses a button by a message that holds nothing of it but its platform', () => {
      home.discovery.tell(car, facts())
      home.discovery.tell(car, facts(safe.filter((id) => id !== 'flash')))
      expect(home.components(car).button_flash).to.deep.equal({ platform: 'button' })
      expect(faultsOf(home.published[1]!.topic, home.published[1]!.payload)).to.deep.equal([])
      home.discovery.tell(car, facts())
      expect(home.components(car).button_flash).to.include({ platform: 'button', name: 'Flash the lights' })
    })

    it('turns its lock into a sensor without leaving the lock behind', () => {
      home.discovery.tell(car, facts([...safe, 'unlock']))
      home.discovery.tell(car, facts([]))
      expect(home.components(car).lock_lock_central).to.deep.equal({ platform: 'lock' })
      expect(home.components(car).binary_sensor_lock_central).to.include({ name: 'Central lock' })
    })

    it('takes back the tracker when its place is no longer told', () => {
      home.discovery.tell(car, facts(safe, { location: 'exact' }))
      home.discovery.tell(car, facts())
      expect(home.components(car).device_tracker_position_location).to.deep.equal({ platform: 'device_tracker' })
    })

    it('loses nothing while the cloud cannot be asked what it can do', () => {
      home.discovery.tell(car, facts())
      home.discovery.tell(car, facts(safe, { capabilities: undefined }))
      expect(home.published).to.have.length(1)
    })
  })

  it('leaves with its device', () => {
    home.discovery.tell(car, facts())
    home.discovery.forget(car)
    expect(home.payloads(car).at(-1)).to.equal('')
    home.discovery.tell(car, facts())
    expect(home.keys(car)).to.include('button_flash')
  })

  describe('when Home Assistant starts', () => {
    it('is told again 1 to 30 s later, before availability and state', async () => {
      for (let seed = 0; seed < 20; seed++) {
        home = new Listened()
        for (let drawn = 0; drawn < seed; drawn++) home.clock.random()
        home.discovery.tell(car, facts())
        home.discovery.onBirth('online')
        await home.clock.advance(seconds(1) - 1)
        expect([home.published.length, home.retold]).to.deep.equal([1, 0])
        await home.clock.advance(seconds(29) + 1)
        expect([home.published.length, home.retold]).to.deep.equal([2, 1])
        expect(home.published[1]).to.deep.equal(home.published[0])
      }
    })

    it('several times in a row, is told again once; nothing when it goes', async () => {
      expect(home.discovery.birthTopic).to.equal('homeassistant/status')
      home.discovery.tell(car, facts())
      for (let times = 0; times < 5; times++) home.discovery.onBirth('online')
      home.discovery.onBirth('offline')
      await home.clock.advance(seconds(60))
      expect(home.published).to.have.length(2)
      await home.discovery.close()
      expect(home.clock.timers).to.equal(0)
    })
  })

  describe('after a restart', () => {
    const restarted = async (options: object) => {
      const next = new Listened(options)
      await next.discovery.open()
      return next
    }

    it('is rid of what it had before and has no more', async () => {
      const store = memoryStateStore()
      home = await restarted({ store })
      home.discovery.tell(car, facts())
      await home.discovery.close()
      home = await restarted({ store })
      home.discovery.tell(car, facts(safe.filter((id) => id !== 'flash')))
      expect(home.components(car).button_flash).to.deep.equal({ platform: 'button' })
    })

    it('loses nothing while the cloud cannot be asked what it can do', async () => {
      const store = memoryStateStore()
      home = await restarted({ store })
      home.discovery.tell(car, facts([...safe, 'unlock']))
      await home.discovery.close()
      home = await restarted({ store })
      home.discovery.tell(car, facts([...safe, 'unlock'], { capabilities: undefined, known: [] }))
      expect(home.published).to.deep.equal([])
    })

    it('keeps what it told once, where the cloud does not say what it has', async () => {
      const store = memoryStateStore()
      const silent = { commands: can, unlisted: [] }
      home = await restarted({ store })
      home.discovery.tell(car, facts(safe, { capabilities: silent }))
      await home.discovery.close()
      home = await restarted({ store })
      home.discovery.tell(car, facts(safe, { capabilities: silent, known: [] }))
      expect(home.keys(car)).to.include('sensor_battery_state_of_charge')
    })

    it('with discovery off, is taken back', async () => {
      const store = memoryStateStore()
      home = await restarted({ store })
      home.discovery.tell(car, facts())
      await home.discovery.close()
      home = await restarted({ store })
      home.discovery.clear()
      expect(home.payloads(car)).to.deep.equal([''])
      await home.discovery.close()
      home = await restarted({ store })
      home.discovery.clear()
      expect(home.published).to.deep.equal([])
    })

    it('under another prefix, is taken back from the old one', async () => {
      const store = memoryStateStore()
      home = await restarted({ store })
      home.discovery.tell(car, facts())
      await home.discovery.close()
      home = await restarted({ store, prefix: 'ha/discovery' })
      home.discovery.tell(car, facts())
      expect(home.payloads(car)).to.deep.equal([''])
      expect(home.payloads(car, 'ha/discovery')).to.have.length(1)
    })

    it('starts anew when what was kept makes no sense', async () => {
      for (const kept of [
        7,
        null,
        'x',
        { prefix: 1 },
        { prefix: 'homeassistant', cars: { a: 3, b: { platforms: { c: 'nonsense' } } } },
      ]) {
        const store = memoryStateStore()
        await store.save('discovery test', kept)
        home = await restarted({ store })
        home.discovery.tell(car, facts())
        expect(home.keys(car)).to.include('button_flash')
      }
    })
  })
})

describe('the judge of discovery messages', () => {
  const good = () => {
    const home = new Listened()
    home.discovery.tell(car, facts([...safe, 'unlock'], { location: 'exact', known: [...known, 'charging.chargeLimit'] }))
    return { topic: home.published[0]!.topic, message: home.message(car) }
  }
  const component = (key: string, change: object) => (message: ReturnType<typeof good>['message']) =>
    Object.assign(message.components[key]!, change)
  const bad: [string, (message: ReturnType<typeof good>['message']) => void][] = [
    ['object_id is not known', component('button_flash', { object_id: 'x' })],
    ['category config', component('sensor_battery_state_of_charge', { entity_category: 'config' })],
    ['unit km with battery', component('sensor_battery_state_of_charge', { unit_of_measurement: 'km' })],
    ['state_class total with battery', component('sensor_battery_state_of_charge', { state_class: 'total' })],
    ['options is empty', component('sensor_charging_status', { options: [] })],
    ['state_topic is not known', component('device_tracker_position_location', { state_topic: 'x' })],
    ['without a state it is optimistic', component('lock_lock_central', { state_topic: undefined })],
    ['command_topic a/+', component('button_flash', { command_topic: 'a/+' })],
    ['value_template', component('sensor_charging_status', { value_template: '{{ value_json.charging.status }}' })],
    ['device_class lamp', component('binary_sensor_charging_status', { device_class: 'lamp' })],
    ['range 100 to 80', component('number_charging_charge_limit', { min: 100, max: 80 })],
    ['default_entity_id', component('button_flash', { default_entity_id: 'flash' })],
    [
      'unique_id same twice',
      (message) => ['button_flash', 'sensor_charging_status'].forEach((key) => (message.components[key]!.unique_id = 'same')),
    ],
    ['no origin', (message) => Object.assign(message, { origin: {} })],
    ['availability_mode', (message) => Object.assign(message, { availability_mode: 'some' })],
    ['device has no identifiers', (message) => Object.assign(message.device, { identifiers: [] })],
    ['message: dev is not known', (message) => Object.assign(message, { dev: {} })],
  ]
  it('finds nothing in a good one', () => {
    const { topic, message } = good()
    expect(faultsOf(topic, JSON.stringify(message))).to.deep.equal([])
  })
  for (const [fault, spoil] of bad)
    it(`finds: ${fault}`, () => {
      const { topic, message } = good()
      spoil(message)
      expect(faultsOf(topic, JSON.stringify(message)).join('\n')).to.contain(fault)
    })
})
