import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import { Editor, openBrowser } from './editor'

describe('the dialog of the MQTT connection', () => {
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

  const open = async () => {
    await editor.page.evaluate("RED.editor.editConfig('', 'driveway-mqtt', 'mqtt')")
    const tray = await editor.topTray()
    // The form stands before the editor has fetched the credentials, and is filled in only then.
    await editor.page.waitForFunction("document.querySelector('#node-config-input-url')?.value")
    return { tray, field: (name: string) => tray.locator(`#node-config-input-${name}`) }
  }
  const deployed = async () => {
    await editor.deploy()
    const { json } = await nodeRed.admin('GET', 'flows')
    return (json as AnyMessage[]).find(({ id }) => id === 'mqtt') as AnyMessage
  }

  it('keeps places, commands and certificates, and shows only what counts', async () => {
    const { tray, field } = await open()
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
    expect(await tray.innerText()).not.to.match(/driveway-\w+\.[\w.]+|\[object |undefined|NaN/)
    await editor.picture('mqtt-connection')
    await editor.leave('ok')
    const saved = await deployed()
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

  it('shows it again, and takes a place away', async () => {
    const { tray, field } = await open()
    expect(await field('location').inputValue()).to.equal('zone')
    const name = tray.locator('#driveway-mqtt-places input').first()
    expect(await name.inputValue()).to.equal('home')
    await tray.locator('#driveway-mqtt-places .red-ui-editableList-item-remove').click()
    await name.waitFor({ state: 'detached' })
    await field('location').selectOption('off')
    await editor.leave('ok')
    expect(await deployed()).to.deep.include({ places: [], location: 'off' })
  })

  it('never had an error on its console', () => expect(editor.errors).to.deep.equal([]))
})

const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  { id: 'mqtt', type: 'driveway-mqtt', name: 'House', url: 'mqtt://127.0.0.1:9', base: 'near', instance: 'near1' },
]
