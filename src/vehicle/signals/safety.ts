import { rows } from './rows'

export const safety = rows('safety', {
  beltDriver: {
    type: 'word',
    words: ['ok', 'missing'],
    label: 'Driver belt',
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['missing'], disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  beltPassenger: {
    type: 'word',
    words: ['ok', 'missing'],
    label: 'Passenger belt',
    homeAssistant: [
      { platform: 'binary_sensor', deviceClass: 'problem', category: 'diagnostic', on: ['missing'], disabledByDefault: true },
    ],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
  eCall: {
    type: 'word',
    words: ['not-detected', 'detected', 'unavailable'],
    label: 'Emergency call',
    homeAssistant: [{ platform: 'binary_sensor', deviceClass: 'safety', category: 'diagnostic', on: ['detected'] }],
    from: ['stellantis-v1', 'stellantis-v4'],
  },
})
