/** Parts of a car's picture that take more than a line. Stellantis: latest telemetry and status */
import { instant, some, told, type Facts, type Wire } from './facts'
import type { Generation } from './listing'
import { position } from './position'
import type { SignalId } from '../../vehicle/signals'
import * as words from './words'

export const corners = [
  ['frontLeft', 'FrontLeft'],
  ['frontRight', 'FrontRight'],
  ['rearLeft', 'RearLeft'],
  ['rearRight', 'RearRight'],
  ['secondRearLeft', 'SecondRearLeft'],
  ['secondRearRight', 'SecondRearRight'],
] as const

/** One entry for each tyre, with its own time. */
export function tyres(facts: Facts, isDated: boolean): Wire[] | undefined {
  const entries = corners.flatMap(([corner, id]) => {
    const at = facts.at(`tyres.${corner}`, `tyres.${corner}Pressure`)
    if (at === undefined) return []
    const pressure = some({ value: facts.times(`tyres.${corner}Pressure`, 1000) })
    const status = facts.word(`tyres.${corner}`, words.tyre)
    return [told({ ...(isDated ? { createdAt: instant(at) } : {}), id, pressure, status })]
  })
  return entries.length ? entries : undefined
}

/** Openings by the seat they belong to: the driver sits where the steering wheel is. */
export function openings(facts: Facts, generation: Generation): Wire[] {
  const left = facts.profile.steering === 'left'
  const parts: [identifier: string, id: SignalId][] = [
    ['Driver', left ? 'doors.frontLeft' : 'doors.frontRight'],
    ['Passenger', left ? 'doors.frontRight' : 'doors.frontLeft'],
    ['RearLeft', 'doors.rearLeft'],
    ['RearRight', 'doors.rearRight'],
    ['Trunk', 'doors.tailgate'],
    ['RearWindow', 'windows.rear'],
    ['RoofWindow', 'windows.sunroof'],
  ]
  if (generation === 'v1') parts.push(['HoodDoor', 'doors.hood'])
  return parts.flatMap(([identifier, id]) => {
    const state = facts.word(id, words.opening)
    return state ? [{ identifier, state }] : []
  })
}

/** Only central locking is told by most cars; parts that are said apart come behind it. */
export function locks(facts: Facts, generation: Generation): string[] {
  const is = (id: SignalId, state: string) => facts.text(id) === state
  const said: [boolean, string][] = [
    [is('lock.central', 'locked'), 'Locked'],
    [is('lock.central', 'locked') && facts.flag('lock.superLocked') === true, 'SuperLocked'],
    [is('lock.central', 'unlocked'), 'Unlocked'],
    [is('lock.driver', 'unlocked'), 'DriverDoorUnlocked'],
    [is('lock.passenger', 'unlocked') && generation === 'v1', 'PassengerDoorUnlocked'],
    [is('lock.cabin', 'unlocked'), 'CabinDoorsUnlocked'],
    [is('lock.rear', 'locked'), 'RearDoorsLocked'],
    [is('lock.rear', 'unlocked'), 'RearDoorsUnlocked'],
    [is('lock.cargo', 'locked'), 'CargoDoorsLocked'],
    [is('lock.cargo', 'unlocked'), 'CargoDoorsUnlocked'],
    [is('lock.tailgate', 'locked') && generation === 'v4', 'TrunkLocked'],
    [is('lock.tailgate', 'unlocked') && generation === 'v4', 'TrunkUnLocked'],
  ]
  return said.flatMap(([so, word]) => (so ? [word] : []))
}

export const doorSignals: readonly SignalId[] = [
  'lock.central',
  'doors.frontLeft',
  'doors.frontRight',
  'doors.rearLeft',
  'doors.rearRight',
  'doors.tailgate',
  'windows.sunroof',
]

/** Only the thermic engine tells of itself. */
export function engines(facts: Facts, generation: Generation, createdAt: Wire): Wire[] | undefined {
  if (!facts.profile.tank) return undefined
  const thermic = some({
    coolant: some({ level: facts.times('engine.coolantLevelPercent', 1), temp: facts.number('engine.coolantTemperature') }),
    oil: some({ level: facts.times('engine.oilLevelPercent', 1), temp: facts.number('engine.oilTemperature') }),
    air: some({ temp: facts.number('engine.airTemperature') }),
  })
  const speed = facts.number('engine.speed')
  if (!thermic && speed === undefined) return undefined
  return [told({ ...createdAt, type: 'Thermic', speed, extension: some({ thermic }) })]
}

const lampPlaces = ['Front', 'Rear'].flatMap((place) => ['Left', 'Right'].map((side) => [place, side] as const))

/** Which of these lamps are on, by place and side. */
export function lamps(facts: Facts, kind: 'turn' | 'fog'): Wire[] | undefined {
  const entries = lampPlaces.flatMap(([place, side]) => {
    const on = facts.flag(`lights.${kind}${place}${side}On` as SignalId)
    return on === undefined ? [] : [{ direction: side, position: place, status: on ? 'On' : 'Off' }]
  })
  return entries.length ? entries : undefined
}

/** Wipers, which say a speed even when they stand still. */
export const wipers = (facts: Facts): Wire => {
  const word = facts.text('vehicle.wipers')
  // Stellantis: the schema wants a speed even of wipers that stand still.
  return word ? { active: word !== 'off', speed: word === 'high' ? 'High' : 'Low' } : {}
}

/** What set the alarm off last. */
export const trigger = (facts: Facts, generation: Generation, isDated: boolean): Wire | undefined => {
  const type = facts.word('alerts.alarmTrigger', words.breakIn)
  const at = facts.at('alerts.alarmTrigger')
  if (!type || at === undefined) return undefined
  const startAt = facts.text('alerts.alarmSince') || instant(at)
  return told({ ...(isDated ? { createdAt: instant(at) } : {}), type, startAt, position: position(facts, generation) })
}

/** Daylight and the air outside, each with its own time. */
export const environment = (facts: Facts, isDated: boolean): Wire | undefined => {
  const part = (id: SignalId, member: Wire): Wire | undefined => {
    const at = facts.at(id)
    return at === undefined ? undefined : { ...(isDated ? { createdAt: instant(at) } : {}), ...member }
  }
  return some({
    luminosity: part('climate.daylight', { day: facts.flag('climate.daylight') }),
    air: part('climate.outsideTemperature', { temp: facts.number('climate.outsideTemperature') }),
  })
}
