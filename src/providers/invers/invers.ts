/** INVERS: vehicle commands, vehicle management, events. */
import { days, hours, type Clock } from '../../clock'
import type { Http } from '../../cloud/http'
import type { Tokens } from '../../cloud/oauth'
import type { Ledger } from '../../cloud/quota'
import { DrivewayError, toDrivewayError, type Cause } from '../../vehicle/causes'
import type { ProgressPhase } from '../../vehicle/outcome'
import type { Drift, Reading } from '../../vehicle/reading'
import { signalGroups, type SignalGroup } from '../../vehicle/signals'
import type { Capabilities, ListedVehicle, Vehicle, VehicleId } from '../../vehicle/vehicle'
import type { ProviderCredentials } from '../kit'
import type { Answer, Order, Provider, PushSource, Request, Verdict } from '../provider'
import { commandTemplate, InversApi, listTemplate, vehicleTemplate } from './api'
import { Deliveries } from './deliveries'
import { Echoes } from './echoes'
import { Fleet } from './fleet'
import { Intake } from './intake'
import { isCause, verdictOf, wireFor } from './order'
import { readPages } from './pages'
import { flowIdOf } from './problems'
import { PushedEvents } from './pushes'
import type { InversSettings } from './settings'
import { readState, stateGroups } from './state'
import { listedVehicle, readVehicle, vehicleGroups, type Facts } from './vehicle'
import { isMembers, vehicleObject, type VehicleObject } from './wire'

export interface InversOptions {
  settings: InversSettings
  credentials: ProviderCredentials
  http: Http
  tokens: Tokens
  ledger: Ledger
  clock: Clock
  onDrift?: (drift: Drift) => void
}

type Source = 'state' | 'vehicle'
type Result = { source: Source } & ({ readings: Reading[] } | { error: DrivewayError })

/** So many cars of the fleet without a latest state at our path mean that the path is not the right one. */
const tellingCars = 3
const absentFor = days(1)
/** For so long the list is believed when it has a car that is not at its own address. */
const listRest = hours(1)
/** What the stream told of a car is trusted to go on coming for so long. */
const heardLasts = days(1)

export class Invers implements Provider {
  readonly id = 'invers'
  onDrift?: (drift: Drift) => void
  readonly pushes?: PushSource
  readonly deliveries: Deliveries
  private readonly intake: Intake
  private readonly fleet: Fleet
  private readonly api: InversApi
  private readonly echoes: Echoes
  private readonly stream?: PushedEvents
  /** Cars that had a latest state at our path, up to the first; and those that had none. */
  private hasState = false
  private readonly stateless = new Set<VehicleId>()
  private stateAbsentUntil = 0
  /** Some car was found at the address of one vehicle: a car that is not there is gone. */
  private hasAddress = false
  /** When the list was last read to see whether a car is still in it, in ms since 1970. */
  private relistedAt = -Infinity
  private relisting?: Promise<void>

  constructor(private readonly options: InversOptions) {
    const { settings, credentials, clock } = options
    this.onDrift = options.onDrift
    this.fleet = new Fleet(clock)
    this.echoes = new Echoes(clock)
    this.api = new InversApi({ ...options, onDrift: (drift) => this.onDrift?.(drift) })
    const drift = (where: string, sample: string) => this.api.drift(where, sample)
    const { fleet, echoes } = this
    this.intake = new Intake({ fleet, clock, echoes, drift })
    this.deliveries = new Deliveries(this.intake)
    const { amqp } = settings
    if (!amqp) return
    this.stream = new PushedEvents({ settings: amqp, credentials, fleet, intake: this.intake, clock, drift })
    this.pushes = this.stream
  }

  /** INVERS: vehicle management, all pages. */
  async vehicles(signal: AbortSignal): Promise<ListedVehicle[]> {
    const cars = await this.readList(signal)
    this.fleet.listed(cars)
    return cars.map(listedVehicle)
  }

  private async readList(signal: AbortSignal): Promise<VehicleObject[]> {
    const items = await readPages(this.api, this.options.settings, listTemplate, signal)
    const cars = new Map<VehicleId, VehicleObject>()
    for (const item of items) {
      const { data } = vehicleObject.safeParse(item)
      if (data) cars.set(data.id, data)
      else this.api.drift('vehicles', 'a vehicle without an id')
    }
    return [...cars.values()]
  }

  /** INVERS: vehicle capabilities; part of the vehicle, kept for a day. */
  async capabilities(vehicle: VehicleId, signal: AbortSignal): Promise<Capabilities> {
    const known = this.fleet.abilityOfCar(vehicle)
    if (known) return known.capabilities
    await this.readVehicle(vehicle, signal)
    return this.fleet.abilityOfCar(vehicle)?.capabilities ?? { commands: [], unlisted: ['raw'] }
  }

  /** One at least of what there is to read: what the list told a short while ago comes along with the rest. */
  cost(vehicle: VehicleId, groups: readonly SignalGroup[]): number {
    const { length } = this.plan(vehicle, groups)
    return length > 1 && this.fleet.untold(vehicle) ? length - 1 : length
  }

  bring(vehicle: VehicleId, groups: readonly SignalGroup[]): readonly SignalGroup[] {
    const spent = this.plan(vehicle, groups)
    return signalGroups.filter((group) => !groups.includes(group) && isWithin(this.plan(vehicle, [group]), spent))
  }

  async read(vehicle: VehicleId, groups: readonly SignalGroup[], signal: AbortSignal, isRoutine = false): Promise<Answer> {
    const plan = this.plan(vehicle, groups)
    const facts = isRoutine && plan.includes('vehicle') ? this.fleet.untold(vehicle) : undefined
    const asked = facts ? plan.filter((source) => source !== 'vehicle') : plan
    const results = await Promise.all(asked.map((source) => this.readSource(source, vehicle, signal)))
    const errors = results.flatMap((one) => ('error' in one ? [one.error] : []))
    const [foremost] = errors
    if (foremost && errors.length === results.length) throw foremost
    if (facts) results.push({ source: 'vehicle', readings: this.listed(vehicle, facts) })
    const good = results.flatMap((one) => ('readings' in one ? [one.source] : []))
    const whole = signalGroups.filter((group) => isWithin(this.plan(vehicle, [group]), good))
    const empty = groups.filter((group) => this.plan(vehicle, [group]).length === 0)
    return {
      readings: results.flatMap(readingsOf),
      groups: [...new Set([...whole, ...empty])],
      failures: errors.map(({ cause }) => cause),
    }
  }

  async execute(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict> {
    let sent = false
    const onWritten = () => {
      if (!sent) onPhase('sent')
      sent = true
    }
    try {
      const wire = wireFor(order)
      if (isCause(wire)) return { phase: 'refused', cause: wire }
      onPhase('accepted')
      const answer = await this.api.post(wire, order.vehicle, signal, onWritten)
      const car = this.fleet.car(order.vehicle)
      const flowId = 'response' in answer ? flowIdOf(answer.response) : answer.fault.cause.provider?.requestIds?.flowId
      if (flowId) this.echoes.note(flowId, order)
      return verdictOf(answer, wire, car, this.api)
    } catch (error) {
      return { phase: sent ? 'unknown' : 'failed', cause: toDrivewayError(error).cause }
    }
  }

  async preview(order: Order): Promise<Request> {
    const wire = wireFor(order)
    if (isCause(wire)) throw new DrivewayError(wire)
    return { method: 'POST', path: commandTemplate(wire) }
  }

  likely({ id }: Vehicle): Cause | undefined {
    if (!this.fleet.car(id).offline) return undefined
    const message = 'INVERS has no contact with this vehicle just now'
    return { code: 'UNREACHABLE', message, action: 'Try again later; it may stand underground.' }
  }

  pushed(vehicle: VehicleId, group: SignalGroup): boolean {
    const { stream } = this
    if (!stream?.isWell) return false
    const now = this.options.clock.now()
    const isRecent = (at: number) => at > 0 && now - at < heardLasts
    const hears: Record<Source, () => boolean> = {
      state: () => isRecent(this.fleet.car(vehicle).heardAt),
      // A topic is subscribed for the whole fleet.
      vehicle: () => isRecent(this.intake.objectAt),
    }
    const sources = this.plan(vehicle, [group])
    return sources.length > 0 && sources.every((source) => hears[source]())
  }

  /** The calls that tell of these groups, without those that the car or the account is known to lack. */
  private plan(vehicle: VehicleId, groups: readonly SignalGroup[]): Source[] {
    const sources: Source[] = []
    if (!this.lacksState(vehicle) && groups.some((group) => stateGroups.has(group))) sources.push('state')
    if (groups.some((group) => vehicleGroups.has(group))) sources.push('vehicle')
    return sources
  }

  private lacksState(vehicle: VehicleId): boolean {
    return Math.max(this.stateAbsentUntil, this.fleet.car(vehicle).lacksStateUntil) > this.options.clock.now()
  }

  private async readSource(source: Source, vehicle: VehicleId, signal: AbortSignal): Promise<Result> {
    try {
      const read = source === 'state' ? this.readState(vehicle, signal) : this.readVehicle(vehicle, signal)
      return { source, readings: await read }
    } catch (error) {
      return { source, error: toDrivewayError(error) }
    }
  }

  /** INVERS: the latest known state; does not contact the car. Its path is not documented. */
  private async readState(vehicle: VehicleId, signal: AbortSignal): Promise<Reading[]> {
    try {
      const { body } = await this.api.get(this.options.settings.statePath, vehicle, signal)
      if (body !== undefined && !isMembers(body)) this.api.drift('state', body)
      this.hasState = true
      return isMembers(body) ? readState(body, this.fleet.car(vehicle).energy, this.api.origin('state')) : []
    } catch (error) {
      if (isUnknown(error)) await this.noteStateless(vehicle, error, signal)
      else throw error
      return []
    }
  }

  /** No state at our path: the car is gone, has none, or the path is wrong for all. Rejects when the car is gone. */
  private async noteStateless(vehicle: VehicleId, error: DrivewayError, signal: AbortSignal): Promise<void> {
    await this.readVehicle(vehicle, signal).catch((reason: unknown) => {
      throw isUnknown(reason) ? error : reason
    })
    const now = this.options.clock.now()
    this.fleet.car(vehicle).lacksStateUntil = now + absentFor
    this.stateless.add(vehicle)
    if (this.hasState || this.stateless.size < tellingCars) return
    this.stateless.clear()
    this.stateAbsentUntil = now + hours(1)
    this.api.drift('state', 'no car has one: check the state path')
  }

  private async readVehicle(vehicle: VehicleId, signal: AbortSignal): Promise<Reading[]> {
    try {
      const { body } = await this.api.get(vehicleTemplate, vehicle, signal)
      return this.told(vehicle, body)
    } catch (error) {
      if (isUnknown(error)) return this.readListed(vehicle, error, signal)
      throw error
    }
  }

  private told(vehicle: VehicleId, body: unknown): Reading[] {
    const { data } = vehicleObject.safeParse(body)
    if (data?.id === vehicle) this.hasAddress = true
    if (!data) {
      this.api.drift('vehicle', 'no vehicle object')
      return []
    }
    this.fleet.learn({ ...data, id: vehicle }).isUntold = false
    return readVehicle(data, this.api.origin('vehicle'))
  }

  /** INVERS: the address of one vehicle is not documented, the list is: a car that the list has is there. */
  private async readListed(vehicle: VehicleId, error: DrivewayError, signal: AbortSignal): Promise<Reading[]> {
    if (this.hasAddress) throw error
    await this.relist(signal)
    const { facts } = this.fleet.car(vehicle)
    if (!facts) throw error
    this.api.drift('vehicle', 'a vehicle of the list is not at its own address')
    return this.listed(vehicle, facts)
  }

  /** INVERS: the list tells of each car what its own address does. */
  private listed(vehicle: VehicleId, facts: Facts): Reading[] {
    this.fleet.car(vehicle).isUntold = false
    const readings = readVehicle(facts, this.api.origin('vehicles'))
    for (const reading of readings) reading.observedAt ??= this.fleet.listedAt
    return readings
  }

  /** The list of a large fleet is many calls. One that fails leaves what is known. */
  private async relist(signal: AbortSignal): Promise<void> {
    const now = this.options.clock.now()
    if (now - Math.max(this.fleet.listedAt, this.relistedAt) < listRest) return this.relisting
    this.relistedAt = now
    this.relisting = this.readList(signal).then(
      (cars) => this.fleet.relisted(cars),
      () => undefined,
    )
    await this.relisting
  }
}

const isUnknown = (error: unknown): error is DrivewayError => error instanceof DrivewayError && error.code === 'VEHICLE_UNKNOWN'

const readingsOf = (result: Result): Reading[] => ('readings' in result ? result.readings : [])

/** Something is needed, and all of it is there. */
const isWithin = (needed: readonly Source[], there: readonly Source[]): boolean =>
  needed.length > 0 && needed.every((source) => there.includes(source))
