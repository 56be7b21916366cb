import { expect } from 'chai'
import { isCommandId } from '../../src/vehicle/commands'
import { isSignalGroup, isSignalId, keyOf, signalGroups, signalIds, signalOf, signalsOf } from '../../src/vehicle/signals'

const rows = signalIds.map((id) => ({ id, row: signalOf(id) }))
const problems = (find: (entry: (typeof rows)[number]) => unknown) => rows.filter((entry) => find(entry)).map(({ id }) => id)

/** VSS leaves are a path of capitalised names; `#` stands for an instance. */
const vssPath = /^Vehicle(\.([A-Z][A-Za-z0-9]*|#))+$/
/** Home Assistant's own words, as far as the catalogue may use them. */
const deviceClasses: Record<string, readonly string[]> = {
  sensor: [
    'battery',
    'current',
    'distance',
    'duration',
    'energy_storage',
    'enum',
    'power',
    'pressure',
    'speed',
    'temperature',
    'timestamp',
    'voltage',
    'volume_storage',
  ],
  binary_sensor: [
    'battery_charging',
    'connectivity',
    'door',
    'light',
    'lock',
    'moving',
    'opening',
    'plug',
    'problem',
    'running',
    'safety',
    'window',
  ],
  number: ['battery'],
}
/** What Home Assistant shows for a unit of ours. */
const shownUnits: Record<string, string> = { l: 'L', 'l/100km': 'L/100km', days: 'd' }

describe('the signal catalogue', () => {
  it('has 193 signals in 19 groups, each under its own group and key', () => {
    expect(signalIds).to.have.length(193)
    expect(signalGroups).to.have.length(19)
    expect(
      problems(({ id, row }) => `${row.group}.${keyOf(id)}` !== id || !/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/.test(id)),
    ).to.deep.equal([])
  })

  it('knows its own ids and groups, and no others', () => {
    expect([isSignalId('lock.central'), isSignalId('lock'), isSignalId('toString')]).to.deep.equal([true, false, false])
    expect([isSignalGroup('lock'), isSignalGroup('lock.central')]).to.deep.equal([true, false])
    expect(signalsOf(['fuel', 'safety'])).to.include.members(['fuel.level', 'safety.eCall'])
    expect(signalsOf(signalGroups)).to.have.length(signalIds.length)
  })

  it('has a label of its own for every signal, in sentence case', () => {
    expect(new Set(rows.map(({ row }) => row.label)).size).to.equal(rows.length)
    expect(problems(({ row }) => !/^[A-Z0-9]/.test(row.label) || /[._]/.test(row.label) || row.label.length > 40)).to.deep.equal(
      [],
    )
  })

  it('gives words to every word, each once and without `unknown`', () => {
    const wordless = problems(({ row }) => row.type === 'word' && !row.words?.length)
    // Nobody has documented a word for the stand of a scooter.
    expect(wordless).to.deep.equal(['vehicle.centerStand'])
    expect(problems(({ row }) => row.words && new Set(row.words).size !== row.words.length)).to.deep.equal([])
    expect(problems(({ row }) => row.words?.includes('unknown'))).to.deep.equal([])
    expect(problems(({ row }) => row.words && !['word', 'words'].includes(row.type))).to.deep.equal([])
    expect(problems(({ row }) => row.words?.some((word) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(word)))).to.deep.equal([])
  })

  it('gives units to numbers only, and a shape to whatever has members', () => {
    expect(problems(({ row }) => row.unit !== undefined && !['number', 'integer'].includes(row.type))).to.deep.equal([])
    expect(problems(({ row }) => ['list', 'object'].includes(row.type) !== (row.shape !== undefined))).to.deep.equal([])
  })

  it('keeps every percentage between 0 and 100', () => {
    expect(problems(({ row }) => row.unit === '%' && (row.min !== 0 || row.max !== 100))).to.deep.equal([])
  })

  it('maps to VSS by well-formed paths, and words only to words that exist', () => {
    const mappings = rows.flatMap(({ id, row }) => (row.vss ?? []).map((vss) => ({ id, row, vss })))
    expect(mappings.length).to.be.above(80)
    expect(mappings.filter(({ vss }) => !vssPath.test(vss.path)).map(({ id }) => id)).to.deep.equal([])
    expect(
      mappings.filter(({ vss, row }) => Object.keys(vss.words ?? {}).some((word) => !row.words?.includes(word))),
    ).to.deep.equal([])
    expect(mappings.filter(({ vss, row }) => row.type === 'word' && !vss.words).map(({ id }) => id)).to.deep.equal([])
    expect(mappings.filter(({ vss, row }) => vss.factor && !['number', 'integer'].includes(row.type))).to.deep.equal([])
    expect(mappings.filter(({ vss, row }) => row.type === 'object' && !vss.member)).to.deep.equal([])
  })

  it('gives no VSS value twice, unless the mapping says that it is shared', () => {
    const own = rows.flatMap(({ row }) => (row.vss ?? []).filter(({ shared }) => !shared))
    const places = own.map(({ path, instance = '', along }) => `${path} ${instance} ${along?.value ?? ''}`)
    expect(places.filter((place, n) => places.indexOf(place) !== n)).to.deep.equal([])
  })

  it('converts kilometres, days, minutes and kilowatts to what VSS wants', () => {
    const factor = (id: Parameters<typeof signalOf>[0]) => signalOf(id).vss?.[0]?.factor
    expect([
      factor('battery.range'),
      factor('vehicle.odometer'),
      factor('service.time'),
      factor('charging.timeToComplete'),
    ]).to.deep.equal([1000, 1000, 86_400, 60])
    expect([factor('charging.power'), factor('service.distance'), factor('vehicle.speed')]).to.deep.equal([
      1000,
      undefined,
      undefined,
    ])
  })

  it('shows itself in Home Assistant by classes that its platforms have', () => {
    const entities = rows.flatMap(({ id, row }) => (row.homeAssistant ?? []).map((entity) => ({ id, row, entity })))
    const wrong = (find: (entry: (typeof entities)[number]) => unknown) =>
      entities.filter((entry) => find(entry)).map(({ id }) => id)
    expect(
      wrong(({ entity }) => entity.deviceClass && !deviceClasses[entity.platform]?.includes(entity.deviceClass)),
    ).to.deep.equal([])
    expect(wrong(({ entity }) => entity.category === 'config' && !['number', 'select'].includes(entity.platform))).to.deep.equal(
      [],
    )
    expect(wrong(({ entity }) => entity.platform === 'binary_sensor' && !entity.on?.length)).to.deep.equal([])
    expect(
      wrong(({ entity, row }) => entity.on?.some((value) => typeof value === 'string' && !row.words?.includes(value))),
    ).to.deep.equal([])
    expect(wrong(({ entity, row }) => entity.deviceClass === 'enum' && row.type !== 'word')).to.deep.equal([])
    expect(wrong(({ entity }) => entity.deviceClass === 'enum' && (entity.unit || entity.stateClass))).to.deep.equal([])
    expect(
      wrong(({ entity, row }) => entity.deviceClass === 'timestamp' && row.type !== 'time' && row.type !== 'object'),
    ).to.deep.equal([])
    expect(wrong(({ entity, row }) => entity.unit && entity.unit !== (shownUnits[row.unit ?? ''] ?? row.unit))).to.deep.equal([])
    expect(wrong(({ entity, row }) => ['sensor', 'number'].includes(entity.platform) && row.unit && !entity.unit)).to.deep.equal(
      [],
    )
    expect(wrong(({ entity }) => entity.whenAllowed && !isCommandId(entity.whenAllowed))).to.deep.equal([])
  })

  it('names a fall-back for whatever is offered only while a command is allowed', () => {
    expect(
      problems(({ row }) => row.homeAssistant?.some(({ whenAllowed }) => whenAllowed) && row.homeAssistant.at(-1)?.whenAllowed),
    ).to.deep.equal([])
  })

  it('says of every signal where it comes from, or is one of the few that no cloud tells today', () => {
    expect(problems(({ row }) => row.from.length === 0 && !row.derived)).to.deep.equal([
      'battery.temperature',
      'climate.targetTemperature',
      'lowVoltage.voltage',
    ])
    expect(problems(({ row }) => new Set(row.from).size !== row.from.length)).to.deep.equal([])
  })

  it('knows what holds only while charging', () => {
    expect(problems(({ row }) => row.onlyWhileCharging)).to.deep.equal([
      'charging.power',
      'charging.rate',
      'charging.timeToComplete',
      'charging.readyAt',
    ])
  })
})
