import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { eventually } from '../support/childProcess'
import { NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import { Editor, openBrowser } from './editor'

/** A text that should have been translated. */
const key = /driveway-\w+\.[\w.]+|\[object |undefined|NaN/

describe('the dialogs for MQTT', () => {
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

  const saved = async (id: string) => {
    const { json } = await nodeRed.admin('GET', 'flows')
    return (json as AnyMessage[]).find((node) => node.id === id) as AnyMessage
  }
  /** The node as the runtime has it, once that is another one than before. */
  const deployed = async (id: string): Promise<AnyMessage> => {
    const before = JSON.stringify(await saved(id))
    await editor.deploy()
    const isNew = (node: AnyMessage) => JSON.stringify(node) !== before
    return eventually(() => saved(id), isNew, `the deploy of ${id}`)
  }

  for (const id of ['charging', 'state']) {
    it(`give the ${id} node an output more for an mqtt out node; the other wire stays where it is`, async () => {
      const tray = await editor.edit(id)
      expect(await tray.locator('#node-input-mqttBase').isVisible()).to.equal(false)
      await tray.locator('#node-input-forMqttOut').check()
      expect(await tray.locator('#node-input-mqttBase').isVisible()).to.equal(true)
      expect(await tray.innerText()).not.to.match(key)
      await tray.locator('#node-input-mqttBase').fill('my/cars')
      await editor.picture(`${id}-mqtt-out`)
      await editor.leave('ok')
      const { outputs, wires, forMqttOut, mqttBase } = await deployed(id)
      expect({ outputs, wires, forMqttOut, mqttBase }).to.deep.equal({
        outputs: 2,
        wires: [['told'], []],
        forMqttOut: true,
        mqttBase: 'my/cars',
      })
    })

    it(`take it away from the ${id} node again`, async () => {
      const tray = await editor.edit(id)
      await tray.locator('#node-input-forMqttOut').uncheck()
      await editor.leave('ok')
      const { outputs, wires } = await deployed(id)
      expect({ outputs, wires }).to.deep.equal({ outputs: 1, wires: [['told']] })
    })
  }

  it('ask an account that reads another Driveway for a broker and a topic, and for nothing else', async () => {
    const tray = await editor.edit('charging')
    await tray.locator('#node-input-btn-account-edit, #node-input-lookup-account').first().click()
    const account = await editor.topTray()
    const field = (name: string) => account.locator(`#node-config-input-${name}`)
    expect(await field('broker').isVisible()).to.equal(false)
    await field('provider').selectOption('mqtt')
    for (const name of ['broker', 'sourceBase', 'mirror']) expect(await field(name).isVisible(), name).to.equal(true)
    for (const name of ['server', 'apiKey', 'quotaPerDay']) expect(await field(name).isVisible(), name).to.equal(false)
    expect(await account.innerText()).not.to.match(key)
    await field('broker').selectOption('mqtt')
    await field('sourceBase').fill('far/cars')
    await editor.picture('account-mqtt')
    await editor.leave('ok')
    await editor.leave('ok')
    expect(await deployed('acc')).to.include({ provider: 'mqtt', broker: 'mqtt', sourceBase: 'far/cars' })
    await editor.status('charging').filter({ hasText: 'cloud unreachable' }).waitFor()
  })

  it('never had an error on its console', () => {
    expect(editor.errors.filter((error) => !/\/driveway\/accounts\/\w+\/vehicles\)$/.test(error))).to.deep.equal([])
  })
})

const place = { z: 'tab', x: 300, wires: [['told']] }
const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  { id: 'mqtt', type: 'driveway-mqtt', name: 'House', url: 'mqtt://127.0.0.1:9', base: 'near', instance: 'near1' },
  { id: 'acc', type: 'driveway-account', version: 1, name: 'Cars', provider: 'volvo', server: 'simulator' },
  { id: 'charging', type: 'driveway-charging', account: 'acc', profile: 'normal', emit: 'events', y: 80, ...place },
  { id: 'state', type: 'driveway-state', account: 'acc', y: 200, ...place },
  { id: 'told', type: 'debug', z: 'tab', active: false, complete: 'topic', targetType: 'msg', x: 600, y: 120, wires: [] },
]
