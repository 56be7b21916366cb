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
})
