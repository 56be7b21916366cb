import { days, hours, minutes } from '../../clock'
import { distance } from '../car/driving'
import type { CarProfile } from '../car/profile'
import { severityOf } from './alertTypes'
import { idOf } from './errors'
import type { Spot } from './position'
import type { Alarm, Alert, Collision, Levels, Session, Stolen, Trip, Waypoint } from './records'

/** Everything that is written down about one car. */
export interface Past {
  alerts: Alert[]
  alarms: Alarm[]
  collisions: Collision[]
  stolen: Stolen[]
  trips: Trip[]
  sessions: Session[]
}

/** Stellantis: history is kept for about two months. */
const keptDays = 60

/** A repeatable number in [0, 1) for a text. */
const chance = (text: string): number => parseInt(idOf(text, 8), 16) / 2 ** 32

/** A road that is not quite straight, driven at a speed that changes. */
export function path(from: Spot, to: Spot, startedAt: number, km: number, lasts: number): Waypoint[] {
  const steps = Math.max(2, Math.round(lasts / minutes(2)))
  const bend = (chance(`${startedAt}`) - 0.5) * 0.02
  return Array.from({ length: steps + 1 }, (_, index) => {
    const share = index / steps
    const aside = Math.sin(share * Math.PI) * bend
    const spot = {
      latitude: from.latitude + (to.latitude - from.latitude) * share + aside,
      longitude: from.longitude + (to.longitude - from.longitude) * share - aside,
      altitude: Math.round(100 + 60 * Math.sin(share * 3)),
      heading: Math.round(chance(`${startedAt} ${index}`) * 359),
    }
    const speed = index === 0 || index === steps ? 0 : Math.round(30 + chance(`${startedAt} speed ${index}`) * 60)
    return { at: startedAt + lasts * share, spot, speed, driven: km * share }
  })
}

/** What is left after so many kilometres, counted back from what is left now. */
function levelsBefore(profile: CarProfile, now: Levels, kilometres: number): Levels {
  const wrap = (level: number) => 20 + ((((level - 20) % 75) + 75) % 75)
  const { battery, tank } = profile
  const levels: Levels = {}
  if (now.electric && battery) {
    const level = wrap(now.electric.level + (kilometres * battery.consumption) / battery.capacity)
    levels.electric = { level, autonomy: (level / 100) * (battery.capacity / battery.consumption) * 100 }
  }
  if (now.fuel && tank) {
    const level = wrap(now.fuel.level + (kilometres * tank.consumption) / tank.litres)
    levels.fuel = { level, autonomy: (level / 100) * (tank.litres / tank.consumption) * 100 }
  }
  return levels
}

interface Present {
  at: number
  odometer: number
  spot: Spot
  levels: Levels
}

/** The same two ways on every working day, there at half past six and back at four (UTC), with a mishap now and then. */
export function plausiblePast(profile: CarProfile, present: Present): Past {
  const { key } = profile
  const midnight = Math.floor(present.at / days(1)) * days(1)
  const work: Spot = { latitude: present.spot.latitude + 0.09, longitude: present.spot.longitude + 0.12 }
  const trips: Trip[] = []
  let after = 0
  for (let back = 0; back < keptDays; back++) {
    const day = midnight - days(back)
    if ([0, 6].includes(new Date(day).getUTCDay())) continue
    for (const [from, to, leaves] of [
      [work, present.spot, hours(16)],
      [present.spot, work, hours(6.5)],
    ] as const) {
      const startedAt = day + leaves + Math.round(chance(`${key} ${day} ${leaves}`) * 20) * minutes(1)
      const km = Number((distance(from, to) * 1.25).toFixed(1))
      const stoppedAt = startedAt + Math.round((km / 42) * 60) * minutes(1)
      if (stoppedAt > present.at) continue
      const fault = chance(`${key} fault ${startedAt}`) < 0.04 ? ('DataLacking' as const) : undefined
      trips.push({
        id: idOf(`trip ${key} ${startedAt}`),
        startedAt,
        stoppedAt,
        done: true,
        ...(fault ? { fault } : {}),
        startMileage: Number((present.odometer - after - km).toFixed(1)),
        distance: km,
        start: levelsBefore(profile, present.levels, after + km),
        end: levelsBefore(profile, present.levels, after),
        path: path(from, to, startedAt, km, stoppedAt - startedAt),
      })
      after += km
    }
  }
  trips.reverse()
  return { ...mishaps(profile, present, midnight), trips, sessions: sessions(profile, present, midnight) }
}

function sessions(profile: CarProfile, present: Present, midnight: number): Session[] {
  const { battery, key } = profile
  if (!battery) return []
  const found: Session[] = []
  for (let back = keptDays - 1; back >= 1; back -= 3) {
    const start = midnight - days(back) + hours(20) + Math.round(chance(`${key} ${back} plug`) * 60) * minutes(1)
    const from = Math.round(20 + chance(`${key} ${back} from`) * 30)
    const quick = battery.dc !== undefined && back % 4 === 0
    const to = quick ? 80 : back % 2 ? 100 : 80
    const power = quick ? (battery.dc ?? battery.ac) : battery.ac
    const end = start + Math.round((((to - from) / 100) * battery.capacity * 60) / power) * minutes(1)
    if (end > present.at) continue
    found.push({
      id: idOf(`session ${key} ${start}`),
      start,
      end,
      done: true,
      type: quick ? 'DC' : 'AC',
      from,
      to,
      finishReason: to === 100 ? 'Finished' : 'Stopped',
      spot: present.spot,
    })
  }
  return found
}

function mishaps({ key }: CarProfile, { at, spot }: Present, midnight: number): Omit<Past, 'trips' | 'sessions'> {
  const alert = (type: string, daysAgo: number, lasts: number): Alert => {
    const startedAt = midnight - days(daysAgo) + hours(7)
    return {
      id: idOf(`alert ${key} ${type} ${daysAgo}`, 32),
      type,
      severity: severityOf(type),
      startedAt,
      endAt: Math.min(startedAt + lasts, at),
      startSpot: spot,
      endSpot: spot,
    }
  }
  const alarmAt = midnight - days(9) + hours(22)
  const stolenAt = midnight - days(40) + hours(5)
  const away: Spot = { latitude: spot.latitude + 0.06, longitude: spot.longitude + 0.02 }
  return {
    alerts: [
      alert('AddWasherFluid', 33, days(2)),
      alert('FrontLeftTireUnderInflated', 12, hours(3)),
      alert('RiskOfIce', 5, hours(1)),
    ],
    alarms: [
      { id: idOf(`alarm on ${key}`, 10), at: alarmAt - hours(3), activation: 'Active' },
      { id: idOf(`alarm trigger ${key}`, 10), at: alarmAt, type: 'TrunkDoorBreakIn', spot },
      { id: idOf(`alarm off ${key}`, 10), at: alarmAt + minutes(4), activation: 'Inactive' },
    ],
    collisions: [
      {
        id: idOf(`collision ${key}`),
        at: midnight - days(21) + hours(16.2),
        tippedOver: false,
        pedestrian: false,
        unlockRequested: true,
        details: [
          { side: 'Front', severity: 'Minor' },
          { side: 'Lateral', severity: 'Minimal' },
        ],
      },
    ],
    stolen: [
      {
        id: idOf(`stolen ${key}`, 12),
        startedAt: stolenAt,
        endAt: stolenAt + hours(5),
        path: path(spot, away, stolenAt, distance(spot, away), minutes(30)),
      },
    ],
  }
}
