import type { Clock } from '../../clock'
import { CarRefusal } from '../car/body'
import { carState, cloudBoxxCommands, makerCommands, mopedCommands, mopedState } from './cars'
import { fleetId, fleetIndex } from './fleetIds'
import type { InversCommand, InversListing, StateProperty } from './listing'
import {
  lastHeartbeat,
  type Circumstances,
  type Fresh,
  type InversVehicle,
  type Papers,
  type Recorded,
  type Since,
} from './vehicle'

type Kind = Pick<InversListing, 'brand' | 'fuelType' | 'vehicleType' | 'transmission' | 'commands' | 'state'> & {
  model: string
  unit: string
  parallel: boolean
}

const city: Kind = {
  brand: 'Demo',
  model: 'City',
  fuelType: 'ELECTRIC',
  vehicleType: 'CAR',
  transmission: 'AUTOMATIC',
  unit: 'CLOUDBOXX',
  parallel: true,
  commands: cloudBoxxCommands,
  state: carState,
}
const van: Kind = { ...city, model: 'Cargo', fuelType: 'DIESEL', transmission: 'MANUAL_SHIFT' }
const maker: Kind = { ...city, brand: 'Maker', model: 'Sedan', unit: 'TESLA', parallel: false, commands: makerCommands }
const moped: Kind = {
  brand: 'NIU',
  model: 'Scoot',
  fuelType: 'ELECTRIC',
  vehicleType: 'MOPED',
  unit: 'NIU',
  parallel: false,
  commands: mopedCommands,
  state: mopedState,
}
/** What a fleet is made of, car after car. */
const mix = [city, city, moped, city, van, city, maker, city, moped, city] as const

/** One in so many has no connection. */
const isDark = (index: number) => index % 50 === 9

/** What is different from car to car and changes. Cars that nobody touched have none. */
interface Wear {
  /** When the unit saw most of it, ms since 1970. */
  at: number
  lockAt: number
  drivingAt: number
  /** When rental, operation or life changed last. */
  wordsAt: number
  km: number
  level: number
  lat: number
  lon: number
  locked: boolean
  enabled: boolean
  caseLocked: boolean
  moving: boolean
  rented: boolean
  garage: boolean
  connected: boolean
}

/** A number in [0, 1) that is always the same for the same car and question. */
function chance(index: number, question: number): number {
  let t = Math.imul(index * 31 + question, 0x9e3779b1) >>> 0
  t = Math.imul(t ^ (t >>> 15), 0x85ebca6b) >>> 0
  return ((t ^ (t >>> 13)) >>> 0) / 4294967296
}

const kilometresPerPercent = 3.1

/** Any number of cars in one town. A car is made when somebody looks at it; only touched ones take up room. */
export class Fleet {
  private readonly worn = new Map<number, Wear>()
  private readonly bornAt: number

  constructor(
    private readonly clock: Clock,
    readonly size: number,
    private readonly name: string,
  ) {
    this.bornAt = clock.now()
  }

  at(index: number): FleetVehicle {
    return new FleetVehicle(index, this.name, this.bornAt, this.clock, {
      get: () => this.worn.get(index) ?? this.fresh(index),
      set: (wear) => void this.worn.set(index, wear),
    })
  }

  find(id: string): FleetVehicle | undefined {
    const index = fleetIndex(id)
    return index !== undefined && index < this.size ? this.at(index) : undefined
  }

  reset(): void {
    this.worn.clear()
  }

  private fresh(index: number): Wear {
    const at = this.bornAt - Math.floor(chance(index, 1) * 1_800_000)
    return {
      at,
      lockAt: at,
      drivingAt: at,
      wordsAt: this.bornAt,
      km: Math.floor(chance(index, 2) * 90_000),
      level: 20 + Math.floor(chance(index, 3) * 80),
      lat: 52.4 + chance(index, 4) * 0.2,
      lon: 13.2 + chance(index, 5) * 0.4,
      locked: true,
      enabled: false,
      caseLocked: true,
      moving: false,
      rented: false,
      garage: false,
      connected: !isDark(index),
    }
  }
}

/** One car of the fleet: a view of its number and its wear. */
export class FleetVehicle implements InversVehicle {
  constructor(
    readonly index: number,
    private readonly fleet: string,
    private readonly bornAt: number,
    private readonly clock: Clock,
    private readonly wear: { get(): Wear; set(wear: Wear): void },
  ) {}

  get id(): string {
    return fleetId(this.index)
  }

  get listing(): InversListing {
    const { unit, parallel, model, ...kind } = this.kind
    const number = this.index + 1
    return {
      ...kind,
      id: this.id,
      plate: `B-FL ${number}`,
      name: `${model} ${number}`,
      unit: { id: `DA${number.toString(16).toUpperCase().padStart(14, '0')}`, brand: unit, parallel },
    }
  }

  get papers(): Papers {
    const { kind, index, fleet } = this
    const vin = `WVWZZZFLT${String(index + 1).padStart(8, '0')}`
    return { vin, model: kind.model, year: 2020 + (index % 6), fleet, createdAt: this.bornAt - 86_400_000 }
  }

  get life(): Since {
    return { value: this.connected ? 'ONLINE' : 'OFFLINE', at: this.wear.get().wordsAt }
  }

  get operation(): Since {
    return { value: this.wear.get().garage ? 'GARAGE' : 'OPERATING', at: this.wear.get().wordsAt }
  }

  get rental(): Since {
    return { value: this.wear.get().rented ? 'IN_RENTAL' : 'NOT_IN_RENTAL', at: this.wear.get().wordsAt }
  }

  get lastContact(): number {
    const { at, lockAt, drivingAt, connected } = this.wear.get()
    const latest = Math.max(at, lockAt, drivingAt)
    return connected ? Math.max(latest, lastHeartbeat(this.clock.now(), this.index * 97)) : latest
  }

  get moving(): boolean {
    return this.wear.get().moving
  }

  get connected(): boolean {
    return this.wear.get().connected
  }

  state(): ReadonlyMap<StateProperty, Recorded> {
    const wear = this.wear.get()
    const { at } = wear
    const all: Partial<Record<StateProperty, Recorded>> = {
      mileage_in_kilometers: { value: Math.floor(wear.km), at },
      state_of_charge_or_fuel_level_in_percent: { value: Math.round(wear.level), at },
      remaining_range_in_kilometers: { value: Math.round(wear.level * kilometresPerPercent), at },
      position: { value: { lat: wear.lat, lon: wear.lon }, at },
      cellular_signal_quality: { value: wear.connected ? 1 + (this.index % 5) : 0, at },
      driving_enabled: { value: wear.enabled, at: wear.drivingAt },
      central_lock: { value: wear.locked ? 'LOCKED' : 'UNLOCKED', at: wear.lockAt },
      top_case_lock: { value: wear.caseLocked ? 'LOCKED' : 'UNLOCKED', at: wear.lockAt },
      top_case_lid: { value: 'CLOSED', at },
    }
    return new Map(this.kind.state.flatMap((name) => (all[name] ? [[name, all[name]]] : [])))
  }

  perform(command: InversCommand): Fresh {
    const { wear, fresh } = effects[command]
    if (this.moving && command.includes('DISABLE')) throw new CarRefusal('The vehicle is moving')
    const now = this.clock.now()
    const changed = wear(now)
    if (Object.keys(changed).length) this.wear.set({ ...this.wear.get(), ...changed })
    return fresh === 'all' ? this.kind.state : fresh
  }

  change({ moving, connected, rental, operation }: Partial<Circumstances>): void {
    const wear = { ...this.wear.get() }
    if (moving !== undefined) wear.moving = moving
    if (connected !== undefined || rental || operation) wear.wordsAt = this.clock.now()
    if (connected !== undefined) wear.connected = connected
    if (rental !== undefined) wear.rented = rental === 'IN_RENTAL'
    if (operation !== undefined) wear.garage = operation === 'GARAGE'
    this.wear.set(wear)
  }

  /** Rolls a little further; gives what is different. */
  roll(metres: number): Fresh {
    const wear = this.wear.get()
    const km = metres / 1000
    const level = wear.level - km / kilometresPerPercent
    this.wear.set({
      ...wear,
      at: this.clock.now(),
      km: wear.km + km,
      // Somebody charges it before it stands still.
      level: level > 5 ? level : 100,
      lat: wear.lat + km / 111.2,
    })
    return rolled
  }

  private get kind(): Kind {
    return mix[this.index % mix.length] ?? city
  }
}

const rolled: Fresh = [
  'mileage_in_kilometers',
  'state_of_charge_or_fuel_level_in_percent',
  'remaining_range_in_kilometers',
  'position',
]

/** INVERS: effect of each command on the state */
const effects: Readonly<Record<InversCommand, { wear: (now: number) => Partial<Wear>; fresh: Fresh | 'all' }>> = {
  REQUEST_VEHICLE_STATE: { wear: (at) => ({ at, lockAt: at, drivingAt: at }), fresh: 'all' },
  UNLOCK_CENTRAL_LOCK: { wear: (lockAt) => ({ locked: false, lockAt }), fresh: ['central_lock'] },
  LOCK_CENTRAL_LOCK: { wear: (lockAt) => ({ locked: true, lockAt }), fresh: ['central_lock'] },
  ENABLE_DRIVING: { wear: (drivingAt) => ({ enabled: true, drivingAt }), fresh: ['driving_enabled'] },
  DISABLE_DRIVING: { wear: (drivingAt) => ({ enabled: false, drivingAt }), fresh: ['driving_enabled'] },
  UNLOCK_AND_ENABLE_DRIVING: {
    wear: (now) => ({ locked: false, lockAt: now, enabled: true, drivingAt: now }),
    fresh: ['central_lock', 'driving_enabled'],
  },
  LOCK_AND_DISABLE_DRIVING: {
    wear: (now) => ({ locked: true, lockAt: now, enabled: false, drivingAt: now }),
    fresh: ['central_lock', 'driving_enabled'],
  },
  UNLOCK_TOP_CASE: { wear: (lockAt) => ({ caseLocked: false, lockAt }), fresh: ['top_case_lock'] },
  LOCK_TOP_CASE: { wear: (lockAt) => ({ caseLocked: true, lockAt }), fresh: ['top_case_lock'] },
  DRAW_ATTENTION: { wear: () => ({}), fresh: [] },
  UNLOCK_BATTERY_COMPARTMENT: { wear: () => ({}), fresh: [] },
}
