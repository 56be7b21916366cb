import { days, hours, minutes, seconds } from '../../src/clock'
import { ManualClock } from '../../test/support/clock'
import type { Deed, Life, LifePlan } from '../../test/support/life'

/** A Monday, 00:00 UTC. */
const start = Date.parse('2026-03-02T00:00:00Z')
/** Seconds from the car to its cloud: mostly some, seldom minutes. */
const shortestLag = 3
const longestLag = 280
/** Seconds from the garage door to the cable. */
const door = { min: 5, max: 20 }

const monday = 0
const [tuesday, wednesday, thursday, saturday, sunday] = [1, 2, 3, 5, 6] as const

/**
 * One week of a household with an EX40, `seed` moving everything a little: to work and back with charging there and at
 * night, the cloud down on a Tuesday evening, the quota used up on a Wednesday night, two days away by plane with the
 * car asleep, a trip with fast charging on Saturday, the shops on Sunday.
 */
export function householdWeek(seed: number, hinted: boolean): LifePlan {
  const chance = new ManualClock(start, seed)
  const between = (min: number, max: number) => min + chance.random() * (max - min)
  const deeds: Deed[] = []

  const at = (day: number, time: string, spread = minutes(10)) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number)
    return Math.round(days(day) + hours(hour) + minutes(minute) + between(-spread, spread))
  }
  const then = (at: number, act: (life: Life) => void) => {
    const lag = shortestLag * (longestLag / shortestLag) ** chance.random()
    deeds.push({
      at: Math.round(at),
      act: (life) => {
        life.car.lag = { min: lag, max: lag }
        act(life)
      },
    })
  }
  const plugIn = (at: number, type: 'ac' | 'dc' = 'ac') => {
    const opens = Math.round(at - seconds(between(door.min, door.max)))
    if (hinted) deeds.push({ at: opens, act: (life) => life.hint() })
    then(at, ({ car }) => car.plugIn(type))
  }
  const unplug = (at: number) => then(at, ({ car }) => car.unplug())
  const drive = (at: number, km: number) => then(at, ({ car }) => car.drive({ km }))
  const trouble = (from: number, to: number, ...kinds: readonly string[]) => {
    kinds.forEach((kind, index) =>
      deeds.push({ at: from + ((to - from) * index) / kinds.length, act: (life) => life.beginTrouble(kind) }),
    )
    deeds.push({ at: to, act: (life) => life.endTrouble() })
  }
  const workday = (day: number, back: string, home: string, km = 45) => {
    const leaves = at(day, '07:30')
    if (day > monday) unplug(leaves - minutes(3))
    drive(leaves, 45)
    plugIn(leaves + minutes(45) + minutes(between(4, 12)))
    const returns = at(day, back)
    unplug(returns - minutes(3))
    drive(returns, km)
    plugIn(at(day, home))
  }
  // Reports that the car makes by itself have lags of their own too.
  for (let time = 0; time < days(7); time += hours(1)) then(time + minutes(between(0, 60)), () => undefined)

  workday(monday, '16:40', '17:55')
  workday(tuesday, '15:05', '17:55', 90)
  trouble(at(tuesday, '15:30', 0), at(tuesday, '18:30', 0), '503', '502-html')
  workday(wednesday, '20:20', '22:30', 90)
  trouble(at(wednesday, '21:00', 0), days(thursday), '403-quota')
  unplug(at(thursday, '04:50'))
  drive(at(thursday, '05:10', minutes(5)), 30)
  then(at(thursday, '08:00'), ({ car }) => car.sleep())
  drive(at(saturday, '09:00'), 150)
  const fast = at(saturday, '12:10')
  plugIn(fast, 'dc')
  unplug(fast + minutes(between(40, 50)))
  drive(fast + minutes(90), 120)
  plugIn(at(saturday, '17:00'))
  unplug(at(sunday, '10:00'))
  drive(at(sunday, '10:15', minutes(2)), 20)
  plugIn(at(sunday, '11:30'))
  unplug(at(sunday, '14:30'))
  drive(at(sunday, '15:00'), 40)
  plugIn(at(sunday, '16:10'))
  return { start, length: days(7), seed, deeds }
}
