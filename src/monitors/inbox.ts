/** Where an account's deliveries go: what they tell of a car is taken in, and the monitors that fired are told. */
import type { Account } from '../account/account'
import type { Clock } from '../clock'
import type { StateStore } from '../cloud/stateStore'
import type { Delivery } from '../providers/monitors'
import { DrivewayError } from '../vehicle/causes'
import { eventOf, type VehicleEvent } from '../vehicle/events'
import type { ProviderId, VehicleId } from '../vehicle/vehicle'
import { Bursts } from './bursts'
import type { CloudMonitors } from './cloudMonitors'
import { happeningOf } from './fired'
import type { Inbox } from './intake'
import { Seen } from './seen'

export interface InboxOptions {
  account: Account
  /** Of the account's config node. */
  name: string
  secret: string
  clock: Clock
  store: StateStore
  /** Absent where no node of the account has a monitor in the cloud. */
  monitors?: () => CloudMonitors | undefined
  strange?: (what: string) => void
  onTrouble: (error: unknown) => void
}

/** Throws `UNSUPPORTED` for a provider that delivers nothing. */
export function inboxOf({ account, name, secret, clock, store, monitors, strange, onTrouble }: InboxOptions): Inbox {
  const { deliveries } = account.provider
  if (!deliveries) throw nothingComes
  const bursts = new Bursts(account)
  const onItsOwnRoad = async (delivery: Delivery, receivedAt: number): Promise<boolean | undefined> => {
    if (!delivery.handTo) return undefined
    // What a car is decides what is said of it.
    if (account.known.length === 0) await account.vehicles()
    return delivery.handTo({
      over: account.over,
      push: (vehicle, { events = [], late = false, ...push }) => bursts.hand(vehicle, { ...push, events, late, receivedAt }),
      changed: (vehicle, groups) => account.changed(vehicle, groups),
      vehicles: () => account.relist(),
    })
  }
  const hand: Inbox['hand'] = async (delivery, { receivedAt, late }) => {
    const isTaken = await onItsOwnRoad(delivery, receivedAt)
    if (isTaken === false) return strange?.(foreign)
    if (isTaken) return
    const { monitor } = delivery
    const owner = monitor && (await monitors?.()?.ownerOf(monitor.monitorId))
    const vehicle = delivery.vehicle ?? owner?.vehicle
    // Steps of commands need no car: the provider has taken note of them.
    if (vehicle === undefined) {
      if (!delivery.remote) strange?.('a message that does not tell of which car it is')
      return
    }
    const fired =
      monitor && eventOfDelivery({ provider: account.provider.id, id: vehicle }, delivery, { receivedAt, late, owner })
    const events = fired ? [fired] : []
    const { readings, groups } = delivery
    // Readings and event at once: they are kept together, so a crash loses neither.
    const isOurs = await bursts.hand(vehicle, { readings, groups, events, late, receivedAt })
    if (!isOurs) return strange?.(foreign)
    const car = account.known.find(({ id }) => id === vehicle)
    if (car && monitor && !monitor.refresh) account.hint(car)
  }
  return { secret, reader: deliveries, seen: new Seen({ store, name, clock, onTrouble }), hand, strange }
}

function eventOfDelivery(
  car: { provider: ProviderId; id: VehicleId },
  { at, monitor }: Delivery,
  { receivedAt, late, owner }: { receivedAt: number; late: boolean; owner?: { mark: string; label: string } },
): VehicleEvent | undefined {
  if (!monitor) return undefined
  const { monitorId, refresh, values, settings } = monitor
  // One that somebody else made below a channel of ours is told too, without an owner.
  const { mark, label } = owner ?? { mark: monitorId, label: '' }
  const when = { observedAt: at, receivedAt, source: 'push' as const, late }
  return eventOf(car, happeningOf({ mark, label, refresh, values, settings }, when))
}

const foreign = 'a message about a car that is not in the account'

const nothingComes = new DrivewayError({
  code: 'UNSUPPORTED',
  message: 'The provider of this account delivers nothing by itself',
  action: 'Watch here instead (where: local).',
})
