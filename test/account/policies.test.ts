import { expect } from 'chai'
import {
  chargingPolicy,
  chargingProfiles,
  chargingWatch,
  everySeconds,
  freshnessPolicy,
  type View,
} from '../../src/account/policies'
import { hours, minutes } from '../../src/clock'
import { noon } from '../support/cars'

const view = (charging?: Record<string, string>, hintedUntil = -Infinity): View => ({
  snapshot: charging ? { charging } : {},
  now: noon,
  hintedUntil,
})

/** That hour of the runtime's own day. */
const at = (hour: number): number => new Date(noon).setHours(hour, 0, 0, 0)
const unreachable = (reason: string): View => ({
  ...view({ connection: 'disconnected' }),
  snapshot: { charging: { connection: 'disconnected' }, reachability: { status: 'unavailable', reason } },
})
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
    ['the hint just over', view({ connection: 'disconnected' }, noon), [120, 40, 30]],
    ['the hint 6 minutes over', view({ connection: 'disconnected' }, noon - minutes(6)), [180, 60, 45]],
    ['the hint 10 minutes over', view({ connection: 'disconnected' }, noon - minutes(10)), [300, 90, 60]],
    ['at night', { ...view({ connection: 'disconnected' }), now: at(2) }, [900, 180, 60]],
    ['plugged in at night', { ...view({ connection: 'connected' }), now: at(2) }, [300, 120, 60]],
    ['silent for nine hours', { ...view({ connection: 'disconnected' }), observedAt: noon - hours(9) }, [900, 180, 60]],
    ['plugged in, silent for nine hours', { ...view({ connection: 'connected' }), observedAt: noon - hours(9) }, [900, 240, 60]],
    ['charging, silent for nine hours', { ...view({ status: 'charging' }), observedAt: noon - hours(9) }, [300, 120, 60]],
    ['saving power', unreachable('power-saving'), [1800, 450, 180]],
    ['without internet', unreachable('no-internet'), [1800, 450, 180]],
    ['in use', unreachable('in-use'), [300, 90, 60]],
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

  it('is never slower after a hint than it would be by itself', () => {
    const policy = chargingPolicy({ unplugged: 70, plugged: 10, charging: 10, hinted: 60 })
    expect(policy(view(undefined, noon - minutes(1)), 'charging')).to.equal(70)
  })

  it('asks seldom whether the car sleeps, and not at all where nothing depends on that', () => {
    const { groups, policy } = chargingWatch(chargingProfiles.normal)
    expect(groups).to.deep.equal(['battery', 'charging', 'reachability'])
    expect(policy(view(), 'reachability')).to.equal(1800)
    expect(policy(view(), 'charging')).to.equal(90)
    const custom = chargingWatch({ unplugged: 70, plugged: 10, charging: 10, hinted: 60 })
    expect(custom.groups).to.deep.equal(['battery', 'charging'])
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
