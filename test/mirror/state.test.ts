import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import { stateText } from '../../src/mirror/payloads'
import type { SignalValue } from '../../src/vehicle/reading'
import type { SignalId } from '../../src/vehicle/signals'
import { failure, vin } from '../support/scriptedProvider'
import { Mirrored, place } from './support'

/** What a car says of each, one of them at a time; null: that it does not know. */
const sayings: [SignalId, (SignalValue | null)[]][] = [
  ['battery.stateOfCharge', [10, 62, 63.5, null]],
  ['charging.connection', ['connected', 'disconnected', null]],
  ['charging.status', ['charging', 'idle']],
  ['doors.frontLeft', ['open', 'closed', null]],
  ['position.location', [place, { latitude: 1.5, longitude: 2.5, heading: 9 }, null]],
  ['service.warning', ['ok', null]],
  ['vehicle.odometer', [1000, 1001]],
]

describe('the state of a car on MQTT', () => {
  for (const location of ['off', 'exact'] as const)
    it(`is at any time all that is known, however it came to be known (location ${location})`, async () => {
      const home = await Mirrored.open({ mirror: { location } })
      try {
        await home.later(seconds(1))
        const expected = () => stateText(home.account, home.account.known[0]!, { exact: location === 'exact' })
        for (let round = 0; round < 40; round++) {
          const says = { ...home.provider.says.get(vin(1)) } as Record<string, SignalValue | null>
          const [signal, values] = sayings[Math.floor(home.clock.random() * sayings.length)]!
          says[signal] = values[Math.floor(home.clock.random() * values.length)]!
          home.provider.says.set(vin(1), says)
          await home.later(minutes(61))
          const told = JSON.parse(home.broker.retained.get(home.topic('state'))!) as object
          const { observedAt: _, fetchedAt: __, ...facts } = JSON.parse(expected()!) as Record<string, unknown>
          expect(told, `after ${signal}`).to.deep.include(facts)
          expect(Object.keys(told).sort()).to.deep.equal([...Object.keys(facts), 'fetchedAt', 'observedAt'].sort())
        }
      } finally {
        await home.close()
      }
    })

  it('is told anew, with what is known then, after everything was forgotten', async () => {
    const home = await Mirrored.open()
    try {
      await home.later(seconds(1))
      await home.account.forget()
      home.provider.says.set(vin(1), { 'battery.stateOfCharge': 20 })
      home.account.resume()
      await home.account.vehicles()
      await home.later(minutes(5))
      const { battery, charging, lock } = JSON.parse(home.broker.retained.get(home.topic('state'))!)
      expect([battery, charging, lock]).to.deep.equal([{ stateOfCharge: 20 }, undefined, undefined])
    } finally {
      await home.close()
    }
  })

  it('says that it may be old while the cloud is down, and keeps its facts', async () => {
    const home = await Mirrored.open()
    try {
      await home.later(seconds(1))
      home.provider.onRead = () => Promise.reject(failure('PROVIDER_DOWN'))
      await home.later(minutes(20))
      const states = home.json('state')
      expect(states.at(-1)).to.deep.include({ stale: true, battery: { stateOfCharge: 62 } })
      expect(states.at(0)).to.deep.include({ stale: false })
    } finally {
      await home.close()
    }
  })
})
