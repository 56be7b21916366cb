import { expect } from 'chai'
import { chargingPolicy, chargingProfiles, everySeconds, freshnessPolicy, type View } from '../../src/account/policies'
import type { Snapshot } from '../../src/vehicle/snapshot'
import { noon } from '../support/cars'

const view = (charging?: Record<string, string>, hintedUntil = -Infinity): View => ({
  snapshot: charging ? ({ charging } as Snapshot) : {},
  now: noon,
  hintedUntil,
})

describe('how often a car is asked', () => {
  const states: [string, View, [eco: number, normal: number, fast: number]][] = [
    ['nothing known', view(), [600, 300, 60]],
    ['unplugged', view({ connection: 'disconnected', status: 'idle' }), [600, 300, 60]],
    ['plugged in', view({ connection: 'connected', status: 'idle' }), [600, 300, 60]],
    ['charging', view({ connection: 'connected', status: 'charging' }), [300, 120, 60]],
    ['charging, the cable not told', view({ status: 'charging' }), [300, 120, 60]],
    ['a word that nobody knows', view({ status: 'unknown', connection: 'unknown' }), [600, 300, 60]],
    ['hinted', view({ connection: 'disconnected' }, noon + 1), [60, 30, 15]],
    ['hinted while charging', view({ status: 'charging' }, noon + 1), [60, 30, 15]],
    ['the hint just over', view({ connection: 'disconnected' }, noon), [600, 300, 60]],
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
    expect(policy(view(), 'battery')).to.equal(300)
    expect(everySeconds(7)(view(), 'doors')).to.equal(7)
  })
})
