import { rows } from './rows'

export const reachability = rows('reachability', {
  status: {
    type: 'word',
    words: ['available', 'unavailable'],
    label: 'Reachable',
    vss: [{ path: 'Vehicle.Connectivity.IsConnectivityAvailable', words: { available: true } }],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'connectivity', category: 'diagnostic', on: ['available'] }],
    from: ['volvo', 'invers'],
  },
  reason: {
    type: 'word',
    words: ['no-internet', 'power-saving', 'in-use', 'updating'],
    label: 'Why the car is not reachable',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum', category: 'diagnostic' }],
    from: ['volvo'],
  },
  signalQuality: {
    type: 'integer',
    min: 0,
    max: 5,
    label: 'Mobile signal',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', category: 'diagnostic' }],
    from: ['invers'],
  },
  privacy: {
    type: 'word',
    words: ['none', 'geolocation', 'full'],
    label: 'Privacy mode',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum', category: 'diagnostic' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
})
