import { expect } from 'chai'
import { readBlocks } from '../../../src/providers/stellantis/blocks'
import { telemetryRecord } from '../../../src/providers/stellantis/past'
import { telemetryItem } from '../../../src/providers/stellantis/sources'
import { sessionOf, tripOf } from '../../../src/providers/stellantis/trips'
import type { Members } from '../../../src/providers/stellantis/wire'
import { unknownWord, type Reading } from '../../../src/vehicle/reading'
import { signalOf } from '../../../src/vehicle/signals'
import { ManualClock } from '../../support/clock'
import { givenContext } from './reading'

/** `MUTATIONS=100000` for a long run. */
const runs = Number(process.env.MUTATIONS ?? 2000)

const program = { slot: 1, start: 'PT7H', occurrence: { day: ['Mon'] }, enabled: true }
const whole: Members = {
  createdAt: '2026-03-02T11:50:00Z',
  vehicle: {
    ignition: { createdAt: '2026-03-02T11:50:00Z', type: 'Stop' },
    location: {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [2.2, 48.8, 100] },
      properties: { heading: 12, type: 'Acquire', fixStatus: '3D', signalQuality: 9, createdAt: '2026-03-02T11:50:00Z' },
    },
    preconditioning: { airConditioning: { status: 'Failure', failureCause: 'Defect', programs: [program] } },
    tyreState: [{ id: 'FrontLeft', status: 'Low', pressure: { value: 230000 } }],
    energies: [
      { type: 'Fuel', subType: 'FossilEnergy', level: 40, autonomy: 300, extension: { fuel: { consumption: { total: 5 } } } },
      {
        type: 'Electric',
        level: 50,
        autonomy: 200,
        extension: {
          electric: {
            battery: { load: { capacity: 46000, residual: 20000 }, health: { capacity: 96 } },
            charging: {
              plugged: true,
              status: 'InProgress',
              remainingTime: 'PT1H',
              settings: { chargePreferenceRate: 'Low', chargeLimit: 'High', chargingSpeed: 10, chargingMode: 'Slow' },
              schedule: { programs: [program], unitary: { start: 'PT22H', stop: 'PT6H', enabled: true } },
            },
          },
        },
      },
    ],
    engines: [{ type: 'Thermic', speed: 700, extension: { thermic: { oil: { temp: 90, level: 50 } } } }],
    doorsState: { lockedState: ['Locked'], opening: [{ identifier: 'Driver', state: 'Open' }] },
    battery: { voltage: 80, indicator: 'Off' },
    safety: { beltStatus: [{ id: 'Driver', belt: 'Normal' }], autoECallTriggering: 'Detected' },
    kinetic: { speed: 3, moving: true },
    transmission: { gearbox: { ratio: 'Ratio1', mode: { sport: true } } },
    adas: { parkAssist: { front: ['Active'] }, esp: true, sli: 50 },
    lightingSystem: { turn: [{ direction: 'Left', position: 'Front', status: 'On' }] },
    alerts: { active: { activeAlerts: [{ id: '1', active: true, type: 'RiskOfIce', severity: 'Warning', startedAt: 'x' }] } },
    alarm: { status: { activation: 'Active' }, trigger: { type: 'RoofBreakIn', startAt: '2026-03-02T11:50:00Z' } },
    stolen: { state: true, startedAt: '2026-03-02T11:50:00Z' },
    drivingBehavior: { mode: 'Eco' },
  },
  privacy: { state: 'None' },
  environment: { luminosity: { day: true }, air: { temp: 3 } },
  stats: { duration: 'PT1H', distance: { total: 3, parts: [{ type: 'Electric', percent: 100 }] } },
  state: { done: true, faults: [{ fault: 'Unstarted' }] },
  startEnergy: { level: 3, chargingMode: 'Slow' },
}

const oddities: readonly unknown[] = [
  null,
  '',
  ' ',
  'null',
  'NaN',
  NaN,
  Infinity,
  -1,
  1e308,
  '1e400',
  true,
  [],
  [[]],
  [null],
  {},
  { value: 1 },
  'Something',
  '__proto__',
  'constructor',
  'PT-1H',
  'P1Y',
  '2026-13-45T99:99:99Z',
  'VR3ZZZSWXR1234567',
  '\u0000',
  'x'.repeat(5000),
  ['Locked', 'Unlocked', 5, {}],
]

/** Another body of the same kind with some members changed, doubled, moved or gone. */
function mutated(body: Members, random: () => number): Members {
  const copy = structuredClone(body) as Record<string, unknown>
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const holders: Record<string, unknown>[] = []
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    holders.push(value as Record<string, unknown>)
    Object.values(value).forEach(collect)
  }
  collect(copy)
  for (let change = 0; change < 1 + random() * 4; change++) {
    const holder = pick(holders) ?? copy
    const name = pick(Object.keys(holder)) ?? 'x'
    const kind = random()
    if (kind < 0.15) delete holder[name]
    else if (kind < 0.3) holder[name] = structuredClone(pick(holders)?.[name])
    else if (kind < 0.4) holder[name] = [holder[name], holder[name]]
    else holder[name] = pick(oddities)
  }
  return copy
}

/** Whether a value is of the catalogue's kind. */
function isFitting({ signal, value }: Reading): boolean {
  if (value === null) return true
  const { type, words } = signalOf(signal)
  const isWord = (word: unknown) =>
    typeof word === 'string' && (words === undefined || word === unknownWord || words.includes(word))
  switch (type) {
    case 'number':
    case 'integer':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'word':
      return isWord(value)
    case 'words':
      return Array.isArray(value) && value.every(isWord)
    case 'time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    case 'text':
      return typeof value === 'string'
    case 'list':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && !Array.isArray(value)
  }
}

describe("Stellantis' answers, broken in every way", () => {
  it(`neither stop the reading nor make a value that cannot be (${runs} times)`, function () {
    this.timeout(600_000)
    const clock = new ManualClock(0, 7)
    const random = () => clock.random()
    let told = 0
    for (let run = 0; run < runs; run++) {
      const body = mutated(whole, random)
      const { context, drifts } = givenContext()
      try {
        const readings = [...readBlocks(body, context), ...telemetryItem(body, context)]
        told += readings.length
        const bad = readings.find((one) => !isFitting(one) || (one.observedAt !== undefined && !Number.isFinite(one.observedAt)))
        if (bad) throw new Error(`${bad.signal}: ${JSON.stringify(bad.value)}`)
        const leak = drifts.find((drift) => drift.length > 200 || drift.includes('VR3ZZZSWXR1234567'))
        if (leak) throw new Error(leak)
        for (const read of [tripOf, sessionOf, telemetryRecord]) JSON.stringify(read(body, context))
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : ''} in ${JSON.stringify(body)}`, { cause: error })
      }
    }
    expect(told).to.be.greaterThan(runs * 20)
  })
})
