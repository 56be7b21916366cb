/** Broken messages and answers: never a crash, never a value that nobody sent, bounded memory. `FUZZ_ROUNDS=100000` is the whole proof. */
import { expect } from 'chai'
import type { DeliveryContext } from '../../../src/providers/monitors'
import { Ladder } from '../../../src/providers/stellantis/remotesLadder'
import { stepIn } from '../../../src/providers/stellantis/remotes'
import { capabilitiesIn } from '../../../src/providers/stellantis/ability'
import { fingerprintOf } from '../../../src/providers/stellantis/monitorBody'
import { signalOf } from '../../../src/vehicle/signals'
import type { Reading } from '../../../src/vehicle/reading'
import { heapInUse } from '../../support/memory'
import { ManualClock } from '../../support/clock'
import { givenStellantis, vin } from './scripted'

const rounds = Number(process.env.FUZZ_ROUNDS ?? 20_000)
const now = Date.parse('2026-03-02T12:00:00Z')
const date = '2026-03-02T11:59:58Z'

/** Whatever JSON can hold, and what a broken sender makes of it. */
const oddities: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  '',
  ' ',
  'null',
  '$Vin',
  'NaN',
  '__proto__',
  'constructor',
  [],
  {},
  [[]],
  [null],
  { __proto__: null },
  'x'.repeat(2000),
  '\u0000',
  '12.5',
  'true',
  date,
  '9999-12-31T23:59:59Z',
  '-000001-01-01T00:00:00Z',
]

const position = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [2.2, 48.8, 161] },
  properties: { createdAt: date, heading: 212, type: 'Acquire', fixStatus: '3D', signalQuality: 9 },
}
const alert = { id: 'a1', active: true, type: 'OilLevelLow', severity: 'Warning', startedAt: date, startPosition: position }
const energies = [
  {
    createdAt: date,
    type: 'Electric',
    level: 62.5,
    autonomy: 230,
    extension: {
      electric: { charging: { plugged: true, status: 'InProgress', remainingTime: 'PT1H', nextDelayedTime: 'PT22H30M' } },
    },
  },
]
const extensions = [
  { type: 'vehicle.position', body: [{ position }] },
  { type: 'vehicle.alerts.active', body: [{ alerts: [alert] }] },
  {
    type: 'vehicle.doorsState',
    body: [{ doorState: { createdAt: date, lockedState: ['Locked'], opening: [{ identifier: 'Driver', state: 'Open' }] } }],
  },
  {
    type: 'vehicle.latestTelemetry',
    body: [{ latestTelemetry: { createdAt: date, vehicle: { energies, kinetic: { speed: 5, moving: true } } } }],
  },
  { type: 'vehicle.maintenance', body: [{ maintenance: { daysBeforeMaintenance: 12, mileageBeforeMaintenance: 900 } }] },
  { type: 'vehicle.collision', body: [{ collision: { createdAt: date, details: [{ side: 'Rear', severity: 'Minor' }] } }] },
  { type: 'vehicle.stolen', body: [{ stolen: { state: true, startedAt: date } }] },
]
const seeds: readonly unknown[] = [
  {
    channelId: 'ch1',
    type: 'Monitor',
    date,
    attributes: [{ key: 'monitor', value: 'x' }],
    monitorEvent: {
      monitorId: 'm1',
      data: { values: [{ data: 'vehicle.energy.electric.level', value: '19.5', previous: '21' }], extensions, refresh: false },
    },
  },
  {
    callbackId: 'cb1',
    type: 'Monitor',
    date,
    attributes: [{ key: 'vin', value: vin }],
    monitorEvent: {
      monitorId: 'm2',
      values: [
        { data: 'environment.air.temp', value: { type: 'string', body: { literalValue: '31.5' } } },
        { data: 'vehicle.alert', value: { type: 'obj.alert', body: { objectValues: [alert] } } },
      ],
      extensions,
      refresh: true,
    },
  },
  {
    channelId: 'ch1',
    type: 'Remote',
    date,
    remoteEvent: {
      remoteActionId: 'r1',
      remoteType: 'Doors',
      eventStatus: { type: 'Done', status: 'Failed', failureCause: 'DoorsOpen' },
    },
  },
]

const body = {
  label: 'Low battery',
  subscribeParam: { refreshEvent: 600 },
  onEvent: { onRefresh: false, actions: [{ type: 'Remote', remoteAction: { ChannelId: 'c', remote: {} } }] },
  extendedEventParam: ['vehicle.position'],
  triggerParam: {
    triggers: [
      { name: 'a1', data: { data: 'vehicle.odometer', op: 'greaterThan', value: ['5'] } },
      { name: 't1', time: { times: [{ start: 'PT1H', duration: 'PT1H', occurrence: { day: ['Mon'] } }] } },
    ],
    boolExp: 'a1 & t1',
  },
}
const onboard = {
  data: ['data:telemetry'],
  remote: { door: { supported: true }, charging: { supported: true, parameters: { immediate: { start: true } } } },
}

type Tree = Record<string, unknown> | unknown[]
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

/** Every place inside, as [holder, key]. */
function placesIn(value: unknown, found: [Tree, string][] = []): [Tree, string][] {
  if (!isTree(value)) return found
  for (const key of Object.keys(value)) {
    found.push([value, key])
    placesIn((value as Record<string, unknown>)[key], found)
  }
  return found
}

function mutated(seed: unknown, clock: ManualClock): unknown {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(clock.random() * list.length)]
  const copy = structuredClone(seed)
  for (let times = 1 + Math.floor(clock.random() * 4); times > 0; times--) {
    const places = placesIn(copy)
    const [holder, key] = pick(places) ?? []
    if (!holder || key === undefined) return pick(oddities)
    const inside = holder as Record<string, unknown>
    const kind = clock.random()
    if (kind < 0.2) Reflect.deleteProperty(inside, key)
    else if (kind < 0.35) {
      const [other, name] = pick(places) ?? []
      if (other && name !== undefined) inside[key] = structuredClone((other as Record<string, unknown>)[name])
    } else if (kind < 0.45 && typeof inside[key] === 'string')
      inside[key] = String(inside[key]).slice(0, Math.floor(clock.random() * 6))
    else if (kind < 0.55) inside[key] = [inside[key], inside[key]]
    else if (kind < 0.6) inside[pick(places)?.[1] ?? 'odd'] = pick(oddities)
    else inside[key] = structuredClone(pick(oddities))
  }
  return copy
}

/** All single values inside, as texts and as they are. */
function atomsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (isTree(value)) for (const inner of Object.values(value)) atomsIn(inner, found)
  else if (value !== undefined) found.add(`${value as string}`)
  return found
}

/** The value of a reading that the wire carries as it is: a number must stand in the message, in its unit or scaled. */
function isInvented({ signal, value }: Reading, atoms: ReadonlySet<string>): boolean {
  const { min = -Infinity, max = Infinity, words, type } = signalOf(signal)
  if (value === null) return false
  if (type === 'word') return value !== 'unknown' && !(words ?? []).includes(`${value as string}`)
  if (type === 'boolean') return typeof value !== 'boolean'
  if (type === 'number' || type === 'integer') {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) return true
    if (signal === 'charging.timeToComplete') return ![...atoms].some((atom) => atom.startsWith('P'))
    return ![...atoms].some((atom) => [1, 3.6, 0.001, 0.01, 100].some((factor) => close(Number(atom) * factor, value)))
  }
  if (signal === 'position.location') {
    const { latitude, longitude } = value as { latitude: number; longitude: number }
    return Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || !atoms.has(String(latitude)) || !atoms.has(String(longitude))
  }
  return false
}

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b))

describe('Broken messages and answers of Stellantis', () => {
  for (const api of ['v1', 'v4'] as const)
    it(`${api}: ${rounds / 2} broken messages: no crash, nothing invented, and memory stays`, async function () {
      this.timeout(600_000)
      const { provider, cloud, drifts } = await givenStellantis({ api })
      await cloud.close()
      const clock = new ManualClock(now, 7)
      const before = heapInUse() / 1e6
      let deliveries = 0
      for (let round = 0; round < rounds / 2; round++) {
        const message = mutated(seeds[round % seeds.length], clock)
        const context: DeliveryContext = {
          headers: round % 5 === 0 ? {} : { 'x-driveway-vehicle': vin },
          query: {},
          receivedAt: now,
        }
        const delivery = provider.deliveries.read(message, context)
        if (!delivery) continue
        deliveries++
        const where = () => JSON.stringify(message).slice(0, 3000)
        if (!(delivery.at <= now) || delivery.key === '') expect.fail(`time or key of ${where()}`)
        const atoms = delivery.readings.length > 0 ? atomsIn(message) : new Set<string>()
        for (const one of delivery.readings)
          if (isInvented(one, atoms)) expect.fail(`${one.signal} ${JSON.stringify(one.value)} of ${where()}`)
      }
      expect(deliveries, 'most are still messages').to.be.greaterThan(rounds / 8)
      expect(drifts.length, 'each place is told once').to.be.lessThan(400)
      expect(heapInUse() / 1e6 - before, 'MB').to.be.lessThan(60)
    })

  it(`${rounds / 10} broken statuses, lists of capabilities and monitors: no crash, and no good end that nobody told`, () => {
    const clock = new ManualClock(now, 11)
    const read = (value: unknown) => (isTree(value) && !Array.isArray(value) ? value : undefined)
    for (let round = 0; round < rounds / 10; round++) {
      const status = mutated(
        { remoteActionId: 'r', status: round % 2 ? 'Success' : 'SentToVehicle', failureCause: 'DoorsOpen' },
        clock,
      )
      const step = stepIn(read(status))
      const ladder = new Ladder(
        clock,
        'r',
        () => undefined,
        () => undefined,
      )
      const verdict = step && ladder.take(step)
      if (verdict?.phase === 'done')
        expect(atomsIn(status)).to.satisfy((atoms: Set<string>) => atoms.has('Success') || atoms.has('AlreadyDone'))
      const { commands } = capabilitiesIn(read(mutated(onboard, clock)), 'Electric', round % 2 ? 'v1' : 'v4')
      for (const command of commands) expect(command).to.match(/^(un)?lock$|^charge-/)
      expect(fingerprintOf(read(mutated(body, clock)) ?? {})).to.match(/^[0-9a-f]{32}$/)
    }
  })
})
