import { rows } from './rows'

export const alerts = rows('alerts', {
  active: {
    type: 'words',
    label: 'Active alerts',
    homeAssistant: [{ platform: 'sensor', stateClass: 'measurement', category: 'diagnostic' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  details: {
    type: 'list',
    shape: '{id, code, severity, since, location?}',
    label: 'Alert details',
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  severity: {
    type: 'word',
    words: ['none', 'information', 'warning', 'critical'],
    label: 'Worst alert',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum', category: 'diagnostic' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  alarm: {
    type: 'word',
    words: ['active', 'inactive'],
    label: 'Alarm system',
    homeAssistant: [{ platform: 'binary_sensor', category: 'diagnostic', on: ['active'] }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  alarmTrigger: {
    type: 'word',
    words: ['none', 'front-right-door', 'front-left-door', 'rear-right-door', 'rear-left-door', 'hood', 'tailgate', 'rear-window', 'roof', 'interior', 'lifted', 'electrical', 'key-learning', 'unauthenticated-start', 'moved', 'glass', 'battery-disconnected', 'acceleration', 'alarm-system'],
    label: 'Alarm trigger',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'enum' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  alarmSince: {
    type: 'time',
    label: 'Alarm since',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'timestamp', category: 'diagnostic', disabledByDefault: true }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  stolen: {
    type: 'boolean',
    label: 'Reported stolen',
    homeAssistant: [{ platform: 'binary_sensor', on: [true] }],
    from: ['stellantis-v1'],
  },
  stolenSince: {
    type: 'time',
    label: 'Reported stolen since',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'timestamp', category: 'diagnostic', disabledByDefault: true }],
    from: ['stellantis-v1'],
  },
  collision: {
    type: 'object',
    shape: '{at, sides: [{side, severity?}], tippedOver?, pedestrian?, unlockRequested?} (latest)',
    label: 'Latest collision',
    homeAssistant: [{ platform: 'sensor', deviceClass: 'timestamp', category: 'diagnostic' }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
})
