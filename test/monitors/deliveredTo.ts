/** An account that is delivered to: one process after the other on the same disk. */
import { Account } from '../../src/account/account'
import { Keeper } from '../../src/account/keeper'
import { readSettings } from '../../src/account/settings'
import { Ledger } from '../../src/cloud/quota'
import { memoryStateStore, type StateStore } from '../../src/cloud/stateStore'
import { inboxOf } from '../../src/monitors/inbox'
import { Intake, type Arrived, type Inbox, type Taken } from '../../src/monitors/intake'
import type { Provider } from '../../src/providers/provider'
import type { VehicleEvent } from '../../src/vehicle/events'
import type { ManualClock } from '../support/clock'
import { givenStellantis, vin } from '../providers/stellantis/scripted'

export const secret = 'a-secret-of-many-letters'
export { vin }

/** A monitor that fired, as v1 tells it. */
export const fired = (
  date: string,
  level = '19.5',
  rest: { monitorId?: string; refresh?: boolean; vin?: string | null } = {},
) => {
  const { monitorId = 'm1', refresh = false } = rest
  return {
    channelId: 'ch1',
    type: 'Monitor',
    date,
    ...(rest.vin !== null && { attributes: [{ key: 'vin', value: rest.vin ?? vin }] }),
    monitorEvent: { monitorId, data: { values: [{ data: 'vehicle.energy.electric.level', value: level }], refresh } },
  }
}

export class DeliveredTo {
  readonly told: VehicleEvent[] = []
  readonly strange: string[] = []
  readonly troubles: unknown[] = []
  account!: Account
  intake!: Intake
  inbox!: Inbox

  constructor(
    private readonly provider: Provider,
    readonly clock: ManualClock,
    readonly disk: StateStore = memoryStateStore(),
  ) {}

  /** `wrap`: what comes between receipt and hand-on. `remembers`: cars too are kept over a restart. */
  start(wrap: (hand: Inbox['hand']) => Inbox['hand'] = (hand) => hand, disk = this.disk, remembers = true): void {
    const { clock, provider } = this
    const ledger = new Ledger({ commandReserve: 5 }, clock, 'Stellantis')
    const keeper = remembers ? new Keeper(disk, 'acc', clock, () => undefined) : undefined
    this.account = new Account({ settings: readSettings({ provider: 'stellantis' }), provider, ledger, clock, keeper })
    this.account.on('event', (_car, event) => {
      if (event.name === 'monitor') this.told.push(event)
    })
    this.intake = new Intake(clock)
    const inbox = inboxOf({
      account: this.account,
      name: 'acc',
      secret,
      clock,
      store: disk,
      strange: (what) => void this.strange.push(what),
      onTrouble: (error) => void this.troubles.push(error),
    })
    this.inbox = { ...inbox, hand: wrap((...given) => inbox.hand(...given)) }
    this.intake.open('acc', this.inbox)
  }

  post(body: unknown, rest: Partial<Arrived> = {}): Promise<Taken> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const contentLength = Buffer.byteLength(text)
    return this.intake.receive({ account: 'acc', secret, contentLength, body: text, headers: {}, query: {}, ...rest })
  }

  /** Everything that is in the process only is gone. */
  kill(): void {
    this.account.close()
  }

  /** Level that each event told. */
  get levels(): unknown[] {
    return this.told.map(({ details }) => (details?.values as { value: string }[])[0]?.value)
  }
}

/** On Stellantis' own reader, with one car. */
export async function givenDeliveredTo(): Promise<{ home: DeliveredTo; close: () => Promise<void> }> {
  const { cloud, provider, clock } = await givenStellantis({ api: 'v1' })
  const vehicles = () => Promise.resolve([{ id: vin, meta: {} }])
  const listed = Object.create(provider, { vehicles: { value: vehicles } }) as Provider
  const home = new DeliveredTo(listed, clock)
  const close = async () => {
    home.kill()
    await cloud.close()
  }
  return { home, close }
}
