/** Stellantis: how often a car may be woken. Each time costs it one or two percent of its 12 V battery. */
import { minutes, seconds, type Clock } from '../../clock'
import type { Cause } from '../../vehicle/causes'
import type { CommandId } from '../../vehicle/commands'
import type { VehicleId } from '../../vehicle/vehicle'

/** The size of the month's quota is told nowhere; other clients keep to this, and the cloud bears it. */
const most = { times: 6, within: minutes(20) }

export class WakeUps {
  private readonly woken = new Map<VehicleId, number[]>()
  /** Until when the cloud wakes the car no more. */
  private readonly usedUp = new Map<VehicleId, number>()

  constructor(private readonly clock: Clock) {}

  /** Why this car must not be woken now; a command of another kind may find it awake. */
  refusal(command: CommandId, vehicle: VehicleId): Cause | undefined {
    if (!wakes(command)) return undefined
    const now = this.clock.now()
    const until = this.usedUp.get(vehicle) ?? 0
    if (until > now)
      return refused(
        'Stellantis does not wake this car any more this month',
        'Wait until next month, or start the car.',
        until - now,
      )
    const recent = this.recent(vehicle)
    const [first = now] = recent
    if (recent.length < most.times) return undefined
    return refused(
      `The car was woken ${most.times} times within ${most.within / minutes(1)} minutes, which costs its 12 V battery`,
      'Wait.',
      first + most.within - now,
    )
  }

  note(command: CommandId, vehicle: VehicleId): void {
    if (wakes(command)) this.woken.set(vehicle, [...this.recent(vehicle), this.clock.now()])
  }

  /** The cloud has refused to wake it. */
  learn(vehicle: VehicleId, retryAfter: number): void {
    this.usedUp.set(vehicle, this.clock.now() + seconds(retryAfter))
  }

  private recent(vehicle: VehicleId): number[] {
    const since = this.clock.now() - most.within
    return (this.woken.get(vehicle) ?? []).filter((at) => at > since)
  }
}

const wakes = (command: CommandId): boolean => command === 'wake-up' || command === 'refresh'

const refused = (message: string, action: string, ms: number): Cause => ({
  code: 'QUOTA_WAKEUPS',
  message,
  retryAfter: Math.ceil(ms / seconds(1)),
  action,
})
