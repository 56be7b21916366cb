import { expect } from 'chai'
import { minutes } from '../../src/clock'
import { catchAll, givenHome, type Home } from '../support/home'
import { nothingIsLost } from '../nodes/support'

/** INVERS knows the charge of a car, and nothing of its plug. */
const clouds = [
  { name: 'Volvo', account: { provider: 'volvo' }, car: 'ex40', command: 'lock' },
  { name: 'Stellantis v4', account: { provider: 'stellantis', api: 'v4', brand: 'peugeot' }, car: 'e208', command: 'lock' },
  { name: 'Stellantis v1', account: { provider: 'stellantis', api: 'v1', brand: 'peugeot' }, car: 'e208', command: 'lock' },
  { name: 'INVERS', account: { provider: 'invers' }, car: 'city', command: 'lock', event: 'level-changed' },
]

for (const { name, account, car, command, event: expected = 'plugged-in' } of clouds)
  describe(`the same flow on the cars of ${name}`, () => {
    nothingIsLost()
    let home: Home
    afterEach(() => home.close())

    const given = () =>
      givenHome({
        account: { ...account, allow: ['unlock'] },
        nodes: [
          { id: 'state', type: 'driveway-state', account: 'acc', wires: [['told']] },
          { id: 'command', type: 'driveway-command', account: 'acc', onFailure: 'output', wires: [['done'], ['not']] },
          { id: 'watch', type: 'driveway-charging', account: 'acc', profile: 'fast', wires: [['event']] },
          { ...catchAll },
        ],
      })

    it('asks for the state, sends a command, and sees what the car tells of its charging', async () => {
      home = await given()
      const simulated = home.simulator.cars.get(car)
      const vehicle = simulated.profile.invers?.id ?? simulated.id
      const told = await home.ask('state', { vehicle, groups: ['battery', 'lock', 'vehicle'] }, 'told')
      expect(told.vehicle.provider).to.equal(account.provider)
      expect(told.payload.battery.stateOfCharge, 'state of charge').to.equal(simulated.truth('battery.stateOfCharge'))
      simulated.unlock()
      const done = await home.ask('command', { vehicle, command }, 'done')
      expect(done.payload).to.include({ command, ok: true })
      expect(simulated.truth('lock.central')).to.equal('locked')
      await home.advance(minutes(2))
      simulated.plugIn('dc')
      const event = await home.next('event', expected)
      expect(event.vehicle.id).to.equal(vehicle)
      expect(home.messages('caught')).to.deep.equal([])
    })
  })
