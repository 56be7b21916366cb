import { rows } from './rows'

export const lock = rows('lock', {
  central: {
    type: 'word',
    words: ['locked', 'unlocked'],
    label: 'Central lock',
    homeAssistant: [{ platform: 'lock' }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4', 'invers'],
  },
  topCase: {
    type: 'word',
    words: ['locked', 'unlocked'],
    label: 'Top case lock',
    homeAssistant: [{ platform: 'lock' }],
    from: ['invers'],
  },
  superLocked: {
    type: 'boolean',
    label: 'Deadlocked',
    homeAssistant: [{ platform: 'binary_sensor', category: 'diagnostic', on: [true], disabledByDefault: true }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  driver: {
    type: 'word',
    words: ['locked', 'unlocked'],
    label: 'Driver door lock',
    vss: [{ path: 'Vehicle.Cabin.Door.#.IsLocked', instance: 'Row1.DriverSide', words: { locked: true, unlocked: false } }],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'lock', category: 'diagnostic', on: ['unlocked'], disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  passenger: {
    type: 'word',
    words: ['locked', 'unlocked'],
    label: 'Passenger door lock',
    vss: [{ path: 'Vehicle.Cabin.Door.#.IsLocked', instance: 'Row1.PassengerSide', words: { locked: true, unlocked: false } }],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'lock', category: 'diagnostic', on: ['unlocked'], disabledByDefault: true },
    ],
    from: ['stellantis-v1'],
  },
  cabin: {
    type: 'word',
    words: ['locked', 'unlocked'],
    label: 'Cabin lock',
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'lock', category: 'diagnostic', on: ['unlocked'], disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  rear: {
    type: 'word',
    words: ['locked', 'unlocked'],
    label: 'Rear door locks',
    vss: [{ path: 'Vehicle.Cabin.Door.#.IsLocked', instance: 'Row2, both', words: { locked: true, unlocked: false } }],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'lock', category: 'diagnostic', on: ['unlocked'], disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  cargo: {
    type: 'word',
    words: ['locked', 'unlocked'],
    label: 'Cargo lock',
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'lock', category: 'diagnostic', on: ['unlocked'], disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  tailgate: {
    type: 'word',
    words: ['locked', 'unlocked'],
    label: 'Tailgate lock',
    vss: [{ path: 'Vehicle.Body.Trunk.IsLocked', words: { locked: true, unlocked: false } }],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'lock', category: 'diagnostic', on: ['unlocked'], disabledByDefault: true },
    ],
    from: ['stellantis-v4'],
  },
})
