import type { CommandId } from '../../src/vehicle/commands'

/** What the dialog fills in when a command with parameters is chosen. */
export const paramsExamples: Partial<Record<CommandId, object>> = {
  'climate-schedule': { slot: 1, start: '07:15', days: ['mon', 'tue', 'wed', 'thu', 'fri'], enabled: true },
  'climate-schedule-delete': { slot: 1 },
  'climate-settings': { temperature: 21 },
  'engine-start': { minutes: 5 },
  'charge-limit': { percent: 80 },
  'charge-power': { level: 3 },
  'charge-schedule': {
    slot: 1,
    start: '22:30',
    end: '06:00',
    days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    enabled: true,
  },
  'charge-schedule-delete': { slot: 1 },
  'charge-defer': { start: '22:30' },
  'send-destination': { positions: [{ latitude: 57.7089, longitude: 11.9746, name: 'Gothenburg' }] },
  'stolen-report': { stolen: true },
  'crank-inhibit': { active: true },
  'alarm-suppress': { hours: 2 },
  'alarm-confirm': { theft: false },
  'delete-personal-data': { confirm: true },
  raw: {},
}
