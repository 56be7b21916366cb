/** What is sent to Stellantis, held against its official files where they lie beside the repository. */
import Ajv, { type ErrorObject } from 'ajv'
import { expect } from 'chai'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import type { MonitorWanted } from '../../../src/providers/monitors'
import { monitorBody } from '../../../src/providers/stellantis/monitorBody'
import { isOperandId, operandIds, operands, operatorsOf } from '../../../src/providers/stellantis/operands'
import { commandsOf, isCause, remoteOf } from '../../../src/providers/stellantis/order'
import type { Step } from '../../../src/providers/stellantis/remotesBoard'
import { Ladder } from '../../../src/providers/stellantis/remotesLadder'
import { commands, type CommandId, type CommandParams } from '../../../src/vehicle/commands'
import { ManualClock } from '../../support/clock'
import { givenStellantis, vin } from './scripted'

type Generation = 'v1' | 'v4'
const folder = resolve(__dirname, '../../../../shared/reference/openapi')
const files = { v1: 'stellantis-scc-data-treatment.yaml', v4: 'stellantis-b2c.yaml' } as const

/** Where our bodies differ from the files, and why. The texts are instance path and keyword. */
const exceptions: Readonly<Record<Generation, readonly (readonly [error: RegExp, reason: string])[]>> = {
  v1: [
    [/\/name pattern$/, 'the pattern of a trigger has its quotes inside, so no name fits'],
    [/^\/channel\/pushnotif\/attributes\/\d+\/value oneOf$/, 'two alternatives are any text, so no text fits exactly one'],
    [
      /^\/triggerParam\/triggers\/0\/data\/data enum$/,
      'chargePreferenceRate is in the table of operands and not in the enumeration',
    ],
    [/programs\/0 required$/, 'a deletion needs the slot alone by the text; the file marks the levels as required'],
  ],
  v4: [[/\/name pattern$/, 'the pattern of a trigger has its quotes inside, so no name fits']],
}

const needed = new Set<RegExp>()

/** Files that describe what is delivered to us. */
const delivered = { v1: 'stellantis-scc-platform-notification.yaml', v4: 'stellantis-b2c-webhook-template.yaml' } as const

function read(file: string, test: Mocha.Context): { components: { schemas: Record<string, unknown> } } {
  const path = resolve(folder, file)
  if (!existsSync(path)) {
    if (test.test) test.test.title += ' (skipped: the files are not here)'
    test.skip()
  }
  const text = readFileSync(path, 'utf8').replaceAll('\t', '  ').replaceAll("'#components/", "'#/components/")
  return parse(text, { version: '1.2', logLevel: 'silent' }) as { components: { schemas: Record<string, unknown> } }
}

/** The words of every enumeration below, with the members that lead there. */
function enumsIn(value: unknown, path = '', found: [path: string, words: string[]][] = []): [string, string[]][] {
  if (typeof value !== 'object' || value === null) return found
  if ('enum' in value && Array.isArray(value.enum)) found.push([path, value.enum.map(String)])
  for (const [name, inner] of Object.entries(value)) enumsIn(inner, `${path}/${name}`, found)
  return found
}

interface Official {
  check: (schema: string, body: unknown) => string[]
}

function official(generation: Generation, test: Mocha.Context): Official {
  const root = read(files[generation], test)
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false, validateSchema: false })
  ajv.addSchema({ $id: 'doc', components: { schemas: root.components.schemas } })
  return {
    check(schema, body) {
      const validate = ajv.getSchema(`doc#/components/schemas/${schema}`)
      if (!validate) throw new Error(`There is no ${schema}`)
      if (validate(body) === true) return []
      const place = ({ instancePath, keyword }: ErrorObject) => `${instancePath} ${keyword}`
      const found = (validate.errors ?? []).map(place)
      return found.filter((error) => {
        const [excepted] = exceptions[generation].find(([pattern]) => pattern.test(error)) ?? []
        if (excepted) needed.add(excepted)
        return !excepted
      })
    },
  }
}

const workday = { slot: 1, start: '07:15', days: ['mon', 'tue'], enabled: true }
const orders: [command: CommandId, params: CommandParams][] = [
  ['climate-schedule', workday],
  ['climate-schedule-delete', { slot: 1 }],
  ['climate-settings', { temperature: 21 }],
  ['charge-limit', { percent: 80 }],
  ['charge-limit', { percent: 100 }],
  ['charge-power', { level: 1 }],
  ['charge-power', { level: 5 }],
  ['charge-schedule', { ...workday, end: '09:00' }],
  ['charge-schedule-delete', { slot: 2 }],
  ['charge-defer', { start: '22:30' }],
  ['send-destination', { positions: [{ latitude: 48.85, longitude: 2.35, name: 'x', address: { postalCode: 75007 } }] }],
  ['stolen-report', { stolen: true }],
  ['crank-inhibit', { active: true }],
  ['alarm-suppress', { hours: 24 }],
  ['alarm-confirm', { theft: true }],
  ['delete-personal-data', { confirm: true }],
]

const wanted: MonitorWanted = {
  label: 'Low battery #dw-0a1b2c3d',
  triggers: [
    { name: 'a1', zone: { transition: 'Out', place: { radius: 2, center: { longitude: 2.3412, latitude: 48.8611 } } } },
    {
      name: 't1',
      time: {
        times: [{ recurrence: 'Daily', start: 'PT22H', duration: 'PT7H', occurrence: { day: ['Mon'], week: ['w1-w25'] } }],
        timeZone: 'Europe/Rome',
      },
    },
  ],
  boolExp: 'a1 & t1',
  refreshEvery: 600,
  extend: ['vehicle.position'],
  actions: [],
  vehicles: [vin],
}

describe("Stellantis' official files, and what is sent", () => {
  for (const generation of ['v1', 'v4'] as const) {
    it(`know every command (${generation})`, function () {
      const { check } = official(generation, this)
      const given = new Map(orders)
      const all = [
        ...commandsOf(generation)
          .filter((id) => !given.has(id))
          .map((id) => [id, {}] as const),
        ...orders,
      ]
      for (const [command, params] of all) {
        const remote = remoteOf({ id: 'o1', vehicle: 'V', command, params: commands[command].params.parse(params) }, generation)
        if (isCause(remote)) continue
        expect(check('Remote', remote.body), `${command} ${JSON.stringify(remote.body)}`).to.deep.equal([])
      }
      expect(
        check('Remote', { action: { locking: { state: 'Ajar' } }, door: { state: 'Ajar' } }),
        'they do find faults',
      ).not.to.deep.equal([])
    })

    it(`know every operand with every operator, zones, times and reminders (${generation})`, function () {
      const { check } = official(generation, this)
      const body = (more: Partial<MonitorWanted>) => monitorBody({ ...wanted, ...more }, generation, 'ch1')
      expect(check('MonitorParameter', body({}))).to.deep.equal([])
      for (const id of operandIds)
        for (const op of operatorsOf(id, generation)) {
          const { value } = operands[id]
          const words = value.kind === 'word' ? Object.keys(value.words[generation]) : value.kind === 'boolean' ? ['true'] : ['5']
          const triggers = [{ name: 'a1', data: { data: id, op, value: op === 'includedIn' ? words : words.slice(0, 1) } }]
          expect(check('MonitorParameter', body({ triggers, boolExp: 'a1' })), `${id} ${op}`).to.deep.equal([])
        }
      const strange = [{ name: 'a1', data: { data: 'vehicle.hovering', op: 'likes', value: ['1'] } }]
      expect(check('MonitorParameter', body({ triggers: strange })), 'they do find faults').not.to.deep.equal([])
    })

    it(`know channels of every kind (${generation})`, async function () {
      const { check } = official(generation, this)
      const { provider, cloud, go, abort } = await givenStellantis({ api: generation })
      const path = generation === 'v1' ? '/accounts/channels' : '/user/callbacks?client_id=id-1'
      cloud.on(`POST ${path}`, { body: { channelId: 'c', callbackId: 'c', status: 'Running' } })
      const label = 'Driveway #dw-0a1b2c3d'
      const header = { name: 'X-Driveway-Secret', value: 's' }
      const service = provider.monitors
      await go(service.createChannel({ label, transport: 'webhook', target: 'https://a.invalid/x', header }, abort.signal))
      await go(service.createChannel({ label, transport: 'websocket', target: 'wss://a.invalid/x' }, abort.signal))
      await go(service.createChannel({ label, transport: 'push', devices: ['d'] }, abort.signal))
      await cloud.close()
      const schema = generation === 'v1' ? 'ChannelSubscribe' : 'CallbackSubscribe'
      for (const { body } of cloud.seen) expect(check(schema, JSON.parse(body)), body).to.deep.equal([])
      expect(check(schema, { channel: { webhook: {} }, callback: { webhook: {} } }), 'they do find faults').not.to.deep.equal([])
    })
  }

  it('know actions and settings of v1', function () {
    const { check } = official('v1', this)
    const actions: MonitorWanted['actions'] = [
      { type: 'Notify' },
      { type: 'Remote', command: 'flash' },
      { type: 'Monitor', changeType: 'Pause', monitorId: 'm1' },
    ]
    expect(check('MonitorParameter', monitorBody({ ...wanted, actions, actOnRefresh: true }, 'v1', 'ch1'))).to.deep.equal([])
    const setting: Partial<MonitorWanted> = { triggers: [{ name: 's1', setting: { type: 'DigitalKey' } }], boolExp: '(s1)' }
    expect(check('MonitorParameter', monitorBody({ ...wanted, ...setting }, 'v1', 'ch1'))).to.deep.equal([])
    expect(check('HandleSetter', { action: 'Add', vehicleIds: [vin] })).to.deep.equal([])
    for (const status of ['Running', 'Paused']) expect(check('MonitorStatusSetter', { status })).to.deep.equal([])
  })

  for (const generation of ['v1', 'v4'] as const)
    it(`deliver no operand, no step and no cause that is not understood (${generation})`, function () {
      const enums = enumsIn(read(delivered[generation], this).components.schemas)
      const wordsOf = (pattern: RegExp) => enums.filter(([path]) => pattern.test(path)).flatMap(([, words]) => words)
      const operandWords = wordsOf(/\/properties\/data$/)
      expect(operandWords.length).to.be.greaterThan(25)
      expect(operandWords.filter((word) => !isOperandId(word))).to.deep.equal([])
      const told = (step: Step) => {
        const drifts: string[] = []
        new Ladder(
          new ManualClock(),
          'r',
          () => undefined,
          (where, sample) => drifts.push(`${where} ${sample}`),
        ).take(step)
        return drifts
      }
      const causes = wordsOf(/^\/RemoteFailedEventStatus$/)
      expect(causes.length).to.be.greaterThan(15)
      for (const failureCause of causes) expect(told({ type: 'Done', status: 'Failed', failureCause })).to.deep.equal([])
      for (const status of wordsOf(/^\/Remote(Done|Pending)EventStatus$/))
        expect(told({ type: 'Pending', status })).to.deep.equal([])
    })

  it('need every exception that is made for them', function () {
    official('v1', this)
    for (const [pattern, reason] of [...exceptions.v1, ...exceptions.v4]) expect(needed.has(pattern), reason).to.equal(true)
  })
})
