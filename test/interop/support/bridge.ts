/**
 * A process that mirrors a scripted car to a broker and prints the id of each command that reaches it, until it is
 * killed. Its one argument is what it is to do, as JSON.
 */
import { randomInt } from 'node:crypto'
import { Account } from '../../../src/account/account'
import { readSettings } from '../../../src/account/settings'
import { pause, systemClock } from '../../../src/clock'
import { Broker } from '../../../src/cloud/mqtt'
import { Ledger } from '../../../src/cloud/quota'
import { fileStateStore } from '../../../src/cloud/stateStore'
import { Mirror, willOf } from '../../../src/mirror/mirror'
import { ScriptedProvider, vin } from '../../support/scriptedProvider'

export interface BridgeTask {
  url: string
  instance: string
  /** Where it keeps what must survive it. */
  dir: string
  shared?: string
  /** Short name of its car. */
  slug?: string
  /** Commands accepted from topics; guarded ones are allowed in the account, too. */
  commands?: string[]
  /** Seconds. */
  keepAlive?: number
}

const task = JSON.parse(process.argv[2] ?? '{}') as BridgeTask
const { url, instance, dir, shared, slug = 'car', commands = ['safe'], keepAlive } = task
const base = 'home'
const provider = new ScriptedProvider(() => systemClock.now())
provider.says.set(vin(1), { 'lock.central': 'locked' })
provider.onExecute = async (order, onPhase) => {
  process.stdout.write(`executed ${order.id}\n`)
  onPhase('sent')
  await pause(systemClock, randomInt(5))
  return { phase: 'done' }
}
const allow = commands.filter((command) => command !== 'safe')
const settings = readSettings({ provider: 'volvo', server: 'simulator', vehicles: [{ id: vin(1), slug }], allow })
const ledger = new Ledger({ commandReserve: 0 }, systemClock, 'Scripted')
const account = new Account({ settings, provider, ledger, clock: systemClock })
const broker = new Broker({ url, keepAlive, will: willOf(base, instance) }, systemClock)
const store = fileStateStore({ dir, room: 'state' })
const mirror = new Mirror({
  base,
  instance,
  version: '0',
  broker,
  clock: systemClock,
  store,
  commands,
  ...(shared && { shared }),
  onProblem: (problem) => process.stdout.write(`problem ${problem?.code}\n`),
})
broker.on('state', (state) => process.stdout.write(`${state}\n`))
broker.connect()
mirror.add('acc', account, 'Mine')
// Our own timers keep nothing alive.
setInterval(() => undefined, 1000)
