import type { Snapshot } from '../../src/vehicle/snapshot'
import type { Status } from '../shared/status'

/** Level, charging state, time left and age: `62 % · charging, 95 min left · 2 min ago`. `age` in ms. */
export function chargingWords(status: Status, snapshot: Snapshot, age?: number): void {
  const { stateOfCharge } = snapshot.battery ?? {}
  const { status: charging, connection, timeToComplete } = snapshot.charging ?? {}
  const parts: string[] = []
  if (typeof stateOfCharge === 'number') parts.push(`${Math.round(stateOfCharge)} %`)
  if (charging === 'charging') {
    const left =
      typeof timeToComplete === 'number' ? status.translated('minutesLeft', { minutes: Math.round(timeToComplete) }) : ''
    parts.push([status.translated('charging'), left].filter(Boolean).join(', '))
  } else if (charging === 'complete' || charging === 'scheduled' || charging === 'fault') parts.push(status.translated(charging))
  else if (typeof connection === 'string')
    parts.push(status.translated(connection === 'connected' ? 'plugged' : connection === 'fault' ? 'fault' : 'unplugged'))
  if (parts.length === 0) return status.word('idle', 'loading')
  if (age !== undefined) parts.push(ageWords(status, age))
  const isFault = charging === 'fault' || connection === 'fault'
  status.show(isFault ? 'fault' : charging === 'charging' ? 'busy' : 'well', parts.join(' · '))
}

/** How long ago the car itself said so. */
function ageWords(status: Status, age: number): string {
  const minutes = Math.round(age / 60_000)
  if (minutes < 1) return status.translated('justNow')
  return minutes < 120
    ? status.translated('minutesAgo', { minutes })
    : status.translated('hoursAgo', { hours: Math.round(minutes / 60) })
}
