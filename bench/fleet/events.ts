/** What the cars of a large fleet send: states as INVERS tells them. */

export const vhost = 'fleet-DEMO1'
export const carId = (n: number): string => `C${n.toString(36).toUpperCase().padStart(5, '0')}`

const property = (timestamp: string, value: unknown) => ({ timestamp, value })

/**
 * A state of about the size of INVERS' own example, the `turn`-th of its car, which drives: place, odometer and range are
 * others each time, the level too, the doors are locked now and then. `at`: ms since 1970.
 */
export function stateEvent(n: number, car: number, turn: number, at: number): Buffer {
  const time = new Date(at).toISOString()
  const isLocked = turn % 10 > 7
  return Buffer.from(
    JSON.stringify({
      metadata: {
        id: `01HZX3V8QK${String(n).padStart(16, '0')}`,
        type: 'VehicleStateRecorded',
        schema_major_version: 2,
        occurred_at: time,
        flow_id: `0b7d2c1e-5a44-4f0e-9f55-${String(n).padStart(12, '0')}`,
      },
      data: {
        vehicle_id: carId(car),
        vehicle_state: {
          mileage_in_kilometers: property(time, 40_000 + n),
          state_of_charge_or_fuel_level_in_percent: property(time, 90 - (turn % 80)),
          remaining_range_in_kilometers: property(time, 400 - (turn % 80) * 4),
          position: property(time, { lat: 52 + (turn % 100) / 1e4, lon: 13 + (car % 1000) / 1e3 }),
          cellular_signal_quality: property(time, 3 + (turn % 3)),
          driving_enabled: property(time, !isLocked),
          central_lock: property(time, isLocked ? 'LOCKED' : 'UNLOCKED'),
        },
      },
    }),
  )
}
