import { expect } from 'chai'
import type { Locator } from 'playwright-core'
import { eventually } from '../support/childProcess'
import type { NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import { Editor } from './editor'
import { editorSuite, untranslated } from './suite'

describe('the dialogs of the nodes', () => {
  let nodeRed: NodeRed
  let editor: Editor
  const suite = editorSuite(
    () => ({ flows, settings: { drivewayAccountSimulator: { fleet: 300 } } }),
    // Only what was changed starts anew: every start asks the clouds, which count calls by the minute.
    async ({ browser, nodeRed: { adminUrl } }) => {
      const one = await Editor.open(browser, adminUrl)
      await one.page.evaluate("RED.actions.invoke('core:set-deploy-type-to-modified-nodes')")
      return one
    },
  )
  beforeEach(() => void ({ nodeRed, editor } = suite))

  const runtimeFlows = async () => (await nodeRed.admin('GET', 'flows')).json as AnyMessage[]
  const ofType = async (type: string) => (await runtimeFlows()).filter((node) => node.type === type)
  /** What the editor holds of a node, deployed or not. */
  const held = (id: string, field: string): Promise<unknown> =>
    editor.page.evaluate<unknown>(`RED.nodes.node('${id}')?.['${field}']`)
  const openConfig = (type: string, id: string): Promise<Locator> => editor.editConfig(type, id)
  /** Deploys, and waits until the accounts are back. */
  const deploy = async () => {
    await editor.deploy()
    const answers = () => Promise.all(['acc', 'fleet'].map((id) => nodeRed.admin('GET', `driveway/accounts/${id}/vehicles`)))
    await eventually(answers, (all) => all.every(({ status }) => status === 200), 'the accounts after the deploy')
  }
  const select = (id: string) => editor.node(id).locator('.red-ui-flow-node').first().click()
  const options = (list: Locator): Promise<string[]> =>
    list.evaluate((element) => Array.from(element.querySelectorAll('option'), (one) => one.textContent ?? ''))

  /** A new monitor has an empty trigger, and Node-RED asks before it deploys what is not complete. */
  const completeTrigger = async (tray: Locator) => {
    const trigger = tray.locator('.driveway-trigger').first()
    await trigger.waitFor()
    for (const input of await trigger.locator('input[type=text]:visible, input:not([type]):visible').all())
      if ((await input.inputValue()) === '') await input.fill('20')
  }

  for (const type of ['driveway-command', 'driveway-charging', 'driveway-state', 'driveway-monitor']) {
    it(`add, configure, deploy, reopen, undo, export, import and delete ${type}`, async () => {
      const { page } = editor
      // Added from the palette with the mouse.
      const idsOf = () => page.evaluate<string[]>(`RED.nodes.filterNodes({ type: '${type}' }).map(({ id }) => id)`)
      const before = await idsOf()
      const entry = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`)
      await entry.hover()
      const from = (await entry.boundingBox())!
      await page.mouse.move(from.x + 20, from.y + 10)
      await page.mouse.down()
      await page.mouse.move(700, 600, { steps: 6 })
      await page.mouse.up()
      await page.waitForFunction(`RED.nodes.filterNodes({ type: '${type}' }).length > ${before.length}`)
      const id = (await idsOf()).find((one) => !before.includes(one))!

      const tray = await editor.edit(id)
      await tray.locator('#node-input-name').fill('Mine')
      await tray.locator('#node-input-account').selectOption('acc')
      await tray.locator('[id$="-hint"]', { hasText: '3 cars found' }).waitFor()
      if (type === 'driveway-monitor') await completeTrigger(tray)
      expect(await tray.innerText()).not.to.match(untranslated)
      await editor.picture(`dialog-${type}`)
      await editor.leave('ok')
      await deploy()
      const [saved] = await eventually(
        () => ofType(type),
        (nodes) => nodes.some((node) => node.id === id),
        'the new node',
      ).then((nodes) => nodes.filter((node) => node.id === id))
      expect(saved).to.include({ name: 'Mine', account: 'acc' })

      const again = await editor.edit(id)
      expect(await again.locator('#node-input-name').inputValue()).to.equal('Mine')
      await again.locator('#node-input-name').fill('Renamed')
      await editor.leave('ok')
      expect(await held(id, 'name')).to.equal('Renamed')
      await page.keyboard.press('Control+z')
      expect(await held(id, 'name'), 'undone').to.equal('Mine')

      await select(id)
      await page.keyboard.press('Control+e')
      await page.locator('#red-ui-clipboard-dialog-export-tab-clipboard-tab-bar').getByText('JSON', { exact: true }).click()
      const exported = page.locator('#red-ui-clipboard-dialog-export-text')
      await exported.waitFor()
      const text = await exported.inputValue()
      expect(JSON.parse(text) as AnyMessage[]).to.satisfy((nodes: AnyMessage[]) => nodes.some((node) => node.type === type))
      await page.locator('#red-ui-clipboard-dialog-cancel').click()

      await page.keyboard.press('Control+i')
      const pasted = page.locator('#red-ui-clipboard-dialog-import-text')
      await pasted.fill(text)
      // It is looked at when a key is let go.
      await pasted.press('End')
      await page.locator('#red-ui-clipboard-dialog-ok').click()
      const ask = page.getByRole('button', { name: 'Import copy' })
      if (await ask.isVisible()) await ask.click()
      await page.mouse.move(800, 760)
      await page.mouse.click(800, 760)
      const mine = `RED.nodes.filterNodes({ type: '${type}' }).filter((node) => node.name === 'Mine')`
      await page.waitForFunction(`${mine}.length === 2`)
      await page.evaluate(`RED.view.select({ nodes: ${mine} })`)
      await page.locator('#red-ui-workspace-chart').focus()
      await page.keyboard.press('Delete')
      expect(await held(id, 'name')).to.equal(undefined)
      await deploy()
      await eventually(
        () => ofType(type),
        (nodes) => !nodes.some(({ name }) => name === 'Mine'),
        'the deploy without it',
      )
    })
  }

  for (const [type, field] of [
    ['driveway-account', 'account'],
    ['driveway-mqtt', 'mirror'],
  ] as const) {
    it(`add, configure, deploy, reopen and delete ${type}`, async () => {
      const { page } = editor
      const tray = field === 'account' ? await editor.edit('state') : await openConfig('driveway-account', 'acc')
      await tray.locator(`[id$="-input-btn-${field}-add"]`).click()
      const made = await editor.topTray()
      await made.locator('#node-config-input-name').fill('New one')
      expect(await made.innerText()).not.to.match(untranslated)
      if (field === 'mirror') await made.locator('#node-config-input-url').fill('mqtt://127.0.0.1:9')
      await editor.leave('ok')
      await editor.leave('ok')
      await deploy()
      const id = await page.evaluate<string>(`(() => { let found
        RED.nodes.eachConfig((node) => { if (node.name === 'New one' && node.type === '${type}') found = node.id })
        return found })()`)
      const again = await openConfig(type, id)
      expect(await again.locator('#node-config-input-name').inputValue()).to.equal('New one')
      await again.getByRole('button', { name: 'Delete' }).click()
      await editor.gone()
      expect(await held(id, 'name')).to.equal(undefined)
      // An account that mirrors nowhere any more is a change of its own, undone with the connection.
      await page.locator('#red-ui-workspace-chart').focus()
      await page.keyboard.press('Control+z')
      await page.waitForFunction(`RED.nodes.node('${id}')?.name === 'New one'`)
      const other = await openConfig('driveway-account', 'stellantis-v1')
      expect(await other.locator('#node-config-input-name').inputValue()).to.equal('Account stellantis-v1')
      expect(await other.locator('#driveway-account-generation').inputValue()).to.equal('v1')
      expect(await other.locator('#node-config-input-sourceBase').isVisible(), 'a field of another provider').to.equal(false)
      await other.locator('#driveway-account-freshness input').first().waitFor({ state: 'attached' })
      await editor.leave('cancel')
      expect(editor.errors).to.deep.equal([])
      await suite.reopen()
    })
  }

  const every = ['name', 'provider', 'mirror']
  const signedIn = ['redirectUri', 'accessToken', 'refreshToken', 'scopes']
  const webhook = ['publicUrl', 'webhookSecret']
  const quota = ['server', 'quotaPerDay', 'commandReserve']
  const tls = ['tlsCert', 'tlsKey', 'tlsCa']
  const times = ['timeZone', 'speedUnit']
  const stellantis = [
    'clientId',
    'clientSecret',
    'brand',
    ...tls,
    'realm',
    'environment',
    'locale',
    ...times,
    ...webhook,
    ...quota,
  ]
  const acting = ['grant', 'userId', 'partnerId', 'customerContext', 'headerMode']
  const amqp = ['amqpUrl', 'amqpVhost', 'amqpQueues', 'amqpUser', 'amqpPassword']
  const openQuestions = ['fleetId', 'statePath', 'cursorField', 'cursorParam', 'commandTimeout']
  const fields: Record<string, string[]> = {
    'volvo-simulator': [...every, ...quota],
    'volvo-production': [...every, 'apiKey', 'clientId', 'clientSecret', ...signedIn, ...quota],
    'stellantis-v4': [...every, ...stellantis, ...signedIn],
    'stellantis-v1': [...every, ...stellantis, ...signedIn, ...acting, 'url', 'authUrl'],
    'stellantis-v1-application': [...every, ...stellantis, ...acting, 'url', 'authUrl'],
    'invers-production': [...every, 'clientId', 'clientSecret', 'tlsCa', ...openQuestions, ...amqp, ...webhook, ...quota],
    'other-driveway': [...every, 'broker', 'sourceBase'],
  }
  for (const [id, wanted] of Object.entries(fields)) {
    it(`show an account of the kind ${id} the fields that matter to it, and no other`, async () => {
      await editor.page.setViewportSize({ width: 1200, height: 2600 })
      const tray = await openConfig('driveway-account', id)
      for (const summary of await tray.locator('summary:visible').all()) await summary.click()
      const shown = await tray
        .locator('[id^=node-config-input-]:visible')
        .evaluateAll((all) =>
          all.map((one) => one.id.replace('node-config-input-', '')).filter((name) => !name.startsWith('btn-')),
        )
      expect(shown).to.have.members(wanted)
      expect(await tray.innerText()).not.to.match(untranslated)
      await editor.picture(`fields-${id}`)
      await editor.leave('cancel')
      await editor.page.setViewportSize({ width: 1400, height: 1000 })
    })
  }

  it('keep the unit of the speed, and what else only one provider has', async () => {
    const tray = await openConfig('driveway-account', 'stellantis-v1')
    for (const name of ['Times and units', 'Partner details']) await tray.locator('summary', { hasText: name }).click()
    await tray.locator('#node-config-input-speedUnit').selectOption('km/h')
    await tray.locator('#node-config-input-userId').fill('${ACTING_FOR}')
    await editor.leave('ok')
    await deploy()
    const account = (await runtimeFlows()).find(({ id }) => id === 'stellantis-v1')
    expect(account).to.include({ speedUnit: 'km/h', userId: '${ACTING_FOR}', api: 'v1' })
  })

  it('list the commands that the chosen car has, and mark those it lacks', async () => {
    const tray = await editor.edit('command')
    await tray.locator('#driveway-vehicle-hint', { hasText: 'found' }).waitFor()
    const cars = await options(tray.locator('#node-input-vehicle-list'))
    expect(cars.join()).to.contain('EX40')
    const slug = /\(([\w-]+)\)/.exec(cars.find((car) => car.includes('EX40'))!)![1]!
    await tray.locator('#node-input-vehicle').fill(slug)
    await tray.locator('#node-input-vehicle').blur()
    const commands = await options(tray.locator('#node-input-command-list'))
    const at = (text: string) => commands.findIndex((label) => label.toLowerCase().includes(text))
    expect(at('lock')).to.be.lessThan(at('top case'))
    expect(commands[at('top case')]).to.contain('EX40')
    await editor.picture('command-list')
    await tray.locator('#node-input-command').fill('my-own-word')
    await tray.locator('#driveway-command-command-hint', { hasText: /\w/ }).waitFor()
    await editor.leave('ok')
    expect(await held('command', 'command'), 'any word may be written').to.equal('my-own-word')
  })

  it('fill in an example of the parameters with a newly chosen command, and never by being opened', async () => {
    const { page } = editor
    const tray = await editor.edit('command')
    const params = tray.locator('#node-input-params')
    await tray.locator('#node-input-command-list option').first().waitFor({ state: 'attached' })
    await tray.locator('#node-input-command').fill('charge-limit')
    await tray.locator('#node-input-command').blur()
    expect(JSON.parse(await params.inputValue())).to.have.property('percent')
    await params.fill('')
    await editor.leave('ok')
    // The list of the commands is known by now.
    await editor.edit('command')
    await page.locator('#driveway-command-command-hint', { hasText: /\w/ }).waitFor()
    expect(await page.locator('#node-input-params').inputValue()).to.equal('')
    await editor.leave('ok')
    expect(await held('command', 'params'), 'left to messages').to.equal('')
  })

  it('call a car what people call it, and its energy only by a word they know', async () => {
    const tray = await editor.edit('fleet-command')
    await tray.locator('#driveway-vehicle-hint', { hasText: 'are listed' }).waitFor()
    const cars = await options(tray.locator('#node-input-vehicle-list'))
    expect(cars.join()).to.match(/· electric/)
    expect(cars.filter((label) => / other|undefined/.test(label))).to.deep.equal([])
    await editor.leave('cancel')
  })

  it('take no harm from answers that come when they are closed', async () => {
    const { page } = editor
    const held: (() => Promise<void>)[] = []
    await page.route('**/driveway/**', (route) => void held.push(() => route.continue()))
    for (const id of ['state', 'command', 'monitor', 'acc', 'broker']) {
      const isConfig = ['acc', 'broker'].includes(id)
      if (isConfig) await openConfig(id === 'acc' ? 'driveway-account' : 'driveway-mqtt', id)
      else await editor.edit(id)
      await editor.leave('cancel')
    }
    expect(held.length).to.be.greaterThan(4)
    const answered = page.waitForResponse(/driveway/)
    for (const go of held) await go()
    await answered
    await page.unroute('**/driveway/**')
    await page.waitForLoadState('networkidle')
    expect(editor.errors).to.deep.equal([])
  })

  it('mark the groups that the chosen car does not tell', async () => {
    await nodeRed.admin('POST', 'inject/look', { body: {} })
    await eventually(
      async () => (await nodeRed.admin('GET', 'driveway/accounts/acc/vehicles')).json as { vehicles: { signals: string[] }[] },
      ({ vehicles }) => vehicles.every(({ signals }) => signals.includes('vehicle.odometer')),
      'what the cars tell',
    )
    const tray = await editor.edit('groups')
    await tray.locator('.driveway-absent').first().waitFor()
    const absent = await tray.locator('.driveway-absent').allInnerTexts()
    expect(absent.join()).to.contain('Assist')
    expect(absent.join()).not.to.match(/^Battery|,Battery|Charging sessions|Account health/)
    await editor.picture('state-groups')
    await editor.leave('cancel')
  })

  it('search a fleet of which only the first cars are listed', async () => {
    const tray = await editor.edit('fleet-command')
    const hint = tray.locator('#driveway-vehicle-hint')
    await hint.filter({ hasText: /50 of \d+ cars are listed/ }).waitFor()
    const vehicle = tray.locator('#node-input-vehicle')
    const list = tray.locator('#node-input-vehicle-list')
    const total = Number(/of (\d+)/.exec(await hint.innerText())![1])
    const all = (await nodeRed.admin('GET', `driveway/accounts/fleet/vehicles?offset=${total - 1}`)).json as {
      vehicles: { slug: string; label: string }[]
    }
    const last = all.vehicles[0]!
    expect((await options(list)).join()).not.to.contain(`(${last.slug})`)
    await vehicle.pressSequentially(last.slug)
    await hint
      .filter({ hasText: `of ${total} cars` })
      .filter({ hasText: 'match' })
      .waitFor()
    expect((await options(list))[0]).to.contain(`(${last.slug})`)
    await vehicle.blur()
    await editor.page.waitForFunction(
      "[...document.querySelectorAll('#node-input-command-list option')].some(({ textContent }) => textContent.includes('not'))",
    )
    await editor.picture('fleet-search')
    await editor.leave('ok')
    expect(await held('fleet-command', 'vehicle')).to.equal(last.slug)
  })

  it('say why a field is wrong, and accept environment variables', async () => {
    const tray = await openConfig('driveway-account', 'stellantis-v1')
    for (const name of ['Times and units', 'Quota', 'Address for webhooks'])
      await tray.locator('summary', { hasText: name }).click()
    const wrong: [string, string, RegExp][] = [
      ['timeZone', 'Mars/Olympus', /time zone/i],
      ['quotaPerDay', 'many', /must be a number/],
      ['publicUrl', 'my house', /must be an address/],
    ]
    for (const [name, value, reason] of wrong) {
      const field = tray.locator(`#node-config-input-${name}`)
      await field.fill(value)
      await field.blur()
      await editor.page.waitForFunction(`$('#node-config-input-${name}').hasClass('input-error')`)
      expect(await editor.page.evaluate(`$('#node-config-input-${name}').attr('aria-invalid')`), name).to.equal('true')
      await field.hover()
      await editor.page.locator('.red-ui-popover', { hasText: reason }).first().waitFor()
      await field.fill('${SET_OUTSIDE}')
      await field.blur()
      await editor.page.waitForFunction(`!$('#node-config-input-${name}').hasClass('input-error')`)
      expect(await editor.page.evaluate(`$('#node-config-input-${name}').attr('aria-invalid')`), name).to.equal('false')
    }
    await editor.leave('cancel')
  })

  /** Writes an environment variable into every text field of the dialog; tells those that do not take it. */
  const variableEverywhere = async (): Promise<string[]> => {
    for (const summary of await editor.page.locator('.driveway-dialog summary:visible').all()) await summary.click()
    return editor.page.evaluate<string[]>(`(() => {
      const fields = $('.driveway-dialog').find('input[type=text], input[type=password], textarea').filter(':visible').not('[readonly]')
      // What a trigger is called is a word of the expression, as are these themselves.
      const named = fields.not('.driveway-name, #node-input-expression')
      named.val('\${SET_OUTSIDE}').trigger('input').trigger('change').trigger('blur')
      return $('.driveway-dialog').find('.input-error, [aria-invalid=true]').toArray().map((one) => one.id || one.outerHTML)
    })()`)
  }

  for (const [id, field] of Object.entries({ command: 'vehicle', charging: 'vehicle', state: 'vehicle', monitor: 'vehicles' }))
    it(`take in the ${id} node an environment variable in every field, and a car that is not listed`, async () => {
      if (id === 'charging') await editor.page.evaluate("RED.nodes.node('charging').profile = 'custom'")
      const tray = await editor.edit(id)
      await tray.locator('#driveway-vehicle-hint', { hasText: 'found' }).waitFor()
      expect(await variableEverywhere()).to.deep.equal([])
      await editor.leave('ok')
      expect(await held(id, field)).to.deep.equal(field === 'vehicles' ? ['${SET_OUTSIDE}'] : '${SET_OUTSIDE}')
      const again = await editor.edit(id)
      await again.locator('#node-input-vehicle, #driveway-monitor-vehicles').fill('my-own-car')
      await editor.leave('ok')
      expect(await held(id, field)).to.deep.equal(field === 'vehicles' ? ['my-own-car'] : 'my-own-car')
    })

  it('take an environment variable in every field of every account, and of the MQTT connection', async () => {
    const wrong: string[] = []
    for (const [type, id] of [...Object.keys(fields).map((one) => ['driveway-account', one]), ['driveway-mqtt', 'broker']]) {
      const tray = await openConfig(type!, id!)
      // An entry of each list.
      if (type === 'driveway-mqtt') await tray.locator('#node-config-input-location').selectOption('zone')
      await tray.locator('.red-ui-editableList-addButton:visible').click()
      wrong.push(...(await variableEverywhere()).map((field) => `${id}: ${field}`))
      await editor.leave('cancel')
    }
    expect(wrong).to.deep.equal([])
  })

  it('say "deploy first" of an account that is not deployed', async () => {
    const { page } = editor
    const tray = await editor.edit('state')
    await tray.locator('#node-input-btn-account-add').click()
    const account = await editor.topTray()
    await page.locator('#driveway-account-state', { hasText: 'Deploy first' }).waitFor()
    await account.locator('#node-config-input-name').fill('Too new')
    await editor.leave('ok')
    await tray.locator('#driveway-vehicle-hint', { hasText: 'Deploy first' }).waitFor()
    await editor.leave('ok')
    for (const id of ['command', 'charging', 'monitor']) {
      const other = await editor.edit(id)
      await other.locator('#node-input-account').selectOption({ label: 'Too new' })
      await other.locator('#driveway-vehicle-hint', { hasText: 'Deploy first' }).waitFor()
      await editor.leave('cancel')
    }
  })

  it('never had an error on their console', () => {
    expect(editor.errors).to.deep.equal([])
  })
})

const place = { z: 'tab', x: 200, wires: [[]] }
const account = (id: string, provider: string, more: AnyMessage = {}): AnyMessage => ({
  id,
  type: 'driveway-account',
  name: `Account ${id}`,
  provider,
  server: 'production',
  ...more,
})
const far = { server: 'custom', url: 'http://127.0.0.1:9', authUrl: 'http://127.0.0.1:9' }
const accounts = [
  account('acc', 'volvo', { server: 'simulator' }),
  account('fleet', 'invers', { server: 'simulator' }),
  account('volvo-simulator', 'volvo', { server: 'simulator' }),
  account('volvo-production', 'volvo'),
  account('stellantis-v4', 'stellantis', { api: 'v4', brand: 'opel' }),
  account('stellantis-v1', 'stellantis', { api: 'v1', ...far }),
  account('stellantis-v1-application', 'stellantis', { api: 'v1', grant: 'client', ...far }),
  account('invers-production', 'invers'),
  account('other-driveway', 'mqtt', { broker: 'broker' }),
]
const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  ...accounts,
  { id: 'broker', type: 'driveway-mqtt', name: 'Broker', url: 'mqtt://127.0.0.1:9' },
  { id: 'look', type: 'inject', z: 'tab', props: [], repeat: '', once: false, x: 80, y: 80, wires: [['groups']] },
  { id: 'groups', type: 'driveway-state', account: 'acc', y: 320, ...place },
  { id: 'state', type: 'driveway-state', account: 'acc', y: 80, ...place },
  { id: 'command', type: 'driveway-command', account: 'acc', y: 160, outputs: 1, ...place },
  { id: 'charging', type: 'driveway-charging', account: 'acc', y: 480, ...place },
  {
    id: 'monitor',
    type: 'driveway-monitor',
    account: 'acc',
    triggers: [{ name: 't1', kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] }],
    expression: 't1',
    y: 400,
    ...place,
  },
  { id: 'fleet-command', type: 'driveway-command', account: 'fleet', y: 240, outputs: 1, ...place },
  // Node-RED asks before it deploys accounts that nobody uses.
  { id: 'other', type: 'tab', label: 'Other cars' },
  ...accounts.map(({ id }, row) => ({
    ...place,
    id: `uses-${id}`,
    type: 'driveway-state',
    z: 'other',
    account: id,
    y: 60 * row + 60,
  })),
]
