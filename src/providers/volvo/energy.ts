/** Energy v2, Energy v1 and the parts of v1: one source of charging and battery for each car. */
import { hours } from '../../clock'
import { DrivewayError, type CauseCode } from '../../vehicle/causes'
import type { Reading } from '../../vehicle/reading'
import type { VehicleId } from '../../vehicle/vehicle'
import type { VolvoApi } from './api'
import { rechargePartNames, type RechargePart } from './endpoints'
import type { KnownCar } from './knownCar'

export type Generation = 'v2' | 'v1'

const order = { v2: ['energy-v2', 'energy-v1'], v1: ['energy-v1'] } as const

/** Only an application of the first generation owns the permissions of the parts. */
const usesParts = (preferred: Generation, car: KnownCar): boolean =>
  preferred === 'v1' && car.energyParts && car.lacks('energy-v1')
const openParts = (car: KnownCar): RechargePart[] => rechargePartNames.filter((part) => !car.lacks(part))

/** Calls that one reading takes; 0 for a car that has no energy data. */
export function energyCost(preferred: Generation, car: KnownCar): number {
  if (usesParts(preferred, car)) return openParts(car).length
  return order[preferred].every((id) => car.lacks(id)) ? 0 : 1
}

/**
 * Readings of the first generation that this car has; `undefined` where it has none.
 * A generation that is refused, absent or switched off for the car makes room for the other one for a day.
 * Rejects with a DrivewayError.
 */
export async function readEnergy(
  api: VolvoApi,
  preferred: Generation,
  vin: VehicleId,
  signal: AbortSignal,
): Promise<Reading[] | undefined> {
  const car = api.car(vin)
  if (usesParts(preferred, car)) return remember(car, await readParts(api, vin, signal))
  let refusal: DrivewayError | undefined
  for (const id of order[preferred].filter((one) => !car.lacks(one))) {
    try {
      const readings = await api.read(id, vin, signal)
      if (!readings) continue
      if (refusal) car.lack('energy-v2')
      return remember(car, readings)
    } catch (error) {
      if (!(error instanceof DrivewayError)) throw error
      const isFallback = preferred === 'v2' && id === 'energy-v1'
      if (isFallback && !concernsAll(error.code)) car.lack(id, isRefusal(error) ? undefined : hours(1))
      else if (isRefusal(error)) refusal = error
      else throw error
    }
  }
  const parts = refusal && preferred === 'v1' ? await readParts(api, vin, signal) : undefined
  if (parts) {
    car.lack('energy-v1')
    car.energyParts = true
    return remember(car, parts)
  }
  car.energyTried = true
  // What has moved on or is not this cloud's car at all is no fault that a person could mend.
  if (refusal && refusal.code !== 'SCOPE_MISSING') order[preferred].forEach((id) => car.lack(id))
  else if (refusal) throw refusal
  return undefined
}

async function readParts(api: VolvoApi, vin: VehicleId, signal: AbortSignal): Promise<Reading[] | undefined> {
  const car = api.car(vin)
  const found = await Promise.all(
    openParts(car).map((part) =>
      api.read(part, vin, signal).catch((error: unknown) => {
        if (!(error instanceof DrivewayError)) throw error
        if (isRefusal(error)) car.lack(part)
        else if (concernsAll(error.code)) throw error
        return undefined
      }),
    ),
  )
  const readings = found.flatMap((one) => one ?? [])
  return readings.length > 0 ? readings : undefined
}

function remember(car: KnownCar, readings: Reading[] | undefined): Reading[] | undefined {
  car.energyTried = true
  for (const { signal, value } of readings ?? []) if (value !== null) car.fromEnergy.add(signal)
  return readings
}

const refused: readonly CauseCode[] = ['SCOPE_MISSING', 'VEHICLE_UNKNOWN']
const isRefusal = ({ code, cause }: DrivewayError): boolean => refused.includes(code) || cause.provider?.httpStatus === 410
const concernsAll = (code: CauseCode): boolean => /^(AUTH|KEY|QUOTA)_|^SHUTDOWN$/.test(code)
