import { expect } from 'chai'
import { MonitorHome, quick } from './monitorSupport'
import { eventually } from '../support/childProcess'
import { listener } from '../support/nodeRed'

const flows = [
  { id: 'tab', type: 'tab', label: 'test' },
  { id: 'acc', type: 'driveway-account', name: 'Fleet', provider: 'invers', server: 'simulator' },
  { id: 'state', type: 'driveway-state', z: 'tab', x: 200, y: 100, account: 'acc', onChange: true, wires: [['told']] },
  listener('told'),
]

const vehicle = 'K7QX2D'

describe('the webhook of INVERS', function () {
  this.timeout(60_000)
  let home: MonitorHome
  afterEach(() => home?.close())

  it('tells a node of a change long before it would be asked for, without any monitor', async () => {
    home = await MonitorHome.start(flows, { settings: quick })
    const ask = async () => (await home.nodeRed.admin('POST', 'driveway/monitors/acc/address', {})).json as { address?: string }
    const { address } = await eventually(ask, (answer) => answer.address !== undefined, 'an address')
    const post = (to = address!) =>
      fetch(to, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[]' }).then(({ status }) => status)
    await eventually(post, (status) => status === 200, 'an open door')
    expect(await post(`${address}x`)).to.equal(401)
    await home.simulate('POST', 'invers/webhook', { url: address })
    await home.simulate('POST', `vehicles/${vehicle}/unlock`, {})
    const heard = await eventually(
      () => home.nodeRed.heard('told'),
      (all) => all.some(({ payload }) => payload?.lock?.central === 'unlocked'),
      'the lock',
    )
    expect(heard.find(({ payload }) => payload?.lock?.central === 'unlocked')?.vehicle.id).to.equal(vehicle)
  })

  it('is tried from the dialog of an account that no node uses yet', async () => {
    home = await MonitorHome.start(
      flows.filter(({ type }) => type !== 'driveway-state'),
      { settings: quick },
    )
    const tried = await home.nodeRed.admin('POST', 'driveway/monitors/acc/address/test', { body: {} })
    expect([tried.status, tried.json]).to.deep.equal([200, { ok: true }])
  })
})
