/**
 * A stretch of a car's life on the simulator, with a moved clock: what truly happened, when the cloud heard of it, and
 * what an account that watched over real HTTP told of it.
 */
import { openAccount, type OpenedAccount } from '../../src/account/open'
import type { Policy } from '../../src/account/policies'
import { providerSettings, readSettings } from '../../src/account/settings'
import { minutes, seconds } from '../../src/clock'
import { memoryTokenStore } from '../../src/cloud/tokens'
import { loadProvider } from '../../src/providers/registry'
import type { SimulatedCar } from '../../src/simulator/car/car'
import { volvoDemo } from '../../src/simulator/credentials'
import { startSimulator, type Simulator } from '../../src/simulator/simulator'
import type { CommandId } from '../../src/vehicle/commands'
import type { Outcome } from '../../src/vehicle/outcome'
import type { VehicleEvent } from '../../src/vehicle/events'
import { signInToSimulator } from '../../nodes/account/selfSignIn'
import { ManualClock } from './clock'
import type { Report } from './truth'
import { Wire } from './wire'

/** Something done to the car or its cloud, `at` ms after the start. */
export interface Deed {
  at: number
  act(life: Life): void
}

export interface LifePlan {
  /** ms since 1970. */
  start: number
  /** ms. */
  length: number
  /** Of everything that is left to chance. */
  seed: number
  deeds: readonly Deed[]
}

export interface Watching {
  policy: Policy
  /** Fields of the account over the defaults. */
  account?: object
}

/** The cloud did not answer as it should. Times in ms since 1970. */
export interface Trouble {
  kind: string
  from: number
  to: number
}

export interface Told extends Pick<VehicleEvent, 'name' | 'detectedWithin'> {
  /** ms since 1970. */
  receivedAt: number
}

/** A call that the cloud received. */
export interface CloudCall {
  /** ms since 1970. */
  at: number
  method: string
  path: string
  status: number
}

/** How often the cars live on by themselves. */
const pulse = seconds(10)

export class Life {
  /** Energy reports on their way to the cloud, and those that arrived. */
  readonly reports: Report[] = []
  readonly troubles: Trouble[] = []
  readonly told: Told[] = []
  readonly calls: CloudCall[] = []
  readonly outcomes: Outcome[] = []
  private trouble?: Trouble
  private opened?: OpenedAccount
  /** Calls of any kind that were taken over from the simulator's log. */
  private collected = 0

  private constructor(
    readonly clock: ManualClock,
    readonly simulator: Simulator,
    readonly wire: Wire,
  ) {
    this.listenToCar()
  }

  /** Lives it to its end. Without `watching` nobody asks the cloud anything. */
  static async live(plan: LifePlan, watching?: Watching): Promise<Life> {
    const clock = new ManualClock(plan.start, plan.seed)
    const simulator = await startSimulator({ clock, seed: plan.seed, lag: { min: 0, max: 0 }, tickMs: pulse, commandDelayMs: 0 })
    const wire = new Wire(simulator.port)
    const life = new Life(clock, simulator, wire)
    try {
      for (const deed of plan.deeds) clock.after(deed.at, () => deed.act(life))
      if (watching) await life.watch(watching)
      await clock.advance(plan.length, wire.settle)
      life.endTrouble()
      life.collectCalls()
      if (wire.total !== simulator.calls.total)
        throw new Error('the cloud received other requests than those that were waited for')
      return life
    } finally {
      life.opened?.account.close()
      wire.close()
      await simulator.close()
    }
  }

  get car(): SimulatedCar {
    return this.simulator.cars.get('ex40')
  }

  /** Every call fails in this way from now on. */
  beginTrouble(kind: string): void {
    this.endTrouble()
    this.trouble = { kind, from: this.clock.now(), to: Infinity }
    this.troubles.push(this.trouble)
    this.simulator.faults.add({ provider: 'volvo', kind })
  }

  endTrouble(): void {
    if (this.trouble) this.trouble.to = this.clock.now()
    this.trouble = undefined
    this.simulator.faults.clear()
  }

  /** Somebody knows that something is about to happen with the car. */
  hint(): void {
    const account = this.opened?.account
    const vehicle = account?.known.find(({ id }) => id === this.car.id)
    if (vehicle) account?.hint(vehicle)
  }

  /** Somebody sends the car a command; what comes of it is not waited for. */
  send(command: CommandId): void {
    void this.opened?.account.send({ vehicle: this.car.id, command, origin: 'dialog' }).then(({ outcome }) => {
      this.outcomes.push(outcome)
    })
  }

  private async watch({ policy, account: fields }: Watching): Promise<void> {
    const { clock, simulator } = this
    const { clientId, clientSecret, apiKey } = volvoDemo
    const opened = await openAccount({
      id: 'life',
      settings: readSettings({ provider: 'volvo', server: 'simulator', ...fields }),
      credentials: { clientId, clientSecret, apiKey },
      clock,
      store: memoryTokenStore(),
      simulatorUrl: simulator.url,
    })
    this.opened = opened
    const kit = await loadProvider('volvo')
    const client = kit.oauth(`${simulator.url}/volvo`, { clientId, clientSecret, settings: providerSettings(opened.settings) })
    await opened.signIn.accept(await signInToSimulator(client, clock))
    opened.account.on('event', (vehicle, { name, detectedWithin, receivedAt }) => {
      if (vehicle.id === this.car.id) this.told.push({ name, detectedWithin, receivedAt: Date.parse(receivedAt) })
    })
    // The log of the simulator keeps the latest calls only.
    const collect = () => {
      this.collectCalls()
      clock.after(minutes(10), collect)
    }
    collect()
    opened.account.watch(({ id }) => id === this.car.id, ['charging', 'battery'], policy)
  }

  /** Sign-in is no call of the API: nothing counts it. */
  private collectCalls(): void {
    const { calls } = this.simulator
    const fresh = calls.total - this.collected
    this.collected = calls.total
    for (const { time, method, path, status, durationMs } of fresh ? calls.list().slice(-fresh) : []) {
      if (durationMs > 0) throw new Error('time went on while a request was under way')
      if (!path.includes('/as/')) this.calls.push({ at: Date.parse(time), method, path, status })
    }
  }

  private listenToCar(): void {
    const { body } = this.car
    const report = body.report.bind(body)
    const note = (arrives: number) =>
      this.reports.push({
        saw: body.time,
        arrives,
        connection: body.text('charging.connection'),
        status: body.text('charging.status'),
      })
    note(body.time)
    body.report = (...sections) => {
      report(...sections)
      if (sections.includes('energy')) note(body['lastArrival'])
    }
  }
}
