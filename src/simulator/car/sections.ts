import type { SignalId } from '../../vehicle/signals'

/** What a car reports together, with one time of observation. */
export type Section =
  | 'doors'
  | 'windows'
  | 'lock'
  | 'engine'
  | 'energy'
  | 'chargeLimit'
  | 'currentLimit'
  | 'fuel'
  | 'odometer'
  | 'trip'
  | 'health'
  | 'position'
  | 'reachability'
  | 'climate'
  | 'motion'
  | 'other'

/** The longest matching beginning of a signal id decides. */
const sections: readonly (readonly [beginning: string, section: Section])[] = [
  ['charging.chargeLimit', 'chargeLimit'],
  ['charging.currentLimit', 'currentLimit'],
  ['charging.', 'energy'],
  ['battery.', 'energy'],
  ['engine.status', 'engine'],
  ['engine.', 'health'],
  ['service.', 'health'],
  ['lights.', 'health'],
  ['tyres.', 'health'],
  ['alerts.', 'health'],
  ['vehicle.odometer', 'odometer'],
  ['vehicle.moving', 'motion'],
  ['vehicle.speed', 'motion'],
  ['vehicle.ignition', 'motion'],
  ['vehicle.acceleration', 'motion'],
  ['doors.', 'doors'],
  ['windows.', 'windows'],
  ['lock.', 'lock'],
  ['fuel.', 'fuel'],
  ['trip.', 'trip'],
  ['position.', 'position'],
  ['reachability.', 'reachability'],
  ['climate.', 'climate'],
]

const known = new Map<SignalId, Section>()

export function sectionOf(id: SignalId): Section {
  const found = known.get(id) ?? sections.find(([beginning]) => id.startsWith(beginning))?.[1] ?? 'other'
  known.set(id, found)
  return found
}

export const allSections: readonly Section[] = [...new Set(sections.map(([, section]) => section)), 'other']

/** With full privacy nothing but the privacy itself leaves the car, with `geolocation` everything but the position. */
export const isSectionPrivate = (section: Section, privacy: unknown): boolean =>
  privacy === 'full' ? section !== 'reachability' : privacy === 'geolocation' && section === 'position'
