import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import { expect } from 'chai'
import type { Browser, Locator, Page } from 'playwright-core'
import { startSimulator, type Simulator } from '../../src/simulator/simulator'
import type { SignalId } from '../../src/vehicle/signals'
import { openBrowser } from './editor'

const output = join(__dirname, '../../test-output')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
/** A car that cannot do what it was asked is no fault of the page, but Chromium tells it on the console. */
const refused = /status of (400|409)/

describe('the page of the simulator', () => {
  let sim: Simulator
  let browser: Browser
  let page: Page
  const errors: string[] = []

  before(async () => {
    sim = await startSimulator({ lag: { min: 0, max: 0 }, fleet: 3000, seed: 1 })
    browser = await openBrowser()
    page = await open({ viewport: { width: 1500, height: 1100 } })
  })
  after(async () => {
    await browser?.close()
    await sim?.close()
  })
  beforeEach(() => sim.reset())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`)
  })

  async function open(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    context.setDefaultTimeout(15_000)
    const opened = await context.newPage()
    opened.on('console', (message) => {
      if (message.type() === 'error' && !refused.test(message.text())) errors.push(message.text())
    })
    opened.on('pageerror', (error) => errors.push(String(error)))
    await opened.goto(`${sim.url}/sim/`)
    await opened.locator('article').first().waitFor()
    const folded = opened.locator('.cloud > details:not([open]) > summary')
    while (await folded.count()) await folded.first().click()
    return opened
  }

  const picture = (name: string, of = page) => of.screenshot({ path: join(output, `simulator-${name}.png`) })
  const card = (key: string, on = page): Locator => on.locator('article').filter({ has: on.locator('h4', { hasText: key }) })
  const press = async (key: string, name: string) => {
    const wanted = page.locator(`button[aria-label^="${name}, "]`)
    const fold = card(key).locator('details:not([open])').filter({ has: wanted })
    if (await fold.count()) await fold.locator('summary').click()
    await card(key).locator(wanted).click()
  }
  /** Waits until a car is as it should be. */
  async function becomes(key: string, signal: SignalId, value: unknown): Promise<void> {
    const car = sim.cars.get(key)
    for (let looks = 0; looks < 200 && car.truth(signal) !== value; looks++)
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
    expect(car.truth(signal), `${key} ${signal}`).to.equal(value)
  }
  const opened = async (key: string, what: string) => {
    const details = card(key).locator('details').filter({ hasText: what })
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click()
  }

  it('shows the cars by the cloud that lists them', async () => {
    for (const [name, key] of [
      ['Volvo', 'ex40'],
      ['Stellantis', 'e208'],
      ['INVERS', 'moped'],
    ] as const)
      await page.getByRole('region', { name, exact: true }).locator('article').filter({ hasText: key }).waitFor()
    expect(await page.locator('article').count()).to.equal(14)
    expect(await card('moped').innerText()).not.to.match(/· ·|undefined|NaN|null/)
    await picture('light')
  })

  it('is short at first: one cloud open, what is rarely needed folded, and a search finds what is folded', async () => {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } })
    const fresh = await context.newPage()
    await fresh.goto(`${sim.url}/sim/`)
    await card('ex40', fresh).waitFor()
    expect(await card('e208', fresh).isVisible()).to.equal(false)
    expect(await fresh.locator('article details[open], #trouble details[open]').count()).to.equal(0)
    expect(await fresh.locator('.cloud summary').filter({ hasText: 'Stellantis' }).innerText()).to.match(/\d cars$/)
    expect(await fresh.evaluate('document.documentElement.scrollHeight'), 'screens').to.be.below(844 * 5)
    await fresh.screenshot({ path: join(output, 'simulator-phone-first.png'), fullPage: true })
    await fresh.getByLabel('Search cars').fill('e208')
    await card('e208', fresh).waitFor()
    await context.close()
  })

  describe('has buttons that do what they say', () => {
    for (const [name, key, signal, value, before] of [
      ['Plug in AC', 'ex40', 'charging.connection', 'connected'],
      ['Plug in DC', 'ex40', 'charging.type', 'dc'],
      ['Unplug', 'e208', 'charging.connection', 'disconnected', (of: Simulator) => of.cars.get('e208').plugIn()],
      ['Start charging', 'ex40', 'charging.status', 'charging', (of: Simulator) => of.cars.get('ex40').plugIn()],
      [
        'Stop charging',
        'ex40',
        'charging.status',
        'idle',
        (of: Simulator) => {
          of.cars.get('ex40').plugIn()
          of.cars.get('ex40').startCharging()
        },
      ],
      ['Unlock', 'xc60', 'lock.central', 'unlocked'],
      ['Lock', 'xc60', 'lock.central', 'locked', (of: Simulator) => of.cars.get('xc60').unlock()],
      ['Open', 'xc60', 'doors.frontLeft', 'open'],
      ['Close', 'xc60', 'doors.frontLeft', 'closed', (of: Simulator) => of.cars.get('xc60').open('doors.frontLeft')],
      ['Drive there', 'v60', 'vehicle.moving', true],
      ['Drive 10 km', 'city', 'vehicle.moving', true],
      ['Park', 'city', 'vehicle.moving', false, (of: Simulator) => of.cars.get('city').drive()],
    ] as [string, string, SignalId, unknown, ((of: Simulator) => void)?][])
      it(name, async () => {
        before?.(sim)
        await press(key, name)
        await becomes(key, signal, value)
      })

    it('Fall asleep, Wake and privacy', async () => {
      await opened('avenger', 'Connection')
      await press('avenger', 'Fall asleep')
      await becomes('avenger', 'reachability.status', 'unavailable')
      await press('avenger', 'Wake')
      await becomes('avenger', 'reachability.status', 'available')
      await card('avenger').getByLabel('Privacy, ').selectOption('full')
      await becomes('avenger', 'reachability.privacy', 'full')
      await card('avenger').locator('.facts', { hasText: 'privacy full' }).waitFor()
    })

    it('Raise and clear an alert, named or of one’s own', async () => {
      await opened('ex40', 'Connection')
      await card('ex40')
        .getByLabel(/^Alert, /)
        .fill('service-due')
      await press('ex40', 'Raise alert')
      await becomes('ex40', 'service.warning', 'due')
      await press('ex40', 'Clear alert')
      await becomes('ex40', 'service.warning', 'ok')
    })

    it('Set any signal, with a field that fits it', async () => {
      await opened('ex40', 'Connection')
      const signal = card('ex40').getByLabel(/^Signal, /)
      const value = card('ex40').getByLabel(/^Value, /)
      await value.fill('33')
      await press('ex40', 'Set the signal')
      await becomes('ex40', 'battery.stateOfCharge', 33)
      await card('ex40').locator('.gauge', { hasText: '33 %' }).waitFor()
      await signal.selectOption('tyres.rearRight')
      await value.selectOption('very-low')
      await press('ex40', 'Set the signal')
      await becomes('ex40', 'tyres.rearRight', 'very-low')
      await press('ex40', 'Take away')
      await becomes('ex40', 'tyres.rearRight', undefined)
    })
  })

  it('shows what happens elsewhere, without being asked', async () => {
    const car = sim.cars.get('ex40')
    car.plugIn('dc')
    await card('ex40').locator('.facts', { hasText: 'DC plugged in' }).waitFor()
    car.startCharging()
    await card('ex40')
      .locator('.facts', { hasText: /DC charging · \d/ })
      .waitFor()
    expect(await card('ex40').getByRole('meter').getAttribute('aria-valuenow')).to.match(/^62\.\d$/)
    await opened('ex40', 'What happened')
    await card('ex40').locator('.history li', { hasText: 'charging-started' }).waitFor()
  })

  it('keeps a refusal on the screen until it was read, whatever else comes in', async () => {
    await press('ex40', 'Unplug')
    const notice = page.getByRole('alert')
    await notice.filter({ hasText: 'EX40 ex40: This car is not plugged in' }).waitFor()
    sim.cars.get('xc60').plugIn()
    await card('xc60').locator('.facts', { hasText: 'AC' }).waitFor()
    await fetch(`${sim.url}/volvo/nothing`)
    sim.faults.add({ provider: 'invers', kind: '500' })
    await page.locator('#standing li', { hasText: 'INVERS: 500' }).waitFor()
    await page.locator('#calls tr', { hasText: '/nothing' }).waitFor()
    expect(await notice.isVisible()).to.equal(true)
    await notice.getByRole('button', { name: 'Dismiss' }).click()
    expect(await notice.isVisible()).to.equal(false)
  })

  it('lets faults be switched on and off for every cloud, and shows the calls that they hit', async () => {
    for (const [provider, path] of [
      ['Volvo', 'volvo/connected-vehicle/v2/vehicles'],
      ['Stellantis', 'stellantis/connectedcar/v4/user'],
      ['INVERS', 'invers/vehicles'],
    ] as const) {
      await page.locator('#switches summary', { hasText: provider }).click()
      const toggle = page.getByRole('group', { name: provider, exact: true }).getByRole('button', { name: /^503/ })
      await toggle.click()
      await page.locator('#standing li', { hasText: `${provider}: 503` }).waitFor()
      expect(await toggle.getAttribute('aria-pressed')).to.equal('true')
      expect((await fetch(`${sim.url}/${path}?secret=1`)).status).to.equal(503)
      const row = page.locator('#calls tr', { hasText: provider }).first()
      await row.filter({ hasText: '503' }).waitFor()
      expect(await row.innerText()).not.to.contain('secret')
      await toggle.click()
      await page.locator('#standing li', { hasText: `${provider}: 503` }).waitFor({ state: 'detached' })
    }
    expect(sim.faults.list()).to.deep.equal([])
  })

  it('has a form for faults that come only sometimes', async () => {
    await page.locator('#trouble summary', { hasText: 'Another fault' }).click()
    await page.locator('#fault-provider').selectOption('invers')
    await page.locator('#fault-kind').selectOption('next-command')
    await page.locator('#fault [name=count]').fill('2')
    await page.locator('#fault [name=status]').fill('FAILED')
    await page.locator('#fault').getByRole('button', { name: 'Switch on' }).click()
    await page.locator('#standing li', { hasText: 'next-command · 2 times · status FAILED' }).waitFor()
    expect(sim.faults.list()).to.deep.include({
      id: sim.faults.list()[0]!.id,
      provider: 'invers',
      kind: 'next-command',
      count: 2,
      status: 'FAILED',
    })
    await page.getByRole('button', { name: 'Remove all faults' }).click()
    await page.locator('#no-faults').waitFor()
  })

  it('keeps the list of faults short on a phone, however many are on', async () => {
    const kinds = sim.invers.faultKinds.all.filter((kind) => kind !== 'next-command')
    for (const kind of kinds) sim.faults.add({ provider: 'invers', kind })
    const phone = await open({ viewport: { width: 390, height: 844 } })
    await phone
      .locator('#standing li')
      .nth(kinds.length - 1)
      .waitFor()
    expect((await phone.locator('#standing').boundingBox())!.height).to.be.below(400)
    const buttons = await phone
      .locator('#standing button')
      .evaluateAll((nodes) => nodes.map((node) => node.scrollWidth <= node.clientWidth && node.clientHeight < 50))
    expect(buttons).not.to.include(false)
    await phone.context().close()
  })

  it('shows only the calls that are wanted, and holds still when asked', async () => {
    await fetch(`${sim.url}/volvo/one`)
    await fetch(`${sim.url}/invers/two`)
    const rows = page.locator('#calls tr')
    await rows.filter({ hasText: 'two' }).waitFor()
    await page.getByLabel('Cloud of the calls').selectOption('volvo')
    expect(await rows.count()).to.equal(1)
    await page.getByLabel('Cloud of the calls').selectOption('')
    await page.getByRole('button', { name: 'Hold' }).click()
    await fetch(`${sim.url}/volvo/three`)
    await page.locator('#calls-waiting', { hasText: '1 more' }).waitFor()
    expect(await rows.count()).to.equal(2)
    await page.getByRole('button', { name: 'Hold' }).click()
    await rows.filter({ hasText: 'three' }).waitFor()
  })

  it('shows each call once, also those that come while it looks at the whole list', async () => {
    for (let round = 0; round < 5; round++) {
      sim.reset()
      for (let call = 1; call <= 20; call++) await fetch(`${sim.url}/volvo/round-${round}-call-${call}`)
      const rows = page.locator('#calls tr', { hasText: `round-${round}-` })
      await rows.filter({ hasText: 'call-20' }).waitFor()
      await page.locator('#calls tr:nth-child(20)').waitFor()
      expect(await rows.count()).to.equal(20)
    }
  })

  it('shows calls that come after a reset, while the list from before is still in the way', async () => {
    for (let call = 1; call <= 10; call++) await fetch(`${sim.url}/volvo/before-${call}`)
    await page.locator('#calls tr', { hasText: 'before-10' }).waitFor()
    const row = (path: string) => page.locator('#calls tr', { hasText: path })
    let held = 0
    await page.route('**/api/calls?*', async (route) => {
      const answer = await route.fetch()
      held += 1
      await fetch(`${sim.url}/volvo/meanwhile-${held}`)
      await row(`meanwhile-${held}`).waitFor()
      await route.fulfill({ response: answer })
    })
    try {
      sim.reset()
      await row('before').first().waitFor({ state: 'detached' })
      await row('meanwhile-1').waitFor()
      await fetch(`${sim.url}/volvo/after`)
      await row('after').waitFor()
      expect(await row('meanwhile-1').count()).to.equal(1)
    } finally {
      await page.unroute('**/api/calls?*')
    }
  })

  it('plays a day, pauses and goes on, and the chart fills with what the car did and cost', async () => {
    // A day from noon to noon has a whole evening on the cable, and no quarter of an hour ends while the calls are made.
    const noon = new Date(sim.now()).setHours(36, 5, 0, 0)
    await sim.advance((noon - sim.now()) / 1000)
    const car = sim.cars.get('ex40')
    for (let calls = 0; calls < 5; calls++) await fetch(`${sim.url}/volvo/connected-vehicle/v2/vehicles/${car.id}/doors`)
    const started = sim.now()
    await page.getByLabel('How fast').selectOption('10080')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await page.locator('#play-told', { hasText: /playing, \d+ h/ }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.locator('#play-told', { hasText: 'paused' }).waitFor()
    expect(sim.now()).to.be.greaterThan(started)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor({ timeout: 40_000 })
    expect((sim.now() - started) / 3_600_000).to.be.within(24, 24.1)

    await page.locator('#chart-told', { hasText: /from .* to .*, charging for .*h.*, 5 calls/ }).waitFor()
    const points = (await page.locator('#chart .level').getAttribute('points')) ?? ''
    expect(points.split(' ').length).to.be.greaterThan(15)
    expect(await page.locator('#chart .band.charging').count()).to.be.at.least(1)
    expect(await page.locator('#chart .band.driving').count()).to.be.at.least(1)
    expect(await page.locator('#chart rect.calls').count()).to.equal(1)
    expect(await page.locator('#chart').getAttribute('aria-label')).to.contain('EX40')
    await page.locator('#chart').hover()
    await page.locator('#chart-point', { hasText: /\d+:\d+ · [\d.]+ %/ }).waitFor()
    await picture('time-lapse')
    await card('v60').getByRole('button', { name: 'Chart' }).click()
    await page.locator('#chart[aria-label*="V60"]').waitFor()
  })

  it('jumps ahead', async () => {
    const before = sim.now()
    await page.getByRole('button', { name: '+8 h' }).click()
    await page.waitForFunction(() => true)
    for (let looks = 0; looks < 100 && sim.now() < before + 28_800_000; looks++)
      await page.evaluate(() => new Promise(requestAnimationFrame))
    expect(sim.now()).to.be.at.least(before + 28_800_000)
  })

  it('can be used with the keyboard alone', async () => {
    const button = card('ex40').getByRole('button', { name: 'Plug in AC' })
    await page.locator('#search').focus()
    for (let tabs = 0; tabs < 12 && !(await button.evaluate((node) => node === document.activeElement)); tabs++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await becomes('ex40', 'charging.connection', 'connected')
    // What is pressed stays what is pressed next.
    await card('ex40').locator('.facts', { hasText: 'AC' }).waitFor()
    expect(await button.evaluate((node) => node === document.activeElement)).to.equal(true)
  })

  it('names every button, and each only once', async () => {
    const names = await page.evaluate(() =>
      Array.from(document.querySelectorAll('article button, article summary')).map(
        (node) => node.getAttribute('aria-label') ?? node.textContent,
      ),
    )
    expect(names.filter((name, index) => names.indexOf(name) !== index)).to.deep.equal([])
    expect(names.every((name) => / \S+$/.test(name ?? ''))).to.equal(true)
  })

  it('finds one of thousands of vehicles of a fleet and steers it', async () => {
    const fleet = page.locator('#fleet')
    await fleet.locator('#fleet-told', { hasText: '3,000 vehicles' }).waitFor()
    await page.getByRole('link', { name: 'Fleet' }).click()
    await page.getByLabel('Search the fleet').fill('B-FL 2777')
    const row = fleet.locator('tbody tr')
    await row.filter({ hasText: 'B-FL 2777' }).waitFor()
    expect(await row.count()).to.equal(1)
    await fleet.locator('#fleet-told', { hasText: 'those found' }).waitFor()
    await row.getByRole('button', { name: 'Rent' }).click()
    await row.filter({ hasText: 'rented' }).waitFor()
    await row.getByRole('button', { name: 'Give back' }).click()
    await row.filter({ hasText: 'free' }).waitFor()
    await page.getByLabel('Search the fleet').fill('')
    await fleet.locator('#fleet-told', { hasText: 'page 1' }).waitFor()
  })

  for (const [name, options] of [
    ['light', { colorScheme: 'light', viewport: { width: 1500, height: 1100 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1500, height: 1100 } }],
    ['phone', { colorScheme: 'light', viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true }],
    ['phone-dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ] as const)
    it(`keeps nobody out: ${name}`, async () => {
      sim.cars.get('ex40').plugIn()
      sim.cars.get('ex40').startCharging()
      sim.cars.get('xc60').open('doors.rearLeft')
      sim.cars.get('v60').sleep()
      sim.cars.get('e208').drive()
      sim.cars.get('ex30').set('battery.stateOfCharge', 7)
      sim.faults.add({ provider: 'volvo', kind: '500' })
      for (const path of ['volvo/connected-vehicle/v2/vehicles', 'volvo/as/authorization.oauth2'])
        await fetch(`${sim.url}/${path}`)
      const shown = await open(options)
      const closed = card('ex40', shown).locator('details:not([open]) > summary')
      while (await closed.count()) await closed.first().click()
      const faults = shown.locator('#trouble details:not([open]) > summary')
      while (await faults.count()) await faults.first().click()
      await card('ex40', shown).getByRole('button', { name: 'Plug in AC' }).click()
      await shown.getByRole('alert').waitFor()
      await picture(name, shown)
      await shown.screenshot({ path: join(output, `simulator-${name}-whole.png`), fullPage: true })

      const [needed, there] = await shown.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
      expect(needed, 'nothing to scroll sideways to').to.be.at.most(there)
      const cut = await shown.evaluate(() =>
        Array.from(document.querySelectorAll('article, .panel:not(#fleet)'))
          .filter((node) => node.scrollWidth > node.clientWidth + 1)
          .map((node) => node.id),
      )
      expect(cut, 'nothing is cut off').to.deep.equal([])

      await shown.evaluate(axe)
      const { violations } = await shown.evaluate<AxeResults>('axe.run()')
      expect(violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`)).to.deep.equal([])
      await shown.context().close()
    })

  it('stays usable with thousands of cars that all change', async () => {
    for (let number = 1; number <= 1500; number++) {
      const car = sim.cars.add({ like: 'ex30', key: `more-${number}`, vin: `YV1ZZZEX3S10${String(number).padStart(5, '0')}` })
      car.plugIn()
    }
    const busy = await open({ viewport: { width: 1500, height: 1100 } })
    await busy.locator('#pages', { hasText: '1 to 24 of 1514 cars' }).waitFor()
    expect(await busy.locator('article').count()).to.equal(24)
    await busy.getByRole('button', { name: 'Next', exact: true }).click()
    await busy.locator('#pages', { hasText: '25 to 48' }).waitFor()
    await busy.getByLabel('Search cars').fill('more-1499')
    await card('more-1499', busy).waitFor()
    expect(await busy.locator('article').count()).to.equal(1)
    await card('more-1499', busy).locator('.facts', { hasText: 'charging ·' }).waitFor()
    await card('more-1499', busy).getByRole('button', { name: 'Unplug' }).click()
    await card('more-1499', busy).locator('.facts', { hasText: 'unplugged' }).waitFor()
    await busy.context().close()
  })

  describe('at the end', () => {
    it('never had an error on its console', () => {
      expect(errors).to.deep.equal([])
    })

    it('says so while the simulator is away, and goes on with the next one', async () => {
      for (let call = 1; call <= 3; call++) await fetch(`${sim.url}/volvo/old-${call}`)
      await page.locator('#calls tr', { hasText: 'old-3' }).waitFor()
      const { port } = sim
      await sim.close()
      await page.getByText('Waiting for the simulator…').waitFor()
      sim = await startSimulator({ port, lag: { min: 0, max: 0 }, seed: 1 })
      await page.getByText('Waiting for the simulator…').waitFor({ state: 'hidden' })
      await fetch(`${sim.url}/volvo/new`)
      await page.locator('#calls tr', { hasText: 'new' }).waitFor()
      await page.locator('#calls tr', { hasText: 'old' }).first().waitFor({ state: 'detached' })
    })
  })
})
