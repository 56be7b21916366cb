/** A process that mirrors a scripted car to a broker and prints the id of each command that reaches it, until it is killed. */
import { randomInt } from 'node:crypto'
import { Account } from '../../../src/account/account'
import { readSettings } from '../../../src/account/settings'
import { pause, systemClock } from '../../../src/clock'
import { Broker } from '../../../src/cloud/mqtt'
import { Ledger } from '../../../src/cloud/quota'
import { fileStateStore } from '../../../src/cloud/stateStore'
import { Mirror, willOf } from '../../../src/mirror/mirror'
import { ScriptedProvider, vin } from '../../support/scriptedProvider'

const [url = '', instance = '', dir = '', shared = ''] = process.argv.slice(2)
const base = 'home'
const provider = new ScriptedProvider(() => systemClock.now())
provider.says.set(vin(1), { 'lock.central': 'locked' })
provider.onExecute = async (order, onPhase) => {
  process.stdout.write(`executed ${order.id}\n`)
  onPhase('sent')
  await pause(systemClock, randomInt(5))
  return { phase: 'done' }
}
const settings = readSettings({ provider: 'volvo', server: 'simulator', vehicles: [{ id: vin(1), slug: 'car' }] })
const ledger = new Ledger({ commandReserve: 0 }, systemClock, 'Scripted')
const account = new Account({ settings, provider, ledger, clock: systemClock })
const broker = new Broker({ url, will: willOf(base, instance) }, systemClock)
const store = fileStateStore({ dir, room: 'state' })
const mirror = new Mirror({
  base,
  instance,
  version: '0',
  broker,
  clock: systemClock,
  store,
  commands: ['safe'],
  ...(shared && { shared }),
  onProblem: (problem) => process.stdout.write(`problem ${problem?.code}\n`),
})
broker.on('state', (state) => process.stdout.write(`${state}\n`))
broker.connect()
mirror.add('acc', account, 'Mine')
// Our own timers keep nothing alive.
setInterval(() => undefined, 1000)
