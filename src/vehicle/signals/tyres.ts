import { rows } from './rows'

export const tyres = rows('tyres', {
  frontLeft: {
    type: 'word',
    words: ['ok', 'low', 'very-low', 'high'],
    label: 'Front left tyre',
    vss: [
      {
        path: 'Vehicle.Chassis.Axle.Wheel.Tire.IsPressureLow',
        instance: 'Row1 Left',
        words: { low: true, 'very-low': true, ok: false, high: false },
      },
    ],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low', 'very-low', 'high'] },
    ],
    from: ['volvo', 'stellantis-v1'],
  },
  frontRight: {
    type: 'word',
    words: ['ok', 'low', 'very-low', 'high'],
    label: 'Front right tyre',
    vss: [
      {
        path: 'Vehicle.Chassis.Axle.Wheel.Tire.IsPressureLow',
        instance: 'Row1 Right',
        words: { low: true, 'very-low': true, ok: false, high: false },
      },
    ],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low', 'very-low', 'high'] },
    ],
    from: ['volvo', 'stellantis-v1'],
  },
  rearLeft: {
    type: 'word',
    words: ['ok', 'low', 'very-low', 'high'],
    label: 'Rear left tyre',
    vss: [
      {
        path: 'Vehicle.Chassis.Axle.Wheel.Tire.IsPressureLow',
        instance: 'Row2 Left',
        words: { low: true, 'very-low': true, ok: false, high: false },
      },
    ],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low', 'very-low', 'high'] },
    ],
    from: ['volvo', 'stellantis-v1'],
  },
  rearRight: {
    type: 'word',
    words: ['ok', 'low', 'very-low', 'high'],
    label: 'Rear right tyre',
    vss: [
      {
        path: 'Vehicle.Chassis.Axle.Wheel.Tire.IsPressureLow',
        instance: 'Row2 Right',
        words: { low: true, 'very-low': true, ok: false, high: false },
      },
    ],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low', 'very-low', 'high'] },
    ],
    from: ['volvo', 'stellantis-v1'],
  },
  secondRearLeft: {
    type: 'word',
    words: ['ok', 'low', 'very-low', 'high'],
    label: 'Second rear left tyre',
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low', 'very-low', 'high'] },
    ],
    from: ['stellantis-v1'],
  },
  secondRearRight: {
    type: 'word',
    words: ['ok', 'low', 'very-low', 'high'],
    label: 'Second rear right tyre',
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low', 'very-low', 'high'] },
    ],
    from: ['stellantis-v1'],
  },
  frontLeftPressure: {
    type: 'number',
    unit: 'kPa',
    label: 'Front left tyre pressure',
    vss: [{ path: 'Vehicle.Chassis.Axle.Wheel.Tire.Pressure', instance: 'Row1 Left', rounded: true }],
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'pressure', stateClass: 'measurement', unit: 'kPa', category: 'diagnostic' },
    ],
    from: ['stellantis-v1'],
  },
  frontRightPressure: {
    type: 'number',
    unit: 'kPa',
    label: 'Front right tyre pressure',
    vss: [{ path: 'Vehicle.Chassis.Axle.Wheel.Tire.Pressure', instance: 'Row1 Right', rounded: true }],
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'pressure', stateClass: 'measurement', unit: 'kPa', category: 'diagnostic' },
    ],
    from: ['stellantis-v1'],
  },
  rearLeftPressure: {
    type: 'number',
    unit: 'kPa',
    label: 'Rear left tyre pressure',
    vss: [{ path: 'Vehicle.Chassis.Axle.Wheel.Tire.Pressure', instance: 'Row2 Left', rounded: true }],
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'pressure', stateClass: 'measurement', unit: 'kPa', category: 'diagnostic' },
    ],
    from: ['stellantis-v1'],
  },
  rearRightPressure: {
    type: 'number',
    unit: 'kPa',
    label: 'Rear right tyre pressure',
    vss: [{ path: 'Vehicle.Chassis.Axle.Wheel.Tire.Pressure', instance: 'Row2 Right', rounded: true }],
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'pressure', stateClass: 'measurement', unit: 'kPa', category: 'diagnostic' },
    ],
    from: ['stellantis-v1'],
  },
  secondRearLeftPressure: {
    type: 'number',
    unit: 'kPa',
    label: 'Second rear left tyre pressure',
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'pressure', stateClass: 'measurement', unit: 'kPa', category: 'diagnostic' },
    ],
    from: ['stellantis-v1'],
  },
  secondRearRightPressure: {
    type: 'number',
    unit: 'kPa',
    label: 'Second rear right tyre pressure',
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'pressure', stateClass: 'measurement', unit: 'kPa', category: 'diagnostic' },
    ],
    from: ['stellantis-v1'],
  },
})
