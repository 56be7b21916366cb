import type { Crowd, Listed } from '../cloud'
import type { Fleet, FleetVehicle } from './fleet'
import type { StateProperty } from './listing'

/** Signals of the properties that a vehicle of the fleet has; those of its energy go by what drives it. */
const signals: Partial<Record<StateProperty, string>> = {
  mileage_in_kilometers: 'vehicle.odometer',
  cellular_signal_quality: 'reachability.signalQuality',
  driving_enabled: 'vehicle.drivingEnabled',
  central_lock: 'lock.central',
  top_case_lock: 'lock.topCase',
  top_case_lid: 'doors.topCase',
}
const electric: typeof signals = {
  state_of_charge_or_fuel_level_in_percent: 'battery.stateOfCharge',
  remaining_range_in_kilometers: 'battery.range',
}
const fuelled: typeof signals = {
  state_of_charge_or_fuel_level_in_percent: 'fuel.level',
  remaining_range_in_kilometers: 'fuel.range',
}

/** The many vehicles of the fleet, as the list of all cars shows them. */
export const crowdOf = (fleet: Fleet): Crowd => ({
  size: fleet.size,
  at: (place) => listed(fleet.at(place)),
  find: (id) => {
    const vehicle = fleet.find(id)
    return vehicle && listed(vehicle)
  },
})

const listed = (vehicle: FleetVehicle): Listed => ({
  get text() {
    const { id, listing, papers } = vehicle
    return `${id} ${listing.plate} ${listing.name} ${papers.vin} invers`.toLowerCase()
  },
  view: () => view(vehicle),
})

function view(vehicle: FleetVehicle) {
  const { id, listing, papers, moving, connected } = vehicle
  const isElectric = listing.fuelType === 'ELECTRIC'
  const names = { ...signals, ...(isElectric ? electric : fuelled) }
  const told = [...vehicle.state()].flatMap(([property, { value }]) => {
    const name = names[property]
    return name === undefined ? [] : [[name, typeof value === 'string' ? value.toLowerCase() : value] as const]
  })
  const place = vehicle.state().get('position')?.value as { lat: number; lon: number } | undefined
  return {
    id: papers.vin,
    key: id,
    provider: 'invers',
    fleet: true,
    name: listing.name,
    plate: listing.plate,
    model: papers.model,
    year: papers.year,
    electric: isElectric,
    asleep: !connected,
    driving: moving,
    state: {
      ...Object.fromEntries(told),
      ...(place && { 'position.location': { latitude: place.lat, longitude: place.lon } }),
    },
    owners: [papers.fleet],
  }
}
