import { rows } from './rows'

export const windows = rows('windows', {
  frontLeft: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Front left window',
    vss: [
      { path: 'Vehicle.Cabin.Door.Window.IsOpen', instance: 'Row1.DriverSide', words: { open: true, ajar: true, closed: false } },
    ],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'window', on: ['open', 'ajar'] }],
    from: ['volvo'],
  },
  frontRight: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Front right window',
    vss: [
      {
        path: 'Vehicle.Cabin.Door.Window.IsOpen',
        instance: 'Row1.PassengerSide',
        words: { open: true, ajar: true, closed: false },
      },
    ],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'window', on: ['open', 'ajar'] }],
    from: ['volvo'],
  },
  rearLeft: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Rear left window',
    vss: [
      { path: 'Vehicle.Cabin.Door.Window.IsOpen', instance: 'Row2.DriverSide', words: { open: true, ajar: true, closed: false } },
    ],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'window', on: ['open', 'ajar'] }],
    from: ['volvo'],
  },
  rearRight: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Rear right window',
    vss: [
      {
        path: 'Vehicle.Cabin.Door.Window.IsOpen',
        instance: 'Row2.PassengerSide',
        words: { open: true, ajar: true, closed: false },
      },
    ],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'window', on: ['open', 'ajar'] }],
    from: ['volvo'],
  },
  sunroof: {
    type: 'word',
    words: ['open', 'closed', 'ajar'],
    label: 'Sunroof',
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'window', on: ['open', 'ajar'] }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4'],
  },
  rear: {
    type: 'word',
    words: ['open', 'closed'],
    label: 'Rear window',
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'window', on: ['open'] }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
})
