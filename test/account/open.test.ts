import { expect } from 'chai'
import { openAccount, type OpenOptions } from '../../src/account/open'
import { readSettings, type AccountCredentials } from '../../src/account/settings'
import { days } from '../../src/clock'
import { memoryStateStore } from '../../src/cloud/stateStore'
import { memoryTokenStore } from '../../src/cloud/tokens'
import { ManualClock } from '../support/clock'
import { ScriptedCloud } from '../support/scriptedCloud'
import { failing } from './support'

const list = 'GET /connected-vehicle/v2/vehicles'

describe('opening an account', () => {
  let cloud: ScriptedCloud
  let clock: ManualClock
  beforeEach(async () => {
    clock = new ManualClock()
    cloud = await ScriptedCloud.open()
    cloud.on(list, { body: { data: [] } })
  })
  afterEach(() => cloud.close())

  const pasted: AccountCredentials = { apiKey: 'key', accessToken: 'token' }
  const open = (fields: object = {}, credentials: AccountCredentials = pasted, rest: Partial<OpenOptions> = {}) =>
    openAccount({
      id: 'acc',
      settings: readSettings({ provider: 'volvo', server: 'custom', url: `${cloud.url}/`, ...fields }),
      credentials,
      clock,
      store: memoryTokenStore(),
      ...rest,
    })

  it('makes no call', async () => {
    const { account } = await open()
    account.close()
    expect(cloud.seen).to.deep.equal([])
  })

  it('talks to the address it was given, with the key and the token that were pasted', async () => {
    const { account, calls } = await open()
    expect(await account.vehicles()).to.deep.equal([])
    expect(cloud.paths()).to.deep.equal([list])
    expect(cloud.seen[0]!.headers).to.include({ authorization: 'Bearer token', 'vcc-api-key': 'key' })
    expect(calls).to.have.length(1)
    account.close()
  })

  it('knows its cars and ends where nothing can be written, also when a listener of that trouble throws', async () => {
    const full = { ...memoryStateStore(), save: () => Promise.reject(new Error('full')) }
    const { account } = await open({}, pasted, { kept: { state: full } })
    account.on('trouble', () => {
      throw new Error('of the listener')
    })
    cloud.on(list, { body: { data: [{ vin: 'YV1OPEN0000000001' }] } })
    expect(await account.vehicles()).to.have.length(1)
    account.close()
    await account.ended
  })

  for (const [missing, credentials] of [
    ['the API key', { clientId: 'a', clientSecret: 'b' }],
    ['the client id', { apiKey: 'key', clientSecret: 'b' }],
    ['the client secret', { apiKey: 'key', clientId: 'a' }],
  ] as const)
    it(`without ${missing} says so`, async () => {
      const error = await failing(open({}, credentials))
      expect(error.code).to.equal('INVALID_CONFIG')
      expect(error.message).to.match(new RegExp(`: ${missing} is missing in the account$`))
    })

  it('on a simulator that does not run says so', async () => {
    expect((await failing(open({ server: 'simulator' }))).message).to.equal('The simulator is not running')
  })

  it('goes on with the count of the day; another key has its own', async () => {
    const used = async (fields: object, credentials = pasted) => {
      const { account } = await open(fields, credentials)
      await account.vehicles()
      account.close()
      return account.health.quota
    }
    expect(await used({})).to.include({ usedToday: 1 })
    expect(await used({})).to.include({ usedToday: 2 })
    expect(await used({ quotaPerDay: 500 })).to.include({ perDay: 500 })
    expect(await used({}, { ...pasted, apiKey: 'other' })).to.include({ usedToday: 1 })
  })

  it('leaves no timer behind when it closes', async () => {
    const { account } = await open()
    await clock.advance(days(2))
    account.close()
    expect(clock.timers).to.equal(0)
  })
})
