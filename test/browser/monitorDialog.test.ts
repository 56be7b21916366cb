import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import { Editor, openBrowser } from './editor'

/** A text that should have been translated. */
const key = /driveway-\w+\.[\w.]+|\[object |undefined|NaN/

describe('the dialog of the monitor', () => {
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor

  before(async () => {
    nodeRed = await NodeRed.start({ flows, settings: { externalModules: { palette: { allowInstall: false } } } })
    browser = await openBrowser()
    editor = await Editor.open(browser, nodeRed.adminUrl)
  })

  after(async () => {
    await browser?.close()
    await nodeRed?.end()
  })

  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await editor.picture(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`)
  })

  it('opens, all in words', async () => {
    const tray = await editor.edit('monitor')
    await editor.picture('monitor-new')
    expect(await tray.innerText())
      .to.contain('Fires when')
      .and.not.to.match(key)
    expect(editor.errors).to.deep.equal([])
    await editor.leave('cancel')
  })

  it('keeps all of a monitor that is opened and closed again', async () => {
    const tray = await editor.edit('full')
    await editor.page.setViewportSize({ width: 1400, height: 1700 })
    await editor.picture('monitor-full')
    await tray.locator('#driveway-monitor-vehicles-hint', { hasText: 'found' }).waitFor()
    await editor.leave('ok')
    const { triggers, expression, refreshEvery } = await editor.page.evaluate<AnyMessage>(`RED.nodes.filterNodes({ id: 'full' })
      .concat([RED.nodes.node('full')]).map(({ triggers, expression, refreshEvery }) => ({ triggers, expression, refreshEvery }))[0]`)
    expect({ triggers, expression, refreshEvery }).to.deep.equal({
      triggers: full.triggers,
      expression: full.expression,
      refreshEvery: full.refreshEvery,
    })
    await editor.page.setViewportSize({ width: 1400, height: 1000 })
  })
})

const full = {
  label: 'Home',
  where: 'local',
  triggers: [
    {
      name: 't1',
      kind: 'data',
      data: 'charging.connection',
      op: 'equalsTo',
      value: ['disconnected'],
      previous: { op: 'equalsTo', value: ['connected'] },
    },
    { name: 't2', kind: 'data', data: 'charging.status', op: 'includedIn', value: ['idle', 'complete'] },
    { name: 'home', kind: 'zone', transition: 'Out', place: { radius: 2, center: { longitude: 11.97, latitude: 57.7 } } },
    {
      name: 'night',
      kind: 'time',
      times: [
        {
          recurrence: 'Daily',
          start: 'PT22H30M',
          duration: 'PT8H',
          occurrence: { day: ['Mon', 'Fri'], week: ['w1-w25', 'w30'] },
        },
        { recurrence: 'None', start: '2026-12-24T16:00:00Z', duration: 'PT2H' },
      ],
      timeZone: 'Europe/Stockholm',
    },
    { name: 'low', kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] },
  ],
  expression: '(t1 | t2) & home & !night & low',
  refreshEvery: '900',
}

const flows: AnyMessage[] = [
  { id: 'full', type: 'driveway-monitor', z: 'tab', x: 200, y: 200, account: 'acc', version: 1, wires: [[]], ...full },
  { id: 'tab', type: 'tab', label: 'Monitors' },
  { id: 'acc', type: 'driveway-account', name: 'Simulated cars', provider: 'volvo', server: 'simulator' },
  { id: 'monitor', type: 'driveway-monitor', z: 'tab', x: 200, y: 100, account: 'acc', wires: [[]] },
]
