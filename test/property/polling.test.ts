import { expect } from 'chai'
import fc from 'fast-check'
import { chargingPolicy, chargingProfiles, type ChargingPace, type ChargingProfile } from '../../src/account/policies'
import { days, hours, minutes, seconds } from '../../src/clock'
import { CarRefusal } from '../../src/simulator/car/body'
import type { SimulatedCar } from '../../src/simulator/car/car'
import { Life, type Deed } from '../support/life'
import { edgeNames, noticed, trueEdges } from '../support/truth'

/** 22:00 UTC, so that every life runs through a midnight, at which the quota starts anew. */
const start = Date.parse('2026-03-02T22:00:00Z')
/** Percent. */
const commandReserve = 5
const perMinute = 100
/** A read takes its turn this much late at most: jitter is only ever early, and the wire takes no time here. */
const readTolerance = seconds(2)

const acts: Readonly<Record<string, (car: SimulatedCar) => void>> = {
  'plug-in ac': (car) => car.plugIn('ac'),
  'plug-in dc': (car) => car.plugIn('dc'),
  unplug: (car) => car.unplug(),
  drive: (car) => car.drive({ km: 15 }),
  'start-charging': (car) => car.startCharging(),
  'stop-charging': (car) => car.stopCharging(),
  'limit 80': (car) => car.set('charging.chargeLimit', 80),
  'limit 100': (car) => car.set('charging.chargeLimit', 100),
  sleep: (car) => car.sleep(),
  wake: (car) => car.wake(),
}

/** Minutes until the next deed: often soon after the one before, sometimes hours later. */
const pauses = fc.oneof(fc.double({ min: 0.05, max: 6, noNaN: true }), fc.double({ min: 6, max: 200, noNaN: true }))

const lives = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  hours: fc.integer({ min: 24, max: 30 }),
  profile: fc.constantFrom<ChargingProfile>('eco', 'normal', 'fast'),
  quotaPerDay: fc.oneof(
    { weight: 3, arbitrary: fc.constant(10_000) },
    { weight: 2, arbitrary: fc.integer({ min: 20, max: 600 }) },
  ),
  shortestLag: fc.integer({ min: 0, max: 60 }),
  longestLag: fc.integer({ min: 60, max: 300 }),
  deeds: fc.array(fc.record({ what: fc.constantFrom(...Object.keys(acts)), after: pauses, hint: fc.boolean() }), {
    minLength: 15,
    maxLength: 40,
  }),
  /** Sends so many commands in a row, each a few seconds after the one before. */
  commands: fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), times: fc.integer({ min: 1, max: 15 }) }), {
    maxLength: 4,
  }),
  troubles: fc.array(
    fc.record({
      kind: fc.constantFrom('503', '502-html', '500', 'reset', '429', '403-quota'),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      minutes: fc.integer({ min: 1, max: 120 }),
    }),
    { maxLength: 2 },
  ),
})

type Given = typeof lives extends fc.Arbitrary<infer T> ? T : never

async function live(given: Given): Promise<Life> {
  const length = hours(given.hours)
  const deeds: Deed[] = []
  let at = 0
  for (const { what, after, hint } of given.deeds) {
    at += Math.round(minutes(after))
    const act = (life: Life) => {
      if (hint) life.hint()
      life.car.lag = { min: given.shortestLag, max: given.longestLag }
      try {
        acts[what]?.(life.car)
      } catch (error) {
        // Whatever the car, as it stands, cannot do is left out.
        if (!(error instanceof CarRefusal)) throw error
      }
    }
    if (at < length) deeds.push({ at, act })
  }
  for (const { at: share, times } of given.commands)
    for (let nth = 0; nth < times; nth++)
      deeds.push({ at: Math.round(share * length) + seconds(3 * nth), act: (life) => life.send(nth % 2 ? 'unlock' : 'lock') })
  for (const { kind, at: share, minutes: long } of given.troubles) {
    const from = Math.round(share * length)
    deeds.push({ at: from, act: (life) => life.beginTrouble(kind) })
    deeds.push({ at: from + minutes(long), act: (life) => life.endTrouble() })
  }
  return Life.live(
    { start, length, seed: given.seed, deeds },
    {
      policy: chargingPolicy(chargingProfiles[given.profile]),
      account: { quotaPerDay: given.quotaPerDay, commandReserve },
    },
  )
}

/** When the cloud told the state of charging, in ms since 1970. */
const reads = ({ calls }: Life): number[] =>
  calls.filter(({ path, status }) => path.endsWith('/state') && status === 200).map(({ at }) => at)

describe('Whatever happens to a car and its cloud', () => {
  /** Lives are long to live: each is played once and looked at from every side. */
  it('every edge is told once and with an honest time, and no quota is ever touched', async function () {
    this.timeout(120_000)
    const property = fc.asyncProperty(lives, async (given) => {
      const life = await live(given)
      withinQuotas(life, given)
      toldOnce(life)
      honest(life)
      nothingOverslept(life, given)
    })
    await fc.assert(property, {
      numRuns: 8,
      endOnFailure: true,
      interruptAfterTimeLimit: 110_000,
      markInterruptAsFailure: true,
    })
  })
})

/** Commands may use what is left; reads leave the reserve alone, whoever spent the rest. */
function withinQuotas({ calls }: Life, { quotaPerDay }: Given): void {
  const reserved = Math.ceil((quotaPerDay * commandReserve) / 100)
  const perDay = new Map<number, number>()
  calls.forEach(({ at, method }, index) => {
    const isCommand = method === 'POST'
    const day = Math.floor(at / days(1))
    const count = (perDay.get(day) ?? 0) + 1
    perDay.set(day, count)
    expect(count, 'calls of a day').to.be.at.most(isCommand ? quotaPerDay : quotaPerDay - reserved)
    const before = calls[index - (isCommand ? perMinute : perMinute * (1 - commandReserve / 100))]
    if (before) expect(at - before.at, 'time for the calls of a minute').to.be.above(minutes(1))
  })
}

/** What is told is exactly what can be seen at the moments of the reads. */
function toldOnce(life: Life): void {
  const seen = noticed(life.reports, reads(life)).map(({ name, at }) => `${name} ${new Date(at).toISOString()}`)
  const told = life.told
    .filter(({ name }) => edgeNames.includes(name))
    .map(({ name, receivedAt }) => `${name} ${new Date(receivedAt).toISOString()}`)
  expect(told.sort()).to.deep.equal(seen.sort())
}

function honest(life: Life): void {
  const notices = noticed(life.reports, reads(life))
  for (const { name, receivedAt, detectedWithin } of life.told) {
    const edge = notices.find((notice) => notice.name === name && notice.at === receivedAt)?.edge
    if (!edge) continue
    const late = (receivedAt - edge.at) / 1000
    expect(late, `${name} of ${new Date(edge.at).toISOString()}: seconds from the true moment`).to.be.within(0, detectedWithin)
  }
}

/** After a failure reads come back at the latest so much later. */
const longestBackoff = minutes(18)
/** Calls of a day that learn which cars there are. */
const listing = 4
const nextMidnight = (at: number): number => (Math.floor(at / days(1)) + 1) * days(1)

/** Reads come as often as was asked for and soon after a trouble is over; whatever the cloud told for longer was told on. */
function nothingOverslept(life: Life, { profile, quotaPerDay, hours: length }: Given): void {
  const { unplugged, plugged, charging, calm }: ChargingPace = chargingProfiles[profile]
  const longest = seconds(Math.max(unplugged * Math.max(1, ...Object.values(calm ?? {})), plugged, charging)) + readTolerance
  /** What commands and the daily list of cars leave of a small quota is made to last the day. */
  const others = life.outcomes.length + listing
  const share = days(1) / Math.max(1, Math.floor(quotaPerDay * (1 - commandReserve / 100)) - others)
  /** How long reads may stay away after the one at `from`, given that the next one came at `to`. */
  const excused = (from: number, to: number): number => {
    const met = life.troubles.filter((trouble) => trouble.from <= to && trouble.to > from)
    const ends = met.map(({ kind, to: over }) => (kind === '403-quota' ? nextMidnight(over) : over + longestBackoff))
    return Math.max(from, ...ends, ...(quotaPerDay < 10_000 ? [nextMidnight(from) + share] : [])) + longest
  }
  const end = start + hours(length)
  const instants = [start, ...reads(life), end]
  const gaps = instants.slice(1).map((to, index) => ({ from: instants[index] ?? start, to }))
  for (const { from, to } of gaps) expect(to, 'next read').to.be.at.most(excused(from, to))
  if (life.troubles.length > 0 || quotaPerDay < 10_000) return
  const seen = noticed(life.reports, reads(life)).map(({ name, edge }) => `${name} ${edge.at}`)
  const cable = trueEdges(life.reports).filter(({ name }) => name === 'plugged-in' || name === 'unplugged')
  cable.forEach(({ name, at, arrives, until }, index) => {
    const lasted = Math.min(until, end) - arrives
    const lastedBefore = arrives - (cable[index - 1]?.arrives ?? start)
    if (Math.min(lasted, lastedBefore) > longest)
      expect(seen, `${name} of ${new Date(at).toISOString()}`).to.include(`${name} ${at}`)
  })
}
