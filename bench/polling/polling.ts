import type { Measure } from '../report'
import { resultOf, shownNames, type Result } from './delays'
import { manyCars } from './manyCars'
import { perDay, strategies, type Strategy } from './strategies'
import { tableOf } from './table'

const part = 'polling'
const seeds = [1, 2, 3]
/** For what nothing is promised of. */
const fewSeeds = [1]
/** Seconds after a hint, once the cloud knows. */
const hintedGoal = 15

/** How soon what happens to a car is noticed, and for how many calls: the account against those who poll by the clock. */
export async function polling(): Promise<Measure[]> {
  // The household lives by UTC, wherever this runs.
  process.env.TZ = 'UTC'
  const fleet = await manyCars()
  const play = async (strategy: Strategy, given = seeds) => resultOf(strategy.name, await strategy.weeks(given))
  const normal = await play(strategies.normal)
  const hinted = await play(strategies.hinted)
  const eco = await play(strategies.eco, fewSeeds)
  const fast = await play(strategies.fast, fewSeeds)
  const homeAssistant = await play(strategies.homeAssistant)
  const others = [await play(strategies.each60), await play(strategies.each120), await play(strategies.each300)]
  const results = [normal, hinted, eco, fast, homeAssistant, ...others]
  console.error(tableOf(results))
  return [...promises(normal, hinted, homeAssistant), ...results.flatMap(measuresOf), ...fleet]
}

function promises(normal: Result, hinted: Result, homeAssistant: Result): Measure[] {
  const plugged = ({ delays }: Result) => delays['plugged-in']
  const atMost = (name: string, value: number, unit: string, limit: number): Measure => ({
    part,
    name,
    value,
    unit,
    target: `<= ${Number(limit.toPrecision(4))}`,
    ok: value <= limit,
  })
  const third = homeAssistant.callsPerDay / 3
  return [
    atMost("normal: calls, a third of Home Assistant's at most", normal.callsPerDay, 'calls/day', third),
    atMost("normal: plugged-in, mean, no later than Home Assistant's", plugged(normal).mean, 's', plugged(homeAssistant).mean),
    atMost(
      "normal: plugged-in, mean without disturbed ones, no later than Home Assistant's",
      plugged(normal).meanUndisturbed,
      's',
      plugged(homeAssistant).meanUndisturbed,
    ),
    atMost('hinted: plugged-in, mean once the cloud knew', plugged(hinted).meanOwnUndisturbed, 's', hintedGoal),
    { part, name: "hinted: plugged-in, mean with the car's own lag", value: plugged(hinted).meanUndisturbed, unit: 's' },
    ...[normal, hinted].flatMap(({ name, missed, invented }) => [
      atMost(`${name}: missed`, missed, 'events', 0),
      atMost(`${name}: false`, invented, 'events', 0),
    ]),
  ]
}

const measuresOf = ({ name, callsPerDay, delays, missed, invented }: Result): Measure[] => [
  { part, name: `${name}: calls`, value: callsPerDay, unit: 'calls/day' },
  { part, name: `${name}: share of the quota`, value: (callsPerDay / perDay) * 100, unit: '%' },
  ...shownNames.flatMap((event) => [
    { part, name: `${name}: ${event}, mean`, value: delays[event].mean, unit: 's' },
    {
      part,
      name: `${name}: ${event}, mean once the cloud knew, undisturbed`,
      value: delays[event].meanOwnUndisturbed,
      unit: 's',
    },
    { part, name: `${name}: ${event}, 95th percentile`, value: delays[event].p95, unit: 's' },
    { part, name: `${name}: ${event}, worst`, value: delays[event].worst, unit: 's' },
  ]),
  { part, name: `${name}: missed a week`, value: missed, unit: 'events' },
  { part, name: `${name}: false a week`, value: invented, unit: 'events' },
]
