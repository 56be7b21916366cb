import type { SignalValue } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import type { Told } from '../car/body'
import type { SimulatedCar } from '../car/car'
import type { StateProperty } from './listing'
import type { Recorded } from './vehicle'

/** What is known of a signal, and from when. */
export type Know = (id: SignalId) => Told | undefined
type Source = (know: Know, car: SimulatedCar) => Recorded | undefined

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** The value of a signal, told in INVERS' way. */
const from =
  (id: SignalId, tell: (value: SignalValue) => unknown = (value) => value): Source =>
  (know) => {
    const told = know(id)
    const value = told && tell(told.value)
    return told && value !== undefined ? { value, at: told.at } : undefined
  }
const whole = (id: SignalId): Source => from(id, (value) => Math.round(number(value)))
const word = (id: SignalId, table: Readonly<Record<string, string>>): Source =>
  from(id, (value) => (typeof value === 'string' ? table[value] : undefined))
const firstOf =
  (...sources: Source[]): Source =>
  (know, car) => {
    for (const source of sources) {
      const found = source(know, car)
      if (found) return found
    }
    return undefined
  }

const tankLevel: Source = (know, { profile }) => {
  const amount = know('fuel.amount')
  return amount && profile.tank
    ? { value: Math.round((number(amount.value) / profile.tank.litres) * 100), at: amount.at }
    : undefined
}

type Location = Readonly<Record<'latitude' | 'longitude' | 'altitude', number | undefined>>
const place = (tell: (location: Location) => unknown): Source =>
  from('position.location', (value) => tell(value as unknown as Location))

const locks = { locked: 'LOCKED', unlocked: 'UNLOCKED' }
const indicator = (fault: string) => ({ ok: 'OFF', [fault]: 'ON', fault: 'SENSOR_FAILURE' })

/** Where each property of the state comes from. */
export const sources: Readonly<Record<StateProperty, Source>> = {
  mileage_in_kilometers: whole('vehicle.odometer'),
  state_of_charge_or_fuel_level_in_percent: firstOf(whole('battery.stateOfCharge'), tankLevel),
  remaining_range_in_kilometers: firstOf(whole('battery.range'), whole('fuel.range')),
  position: place(({ latitude, longitude }) => ({ lat: latitude, lon: longitude })),
  altitude_in_meters: place(({ altitude }) => altitude),
  cellular_signal_quality: from('reachability.signalQuality'),
  driving_enabled: from('vehicle.drivingEnabled'),
  central_lock: word('lock.central', locks),
  top_case_lock: word('lock.topCase', locks),
  top_case_lid: word('doors.topCase', { open: 'OPEN', closed: 'CLOSED' }),
  abs_status: from('assist.abs', (value) => (value === true ? 'ENABLED' : 'DISABLED')),
  adblue_level_in_percent: whole('fuel.adBlueLevel'),
  adblue_level_low_indicator: word('fuel.adBlueWarning', indicator('low')),
  brake_fluid_level_low_indicator: word('service.brakeFluid', indicator('low')),
  brake_lining_wear_indicator: word('service.brakePads', indicator('worn')),
  brake_warning_indicator: word('service.brakeWarning', indicator('warning')),
}
