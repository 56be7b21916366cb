import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../clock'
import { checkAttributes } from '../monitors/checkMonitor'
import { Refused } from '../errors'
import { instant } from '../facts'
import type { Generation } from '../listing'
import type { Attribute } from '../monitors/body'

export type Transport = 'webhook' | 'websocket' | 'pushnotif'
export type Status = 'Running' | 'Paused' | 'Failed'

export interface ChannelBody {
  label?: string
  type?: string[]
  /** `callback` in v4. */
  channel?: Carrier
  callback?: Carrier
}

export type Carrier = Partial<Record<Transport, { target?: string; name?: string; devices?: string[]; attributes?: Attribute[] }>>

export interface Channel {
  id: string
  generation: Generation
  owner: string
  subscribe: ChannelBody
  transport: Transport
  status: Status
  createdAt: string
  updatedAt: string
}

const transports: readonly Transport[] = ['webhook', 'websocket', 'pushnotif']

export const carrierOf = ({ channel, callback }: ChannelBody): Carrier => channel ?? callback ?? {}

/** What a channel carries. Absent = both. */
export const carries = ({ subscribe }: Channel, kind: 'Monitor' | 'Remote'): boolean => subscribe.type?.includes(kind) ?? true

const refuse = (message: string): never => {
  throw new Refused({ status: 400, message })
}

/** Channels of v1 and callbacks of v4. Stellantis: channel and callback */
export class Channels {
  private channels = new Map<string, Channel>()

  constructor(
    private readonly clock: Clock,
    private readonly settings: { strict: boolean },
  ) {}

  of(owner: string, generation: Generation): Channel[] {
    return [...this.channels.values()].filter((channel) => channel.owner === owner && channel.generation === generation)
  }

  all(): Channel[] {
    return [...this.channels.values()]
  }

  find(id: string): Channel | undefined {
    return this.channels.get(id)
  }

  get(id: string, owner: string, generation: Generation): Channel {
    const channel = this.channels.get(id)
    if (channel?.owner !== owner || channel.generation !== generation)
      throw new Refused({ status: 404, message: `There is no ${generation === 'v1' ? 'channel' : 'callback'} ${id}` })
    return channel
  }

  create(given: Record<string, unknown>, owner: string, generation: Generation, most: number): Channel {
    const { subscribe, transport } = this.checked(given, generation)
    if (this.of(owner, generation).length >= most) refuse(`There are ${most} already, and more are not allowed`)
    const now = this.now()
    const channel: Channel = {
      id: randomUUID(),
      generation,
      owner,
      subscribe,
      transport,
      status: 'Running',
      createdAt: now,
      updatedAt: now,
    }
    this.channels.set(channel.id, channel)
    return channel
  }

  /** Whole object; the kind of transport cannot change. */
  replace(channel: Channel, given: Record<string, unknown>): void {
    const { subscribe, transport } = this.checked(given, channel.generation)
    if (transport !== channel.transport) refuse(`A ${channel.transport} channel cannot become ${transport}`)
    channel.subscribe = subscribe
    channel.status = channel.status === 'Failed' ? 'Running' : channel.status
    channel.updatedAt = this.now()
  }

  setStatus(channel: Channel, status: unknown): void {
    if (status !== 'Running' && status !== 'Paused') return refuse('status must be Running or Paused')
    channel.status = status
    channel.updatedAt = this.now()
  }

  remove(channel: Channel): void {
    this.channels.delete(channel.id)
  }

  /** A phone's system has dropped a device; gives the channels whose list is empty now. */
  dropDevice(device: string): Channel[] {
    const emptied: Channel[] = []
    for (const channel of this.channels.values()) {
      const push = carrierOf(channel.subscribe).pushnotif
      if (!push?.devices?.includes(device)) continue
      push.devices = push.devices.filter((one) => one !== device)
      if (push.devices.length) continue
      channel.status = 'Failed'
      channel.updatedAt = this.now()
      emptied.push(channel)
    }
    return emptied
  }

  clear(): void {
    this.channels.clear()
  }

  private now(): string {
    return instant(this.clock.now())
  }

  private checked(given: Record<string, unknown>, generation: Generation): { subscribe: ChannelBody; transport: Transport } {
    const name = generation === 'v1' ? 'channel' : 'callback'
    const carrier = given[name]
    if (typeof carrier !== 'object' || carrier === null) return refuse(`${name} is required`)
    const present = transports.filter((one) => (carrier as Carrier)[one] !== undefined)
    const [transport] = present
    if (present.length !== 1 || !transport) return refuse(`${name} must have exactly one of ${transports.join(', ')}`)
    const type = given.type
    if (type !== undefined && (!Array.isArray(type) || type.some((kind) => kind !== 'Monitor' && kind !== 'Remote')))
      refuse('type must list Monitor, Remote or both')
    this.checkCarrier(transport, (carrier as Carrier)[transport] ?? {}, generation)
    return { subscribe: structuredClone(given), transport }
  }

  private checkCarrier(
    transport: Transport,
    { target, name, devices, attributes }: NonNullable<Carrier[Transport]>,
    generation: Generation,
  ): void {
    if (transport === 'pushnotif') {
      if (!Array.isArray(devices) || !devices.length || devices.some((device) => typeof device !== 'string' || !device.trim()))
        refuse('devices must have at least one, and none that is blank')
    } else {
      const wanted = transport === 'webhook' ? ['http:', 'https:'] : ['ws:', 'wss:']
      if (!wanted.includes(protocolOf(target))) refuse(`target must be an address that begins with ${wanted.join(' or ')}`)
    }
    if (transport === 'webhook' && !name) refuse('name is required')
    // The real v4 refused a webhook without attributes.
    if (transport === 'webhook' && generation === 'v4' && !attributes) refuse('attributes is required')
    const strict = generation === 'v1' && this.settings.strict
    // The key table and the quick start use Body for pushes, the enumeration has Query.
    const types = strict && transport !== 'pushnotif' ? ['Header', 'Query'] : ['Header', 'Query', 'Body']
    try {
      checkAttributes(attributes, types)
    } catch (error) {
      refuse(error instanceof Error ? error.message : '')
    }
  }
}

function protocolOf(target: unknown): string {
  try {
    return new URL(String(target)).protocol
  } catch {
    return ''
  }
}
