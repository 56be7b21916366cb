import { expect } from 'chai'
import { readSettings } from '../../src/account/settings'

const read = (fields: object) => readSettings({ provider: 'volvo', ...fields })

describe("the account's fields", () => {
  it('need no more than the provider', () => {
    expect(readSettings({ provider: 'volvo' })).to.deep.include({
      provider: 'volvo',
      server: 'production',
      vehicles: [],
      allow: [],
      commandReserve: 5,
      freshness: {},
    })
  })

  it('are taken as dialogs hand them over: numbers as texts, empty where nothing was filled in', () => {
    const settings = read({
      name: '',
      url: '',
      quotaPerDay: '5000',
      commandReserve: ' ',
      freshness: { charging: '60', doors: '' },
      vehicles: [{ id: 'a', slug: '', label: '', steering: '' }],
    })
    expect(settings).to.deep.include({ quotaPerDay: 5000, commandReserve: 5 })
    expect(settings.freshness.charging).to.equal(60)
    expect(settings.freshness.doors).to.equal(undefined)
    expect(settings.vehicles[0]).to.deep.equal({ id: 'a', slug: undefined, label: undefined, steering: undefined })
    expect(settings.name).to.equal(undefined)
  })

  it('take a command reserve of nothing as nothing', () => {
    expect(read({ commandReserve: '0' }).commandReserve).to.equal(0)
  })

  const bad: [object, string][] = [
    [{ provider: 'tesla' }, 'provider must be volvo, stellantis, invers or mqtt'],
    [{ provider: 'mqtt' }, 'MQTT broker is needed to read another Driveway'],
    [
      { provider: 'mqtt', broker: 'b', sourceBase: 'a/+' },
      'source topic must be a topic without spaces, wildcards and empty levels',
    ],
    [{ server: 'moon' }, 'server must be production, simulator or custom'],
    [{ server: 'custom' }, 'API address is needed with a custom server'],
    [{ url: 'ftp://x' }, 'API address must be an http or https address'],
    [{ quotaPerDay: 'many' }, 'calls a day must be a number'],
    [{ quotaPerDay: '1.5' }, 'calls a day must be a whole number'],
    [{ quotaPerDay: 0 }, 'calls a day must be at least 1'],
    [{ commandReserve: 95 }, 'share kept for commands must be at most 90'],
    [{ freshness: { doors: 0 } }, 'freshness doors must be at least 1'],
    [{ freshness: { wings: 9 } }, 'freshness wings is not known'],
    [{ allow: ['unlock', 'fly'] }, 'allow no. 2 is not known'],
    [{ vehicles: [{ id: 'a' }, { id: '' }] }, 'cars no. 2 VIN or id must not be empty'],
    [{ vehicles: [{ slug: 'a' }] }, 'cars no. 1 VIN or id must be given'],
    [{ vehicles: [{ id: 'a', slug: 'bridge' }] }, 'cars no. 1 short name must not be "bridge", that name is taken'],
    [{ vehicles: [{ id: 'a', slug: 'A/b' }] }, 'cars no. 1 short name may only have a-z, 0-9, _ and -'],
    [{ quotaPerDay: -1, commandReserve: 99 }, 'calls a day must be at least 1'],
  ]
  for (const [fields, words] of bad)
    it(`say what is wrong with the first bad one: ${words}`, () => {
      expect(() => read(fields))
        .to.throw(`The account's ${words}`)
        .with.property('code', 'INVALID_CONFIG')
    })
})
