/** Stellantis: trips and charging sessions as records. Where the generations differ, both places stand. */
import { wordOf } from '../mapping'
import { amount, duration, each, either, level, moment, part, place, record, term, text, yesNo, type Member } from './records'
import { at, type Members } from './wire'
import * as words from './words'

const fault = record({
  // v1 sessions say `status` where trips say `fault`.
  fault: either(term('fault', words.recordFault), term('status', words.recordFault)),
  cause: term('cause', words.recordFaultCause),
})

const energy = record({
  type: term('type', words.energyType),
  kind: term('subType', words.energyKind),
  level: amount('level'),
  range: amount('autonomy'),
})

/** Stellantis: kWh or litres; the average in Wh or cl per 100 km. */
const average: Member = (item, context) => amount('avgConsumption', isElectric(item) ? 1 / 1000 : 1 / 100)(item, context)
const isElectric = ({ type }: Members): boolean => wordOf(type ?? '') === 'ELECTRIC'

const consumption = record({
  type: term('type', words.energyType),
  kind: term('subType', words.energyKind),
  consumption: amount('consumption'),
  average,
})

const share = record({
  propulsion: either(term('type', words.propulsion), term('propulsion', words.propulsion)),
  percent: amount('percent'),
  distance: amount('distance'),
})

const hardness = record({ offset: amount('offset'), duration: amount('duration'), acceleration: amount('acceleration') })
const acceleration = record({
  max: amount('max'),
  min: amount('min'),
  hardAccelerations: each('segments.hardAccelerations', hardness),
  hardBrakings: each('segments.hardBrakings', hardness),
  hardCornerings: each('segments.hardCornerings', hardness),
})

const environment = record({
  day: amount('lightDrive.day'),
  night: amount('lightDrive.night'),
  minTemperature: amount('temp.min'),
  maxTemperature: amount('temp.max'),
})

const ecoSegment = record({
  offset: amount('offset'),
  duration: amount('duration'),
  acceleration: amount('acceleration'),
  deceleration: amount('deceleration'),
  speed: amount('speed'),
  score: amount('score'),
})
const ecoCoaching = record({ totalScore: amount('totalScore'), segments: each('segments', ecoSegment) })
const modeSegment = record({
  offset: amount('offset'),
  duration: amount('duration'),
  mode: term('mode', words.drivingMode),
})

/** The field tells v4's average in m/s, its top speed in km/h; v1 tells both in km/h. */
const metresPerSecond = 3.6

export const tripOf = record({
  id: text('id'),
  startedAt: moment('startedAt'),
  stoppedAt: moment('stoppedAt'),
  duration: either(duration('stats.duration'), duration('duration')),
  distance: either(amount('stats.distance.total'), (item, context) =>
    typeof at(item, 'distance') === 'object' ? undefined : amount('distance')(item, context),
  ),
  parts: either(each('stats.distance.parts', share), each('segments', share)),
  startMileage: amount('startMileage'),
  startEnergies: each('startEnergies', energy),
  endEnergies: each('endEnergies', energy),
  energyConsumptions: either(each('stats.energyConsumptions', consumption), each('energyConsumptions', consumption)),
  averageSpeed: either(amount('stats.kinetic.speed.averageSpeed'), amount('kinetic.avgSpeed', metresPerSecond)),
  topSpeed: either(amount('stats.kinetic.speed.topSpeed'), amount('kinetic.maxSpeed')),
  acceleration: part('stats.kinetic.acceleration', acceleration),
  environment: part('stats.env', environment),
  ecoCoaching: part('stats.ecoCoaching', ecoCoaching),
  drivingModes: each('stats.drivingMode.segments', modeSegment),
  startLocation: either(place('locations.startPosition'), place('startPosition')),
  stopLocation: either(place('locations.stopPosition'), place('stopPosition')),
  done: either(yesNo('state.done'), yesNo('done')),
  faults: either(each('state.faults', fault), each('faults', fault)),
})

const fromWattHours = 1 / 1000

const chargeState = record({
  level: amount('level'),
  range: amount('autonomy'),
  energy: amount('batteryPower', fromWattHours),
  mode: term('chargingMode', words.chargingMode),
  rate: amount('chargingSpeed'),
  powerLevel: level('chargePreferenceRate', words.preferenceRate),
  limitMode: term('chargingType', words.chargingType),
  type: term('powerType', words.powerType),
})

const chargeSegment = record({
  offset: amount('offset'),
  level: amount('level'),
  range: amount('autonomy'),
  energy: amount('load', fromWattHours),
  mode: term('chargingMode', words.chargingMode),
  rate: amount('chargingRate'),
  powerLevel: amount('chargingPowerLevel'),
})

export const sessionOf = record({
  id: text('sid'),
  start: moment('start'),
  end: moment('end'),
  duration: duration('duration'),
  done: yesNo('state.done'),
  faults: each('state.faults', fault),
  finishReason: term('finishReason', words.finishReason),
  startEnergy: part('startEnergy', chargeState),
  endEnergy: part('endEnergy', chargeState),
  gain: part('gain', record({ level: amount('level'), range: amount('autonomy'), energy: amount('power', fromWattHours) })),
  segments: each('segments', chargeSegment),
  temperatures: part('environment.temperatures', record({ min: amount('min'), max: amount('max') })),
  location: place('position'),
})
