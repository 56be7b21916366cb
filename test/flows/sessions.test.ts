import { expect } from 'chai'
import { minutes } from '../../src/clock'
import { callsOf, catchAll, nothingIsLost, owns } from '../nodes/support'
import { givenHome, type Home } from '../support/home'

describe('charging sessions in a flow', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  const given = () =>
    givenHome((simulator) => {
      owns(simulator, 'ex40')
      return {
        nodes: [
          { id: 'charging', type: 'driveway-charging', account: 'acc', profile: 'fast', emit: 'changes', wires: [['told']] },
          { id: 'state', type: 'driveway-state', account: 'acc', groups: ['sessions'], wires: [['known']] },
          catchAll,
        ],
      }
    })

  it('come with the messages while the car charges and at its end, and can be asked for without a call', async () => {
    home = await given()
    await home.advance(minutes(2))
    expect((await home.ask('state', {}, 'known')).payload).to.deep.equal({ sessions: [] })
    home.car.plugIn('ac')
    const started = await home.next('told', 'charging-started')
    expect(started.session).to.include({ type: 'ac' })
    expect(started.session.stateOfCharge.from).to.be.closeTo(62.5, 0.5)
    expect(started.session).not.to.have.property('endedAt')
    await home.advance(minutes(30))
    home.car.unplug()
    const stopped = await home.next('told', 'charging-stopped')
    expect(stopped.session).to.include({ startedAt: started.session.startedAt, energyFrom: 'power', end: 'charging-stopped' })
    expect(stopped.session.energyAdded).to.be.within(3, 7)
    expect(stopped.session.duration).to.be.closeTo(1800, 200)

    const calls = callsOf(home, '').length
    const { payload } = await home.ask('state', {}, 'known')
    expect(payload.sessions).to.have.length(1)
    expect(payload.sessions[0]).to.deep.equal(stopped.session)
    expect(callsOf(home, '').length).to.equal(calls)
  })
})
