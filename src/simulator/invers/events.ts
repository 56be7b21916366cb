import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../../clock'
import { stateOnWire, onWire, toSeconds, type Fresh, type InversVehicle } from './vehicle'

/** Event types and the major version of each one's form. INVERS: event types and topics found */
export const eventTypes = {
  VehicleStateRecorded: 2,
  VehicleChanged: 1,
  CentralLockStatusChanged: 1,
  Trip: 2,
  SmokeDetection: 1,
} as const
export type EventType = keyof typeof eventTypes

/** INVERS: event format. The envelope is documented, what is inside `data` is our reading. */
export interface InversEvent {
  metadata: {
    /** ULID. */
    id: string
    type: string
    schema_major_version: number
    occurred_at: string
    /** That of the call which caused the event, if one did. */
    flow_id: string
  }
  data: Record<string, unknown>
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 48 bits of time, 80 of chance. */
function ulid(now: number): string {
  let time = now
  let head = ''
  for (let place = 0; place < 10; place++) {
    head = crockford.charAt(time % 32) + head
    time = Math.floor(time / 32)
  }
  return head + Array.from(randomBytes(16), (byte) => crockford.charAt(byte % 32)).join('')
}

const kept = 5000

/** Makes events, keeps the latest, and hands each one to whoever carries events away. */
export class EventLog {
  private events: InversEvent[] = []
  private all = 0
  /** Who carries events away. */
  readonly carriers = new Set<(event: InversEvent) => void>()

  constructor(private readonly clock: Clock) {}

  /** Oldest first. */
  list({ type, vehicle }: { type?: string; vehicle?: string } = {}): InversEvent[] {
    return this.events.filter(
      ({ metadata, data }) => (type ?? metadata.type) === metadata.type && (vehicle ?? data.vehicle_id) === data.vehicle_id,
    )
  }

  /** How many so far, also those no longer kept. */
  get total(): number {
    return this.all
  }

  clear(): void {
    this.events = []
    this.all = 0
  }

  /** A new state came from the vehicle. */
  recorded(vehicle: InversVehicle, fresh: Fresh, flowId?: string): void {
    if (!fresh.length) return
    const state = vehicle.state()
    this.tell('VehicleStateRecorded', { vehicle_id: vehicle.id, vehicle_state: stateOnWire(state, fresh) }, flowId)
  }

  lockChanged(vehicle: InversVehicle, flowId?: string): void {
    const lock = vehicle.state().get('central_lock')
    if (lock) this.tell('CentralLockStatusChanged', { vehicle_id: vehicle.id, central_lock: lock.value }, flowId, lock.at)
  }

  /** Help pages name `reasons` and `vehicle`. */
  vehicleChanged(vehicle: InversVehicle, reasons: readonly string[]): void {
    this.tell('VehicleChanged', { vehicle_id: vehicle.id, reasons, vehicle: onWire(vehicle) })
  }

  trip(vehicle: InversVehicle, status: 'STARTED' | 'ENDED'): void {
    const state = vehicle.state()
    const position = stateOnWire(state, ['position']).position
    const mileage = state.get('mileage_in_kilometers')?.value
    this.tell('Trip', { vehicle_id: vehicle.id, status, ...(position ? { position } : {}), mileage_in_kilometers: mileage })
  }

  smoke(vehicle: InversVehicle): void {
    this.tell('SmokeDetection', { vehicle_id: vehicle.id, status: 'SMOKE_DETECTED' })
  }

  /** Any event at all, also of a type that nobody knows. */
  tell(type: string, data: Record<string, unknown>, flowId: string = randomUUID(), at = this.clock.now()): InversEvent {
    const event: InversEvent = {
      metadata: {
        id: ulid(this.clock.now()),
        type,
        schema_major_version: Object.hasOwn(eventTypes, type) ? eventTypes[type as EventType] : 1,
        occurred_at: toSeconds(at),
        flow_id: flowId,
      },
      data,
    }
    this.hand(event)
    return event
  }

  /** Once more, exactly as it was: queues and webhooks may deliver twice. */
  hand(event: InversEvent): void {
    this.events.push(event)
    if (this.events.length > kept * 2) this.events.splice(0, this.events.length - kept)
    this.all += 1
    for (const carry of this.carriers) carry(event)
  }
}
