import { expect } from 'chai'
import { openAccount } from '../../../src/account/open'
import { readSettings } from '../../../src/account/settings'
import { memoryTokenStore } from '../../../src/cloud/tokens'
import { wrongIn } from '../../../src/providers/invers/settings'
import { DrivewayError } from '../../../src/vehicle/causes'
import { ManualClock } from '../../support/clock'

describe("an INVERS account's broker address", () => {
  const refusalOf = async (amqpUrl: string) => {
    const settings = readSettings({ provider: 'invers', amqpQueues: 'states', amqpUrl })
    const credentials = { clientId: 'c', clientSecret: 's', amqpUser: 'u', amqpPassword: 'p' }
    const opening = openAccount({ id: 'acc', settings, credentials, clock: new ManualClock(), store: memoryTokenStore() })
    return opening.then(
      ({ account }) => account.close(),
      (error: unknown) => (error instanceof DrivewayError ? error.cause : undefined),
    )
  }

  for (const amqpUrl of ['amqps://api.invers.com:5671', 'amqp://127.0.0.1/a%2Fb', 'amqps://[::1]'])
    it(`may be ${amqpUrl}`, () => {
      expect(wrongIn({ api: '', timeZone: 'UTC', own: { amqpUrl } })).to.equal(undefined)
    })

  // It is exported along with the flow.
  for (const address of ['amqps://anna:geheim@api.invers.com', 'amqps://anna@api.invers.com', 'amqp://:geheim@127.0.0.1/fleet'])
    it(`holds no name and no password, unlike ${address}`, async () => {
      const cause = await refusalOf(address)
      expect(cause?.code).to.equal('INVALID_CONFIG')
      expect(cause?.message).to.match(/fields of their own/)
      expect(JSON.stringify(cause)).not.to.match(/anna|geheim/)
    })

  it('is one of a broker', async () => {
    expect((await refusalOf('https://api.invers.com'))?.message).to.match(/must begin with amqps/)
  })
})
