import { rows } from './rows'

export const trip = rows('trip', {
  averageSpeed: {
    type: 'number',
    unit: 'km/h',
    label: 'Average speed',
    vss: [{ path: 'Vehicle.AverageSpeed' }],
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'speed', stateClass: 'measurement', unit: 'km/h', category: 'diagnostic' },
    ],
    from: ['volvo'],
  },
  averageSpeedAutomatic: {
    type: 'number',
    unit: 'km/h',
    label: 'Average speed, last trip',
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'speed', stateClass: 'measurement', unit: 'km/h', category: 'diagnostic' },
    ],
    from: ['volvo'],
  },
  averageConsumption: {
    type: 'number',
    unit: 'kWh/100km',
    label: 'Average consumption',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: 'kWh/100km', category: 'diagnostic' }],
    from: ['volvo'],
  },
  averageConsumptionAutomatic: {
    type: 'number',
    unit: 'kWh/100km',
    label: 'Average consumption, last trip',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: 'kWh/100km', category: 'diagnostic' }],
    from: ['volvo'],
  },
  averageConsumptionSinceCharge: {
    type: 'number',
    unit: 'kWh/100km',
    label: 'Average consumption since charging',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: 'kWh/100km', category: 'diagnostic' }],
    from: ['volvo'],
  },
  averageFuelConsumption: {
    type: 'number',
    unit: 'l/100km',
    label: 'Average fuel consumption',
    vss: [{ path: 'Vehicle.Powertrain.FuelSystem.AverageConsumption' }],
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: 'L/100km', category: 'diagnostic' }],
    from: ['volvo'],
  },
  averageFuelConsumptionAutomatic: {
    type: 'number',
    unit: 'l/100km',
    label: 'Average fuel consumption, last trip',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', unit: 'L/100km', category: 'diagnostic' }],
    from: ['volvo'],
  },
  meterManual: {
    type: 'number',
    unit: 'km',
    label: 'Trip meter, manual',
    vss: [{ path: 'Vehicle.TripMeterReading', factor: 1000, rounded: true }],
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'distance', stateClass: 'total_increasing', unit: 'km', category: 'diagnostic' },
    ],
    from: ['volvo'],
  },
  meterAutomatic: {
    type: 'number',
    unit: 'km',
    label: 'Trip meter, automatic',
    homeAssistant: [
      { platform: 'sensor', deviceClass: 'distance', stateClass: 'total_increasing', unit: 'km', category: 'diagnostic' },
    ],
    from: ['volvo'],
  },
})
