import { rows } from './rows'

export const doors = rows('doors', {
  frontLeft: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Front left door',
    vss: [{ path: 'Vehicle.Cabin.Door.#.IsOpen', instance: 'Row1.DriverSide', words: { open: true, ajar: true, closed: false } }],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'door', on: ['open', 'ajar'] }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4'],
  },
  frontRight: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Front right door',
    vss: [
      { path: 'Vehicle.Cabin.Door.#.IsOpen', instance: 'Row1.PassengerSide', words: { open: true, ajar: true, closed: false } },
    ],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'door', on: ['open', 'ajar'] }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4'],
  },
  rearLeft: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Rear left door',
    vss: [{ path: 'Vehicle.Cabin.Door.#.IsOpen', instance: 'Row2.DriverSide', words: { open: true, ajar: true, closed: false } }],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'door', on: ['open', 'ajar'] }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4'],
  },
  rearRight: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Rear right door',
    vss: [
      { path: 'Vehicle.Cabin.Door.#.IsOpen', instance: 'Row2.PassengerSide', words: { open: true, ajar: true, closed: false } },
    ],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'door', on: ['open', 'ajar'] }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4'],
  },
  hood: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Hood',
    vss: [{ path: 'Vehicle.Body.Hood.IsOpen', words: { open: true, ajar: true, closed: false } }],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'opening', on: ['open', 'ajar'] }],
    from: ['volvo', 'stellantis-v1'],
  },
  tailgate: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Tailgate',
    vss: [{ path: 'Vehicle.Body.Trunk.IsOpen', words: { open: true, ajar: true, closed: false } }],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'door', on: ['open', 'ajar'] }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4'],
  },
  tankLid: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Tank lid',
    vss: [{ path: 'Vehicle.Powertrain.FuelSystem.IsFuelPortFlapOpen', words: { open: true, ajar: true, closed: false } }],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'opening', on: ['open', 'ajar'] }],
    from: ['volvo'],
  },
  topCase: {
    type: 'word',
    words: ['open', 'closed'],
    label: 'Top case',
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'opening', on: ['open'] }],
    from: ['invers'],
  },
})
