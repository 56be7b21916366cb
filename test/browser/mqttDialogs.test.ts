import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import type { NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import type { Editor } from './editor'
import { editorSuite, untranslated } from './suite'

describe('the dialogs for MQTT', () => {
  let nodeRed: NodeRed
  let editor: Editor
  const suite = editorSuite(() => ({ flows }))
  beforeEach(() => void ({ nodeRed, editor } = suite))

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

  const openConnection = async () => {
    const tray = await editor.editConfig('driveway-mqtt', 'mqtt')
    // The form stands before the editor has fetched the credentials, and is filled in only then.
    await editor.page.waitForFunction("document.querySelector('#node-config-input-url')?.value")
    return { tray, field: (name: string) => tray.locator(`#node-config-input-${name}`) }
  }

  it('keep what a connection says of places, commands and certificates, and show only what counts', async () => {
    const { tray, field } = await openConnection()
    expect(await tray.locator('#driveway-mqtt-zone').isVisible()).to.equal(false)
    expect(await field('discoveryPrefix').isVisible()).to.equal(false)
    await field('discovery').check()
    expect(await field('discoveryPrefix').isVisible()).to.equal(true)
    await field('values').check()
    await field('location').selectOption('zone')
    await tray.getByText('add a place').click()
    for (const [index, text] of ['home', '57.7', '11.97', '150'].entries())
      await tray.locator('#driveway-mqtt-places input').nth(index).fill(text)
    for (const section of await tray.locator('summary').all()) await section.click()
    await tray.locator('#driveway-mqtt-command-safe').check()
    await tray.locator('#driveway-mqtt-command-unlock').check()
    await field('shared').fill('team')
    await field('ca').fill('-----BEGIN CERTIFICATE-----\nline two')
    expect(await tray.innerText()).not.to.match(untranslated)
    await editor.picture('mqtt-connection')
    await editor.leave('ok')
    const saved = await deployed('mqtt')
    expect(saved).to.deep.include({
      values: true,
      location: 'zone',
      places: [{ name: 'home', latitude: 57.7, longitude: 11.97, radius: 150 }],
      commands: ['safe', 'unlock'],
      shared: 'team',
      discovery: true,
    })
    expect(JSON.stringify(saved), 'no certificate in the flow').not.to.contain('BEGIN')
    const { json } = await nodeRed.admin('GET', 'credentials/driveway-mqtt/mqtt')
    expect(json).to.deep.include({ has_ca: true, has_key: false })
  })

  it('show the connection again, and take a place away', async () => {
    const { tray, field } = await openConnection()
    expect(await field('location').inputValue()).to.equal('zone')
    const name = tray.locator('#driveway-mqtt-places input').first()
    expect(await name.inputValue()).to.equal('home')
    await tray.locator('#driveway-mqtt-places .red-ui-editableList-item-remove').click()
    await name.waitFor({ state: 'detached' })
    await field('location').selectOption('off')
    await editor.leave('ok')
    expect(await deployed('mqtt')).to.deep.include({ places: [], location: 'off' })
  })

  for (const id of ['charging', 'state']) {
    it(`give the ${id} node an output more for an mqtt out node; the other wire stays where it is`, async () => {
      const tray = await editor.edit(id)
      expect(await tray.locator('#node-input-mqttBase').isVisible()).to.equal(false)
      await tray.locator('#node-input-forMqttOut').check()
      expect(await tray.locator('#node-input-mqttBase').isVisible()).to.equal(true)
      expect(await tray.innerText()).not.to.match(untranslated)
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
    expect(await account.innerText()).not.to.match(untranslated)
    await field('broker').selectOption('far')
    await field('sourceBase').fill('far/cars')
    await editor.picture('account-mqtt')
    await editor.leave('ok')
    await editor.leave('ok')
    expect(await deployed('acc')).to.include({ provider: 'mqtt', broker: 'far', sourceBase: 'far/cars' })
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
  { id: 'far', type: 'driveway-mqtt', name: 'Far away', url: 'mqtt://127.0.0.1:9' },
  { id: 'acc', type: 'driveway-account', version: 1, name: 'Cars', provider: 'volvo', server: 'simulator' },
  { id: 'charging', type: 'driveway-charging', account: 'acc', profile: 'normal', emit: 'events', y: 80, ...place },
  { id: 'state', type: 'driveway-state', account: 'acc', y: 200, ...place },
  { id: 'told', type: 'debug', z: 'tab', active: false, complete: 'topic', targetType: 'msg', x: 600, y: 120, wires: [] },
]
