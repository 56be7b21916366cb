/** One entity of a car as Home Assistant's MQTT discovery describes it. */
import type { LocationMode } from '../location'

const platforms = ['sensor', 'binary_sensor', 'lock', 'number', 'select', 'button', 'event', 'device_tracker'] as const

export type Platform = (typeof platforms)[number]
export const isPlatform = (value: unknown): value is Platform => (platforms as readonly unknown[]).includes(value)

/** A component with its platform only is taken for removed. */
export type Component = { platform: Platform } & Readonly<Record<string, unknown>>
/** By a key that stays the same for the same entity of the same car. */
export type Components = Record<string, Component>

/** Where the car's things are, as its components name them. */
export interface Place {
  /** Stays the same whatever the car is called; starts every `unique_id`. */
  uid: string
  /** The car's short name as Home Assistant spells names of entities. */
  slug: string
  /** Topic of the car, such as `driveway/xc40-7f3a`. */
  car: string
  location: LocationMode
}

interface Naming {
  platform: Platform
  /** What it is, in our words: `battery.stateOfCharge`, `charge-start`. */
  what: string
  /** Null: the entity is the car itself. */
  name: string | null
}

/** The platform is part of the key: a lock that becomes a sensor is another entity, and the lock is removed. */
export function component({ uid, slug }: Place, { platform, what, name }: Naming, rest: Record<string, unknown>): Components {
  const word = snake(what)
  const key = `${platform}_${word}`
  return {
    [key]: {
      platform,
      unique_id: `${uid}_${key}`,
      default_entity_id: `${platform}.${name === null ? slug : `${slug}_${word}`}`,
      name,
      ...rest,
    },
  }
}

/** `battery.stateOfCharge` → `battery_state_of_charge`. */
export const snake = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
