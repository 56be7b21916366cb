import Ajv from 'ajv'
import { expect } from 'chai'
import { alertCodeOf } from '../../../src/providers/stellantis/alerts'
import { readBlocks, type BlockName, readBlock } from '../../../src/providers/stellantis/blocks'
import type { Context } from '../../../src/providers/stellantis/context'
import { alarmRecord, alertRecord, collisionRecord, stolenRecord, wayPointRecord } from '../../../src/providers/stellantis/past'
import type { RecordOf } from '../../../src/providers/stellantis/records'
import { sessionOf, tripOf } from '../../../src/providers/stellantis/trips'
import type { Members } from '../../../src/providers/stellantis/wire'
import { signalGroups, signalIds, signalOf, type SignalId } from '../../../src/vehicle/signals'
import { Description, exampleOf, withWord } from './openapi'
import { givenContext } from './reading'
import { givenStellantis, listedV4, page, vin } from './scripted'

type Generation = 'v1' | 'v4'
const generations: readonly Generation[] = ['v1', 'v4']

/** The description, or the end of the test with a word why. */
function described(generation: Generation, test: Mocha.Context): Description {
  const found = Description.of(generation)
  if (found) return found
  if (test.test) test.test.title += ' (skipped: the files are not here)'
  test.skip()
}

/** Parameters that no file names, and why they are sent all the same. */
const beyondTheFile: Readonly<Record<string, string>> = {
  client_id: 'v4 names it as its security scheme',
  locale: 'only when the account or the question names a language; v1 has it in its quick start alone',
}

describe("Stellantis' official files", () => {
  for (const generation of generations) {
    it(`know every call that is made, with every parameter (${generation})`, async function () {
      const description = described(generation, this)
      const home = await givenStellantis({ api: generation, own: { locale: 'fr-FR' } })
      const state = { body: { createdAt: '2026-03-02T11:50:00Z', ignition: { type: 'Stop' } } }
      home.on(generation === 'v4' ? '/status' : '/telemetries/latest', state)
      home.cloud.on('GET /accounts/vehicles?locale=fr-FR', page('vehicles', [{ vin }]))
      home.cloud.on(
        'GET /user/vehicles?locale=fr-FR&extension=branding&extension=pictures&client_id=id-1',
        page('vehicles', [listedV4]),
      )
      await home.vehicles()
      await home.read(...signalGroups)
      const { history } = home.provider
      for (const kind of history.kinds) {
        await home.past(kind, { from: '2026-02-01T00:00:00Z', limit: 500 })
        await home.past(kind, { to: '2026-03-01T00:00:00Z', limit: 1, active: true })
        for (const part of [undefined, 'alerts', 'collisions', 'wayPoints', 'telemetry'])
          await home.past(kind, { id: 'a1', part, limit: 500 }).catch(() => undefined)
      }
      await home.cloud.close()
      const ajv = new Ajv({ strict: false, coerceTypes: true })
      const calls = new Set(home.cloud.seen.map(({ method, path }) => `${method} ${path}`))
      expect(calls.size).to.be.greaterThan(20)
      for (const call of calls) {
        const [method = '', address = ''] = call.split(' ')
        const { pathname, searchParams } = new URL(address, 'http://x')
        const known = description.parameters(method, pathname)
        expect(known, call).to.not.equal(undefined)
        for (const name of new Set(searchParams.keys())) {
          if (Object.hasOwn(beyondTheFile, name)) continue
          const schema = known?.get(name)?.schema
          expect(schema, `${name} of ${call}`).to.not.equal(undefined)
          const given = searchParams.getAll(name)
          const { type } = schema ?? {}
          const check = ajv.compile({ properties: { value: plain(description, schema) } })
          const isValid = check({ value: type === 'array' ? given : given[0] })
          expect(isValid, `${name} of ${call}: ${ajv.errorsText(check.errors)}`).to.equal(true)
        }
        for (const [name, { isRequired }] of known ?? [])
          // The next page is asked for by what the cloud gave.
          if (isRequired && !searchParams.has('pageToken')) expect(searchParams.has(name), `${name} of ${call}`).to.equal(true)
      }
    })
  }

  const states: [generation: Generation, schema: string, elsewhere: readonly string[]][] = [
    ['v1', 'AggregatedTelemetries', ['vehicle.lastContact', 'alerts.collision']],
    [
      'v4',
      'Status',
      // Other calls tell these.
      ['vehicle.lastContact', 'vehicle.gear', 'vehicle.gearboxModes', 'vehicle.wipers', 'service.', 'assist.', 'alerts.'],
    ],
  ]
  for (const [generation, name, elsewhere] of states) {
    it(`have no word and no field in a car's state that is not understood (${generation})`, function () {
      const { told, drifts } = readAll(described(generation, this), name, (body, context) => readBlocks(body, context))
      // A text whose sense is not told in the file must be a number there.
      expect(drifts.filter((drift) => !drift.includes('hvacPwrUsageDisp'))).to.deep.equal([])
      const source = `stellantis-${generation}` as const
      const due = signalIds.filter((id) => signalOf(id).from.includes(source) && !elsewhere.some((one) => id.startsWith(one)))
      const combined: readonly SignalId[] = [
        'climate.powerShare',
        'lights.turnRearRightOn',
        'lights.fogRearRightOn',
        'alerts.stolenSince',
      ]
      // The example of v1 stops at the first alternative of a position's properties.
      const cut: readonly SignalId[] = generation === 'v1' ? ['position.fix', 'position.signalQuality'] : []
      expect(due.filter((id) => !told.has(id) && ![...combined, ...cut].includes(id))).to.deep.equal([])
    })
  }

  it('have no alert type without a code', function () {
    for (const generation of generations) {
      const { enum: types } = described(generation, this).schema('AlertMsgEnum')
      expect(types).to.be.an('array').that.has.length.greaterThan(100)
      for (const type of types as string[]) expect(alertCodeOf(type), type).to.be.a('string')
    }
  })

  it('have no word in maintenance, assistance and the rest of v4 that is not understood', function () {
    const description = described('v4', this)
    const blocks: [schema: string, block: BlockName][] = [
      ['Maintenance', 'maintenance'],
      ['Adas', 'adas'],
      ['Transmission', 'transmission'],
      ['WipingBladesState', 'wipingBlades'],
      ['Position', 'location'],
    ]
    for (const [schema, block] of blocks) {
      const { told, drifts } = readAll(description, schema, (body, context) => readBlock(block, body, context))
      expect(drifts, schema).to.deep.equal([])
      expect(told.size, schema).to.be.greaterThan(0)
    }
  })

  const records: [generation: Generation, schema: string, read: (item: Members, context: Context) => RecordOf][] = [
    ['v1', 'Trip', tripOf],
    ['v4', 'Trip', tripOf],
    ['v1', 'ChargingSession', sessionOf],
    ['v1', 'TimestampedChargingSession', sessionOf],
    ['v1', 'Alert', alertRecord],
    ['v4', 'Alert', alertRecord],
    ['v1', 'Alarm', alarmRecord],
    ['v4', 'Alarm', alarmRecord],
    ['v1', 'Collision', collisionRecord],
    ['v4', 'Collision', collisionRecord],
    ['v1', 'Stolen', stolenRecord],
    ['v1', 'TripPosition', wayPointRecord],
  ]
  for (const [generation, schema, read] of records) {
    it(`have no word in the records of the past that is not understood (${generation} ${schema})`, function () {
      const description = described(generation, this)
      const { body, choices } = exampleOf(description, description.schema(schema))
      const { context, drifts } = givenContext()
      const record = read(body, context)
      expect(Object.keys(record).length).to.be.greaterThan(1)
      for (const { path, words } of choices)
        for (const word of words) expect(JSON.stringify(read(withWord(body, path, word), context))).not.to.contain('"unknown"')
      expect(drifts).to.deep.equal([])
    })
  }
})

type Read = (body: Members, context: Context) => { signal: SignalId; value: unknown }[]

/** Reads an example with each word of each choice, once as a car that burns and once as one that charges. */
function readAll(description: Description, name: string, read: Read) {
  const { body, choices } = exampleOf(description, description.schema(name))
  const told = new Set<SignalId>()
  const drifts = new Set<string>()
  for (const base of [body, ...charging(body)]) {
    for (const { path, words } of [...choices, { path: ['_'], words: [''] }]) {
      for (const word of words) {
        const given = givenContext({ timeZone: 'UTC' })
        for (const { signal, value } of read(withWord(base, path, word), given.context)) {
          if (value !== null) told.add(signal)
          if (value === 'unknown') drifts.add(`${signal} by ${String(word)}`)
        }
        given.drifts.forEach((drift) => drifts.add(drift))
      }
    }
  }
  return { told, drifts: [...drifts] }
}

function charging(body: Members): Members[] {
  const energies = ['energies', '0']
  for (const root of [energies, ['vehicle', ...energies]]) {
    try {
      const electric = withWord(body, [...root, 'type'], 'Electric')
      return [withWord(electric, [...root, 'extension', 'electric', 'charging', 'status'], 'InProgress')]
    } catch {
      // It is the other generation.
    }
  }
  return []
}

/** A parameter's schema without references, as ajv wants it. */
function plain(description: Description, given: unknown): Record<string, unknown> {
  const { type, items, enum: words, pattern, minimum, maximum, minItems, maxItems } = description.resolve(given)
  return Object.fromEntries(
    Object.entries({
      type,
      enum: words,
      pattern,
      minimum,
      maximum,
      minItems,
      maxItems,
      items: items === undefined ? undefined : plain(description, items),
    }).filter(([, value]) => value !== undefined),
  )
}
