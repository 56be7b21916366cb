/** Stellantis: alerts, alarms, collisions, stolen reports, way points and old telemetry as records. */
import { alertOf, collisionOf } from './alerts'
import type { Context } from './context'
import { instantOf } from './fields'
import { placeIn, placeTime, positionOf } from './position'
import { amount, duration, either, moment, part, place, record, term, text, yesNo, type RecordOf } from './records'
import { telemetryItem } from './sources'
import { idInLink, type Members } from './wire'
import * as words from './words'

const alertEnds = record({
  active: yesNo('active'),
  endedAt: moment('endAt'),
  endLocation: place('endPosition'),
})

export const alertRecord = (item: Members, context: Context): RecordOf => ({
  ...alertOf(item, context.origin),
  ...alertEnds(item, context),
})

export const alarmRecord = record({
  id: text('id'),
  at: either(moment('trigger.createdAt'), moment('status.createdAt')),
  alarm: term('status.activation', words.alarmStatus),
  trigger: term('trigger.type', words.alarmTrigger),
  since: moment('trigger.startAt'),
  location: place('trigger.position'),
})

export const collisionRecord = (item: Members, context: Context): RecordOf => {
  const trip = idInLink(item, 'trip')
  return {
    ...record({ id: text('id') })(item, context),
    ...collisionOf(item, context.origin),
    ...(trip === undefined ? {} : { trip }),
  }
}

export const stolenRecord = record({
  id: text('id'),
  stolen: yesNo('state'),
  since: moment('startedAt'),
  endedAt: moment('endAt'),
  startLocation: place('startPosition'),
  endLocation: place('endPosition'),
})

const tripContext = record({
  distance: amount('distance'),
  duration: duration('duration'),
  propulsion: term('propulsionType', words.propulsion),
  hardBraking: yesNo('kinetic.hardBraking'),
  hardAcceleration: yesNo('kinetic.hardAcceleration'),
  hardCornering: yesNo('kinetic.hardCornering'),
})
const wayPointParts = record({ trip: part('properties.tripContext', tripContext) })

export function wayPointRecord(item: Members, context: Context): RecordOf {
  const at = instantOf(placeTime(item))
  const location = placeIn(item)
  const rest = positionOf(item, context).filter(({ signal }) => signal !== 'position.location')
  return {
    ...(at === undefined ? {} : { at }),
    ...(location === undefined ? {} : { location }),
    ...Object.fromEntries(rest.map(({ signal, value }) => [signal.replace('position.', ''), value])),
    ...wayPointParts(item, context),
  }
}

/** Everything that the car told at one moment, by signal. */
export function telemetryRecord(item: Members, context: Context): RecordOf {
  const at = instantOf(item.createdAt)
  const trip = idInLink(item, 'trip')
  const told = telemetryItem(item, context).filter(({ value }) => value !== null)
  return {
    ...(at === undefined ? {} : { at }),
    ...(trip === undefined ? {} : { trip }),
    signals: Object.fromEntries(told.map(({ signal, value }) => [signal, value])),
  }
}
