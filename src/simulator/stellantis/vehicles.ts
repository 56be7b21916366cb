import type { SimulatedCar } from '../car/car'
import type { Route } from '../router'
import { abilities } from './capability'
import { hal, link, type Ask, type Endpoint } from './endpoint'
import { Refused } from './errors'
import { told, type Wire } from './facts'
import { longId } from './gateway'
import { collection } from './hal'
import { brands, listingOf } from './listing'

/** Cars whose VIN begins as asked. An account without any gets a 404, as seen in the field. */
function asked({ cars, query, generation }: Ask): readonly SimulatedCar[] {
  if (!cars.length && generation === 'v4') throw new Refused({ status: 404, detail: 10, message: 'No vehicule found' })
  const prefix = query.get('vinPrefix') ?? ''
  return cars.filter((car) => car.id.startsWith(prefix))
}

/** Which of the extensions that are asked for this generation has. */
function extensions(
  { query }: Ask,
  known: Readonly<Record<string, (car: SimulatedCar) => unknown>>,
  car: SimulatedCar,
): Wire | undefined {
  const names = query.getAll('extension').flatMap((name) => name.split(','))
  const foreign = names.find((name) => !Object.hasOwn(known, name))
  if (foreign !== undefined)
    throw new Refused({ status: 400, message: `extension must be one of ${Object.keys(known).join(', ')}` })
  const extension = told(Object.fromEntries(names.map((name) => [name, known[name]?.(car)])))
  return Object.keys(extension).length ? { extension } : undefined
}

const branches = ['telemetries', 'collisions', 'trips', 'maintenance', 'alarms', 'alerts', 'remotes'] as const

function vehicleV1(ask: Ask, car: SimulatedCar): Wire {
  const self = `${ask.root}/vehicles/${car.id}`
  const { brand, motorization, fuelType } = listingOf(car)
  return told({
    _links: {
      self: link(self),
      lastTelemetries: link(`${self}/telemetries/latest`),
      ...Object.fromEntries(branches.map((branch) => [branch, link(`${self}/${branch}`)])),
    },
    vin: car.id,
    brandCode: brands[brand].code.slice(-1),
    familyCode: '2G',
    motorization,
    fuelType,
    _embedded: extensions(
      ask,
      {
        devices: () =>
          ask.scopes.has('data:vehicle:devices:pnc')
            ? {
                Device: [
                  { type: 'pnc', description: 'Plug and charge', additionalproperties: { key: 'status', value: 'Active' } },
                ],
              }
            : undefined,
        callCenterNumbers: () => [
          { callType: 'ECALL', phoneNumber: '+33100000000' },
          { callType: 'ACALL', phoneNumber: '+33100000001' },
        ],
      },
      car,
    ),
  })
}

const branchesV4 = ['lastPosition', 'trips', 'maintenance', 'alerts', 'status', 'telemetry', 'collisions', 'alarms'] as const

function vehicleV4(ask: Ask, car: SimulatedCar): Wire {
  const self = `${ask.root}/vehicles/${longId(car.id)}`
  const { brand, family, motorization } = listingOf(car)
  const pictures = Array.from({ length: 3 }, (_, view) => `https://visuals.example.invalid/${car.key}?view=00${view + 1}`)
  const country = ask.query.get('country')
  return told({
    _links: {
      self: link(self),
      user: link(ask.root),
      ...Object.fromEntries(branchesV4.map((branch) => [branch, link(`${self}/${branch}`)])),
    },
    id: longId(car.id),
    vin: car.id,
    motorization,
    brand: brands[brand].label,
    label: family,
    pictures,
    callCenter:
      country === null || !['CL', 'BR', 'AR'].includes(country)
        ? undefined
        : { stolen: { countryCode: country, phoneNumber: '+56200000000' } },
    _embedded: extensions(
      ask,
      {
        onboardCapabilities: () => abilities(car, 'v4'),
        branding: () => ({ brand: brands[brand].label, label: family }),
        pictures: () => pictures,
      },
      car,
    ),
  })
}

/** Cars and whose they are. Stellantis: operations 1 to 3 (v1), user and vehicles (v4) */
export const vehicles: readonly Route<Endpoint>[] = [
  {
    method: 'GET',
    path: '/v1/accounts/vehicles',
    to: {
      generation: 'v1',
      scopes: ['data:vehicle'],
      answer: (ask) => {
        const items = asked(ask).map((car) => vehicleV1(ask, car))
        return hal(200, collection({ name: 'vehicles', items, href: `${ask.root}/vehicles`, ...ask }))
      },
    },
  },
  {
    method: 'GET',
    path: '/v1/accounts/vehicles/{id}',
    to: { generation: 'v1', scopes: ['data:vehicle'], answer: (ask) => hal(200, vehicleV1(ask, ask.car)) },
  },
  {
    method: 'GET',
    path: '/v1/accounts/vehicles/{id}/capability',
    to: {
      generation: 'v1',
      answer: ({ car }) => {
        const { brand, family, motorization } = listingOf(car)
        const onboardCapabilities = abilities(car, 'v1')
        return hal(200, { vin: car.id, brand: brands[brand].code.slice(-1), model: family, motorization, onboardCapabilities })
      },
    },
  },
  {
    method: 'GET',
    path: '/connectedcar/v4/user',
    to: {
      generation: 'v4',
      answer: (ask) =>
        hal(200, {
          _links: { self: link(ask.root), vehicles: link(`${ask.root}/vehicles`) },
          email: `${ask.user}@example.invalid`,
          firstName: ask.user,
          lastName: 'Driver',
          createdAt: '2024-01-10T09:00:00Z',
          updatedAt: '2024-01-10T09:00:00Z',
          _embedded: { Vehicles: ask.cars.map((car) => vehicleV4(ask, car)) },
        }),
    },
  },
  {
    method: 'GET',
    path: '/connectedcar/v4/user/vehicles',
    to: {
      generation: 'v4',
      answer: (ask) => {
        const items = asked(ask).map((car) => vehicleV4(ask, car))
        return hal(200, collection({ name: 'vehicles', items, href: `${ask.root}/vehicles`, ...ask }))
      },
    },
  },
  {
    method: 'GET',
    path: '/connectedcar/v4/user/vehicles/{id}',
    to: { generation: 'v4', answer: (ask) => hal(200, vehicleV4(ask, ask.car)) },
  },
]
