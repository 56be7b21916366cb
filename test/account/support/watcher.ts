/** A process that watches the charging of a simulated car and prints each event on a line, until it is killed. */
import { Account } from '../../../src/account/account'
import { Keeper } from '../../../src/account/keeper'
import { everySeconds } from '../../../src/account/policies'
import { readSettings } from '../../../src/account/settings'
import { systemClock } from '../../../src/clock'
import { Http } from '../../../src/cloud/http'
import { Ledger } from '../../../src/cloud/quota'
import { openSealer } from '../../../src/cloud/seal'
import { fileStateStore } from '../../../src/cloud/stateStore'
import { Volvo } from '../../../src/providers/volvo/volvo'
import { volvoDemo } from '../../../src/simulator/credentials'

async function main(): Promise<void> {
  const [url = '', dir = '', token = '', vin = ''] = process.argv.slice(2)
  const sealer = await openSealer({ dir, secrets: ['secret'] })
  const ledger = new Ledger({ commandReserve: 0 }, systemClock, 'Volvo')
  const tokens = { access: () => Promise.resolve(token), renew: () => Promise.resolve(token) }
  const baseUrl = `${url}/volvo`
  const http = new Http({ baseUrl, clock: systemClock, name: 'Volvo' })
  const provider = new Volvo({ baseUrl, apiKey: volvoDemo.apiKey, api: 'v2', tokens, ledger, clock: systemClock, http })
  const keeper = new Keeper(fileStateStore({ dir, room: 'state', sealer }), 'acc', systemClock, () => process.exit(3))
  const settings = readSettings({ provider: 'volvo', server: 'simulator', vehicles: [{ id: vin }] })
  const account = new Account({ settings, provider, ledger, clock: systemClock, keeper })
  account.on('event', (car, event) => {
    const session = account.sessions(car.id).at(-1)
    process.stdout.write(`${JSON.stringify({ id: event.id, name: event.name, startedAt: session?.startedAt })}\n`)
  })
  account.on('reading', () => process.stdout.write('read\n'))
  account.watch(() => true, ['battery', 'charging'], everySeconds(0.02))
  // The account's own timers keep nothing alive.
  setInterval(() => undefined, 1000)
}

void main()
