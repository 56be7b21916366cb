import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import { listener } from '../support/nodeRed'
import { account, alert, away, e208, flowOf, home, monitor, MonitorHome, zone } from './monitorSupport'

describe('a monitor in the cloud', function () {
  this.timeout(60_000)
  let place: MonitorHome
  afterEach(() => place?.close())

  for (const api of ['v1', 'v4'])
    for (const transport of ['webhook', 'websocket'])
      it(`tells by ${transport} that the car raised an alert (${api})`, async () => {
        const watched = monitor({ label: 'Alert', triggers: [alert], expression: 'fault', transport })
        place = await MonitorHome.start(flowOf(account({ api }), watched))
        await place.watching()
        await place.simulate('POST', `vehicles/${e208}/alert`, { code: 'AssistanceButtonFault' })
        const [told] = await place.told(1)
        expect(told).to.include({ topic: 'monitor' })
        expect(told!.vehicle).to.include({ slug: 'e208', provider: 'stellantis' })
        expect(told!.event).to.include({ name: 'monitor', source: 'push', late: false })
        expect(told!.event.details).to.include({ label: 'Alert', refresh: false })
        expect(told!.event.details.values).to.deep.equal([{ data: 'vehicle.alert', value: 'AssistanceButtonFault' }])
        expect(JSON.stringify(place.nodeRed.heard('caught'))).to.equal('[]')
        expect(place.nodeRed.complaints).to.deep.equal([])
      })

  it('turns on the lights when the car comes home', async () => {
    const watched = monitor({ label: 'Home', triggers: [zone('in', 'In', home)], expression: 'in', wires: [['lights']] })
    const lights = {
      id: 'lights',
      z: 'tab',
      type: 'change',
      x: 300,
      y: 100,
      rules: [
        { t: 'set', p: 'payload', pt: 'msg', to: 'on', tot: 'str' },
        { t: 'set', p: 'topic', pt: 'msg', to: 'house/lights', tot: 'str' },
      ],
      wires: [['told']],
    }
    place = await MonitorHome.start(flowOf(account(), watched, lights))
    await place.watching()
    await place.simulate('POST', `vehicles/${e208}/drive`, { to: away })
    await place.advance(1200)
    await place.simulate('POST', `vehicles/${e208}/drive`, { to: home })
    const [told] = await place.told(1, 'told', 120)
    expect(told).to.include({ topic: 'house/lights', payload: 'on' })
  })

  for (const api of ['v1', 'v4'])
    it(`hears each step of a command that wakes the car, by its own channel (${api})`, async () => {
      const watched = monitor({ label: 'Alert', triggers: [alert], expression: 'fault' })
      const at = { z: 'tab', x: 200, y: 300 }
      const order = { id: 'order', type: 'inject', ...at, props: [], once: false, repeat: '', wires: [['command']] }
      const command = {
        id: 'command',
        type: 'driveway-command',
        ...at,
        account: 'acc',
        command: 'climate-start',
        onFailure: 'error',
        progress: true,
        outputs: 2,
        wires: [['done'], ['progress']],
      }
      const ears = [listener('done'), listener('progress')]
      place = await MonitorHome.start(flowOf(account({ api }), watched, order, command, ...ears))
      await place.watching()
      await place.simulate('POST', `vehicles/${e208}/sleep`)
      await place.nodeRed.admin('POST', 'inject/order', { body: {} })
      const [done] = await place.told(1, 'done', 1)
      expect(done!.payload).to.include({ command: 'climate-start', ok: true, phase: 'done' })
      const phases = place.nodeRed.heard('progress').map(({ payload }) => payload.phase as string)
      expect(phases).to.deep.equal(['accepted', 'waking', 'sent'])
      expect(place.nodeRed.complaints).to.deep.equal([])
    })

  it('is removed with its node, and made once however often it is deployed', async () => {
    const watched = monitor({ label: 'Alert', triggers: [alert], expression: 'fault' })
    const flows = flowOf(account(), watched)
    place = await MonitorHome.start(flows)
    await place.watching()
    for (const type of ['full', 'flows', 'nodes', 'reload']) {
      const seen = place.statuses.of('monitor').length
      await place.nodeRed.deploy(
        flows.map((node) => (node.id === 'monitor' ? { ...node, name: type } : node)),
        { type },
      )
      await place.statuses.shows('monitor', /^watching/, seen)
    }
    expect((await place.calls('/monitors')).filter((call) => call.startsWith('POST'))).to.have.length(1)
    await place.nodeRed.deploy(
      flows.filter(({ id }) => id !== 'monitor'),
      { type: 'nodes' },
    )
    await eventually(
      () => place.calls('/monitors'),
      (calls) => calls.some((call) => call.startsWith('DELETE')),
      'its removal',
    )
    expect(place.nodeRed.complaints).to.deep.equal([])
  })
})
