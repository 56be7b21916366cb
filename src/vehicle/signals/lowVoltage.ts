import { rows } from './rows'

export const lowVoltage = rows('lowVoltage', {
  voltage: {
    type: 'number',
    unit: 'V',
    label: '12 V battery voltage',
    vss: [{ path: 'Vehicle.LowVoltageBattery.CurrentVoltage' }],
    homeAssistant: [{ platform: 'sensor', deviceClass: 'voltage', stateClass: 'measurement', unit: 'V', category: 'diagnostic' }],
    from: [],
  },
  level: {
    type: 'number',
    unit: '%',
    min: 0,
    max: 100,
    label: '12 V battery level',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'battery', stateClass: 'measurement', unit: '%', category: 'diagnostic' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  current: {
    type: 'number',
    unit: 'A',
    label: '12 V battery current',
    vss: [{ path: 'Vehicle.LowVoltageBattery.CurrentCurrent' }],
    homeAssistant: [
      {
        platform: 'sensor',
        deviceClass: 'current',
        stateClass: 'measurement',
        unit: 'A',
        category: 'diagnostic',
        disabledByDefault: true,
      },
    ],
    from: ['stellantis-v1'],
  },
  indicator: {
    type: 'word',
    words: ['off', 'on', 'flashing'],
    label: '12 V battery indicator',
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['on', 'flashing'] }],
    from: ['stellantis-v1'],
  },
})
