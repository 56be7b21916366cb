import { randomBytes } from 'node:crypto'
import { pause, type Clock } from '../../../clock'
import { CarRefusal } from '../../car/body'
import type { SimulatedCar } from '../../car/car'
import type { Faults, StandingFault } from '../../faults'
import type { Channels } from '../delivery/channels'
import type { Deliveries } from '../delivery/deliveries'
import { Refused } from '../errors'
import { told } from '../facts'
import type { CarFiles } from '../file'
import { listingOf, type Generation } from '../listing'
import type { Attribute, TransportAttributes } from '../monitors/body'
import { extensionsOf } from '../monitors/message'
import type { Quotas } from '../quotas'
import { actions, type Action } from './actions'
import type { Effect, Given } from './bodies'

export interface Remote {
  id: string
  generation: Generation
  owner: string
  /** Absent: nobody hears how it goes. */
  channelId?: string
  car: SimulatedCar
  /** Member of the body that asks for it. */
  name: string
  restType: string
  eventType: string
  /** As it was sent. */
  body: Given
  status: string
  failureCause?: string
  feedbackDetail?: string
  done: boolean
}

export interface NewRemote {
  body: Given
  generation: Generation
  owner: string
  channelId?: string
  car: SimulatedCar
  /** Says whether a scope was granted. */
  allowed(scope: string): boolean
}

export interface RemoteParts {
  clock: Clock
  faults: Faults
  quotas: Quotas
  channels: Channels
  deliveries: Deliveries
  files: CarFiles
  settings: { commandDelayMs: number; strict: boolean }
}

/** Words after which a forced remote stays where it is for ever. */
const pendingWords = new Set(['Accepted', 'WakingUpVehicle', 'CheckingVehicle', 'SentToVehicle'])
/** Below this charge of the 12 V battery nothing is sent, %. */
const leastCharge = 20

/** Remotes of everybody, and how they go. Stellantis: life cycle of a remote */
export class Remotes {
  private remotes: Remote[] = []
  /** Wake-ups by car and month. */
  private wakeUps = new Map<string, number>()

  constructor(private readonly parts: RemoteParts) {}

  /** Newest first. */
  on(channelId: string, car: SimulatedCar): Remote[] {
    return this.remotes.filter((remote) => remote.channelId === channelId && remote.car === car).reverse()
  }

  isPending(channelId: string): boolean {
    return this.remotes.some((remote) => remote.channelId === channelId && !remote.done)
  }

  clear(): void {
    this.remotes = []
    this.wakeUps.clear()
  }

  /** Takes a remote or refuses it; what becomes of it is told later. */
  send(asked: NewRemote): Remote {
    const { generation, car, owner, channelId } = asked
    const { name, action, given } = this.read(asked)
    const type = action.types[generation]
    const scope = action.scopes[generation]
    if (scope !== undefined && !asked.allowed(scope))
      throw new Refused({ status: 403, message: `The scope ${scope} was not granted` })
    if (!listingOf(car).remotes.includes(action.ability))
      throw new Refused({ status: 501, message: 'Remote operation is not supported by the vehicle' })
    const reason = action.check(given, generation)
    if (reason !== undefined) throw new Refused({ status: 400, message: `${name}: ${reason}` })

    const fault = this.parts.faults.take('stellantis', '/remotes', ['next-command'])
    if (typeof fault?.status === 'number') throw new Refused({ status: fault.status, message: 'The remote was refused' })
    const restType = typeof type?.rest === 'function' ? type.rest(given) : (type?.rest ?? name)
    const busy = this.remotes.some((other) => other.car === car && other.restType === restType && !other.done)
    const remote: Remote = {
      id: randomBytes(21).toString('hex'),
      generation,
      owner,
      ...(channelId === undefined ? {} : { channelId }),
      car,
      name,
      restType,
      eventType: type?.event ?? name,
      body: asked.body,
      status: 'Accepted',
      done: false,
    }
    this.remotes.push(remote)
    if (this.remotes.length > 1000) this.remotes.shift()
    // The answer goes out before the first event.
    setImmediate(() => void this.run(remote, action, given, busy, fault))
    return remote
  }

  private read({ body, generation }: NewRemote): { name: string; action: Action; given: Given } {
    const holder = generation === 'v1' ? body.action : body
    if (typeof holder !== 'object' || holder === null) throw new Refused({ status: 400, message: 'action is required' })
    const here = Object.keys(holder).filter((name) => Object.hasOwn(actions, name) && actions[name]?.types[generation])
    // ignition and panic were taken out of v1; whoever sends them asks for nothing that there is.
    const foreign = generation === 'v1' ? Object.keys(holder).find((name) => !here.includes(name)) : undefined
    const [name] = here
    if (foreign !== undefined) throw new Refused({ status: 400, message: `There is no action ${foreign}` })
    if (here.length !== 1 || name === undefined) throw new Refused({ status: 400, message: 'There must be exactly one action' })
    const action = actions[name]
    const given = (holder as Given)[name]
    if (!action || typeof given !== 'object' || given === null)
      throw new Refused({ status: 400, message: `${name} must be an object` })
    return { name, action, given: given as Given }
  }

  private async run(
    remote: Remote,
    action: Action,
    given: Given,
    busy: boolean,
    fault: StandingFault | undefined,
  ): Promise<void> {
    const forced = fault?.status === undefined ? undefined : String(fault.status)
    const { car } = remote
    car.sync()
    const refusal = busy ? 'SameActionInProgress' : this.refusalBefore(car)
    if (refusal !== undefined && forced === undefined) return this.end(remote, 'Failed', refusal)
    const goesOn = async (status: string): Promise<boolean> => {
      this.say(remote, 'Pending', status)
      if (forced === status && pendingWords.has(status)) return false
      await this.wait()
      return true
    }
    // Stellantis: a navigation skips these two
    if (remote.restType !== 'Navigation') {
      if (!(await goesOn('Accepted'))) return
      if ((car.asleep || forced === 'WakingUpVehicle') && !(await this.wake(remote, goesOn))) return
    }
    if (forced === 'CheckingVehicle') return void (await goesOn('CheckingVehicle'))
    if (!(await goesOn('SentToVehicle'))) return
    car.sync()
    if (forced !== undefined) return this.endAsForced(remote, action, given, forced, fault?.code)
    const effect = attempt(() => action.act(car, given))
    if (effect && 'cause' in effect) return this.end(remote, 'Failed', effect.cause)
    this.end(remote, effect ? 'AlreadyDone' : 'Success')
  }

  private endAsForced(remote: Remote, action: Action, given: Given, forced: string, cause: string | undefined): void {
    if (forced === 'Success') attempt(() => action.act(remote.car, given))
    if (forced === 'Success' || forced === 'AlreadyDone') return this.end(remote, forced)
    this.end(remote, 'Failed', forced === 'Failed' ? (cause ?? 'GeneralError') : forced)
  }

  /** What is seen without asking the car. */
  private refusalBefore(car: SimulatedCar): string | undefined {
    if (car.privacy === 'full') return 'NotPossibleDueToVehiclePrivacyLevel'
    const charge = car.told('lowVoltage.level')?.value
    if (typeof charge === 'number' && charge < leastCharge) return 'VehicleBatteryChargeTooLow'
    if (car.asleep && this.wakeUpsOf(car) >= this.parts.quotas.limits.wakeUpsPerMonth) return 'TooManyWakeUpsOverMonth'
    return undefined
  }

  private async wake(remote: Remote, goesOn: (status: string) => Promise<boolean>): Promise<boolean> {
    const { car } = remote
    this.wakeUps.set(this.month(car), this.wakeUpsOf(car) + 1)
    if (!(await goesOn('WakingUpVehicle'))) return false
    // After a week without a drive nothing wakes a car any more.
    const deep = this.parts.faults.take('stellantis', '/remotes', ['deep-sleep']) !== undefined
    if (deep || car.body.text('reachability.reason') === 'no-internet') {
      this.end(remote, 'Failed', 'VehicleConnectionTimeout')
      return false
    }
    car.wake()
    return true
  }

  private wakeUpsOf(car: SimulatedCar): number {
    return this.wakeUps.get(this.month(car)) ?? 0
  }

  private month(car: SimulatedCar): string {
    return `${car.key} ${new Date(this.parts.clock.now()).toISOString().slice(0, 7)}`
  }

  private end(remote: Remote, status: string, failureCause?: string): void {
    if (failureCause !== undefined) remote.failureCause = failureCause
    if (remote.restType === 'Doors' && status === 'Success') remote.feedbackDetail = 'NoCIDBlacklisted'
    remote.done = true
    this.say(remote, 'Done', status)
  }

  private say(remote: Remote, type: 'Pending' | 'Done', status: string): void {
    remote.status = status
    const { channels, deliveries, files, clock } = this.parts
    const channel = remote.channelId === undefined ? undefined : channels.find(remote.channelId)
    if (!channel) return
    const { generation, car, body } = remote
    const { label, attributes, channelAttributes, callbackAttributes, extendedEventParam } = body as {
      label?: string
      attributes?: Attribute[]
      channelAttributes?: TransportAttributes
      callbackAttributes?: TransportAttributes
      extendedEventParam?: string[]
    }
    const root = `https://stellantis.example.invalid/${generation === 'v1' ? 'v1/accounts' : 'connectedcar/v4/user'}`
    const extensions =
      type === 'Done' ? extensionsOf(extendedEventParam, { car, file: files.of(car), generation, root }) : undefined
    deliveries.speak({
      source: remote.id,
      kind: 'Remote',
      channel,
      car,
      at: clock.now(),
      label: label ?? remote.restType,
      event: told({
        remoteActionId: remote.id,
        remoteType: remote.eventType,
        eventStatus: told({ type, status, failureCause: remote.failureCause, feedbackDetail: remote.feedbackDetail }),
        extensions,
      }),
      variables: { RemoteType: remote.restType, RemoteStatus: status, RemoteLabel: label ?? '' },
      attributes,
      transportAttributes: channelAttributes ?? callbackAttributes,
    })
  }

  /** A third of the whole way. */
  private async wait(): Promise<void> {
    const { commandDelayMs } = this.parts.settings
    if (commandDelayMs > 0) await pause(this.parts.clock, commandDelayMs / 3)
  }
}

/** A car that cannot says so in its own words; to the cloud it is an error of the vehicle. */
function attempt(act: () => Effect): Effect {
  try {
    return act()
  } catch (error) {
    if (error instanceof CarRefusal) return { cause: 'VehicleError' }
    throw error
  }
}
