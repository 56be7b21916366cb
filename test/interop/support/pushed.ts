/** A car that says whatever a test makes it say, mirrored to a broker, on a clock that the test moves. */
import { Account } from '../../../src/account/account'
import { readSettings } from '../../../src/account/settings'
import { iso, seconds } from '../../../src/clock'
import { Broker } from '../../../src/cloud/mqtt'
import { Ledger } from '../../../src/cloud/quota'
import { Mirror, willOf } from '../../../src/mirror/mirror'
import type { PushSink } from '../../../src/providers/provider'
import { until } from '../../support/broker'
import { ManualClock } from '../../support/clock'
import { ScriptedProvider, vin } from '../../support/scriptedProvider'

class PushingProvider extends ScriptedProvider {
  readonly tellsEvents = true
  sink?: PushSink
  readonly pushes = {
    start: (sink: PushSink) => {
      this.sink = sink
      return () => (this.sink = undefined)
    },
  }
}

export class PushedCar {
  readonly clock = new ManualClock()
  readonly provider = new PushingProvider(() => this.clock.now())
  readonly broker: Broker
  readonly account: Account
  private readonly mirror: Mirror

  /** `bound`: how many events wait at most. */
  constructor(url: string, bound?: number) {
    const { clock, provider } = this
    provider.cost = () => 0
    const settings = readSettings({ provider: 'volvo', server: 'simulator', vehicles: [{ id: vin(1), slug: 'car' }] })
    const ledger = new Ledger({ commandReserve: 0 }, clock, 'Scripted')
    this.account = new Account({ settings, provider, ledger, clock })
    this.broker = new Broker({ url, will: willOf('home', 'one') }, clock, bound)
    this.mirror = new Mirror({ base: 'home', instance: 'one', version: '0', broker: this.broker, clock, commands: ['safe'] })
  }

  async open(): Promise<void> {
    this.broker.connect()
    this.mirror.add('acc', this.account, 'Mine')
    await this.account.vehicles()
    await until(() => this.broker.state === 'connected' && this.broker.waiting === 0, 'the mirror')
  }

  /** The `n`th thing that happens: an event and the state that it leads to. */
  happen(n: number): void {
    const now = this.clock.now()
    const [from, to] = [n - 1, n]
    void this.provider.sink?.push(vin(1), {
      readings: [{ signal: 'vehicle.odometer', value: n, observedAt: now }],
      groups: [],
      events: [
        {
          id: `e${n}`,
          name: 'moved',
          observedAt: iso(now),
          receivedAt: iso(now),
          detectedWithin: 0,
          source: 'push',
          late: false,
          changes: [{ signal: 'vehicle.odometer', from, to }],
        },
      ],
    })
  }

  async lost(): Promise<void> {
    await until(() => this.broker.state === 'offline', 'losing the broker')
  }

  /** Lets it find the broker again. */
  async regain(): Promise<void> {
    await this.clock.advance(seconds(80))
    await until(() => this.broker.state === 'connected' && this.broker.waiting === 0, 'the broker being back', 20_000)
  }

  async close(): Promise<void> {
    this.account.close()
    await this.mirror.close()
  }
}
