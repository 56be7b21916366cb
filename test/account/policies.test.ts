import { expect } from 'chai'
import { chargingPolicy, chargingProfiles, everySeconds, freshnessPolicy, type View } from '../../src/account/policies'
import { hours } from '../../src/clock'
import { noon } from '../support/cars'

const view = (charging?: Record<string, string>, hintedUntil = -Infinity): View => ({
  snapshot: charging ? { charging } : {},
  now: noon,
  hintedUntil,
})

/** That hour of the runtime's own day. */
const at = (hour: number): number => new Date(noon).setHours(hour, 0, 0, 0)
const asleep: View = {
  ...view({ connection: 'disconnected' }),
  snapshot: { charging: { connection: 'disconnected' }, reachability: { reason: 'power-saving' } },
}
/** Charging, and done so many seconds after the last read as the car foretells. */
const ready = (left: number): View => ({
  ...view({ status: 'charging', readyAt: new Date(noon + left * 1000).toISOString() }),
  readAt: noon,
})

describe('how often a car is asked', () => {
  const states: [string, View, [eco: number, normal: number, fast: number]][] = [
    ['nothing known', view(), [300, 90, 60]],
    ['unplugged', view({ connection: 'disconnected', status: 'idle' }), [300, 90, 60]],
    ['plugged in', view({ connection: 'connected', status: 'idle' }), [300, 120, 60]],
    ['charging', view({ connection: 'connected', status: 'charging' }), [300, 120, 60]],
    ['charging, the cable not told', view({ status: 'charging' }), [300, 120, 60]],
    ['a word that nobody knows', view({ status: 'unknown', connection: 'unknown' }), [300, 90, 60]],
    ['hinted', view({ connection: 'disconnected' }, noon + 1), [60, 20, 15]],
    ['hinted while charging', view({ status: 'charging' }, noon + 1), [60, 20, 15]],
    ['the hint just over', view({ connection: 'disconnected' }, noon), [300, 90, 60]],
    ['at night', { ...view({ connection: 'disconnected' }), now: at(2) }, [900, 180, 60]],
    ['plugged in at night', { ...view({ connection: 'connected' }), now: at(2) }, [300, 120, 60]],
    ['silent for nine hours', { ...view({ connection: 'disconnected' }), observedAt: noon - hours(9) }, [900, 180, 60]],
    ['saving power', asleep, [1800, 450, 180]],
    ['ready before the next turn', ready(50), [70, 70, 60]],
    ['ready at once', ready(-10), [60, 20, 15]],
    ['ready long ago', ready(-100), [300, 120, 60]],
  ]
  for (const [what, now, expected] of states)
    it(`${what}: each ${expected.join(', ')} s with eco, normal, fast`, () => {
      const { eco, normal, fast } = chargingProfiles
      expect([eco, normal, fast].map((profile) => chargingPolicy(profile)(now, 'charging'))).to.deep.equal(expected)
    })

  it('is never slowed by a hint', () => {
    const policy = chargingPolicy({ unplugged: 10, plugged: 10, charging: 10, hinted: 30 })
    expect(policy(view(undefined, noon + 1), 'charging')).to.equal(10)
  })

  it('by itself: charging as it goes, moving parts each quarter of an hour, the rest each hour', () => {
    const policy = freshnessPolicy({})
    const charging = view({ status: 'charging' })
    expect(policy(charging, 'charging')).to.equal(120)
    expect(policy(charging, 'battery')).to.equal(120)
    for (const group of ['doors', 'windows', 'lock', 'engine', 'climate', 'position', 'reachability', 'fuel'] as const)
      expect(policy(charging, group)).to.equal(900)
    for (const group of ['service', 'tyres', 'lights', 'alerts', 'trip', 'vehicle'] as const)
      expect(policy(charging, group)).to.equal(3600)
  })

  it('as its owner wants it', () => {
    const policy = freshnessPolicy({ doors: 60, charging: 30 })
    expect(policy(view(), 'doors')).to.equal(60)
    expect(policy(view(), 'charging')).to.equal(30)
    expect(policy(view(), 'battery')).to.equal(90)
    expect(everySeconds(7)(view(), 'doors')).to.equal(7)
  })
})
