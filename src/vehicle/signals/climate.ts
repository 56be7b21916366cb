import { rows } from './rows'

export const climate = rows('climate', {
  status: {
    type: 'word',
    words: ['active', 'inactive', 'finished', 'fault'],
    label: 'Climate',
    vss: [
      {
        path: 'Vehicle.Cabin.HVAC.IsAirConditioningActive',
        words: { active: true, inactive: false, finished: false, fault: false },
      },
    ],
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  cause: {
    type: 'word',
    words: [
      'defect',
      'door-open',
      'battery-low',
      'fuel-low',
      'programs-unused',
      'window-open',
      'hood-open',
      'not-parked',
      'other',
    ],
    label: 'Why the climate did not run',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum', category: 'diagnostic' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  startedBy: {
    type: 'word',
    words: ['immediate', 'scheduled'],
    label: 'Climate started by',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum', category: 'diagnostic', disabledByDefault: true }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  targetTemperature: {
    type: 'number',
    unit: '°C',
    label: 'Target temperature',
    vss: [{ path: 'Vehicle.Cabin.HVAC.Station.Temperature' }],
    homeAssistant: [{ platform: 'sensor', deviceClass: 'temperature', unit: '°C' }],
    from: [],
  },
  programs: {
    type: 'list',
    shape: '{slot, start, days, enabled, temperature?, condition?, recurrence?}',
    label: 'Climate programs',
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  outsideTemperature: {
    type: 'number',
    unit: '°C',
    label: 'Outside temperature',
    vss: [{ path: 'Vehicle.Exterior.AirTemperature' }],
    homeAssistant: [{ platform: 'sensor', deviceClass: 'temperature', stateClass: 'measurement', unit: '°C' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  daylight: {
    type: 'boolean',
    label: 'Daylight',
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'light', category: 'diagnostic', on: [true], disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  powerShare: {
    type: 'number',
    unit: '%',
    min: 0,
    max: 100,
    label: 'Climate power share',
    homeAssistant: [
      { platform: 'sensor', stateClass: 'measurement', unit: '%', category: 'diagnostic', disabledByDefault: true },
    ],
    from: ['stellantis-v1'],
  },
})
