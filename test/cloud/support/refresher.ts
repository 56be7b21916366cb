/** A process that renews one token chain again and again: `refresher.ts <dir> <token url> <times>`. */
import { systemClock } from '../../../src/clock'
import { Http } from '../../../src/cloud/http'
import { SignedInTokens } from '../../../src/cloud/oauth'
import { openSealer } from '../../../src/cloud/seal'
import { fileTokenStore } from '../../../src/cloud/tokens'

const [dir = '', tokenUrl = '', times = '1'] = process.argv.slice(2)

async function run(): Promise<void> {
  const clock = systemClock
  const http = new Http({ baseUrl: tokenUrl, clock, name: 'Volvo' })
  const store = fileTokenStore({ dir, clock, sealer: await openSealer({ dir, secrets: ['runtime secret'] }) })
  const client = { provider: 'Volvo', authorizeUrl: 'x', tokenUrl, clientId: 'client', clientSecret: 's', scopes: [] }
  const tokens = new SignedInTokens({ client, http, store, account: 'account-1', clock })
  for (let n = 0; n < Number(times); n++) {
    await tokens.renew(await tokens.access())
    process.stdout.write('.')
  }
}

// Locks and pauses do not keep a process alive by themselves.
const alive = setInterval(() => undefined, 1000)
run()
  .catch((error: unknown) => {
    process.stderr.write(String(error))
    process.exitCode = 1
  })
  .finally(() => clearInterval(alive))
