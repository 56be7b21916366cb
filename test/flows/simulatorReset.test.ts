import { expect } from 'chai'
import { minutes } from '../../src/clock'
import { catchAll, codeOf, nothingIsLost, owns } from '../nodes/support'
import { givenHome, type Home } from '../support/home'

describe('trying faults on the simulator', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  const given = () =>
    givenHome((simulator) => {
      owns(simulator, 'ex40')
      const state = { id: 'state', type: 'driveway-state', account: 'acc', groups: ['lock'], maxAge: 0, wires: [['told']] }
      return { nodes: [state, catchAll] }
    })

  it('is over with a reset, also when the calls of the day were used up', async () => {
    home = await given()
    await home.ask('state', {}, 'told')
    home.simulator.faults.add({ provider: 'volvo', kind: '403-quota' })
    await home.advance(minutes(2))
    expect(codeOf(await home.ask('state', {}, 'caught'))).to.equal('QUOTA_DAY')
    home.simulator.reset()
    owns(home.simulator, 'ex40')
    expect((await home.ask('state', {}, 'told')).payload.lock.central).to.equal('locked')
  })

  it('is over without anybody signing in again', async () => {
    home = await given()
    await home.ask('state', {}, 'told')
    home.simulator.faults.add({ provider: 'volvo', kind: '401-token' })
    await home.advance(minutes(2))
    expect(codeOf(await home.ask('state', {}, 'caught'))).to.match(/^AUTH_/)
    home.simulator.faults.clear()
    await home.advance(minutes(1))
    expect((await home.ask('state', {}, 'told')).payload.lock.central).to.equal('locked')
  })
})
