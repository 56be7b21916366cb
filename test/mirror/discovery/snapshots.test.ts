import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { configTopic, uidOf } from '../../../src/mirror/discovery/device'
import { render } from '../../support/homeAssistant/jinja'
import { faultsOf } from '../../support/homeAssistant/validator'
import { signalIds, signalOf } from '../../../src/vehicle/signals'
import { carKeys, factsOf, Listened, readCars, safe, type KnownCar } from './cars'

const folder = join(__dirname, 'snapshots')

describe("the simulator's cars as Home Assistant is told of them", () => {
  let cars: Map<string, KnownCar>
  before(async () => {
    cars = await readCars()
  })

  const told = (key: string) => {
    const known = cars.get(key)!
    const listened = new Listened()
    listened.discovery.tell(known.car, factsOf(known, [...safe, 'unlock', 'engine-start'], 'rounded'))
    return { known, listened, message: listened.message(known.car), payload: listened.payloads(known.car).at(-1)! }
  }

  for (const key of carKeys) {
    it(`${key}: the whole message, word for word`, () => {
      const { message } = told(key)
      const path = join(folder, `${key}.json`)
      if (process.env.UPDATE_SNAPSHOTS) writeFileSync(path, JSON.stringify(message, null, 2))
      expect(message).to.deep.equal(JSON.parse(readFileSync(path, 'utf8')))
    })

    it(`${key}: nothing in it that Home Assistant would not take`, () => {
      const { known, payload } = told(key)
      expect(faultsOf(configTopic('homeassistant', uidOf(known.car)), payload)).to.deep.equal([])
    })

    it(`${key}: every entity shows what the car's state says`, () => {
      const { known, message } = told(key)
      const state = JSON.stringify(known.state)
      const shown = new Map<string, string>()
      for (const component of Object.values(message.components))
        if (component.state_topic === `driveway/${known.car.slug}/state`)
          shown.set(String(component.unique_id).split('_').slice(2).join('_'), render(String(component.value_template), state))
      for (const id of known.known) {
        const { homeAssistant, group } = signalOf(id)
        if (!homeAssistant || group === 'position') continue
        const word = id.replace(/[A-Z.]/g, (letter) => (letter === '.' ? '_' : `_${letter.toLowerCase()}`))
        const own = [...shown].filter(([name]) => name.endsWith(`_${word}`))
        expect(own, id).to.have.length.above(0)
        for (const [name, value] of own) expect(value, name).not.to.be.oneOf(['', 'None'])
      }
    })

    it(`${key}: tells neither a VIN nor a place`, () => {
      const { known, payload } = told(key)
      expect(payload).not.to.contain(known.car.id)
      expect(payload).not.to.match(/latitude|longitude/)
    })
  }

  it('reads values of every kind of signal right', () => {
    const { message, known } = told('xc60')
    const state = JSON.stringify(known.state)
    const shown = (key: string) => render(String(message.components[key]?.value_template), state)
    expect(shown('sensor_battery_state_of_charge')).to.equal('48')
    expect(shown('sensor_fuel_amount')).to.equal('47.3')
    expect(shown('sensor_charging_status')).to.equal('idle')
    expect(shown('binary_sensor_charging_status')).to.equal('OFF')
    expect(shown('binary_sensor_doors_front_left')).to.equal('OFF')
    expect(shown('lock_lock_central')).to.equal('locked')
    expect(shown('sensor_charging_charge_limit')).to.equal('100')
    expect(shown('sensor_observed_at')).to.equal('2026-03-02T12:00:00.000Z')
    expect(message.components.sensor_fuel_amount).to.include({ unit_of_measurement: 'L', device_class: 'volume_storage' })
    expect(message.components.sensor_service_time).to.include({ unit_of_measurement: 'd', device_class: 'duration' })
  })
})

describe('every signal of the catalogue', () => {
  const everything = () => {
    const listened = new Listened()
    const car = { id: 'x', provider: 'stellantis', slug: 'any', label: 'Any', meta: {} } as const
    const capabilities = { commands: [...safe, 'unlock', 'unlock-top-case'] as const, unlisted: [] }
    listened.discovery.tell(car, { capabilities, allowed: capabilities.commands, known: signalIds, location: 'exact' })
    return { listened, car }
  }

  it('has an entity that Home Assistant takes, with and without commands', () => {
    const { listened, car } = everything()
    listened.discovery.tell(car, {
      capabilities: { commands: [], unlisted: [] },
      allowed: [],
      known: signalIds,
      location: 'zone',
    })
    for (const payload of listened.payloads(car))
      expect(faultsOf(configTopic('homeassistant', uidOf(car)), payload)).to.deep.equal([])
    expect(listened.payloads(car)).to.have.length(2)
  })

  it('is unknown where the state has no such key, the group lacks, or the word is not known', () => {
    const { listened, car } = everything()
    for (const [key, component] of Object.entries(listened.components(car))) {
      if (component.state_topic !== 'driveway/any/state') continue
      const template = String(component.value_template)
      const groups = [...template.matchAll(/value_json\.get\('(\w+)', \{\}\)\.get\('(\w+)'\)/g)]
      const place = groups[0] ?? []
      expect(signalIds, key).to.include.members(groups.map(([, group, name]) => `${group}.${name}`))
      expect(render(template, '{}'), key).to.equal('None')
      if (!place[1] || !place[2]) continue
      expect(render(template, JSON.stringify({ [place[1]]: {} })), key).to.equal('None')
      if (signalOf(`${place[1]}.${place[2]}` as never).type !== 'word') continue
      expect(render(template, JSON.stringify({ [place[1]]: { [place[2]]: 'unknown' } })), key).to.equal('None')
    }
  })

  it('shows each of its words as one of its options, or as on or off', () => {
    const { listened, car } = everything()
    for (const id of signalIds) {
      const { words = [], group, homeAssistant } = signalOf(id)
      if (signalOf(id).type !== 'word' || group === 'position') continue
      for (const component of Object.values(listened.components(car))) {
        const template = (component.value_template as string | undefined) ?? ''
        if (!homeAssistant || !template.includes(`get('${group}', {}).get('${id.split('.')[1]}')`)) continue
        for (const word of words) {
          const shown = render(template, JSON.stringify({ [group]: { [id.split('.')[1]!]: word } }))
          const options = (component.options as string[] | undefined) ?? [component.state_locked, component.state_unlocked]
          if (component.platform === 'binary_sensor') expect(shown, `${id} ${word}`).to.be.oneOf(['ON', 'OFF'])
          else expect(options, `${id} ${word}`).to.include(shown)
        }
      }
    }
  })

  it('that is a list shows how many, with the items as attributes', () => {
    const { listened, car } = everything()
    const { sensor_alerts_active: alerts } = listened.components(car)
    const state = JSON.stringify({ alerts: { active: ['battery-low', 'brake-fault'], details: [{ id: 'a' }] } })
    expect(render(String(alerts?.value_template), state)).to.equal('2')
    expect(JSON.parse(render(String(alerts?.json_attributes_template), state))).to.deep.equal({
      active: ['battery-low', 'brake-fault'],
      details: [{ id: 'a' }],
    })
  })
})
