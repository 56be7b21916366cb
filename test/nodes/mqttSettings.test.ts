import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'chai'
import { settingsOf, type MqttConfig, type MqttCredentials } from '../../nodes/mqtt/settings'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const settings = (config: Partial<MqttConfig> = {}, credentials: MqttCredentials = {}) =>
  settingsOf({ url: 'mqtts://broker', ...config } as MqttConfig, credentials, 'id')

describe('the settings of the MQTT connection', () => {
  const wrong: [what: string, credentials: MqttCredentials, config: Partial<MqttConfig>, says: RegExp][] = [
    ['an authority that is no certificate', { ca: 'secret text' }, {}, /certificate of the authority is no PEM/],
    ['a client certificate that is none', { cert: 'secret text' }, {}, /client certificate is no PEM/],
    ['a key that is none', { key: 'secret text' }, {}, /key of the client certificate is no PEM/],
    ['a key without its certificate', { key }, {}, /client certificate that belongs to the key is missing/],
    ['certificates for an address without TLS', { key }, { url: 'mqtt://broker' }, /./],
  ]
  for (const [what, credentials, config, says] of wrong)
    it(`are refused with ${what}, and nothing of it is repeated`, () => {
      expect(() => settings(config, credentials))
        .to.throw(says)
        .that.satisfies((error: Error & { code: string }) => error.code === 'INVALID_CONFIG' && !error.message.includes('secret'))
    })

  it('leave out what the dialog leaves empty', () => {
    const empty = { base: '', instance: '', shared: '', discoveryPrefix: '', location: '', places: [], commands: [] }
    const { instance, ...rest } = settings(empty, { username: '', ca: '' })
    expect(instance).to.equal('id')
    expect(rest).to.deep.equal({
      connection: { url: 'mqtts://broker' },
      base: 'driveway',
      values: false,
      location: 'off',
      places: [],
      commands: [],
      discovery: false,
      discoveryPrefix: 'homeassistant',
    })
  })

  it('take numbers of places as texts, and commands as a text', () => {
    const places = [{ name: ' home ', latitude: '57.7', longitude: '11.9', radius: '100' }]
    const read = settings({ location: 'zone', places, commands: 'safe, unlock' })
    expect(read.places).to.deep.equal([{ name: 'home', latitude: 57.7, longitude: 11.9, radius: 100 }])
    expect(read.commands).to.deep.equal(['safe', 'unlock'])
  })

  describe('with anything in any field', () => {
    let deep: unknown = 'x'
    for (let n = 0; n < 2000; n++) deep = [deep]
    const anything: [what: string, value: unknown][] = [
      ['a number', 5],
      ['not a number', NaN],
      ['null', null],
      ['true', true],
      ['an object', { a: 1 }],
      ['a list', [1, { a: 2 }, null]],
      ['something deep', deep],
      ['bytes', Buffer.from([0xff, 0, 0x80])],
      ['binary', '\xff\xfe\0\x01'],
      ['5 MB', 'x'.repeat(5_000_000)],
      ['5 MB of an address', `mqtt://${'x'.repeat(5_000_000)}`],
      ['unicode', 'größe-🚗-\u202e'],
      ['half a character', '\ud83d'],
      ['+', 'a+b'],
      ['#', 'a/#'],
      ['a broken address', 'mqtts://[::1'],
      ['a port that cannot be', 'mqtts://host:99999'],
      ['__proto__', '__proto__'],
    ]
    const fields = [
      'url',
      'base',
      'instance',
      'values',
      'location',
      'places',
      'commands',
      'shared',
      'discovery',
      'discoveryPrefix',
    ]
    const secrets = ['username', 'password', 'ca', 'cert', 'key']
    for (const field of [...fields, ...secrets])
      it(`${field}: is taken as something that MQTT can carry, or refused in few words that do not repeat it`, () => {
        for (const [what, value] of anything) {
          const given = { [field]: value }
          const isSecret = secrets.includes(field)
          try {
            const read = settings({ commands: ['safe'], ...(isSecret ? {} : given) }, isSecret ? given : {})
            for (const text of [read.base, read.instance, read.discoveryPrefix, read.shared ?? 'x', read.connection.url])
              expect(text, what).to.match(/^[^\s\0]{1,2000}$/)
            for (const text of [read.base, read.instance, read.discoveryPrefix, read.shared ?? 'x'])
              expect(text, what).not.to.match(/[+#]/)
            for (const text of [read.connection.username ?? '', read.connection.password ?? ''])
              expect(text, what).to.be.a('string').with.length.below(65_536)
            expect(
              [read.values, read.discovery].every((one) => typeof one === 'boolean'),
              what,
            ).to.equal(true)
          } catch (error) {
            expect(error, what).to.include({ code: 'INVALID_CONFIG' })
            expect((error as Error).message.length, what).to.be.below(200)
          }
        }
      })
  })
})
