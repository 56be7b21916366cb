import { rows } from './rows'

export const engine = rows('engine', {
  status: {
    type: 'word',
    words: ['running', 'stopped', 'starting', 'stopping'],
    label: 'Engine',
    vss: [{ path: 'Vehicle.Powertrain.CombustionEngine.IsRunning', words: { running: true, stopped: false } }],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'running', on: ['running'] }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4'],
  },
  oilLevel: {
    type: 'word',
    words: ['ok', 'low', 'high', 'service'],
    label: 'Oil level',
    vss: [{ path: 'Vehicle.Powertrain.CombustionEngine.EngineOil.Level', words: { ok: 'NORMAL', low: 'LOW', high: 'HIGH' } }],
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low', 'high', 'service'] },
    ],
    from: ['volvo'],
  },
  coolantLevel: {
    type: 'word',
    words: ['ok', 'low'],
    label: 'Coolant level',
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low'] }],
    from: ['volvo'],
  },
  oilTemperature: {
    type: 'number',
    unit: '°C',
    label: 'Oil temperature',
    vss: [{ path: 'Vehicle.Powertrain.CombustionEngine.EngineOil.Temperature' }],
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'temperature', stateClass: 'measurement', unit: '°C', category: 'diagnostic' },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  oilLevelPercent: {
    type: 'number',
    unit: '%',
    min: 0,
    max: 100,
    label: 'Oil level in percent',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: '%', category: 'diagnostic' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  coolantLevelPercent: {
    type: 'number',
    unit: '%',
    min: 0,
    max: 100,
    label: 'Coolant level in percent',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: '%', category: 'diagnostic' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  coolantTemperature: {
    type: 'number',
    unit: '°C',
    label: 'Coolant temperature',
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'temperature', stateClass: 'measurement', unit: '°C', category: 'diagnostic' },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  airTemperature: {
    type: 'number',
    unit: '°C',
    label: 'Intake air temperature',
    homeAssistant: [
      {
        platform: 'sensor',
        deviceClass: 'temperature',
        stateClass: 'measurement',
        unit: '°C',
        category: 'diagnostic',
        disabledByDefault: true,
      },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  speed: {
    type: 'number',
    unit: 'rpm',
    label: 'Engine speed',
    homeAssistant: [
      { platform: 'sensor', stateClass: 'measurement', unit: 'rpm', category: 'diagnostic', disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  motorSpeed: {
    type: 'number',
    unit: 'rpm',
    label: 'Electric motor speed',
    vss: [{ path: 'Vehicle.Powertrain.ElectricMotor.Speed' }],
    homeAssistant: [
      { platform: 'sensor', stateClass: 'measurement', unit: 'rpm', category: 'diagnostic', disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
})
