import { expect } from 'chai'
import { DrivewayError } from '../../src/vehicle/causes'
import { unknownWord } from '../../src/vehicle/reading'
import { signalOf } from '../../src/vehicle/signals'
import type { Change } from '../../src/vehicle/snapshot'
import { heapInUse } from '../support/memory'
import { ManualClock } from '../support/clock'
import { fired, givenDeliveredTo, vin, type DeliveredTo } from './deliveredTo'

const rounds = Number(process.env.DRIVEWAY_FUZZ_DELIVERIES ?? 100_000)
const seed = Number(process.env.DRIVEWAY_FUZZ_SEED ?? 5)

/** Something that differs from message to message. */
interface Draw {
  date: string
  /** 0 to 100, with one digit behind the point. */
  level: number
}

const position = ({ date, level }: Draw) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [level, 48.8049, 161] },
  properties: { createdAt: date, heading: 212, type: 'Acquire', fixStatus: '3D' },
})

/** Messages as they come, in both forms, before anything is done to them. */
const wellFormed: readonly ((draw: Draw) => unknown)[] = [
  ({ date, level }) => fired(date, String(level)),
  (draw) => ({
    ...fired(draw.date),
    monitorEvent: {
      monitorId: 'm2',
      data: {
        values: [
          { data: 'vehicle.energy.charging.status', value: draw.level > 50 ? 'Finished' : 'InProgress', previous: 'InProgress' },
          { data: 'vehicle.energy.charging.plugged', value: 'true' },
        ],
        extensions: [
          { type: 'vehicle.position', body: [{ position: position(draw) }] },
          {
            type: 'vehicle.doorsState',
            body: [{ doorState: { createdAt: draw.date, lockedState: [draw.level > 50 ? 'Locked' : 'Unlocked'] } }],
          },
          {
            type: 'vehicle.alerts.active',
            body: [
              {
                alerts: [{ id: 'a1', active: true, type: 'OilLevelLow', severity: 'Warning', startedAt: '2026-03-02T10:00:00Z' }],
              },
            ],
          },
        ],
        refresh: false,
      },
    },
  }),
  (draw) => ({
    callbackId: 'cb1',
    attributes: [{ key: 'vin', value: vin }],
    type: 'Monitor',
    date: draw.date,
    monitorEvent: {
      monitorId: 'm3',
      values: [{ data: 'environment.air.temp', value: { type: 'string', body: { literalValue: String(draw.level) } } }],
      extensions: [{ type: 'vehicle.position', body: [{ position: position(draw) }] }],
      refresh: true,
    },
  }),
  (draw) => ({
    callbackId: 'cb1',
    attributes: [{ key: 'vin', value: vin }],
    type: 'Remote',
    date: draw.date,
    remoteEvent: { remoteActionId: 'r1', remoteType: 'Doors', eventStatus: { type: 'Done', status: 'Success' } },
  }),
  (draw) => ({
    channelId: 'ch1',
    attributes: [{ key: 'vin', value: vin }],
    type: 'Monitor',
    date: draw.date,
    monitorEvent: {
      monitorId: 'm4',
      settings: { type: 'DigitalKey', event: { digitalKey: { status: 'Unpaired', workflow: {} } } },
    },
  }),
]

const junk: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e21,
  3.5,
  '',
  ' ',
  'null',
  'NaN',
  'Infinity',
  '-0',
  '1e9',
  'Unheard',
  '__proto__',
  '🚗'.repeat(50),
  'x'.repeat(3000),
  '2026-13-45T99:99:99Z',
  [],
  [[]],
  {},
  { value: {} },
  { constructor: 1 },
  [null, 1, 'x'],
]

class Mutator {
  private serial = 0
  private readonly chance = new ManualClock(0, seed)

  below = (limit: number): number => Math.floor(this.chance.random() * limit)
  private of = <T>(list: readonly T[]): T => list[this.below(list.length)]!

  next(): string {
    // Not one message that comes again after another.
    const date = new Date(Date.parse('2026-03-02T10:00:00Z') + 10 * this.serial++).toISOString()
    const message = structuredClone(this.of(wellFormed)({ date, level: this.below(1001) / 10 }))
    for (let changes = this.below(4); changes > 0; changes--) this.change(message)
    const whole: unknown = this.below(10) === 0 ? [message, structuredClone(message), structuredClone(this.of(junk))] : message
    const text = JSON.stringify(whole)
    return this.below(20) === 0 ? this.broken(text) : text
  }

  private change(message: unknown): void {
    let at = message as Record<string, unknown>
    for (;;) {
      const keys = Object.keys(at)
      if (keys.length === 0) return
      const key = this.of(keys)
      const inside = at[key]
      if (typeof inside === 'object' && inside !== null && this.below(4) > 0) {
        at = inside as Record<string, unknown>
        continue
      }
      if (this.below(4) === 0) delete at[key]
      else at[key] = structuredClone(this.of(junk))
      if (this.below(10) === 0) at[String(this.of(['__proto__x', 'vin', 'value', 'data', 'type', '0']))] = inside
      return
    }
  }

  private broken(text: string): string {
    const at = this.below(text.length)
    return this.of([
      text.slice(0, at),
      `${text.slice(0, at)}\u0000${text.slice(at + 1)}`,
      `${text.slice(0, at)}}${text.slice(at)}`,
    ])
  }
}

/** A value that the catalogue does not allow, or that was never sent; undefined for one that may be. */
function invented({ signal, to }: Change, sent: string): string | undefined {
  if (to === null || to === unknownWord) return undefined
  const { type, words, min = -Infinity, max = Infinity, derived } = signalOf(signal)
  if (derived) return undefined
  if (type === 'number' || type === 'integer') {
    if (typeof to !== 'number' || !Number.isFinite(to) || to < min || to > max) return `${signal} ${JSON.stringify(to)}`
    return sent.includes(String(to)) || to === 0 ? undefined : `${signal} ${to}, which was not sent`
  }
  if (type === 'boolean') return typeof to === 'boolean' ? undefined : `${signal} ${JSON.stringify(to)}`
  if (type === 'word' && words?.length) return words.includes(to as string) ? undefined : `${signal} ${JSON.stringify(to)}`
  return undefined
}

describe('deliveries that were tampered with', () => {
  let home: DeliveredTo
  let close: () => Promise<void>

  before(async () => {
    ;({ home, close } = await givenDeliveredTo())
    home.start(undefined, undefined, false)
  })
  after(() => close())

  it(`never break anything, and make nothing up: ${rounds} of them`, async function () {
    this.timeout(Math.max(60_000, rounds))
    const mutator = new Mutator()
    const statuses: Record<number, number> = {}
    const wrong: string[] = []
    let sent = ''
    let changes = 0
    let told = 0
    home.account.on('change', (car, all) => {
      if (car.id !== vin) wrong.push(`a change of ${car.id}`)
      for (const change of all) {
        changes++
        const reason = invented(change, sent)
        if (reason && wrong.length < 10) wrong.push(`${reason}: ${sent.slice(0, 600)}`)
      }
    })
    home.account.on('event', (_car, { name, details }) => {
      if (name !== 'monitor') return
      told++
      for (const { value } of details?.values as { value?: string }[])
        if (value !== undefined && !sent.includes(JSON.stringify(value).slice(1, -1).slice(0, 100)) && wrong.length < 10)
          wrong.push(`the value ${value}`)
    })
    let heap = 0
    for (let round = 0; round < rounds; round++) {
      sent = mutator.next()
      const { status } = await home.post(sent)
      statuses[status] = (statuses[status] ?? 0) + 1
      home.told.length = 0
      home.strange.length = 0
      if (round === Math.floor(rounds / 4)) heap = heapInUse()
    }
    expect(wrong).to.deep.equal([])
    expect(Object.keys(statuses)).to.have.members(['200', '400'])
    expect(home.troubles.filter((error) => !(error instanceof DrivewayError))).to.deep.equal([])
    // They did arrive, and were understood where they could be.
    expect(statuses[400]).to.be.within(rounds / 50, rounds / 10)
    expect(told).to.be.greaterThan(rounds / 4)
    expect(changes).to.be.greaterThan(rounds / 100)
    expect(home.inbox.seen.size).to.be.at.most(65_536)
    expect(heapInUse() - heap, 'bytes that the memory grew by').to.be.lessThan(100_000_000)
  })
})
