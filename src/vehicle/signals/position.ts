import { rows } from './rows'

export const position = rows('position', {
  location: {
    type: 'object',
    shape: '{latitude, longitude, altitude?, heading?}',
    label: 'Location',
    vss: [
      { path: 'Vehicle.CurrentLocation.Latitude', member: 'latitude' },
      { path: 'Vehicle.CurrentLocation.Longitude', member: 'longitude' },
      { path: 'Vehicle.CurrentLocation.Altitude', member: 'altitude' },
      { path: 'Vehicle.CurrentLocation.Heading', member: 'heading' },
      { path: 'Vehicle.CurrentLocation.Timestamp', member: 'observedAt' },
    ],
    homeAssistant: [{ platform: 'device_tracker' }],
    from: ['volvo-location', 'stellantis-v1', 'stellantis-v4', 'invers'],
  },
  fix: {
    type: 'word',
    words: ['3d', '2d', 'acquired', 'estimated'],
    label: 'Position fix',
    vss: [{ path: 'Vehicle.CurrentLocation.GNSSReceiver.FixType', words: { '3d': 'THREE_D', '2d': 'TWO_D' } }],
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum', category: 'diagnostic', disabledByDefault: true }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  signalQuality: {
    type: 'number',
    label: 'Position signal quality',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', category: 'diagnostic', disabledByDefault: true }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
})
