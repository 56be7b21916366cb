import { expect } from 'chai'
import type { Locator } from 'playwright-core'
import { eventually } from '../support/childProcess'
import { listener, type NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import type { Editor } from './editor'
import { editorSuite, untranslated } from './suite'

/** A few kilometres from where the simulated car lives. */
const home = { latitude: 48.8049, longitude: 2.2088 }
const work = { latitude: 48.84, longitude: 2.25 }

describe('the dialog of the monitor', () => {
  let nodeRed: NodeRed
  let editor: Editor
  const suite = editorSuite(() => ({
    flows,
    movableClock: true,
    // What a car does is in the cloud at once, and a command takes no time.
    settings: { drivewayAccountSimulator: { lag: { min: 0, max: 0 }, commandDelayMs: 100 } },
  }))
  beforeEach(() => void ({ nodeRed, editor } = suite))

  /** What the editor holds of a node, deployed or not. */
  const held = (id: string, ...fields: string[]): Promise<AnyMessage> =>
    editor.page.evaluate<AnyMessage>(
      `((node) => Object.fromEntries(${JSON.stringify(fields)}.map((name) => [name, node[name]])))(RED.nodes.node('${id}'))`,
    )

  /** Right after a deploy the account is still on its way. */
  const simulatorAt = async (path: string): Promise<string> => {
    const asked = async () => (await nodeRed.admin('GET', 'driveway/accounts/acc')).json as { simulator?: { page: string } }
    const { simulator } = await eventually(asked, (account) => account.simulator !== undefined, 'the simulator')
    return `${simulator?.page}api/${path}`
  }

  /** Asks the simulator in this Node-RED to do something. */
  const simulate = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(await simulatorAt(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.status, await answer.text()).to.equal(200)
  }

  /** Calls that the simulated cloud got, by method. */
  const calls = async (method: string, end: RegExp): Promise<unknown[]> => {
    const all = (await (await fetch(await simulatorAt('calls'))).json()) as { method: string; path: string }[]
    return all.filter((call) => call.method === method && end.test(call.path))
  }

  const row = (tray: Locator, number: number): Locator => tray.locator('.driveway-trigger').nth(number)

  it('opens, all in words', async () => {
    const tray = await editor.edit('monitor')
    await tray.locator('#driveway-vehicle-hint', { hasText: 'found' }).waitFor()
    expect(await tray.innerText())
      .to.contain('Fires when')
      .and.not.to.match(untranslated)
    await editor.picture('monitor-new')
    await editor.leave('cancel')
  })

  it('keeps all of a monitor that is opened and closed again', async () => {
    const tray = await editor.edit('full')
    await editor.page.setViewportSize({ width: 1400, height: 1700 })
    await tray.locator('#driveway-vehicle-hint', { hasText: 'found' }).waitFor()
    expect(await tray.innerText()).not.to.match(untranslated)
    await editor.picture('monitor-full')
    await editor.leave('ok')
    const { triggers, expression, refreshEvery } = full
    expect(await held('full', 'triggers', 'expression', 'refreshEvery')).to.deep.equal({ triggers, expression, refreshEvery })
    await editor.page.setViewportSize({ width: 1400, height: 1000 })
  })

  it('says at a trigger what is wrong with it, and nothing before it was touched', async () => {
    const tray = await editor.edit('monitor')
    await tray.locator('#driveway-vehicle-hint', { hasText: 'found' }).waitFor()
    const trigger = row(tray, 0)
    const told = trigger.locator('.driveway-trigger-told')
    const value = trigger.getByLabel('Value')
    const name = trigger.getByLabel('Name of the trigger')
    await tray.locator('optgroup').first().waitFor({ state: 'attached' })
    expect(await trigger.locator('.input-error').count(), 'wrong before it is touched').to.equal(0)
    await trigger.getByLabel('What is watched').selectOption('battery.stateOfCharge')
    expect(await trigger.getByLabel('How it is compared').inputValue()).to.equal('lowerThan')
    await value.fill('150')
    await told.filter({ hasText: 'Value: must be from 0 to 100.' }).waitFor()
    expect(await value.getAttribute('aria-invalid')).to.equal('true')
    await trigger.getByLabel('How it is compared').selectOption('greaterThan')
    await trigger.getByLabel('What is watched').selectOption('battery.range')
    expect(await trigger.getByLabel('How it is compared').inputValue(), 'the comparison stays').to.equal('greaterThan')
    await value.fill('150')
    await told.filter({ hasNotText: /./ }).waitFor({ state: 'attached' })
    await name.fill('low battery')
    await told.filter({ hasText: 'must be letters, then digits' }).waitFor()
    expect(await name.getAttribute('aria-invalid')).to.equal('true')
    await tray.locator('#driveway-monitor-expression-hint', { hasText: 'once every trigger has a name' }).waitFor()
    expect(await tray.locator('#node-input-expression').getAttribute('aria-invalid')).to.equal('false')
    await editor.picture('monitor-wrong')
    await tray.locator('.red-ui-editableList-addButton', { hasText: 'trigger' }).first().click()
    await name.fill(await row(tray, 1).getByLabel('Name of the trigger').inputValue())
    await row(tray, 1).locator('.driveway-trigger-told', { hasText: 'the name of another trigger' }).waitFor()
    await name.fill('low')
    await row(tray, 1).locator('.driveway-trigger-told').filter({ hasNotText: /./ }).waitFor({ state: 'attached' })
    await editor.leave('cancel')
  })

  it('checks the expression as it is typed', async () => {
    const tray = await editor.edit('full')
    const field = tray.locator('#node-input-expression')
    const hint = tray.locator('#driveway-monitor-expression-hint')
    for (const [typed, said] of [
      ['t1 & nobody', 'names a trigger "nobody" that is not there'],
      ['t1 && t2', 'one & is enough'],
      ['(t1 | t2', 'opens a parenthesis that is never closed'],
      ['t1 | !t1', 'is always true'],
    ] as const) {
      await field.fill(typed)
      await hint.filter({ hasText: said }).waitFor()
      expect(await field.getAttribute('aria-invalid')).to.equal('true')
    }
    await editor.picture('monitor-expression')
    await field.fill('t1 & t2')
    await hint.filter({ hasText: 'fine' }).waitFor()
    expect(await field.getAttribute('aria-invalid')).to.equal('false')
    await editor.leave('cancel')
  })

  it('offers what the cars of the account have told first', async () => {
    const tray = await editor.edit('monitor')
    const known = tray.locator('optgroup[label="What your car has told"] option')
    await known.first().waitFor({ state: 'attached' })
    expect(await known.allInnerTexts()).to.include('State of charge (battery.stateOfCharge)')
    await editor.leave('cancel')
  })

  it('builds a zone, is deployed, and tells that the car came into it', async () => {
    const tray = await editor.edit('monitor')
    await tray.locator('#node-input-label').fill('At work')
    const zone = row(tray, 0)
    await zone.getByLabel('Name of the trigger').fill('work')
    await zone.getByLabel('Kind of the trigger').selectOption('zone')
    await zone.getByRole('button', { name: "Use the car's position" }).click()
    await zone.getByText('was last').waitFor()
    expect(Number(await zone.getByLabel('latitude').inputValue())).to.equal(home.latitude)
    expect(Number(await zone.getByLabel('longitude').inputValue())).to.equal(home.longitude)
    await zone.getByLabel('latitude').fill(String(work.latitude))
    await zone.getByLabel('longitude').fill(String(work.longitude))
    await editor.picture('monitor-zone')
    await editor.leave('ok')
    expect(await held('monitor', 'triggers', 'expression', 'label')).to.deep.equal({
      label: 'At work',
      expression: 'work',
      triggers: [
        {
          name: 'work',
          kind: 'zone',
          transition: 'In',
          place: { radius: 1, center: { longitude: work.longitude, latitude: work.latitude } },
        },
      ],
    })
    await editor.deploy()
    await editor.status('monitor').filter({ hasText: 'watching' }).waitFor()
    await simulate('vehicles/e208/drive', { to: work })
    for (let minute = 1; minute <= 40 && nodeRed.heard('told').length === 0; minute++) {
      // The clock of the cloud and that of the account: each would find the other's times strange.
      nodeRed.moveClock(minute * 60_000)
      await editor
        .status('monitor')
        .filter({ hasText: 'fired' })
        .waitFor({ timeout: 500 })
        .catch(() => undefined)
    }
    await editor
      .status('monitor')
      .filter({ hasText: /watching.* · fired \d\d:\d\d/ })
      .waitFor()
    const [{ topic, event, vehicle, payload }] = nodeRed.heard('told') as [AnyMessage]
    expect(topic).to.equal('monitor')
    expect(event.details).to.include({ label: 'At work', refresh: false })
    expect(vehicle.label).to.be.a('string')
    expect(payload.position.location.latitude).to.be.closeTo(work.latitude, 0.02)
    await editor.page.keyboard.press('Control+g')
    await editor.page.keyboard.press('d')
    await editor.page.locator('.red-ui-debug-msg').filter({ hasText: 'monitor' }).first().waitFor()
    await editor.picture('monitor-fired')
  })

  it('builds a monitor in the cloud, shows the address to register, and tries it', async () => {
    const tray = await editor.edit('cloud')
    await tray.locator('#node-input-where').selectOption('provider')
    const trigger = row(tray, 0)
    await trigger.getByLabel('What is watched').selectOption('alerts.active')
    await trigger.getByLabel('How it is compared').selectOption('equalsTo')
    await trigger.getByLabel('Value').selectOption('assistance-button-fault')
    await trigger.getByLabel('and before it was').selectOption('engine-fault')
    await trigger.getByLabel('and before it was').selectOption('')
    for (const [transport, scheme] of [
      ['websocket', 'ws'],
      ['webhook', 'http'],
    ] as const) {
      await tray.locator('#node-input-transport').selectOption(transport)
      await tray.getByRole('button', { name: 'Show the address' }).click()
      const shown = tray.locator('#driveway-monitor-address')
      await tray.locator('#driveway-monitor-address-copy').waitFor()
      expect(await shown.inputValue()).to.match(new RegExp(`^${scheme}://127\\.0\\.0\\.1:\\d+/driveway/hooks/acc/[\\w-]{20,}$`))
      await tray.getByRole('button', { name: 'Test', exact: true }).click()
      await tray.getByText('It arrived here.').waitFor()
    }
    await tray.locator('summary', { hasText: 'Extra data' }).click()
    await tray.locator('#driveway-monitor-extend').getByText('Position').click()
    await tray.locator('summary', { hasText: 'What it does by itself' }).click()
    await tray.locator('.red-ui-editableList-addButton', { hasText: 'action' }).click()
    await tray.getByLabel('Kind of the action').selectOption('Remote')
    await tray.getByLabel('Command').selectOption('honk')
    expect(await tray.innerText()).not.to.match(untranslated)
    await editor.page.setViewportSize({ width: 1400, height: 1300 })
    await editor.picture('monitor-cloud')
    await editor.leave('ok')
    expect(await held('cloud', 'where', 'transport', 'triggers', 'extend', 'actions')).to.deep.equal({
      where: 'provider',
      transport: 'webhook',
      triggers: [{ name: 't1', kind: 'data', data: 'alerts.active', op: 'equalsTo', value: ['assistance-button-fault'] }],
      extend: ['vehicle.position'],
      actions: [{ type: 'Remote', command: 'honk' }],
    })
    await editor.deploy()
    await eventually(
      () => calls('POST', /\/monitors$/),
      (made) => made.length === 1,
      'the monitor in the cloud',
    )
    await editor.status('cloud').filter({ hasText: 'watching' }).waitFor()
    await simulate('vehicles/e208/alert', { code: 'AssistanceButtonFault' })
    await editor.status('cloud').filter({ hasText: 'fired' }).waitFor()
    await editor.page.setViewportSize({ width: 1400, height: 1000 })
  })

  it('never had an error on its console', () => {
    expect(editor.errors, editor.errors.slice(0, 3).join(' | ')).to.have.length(0)
    const [told, ...others] = nodeRed.complaints
    expect(told, 'one was deployed without triggers').to.contain('must have 1 to 5 entries')
    expect(others).to.deep.equal([])
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

const monitor = { type: 'driveway-monitor', z: 'tab', x: 200, account: 'acc', version: 1, where: 'local', expression: '' }

const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'Monitors' },
  {
    id: 'acc',
    type: 'driveway-account',
    name: 'Simulated cars',
    provider: 'stellantis',
    api: 'v1',
    server: 'simulator',
    brand: 'peugeot',
    // So that nobody waits a quarter of an hour for a place.
    freshness: { position: 1 },
    vehicles: [{ id: 'VR3ZZZE20P0000011', slug: 'e208' }],
  },
  { ...monitor, id: 'full', y: 200, wires: [[]], ...full },
  {
    ...monitor,
    id: 'cloud',
    y: 300,
    vehicles: [],
    triggers: [{ ...full.triggers[4], name: 't1' }],
    expression: 't1',
    wires: [[]],
  },
  { ...monitor, id: 'monitor', y: 100, vehicles: [], triggers: [], wires: [['debug', 'told']] },
  {
    id: 'debug',
    type: 'debug',
    z: 'tab',
    name: 'fired',
    active: true,
    tosidebar: true,
    complete: 'true',
    targetType: 'full',
    x: 500,
    y: 100,
    wires: [],
  },
  listener('told'),
]
