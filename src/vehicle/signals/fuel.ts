import { rows } from './rows'

export const fuel = rows('fuel', {
  level: {
    type: 'number',
    unit: '%',
    min: 0,
    max: 100,
    label: 'Fuel level',
    vss: [{ path: 'Vehicle.Powertrain.FuelSystem.RelativeLevel', rounded: true }],
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: '%' }],
    from: ['stellantis-v1', 'stellantis-v4', 'invers'],
  },
  amount: {
    type: 'number',
    unit: 'l',
    label: 'Fuel',
    vss: [{ path: 'Vehicle.Powertrain.FuelSystem.AbsoluteLevel' }],
    homeAssistant: [{ platform: 'sensor', deviceClass: 'volume_storage', stateClass: 'measurement', unit: 'L' }],
    from: ['volvo'],
  },
  range: {
    type: 'number',
    unit: 'km',
    label: 'Fuel range',
    vss: [{ path: 'Vehicle.Powertrain.FuelSystem.Range', factor: 1000, rounded: true }],
    homeAssistant: [{ platform: 'sensor', deviceClass: 'distance', stateClass: 'measurement', unit: 'km' }],
    from: ['volvo', 'stellantis-v1', 'stellantis-v4', 'invers'],
  },
  kind: {
    type: 'word',
    words: ['fossil', 'hydrogen'],
    label: 'Fuel kind',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum', category: 'diagnostic', disabledByDefault: true }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  consumedTotal: {
    type: 'number',
    unit: 'l',
    label: 'Fuel consumed in total',
    homeAssistant: [
      { platform: 'sensor', stateClass: 'total_increasing', unit: 'L', category: 'diagnostic', disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  instantConsumption: {
    type: 'number',
    unit: 'l/100km',
    label: 'Instant fuel consumption',
    vss: [{ path: 'Vehicle.Powertrain.FuelSystem.InstantConsumption' }],
    homeAssistant: [
      { platform: 'sensor', stateClass: 'measurement', unit: 'L/100km', category: 'diagnostic', disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  tankText: {
    type: 'text',
    label: 'Tank, as the car tells it',
    from: ['stellantis-v1'],
  },
  adBlueLevel: {
    type: 'number',
    unit: '%',
    min: 0,
    max: 100,
    label: 'AdBlue level',
    vss: [{ path: 'Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid.Level', rounded: true }],
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: '%', category: 'diagnostic' }],
    from: ['invers'],
  },
  adBlueWarning: {
    type: 'word',
    words: ['ok', 'low', 'fault'],
    label: 'AdBlue warning',
    vss: [{ path: 'Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid.IsLevelLow', words: { low: true, ok: false } }],
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['low', 'fault'] }],
    from: ['invers'],
  },
})
