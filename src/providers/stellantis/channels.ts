/** Stellantis: the ways by which its messages reach us: channels (v1), callbacks (v4). */
import type { ChannelWanted, CloudChannel, CloudStatus, Transport } from '../monitors'
import { textOf, wordOf } from '../mapping'
import { DrivewayError } from '../../vehicle/causes'
import type { Call, StellantisApi } from './api'
import { isGone } from './faults'
import { at, idInLink, isMembers, membersOf, type Members } from './wire'

/** How the two generations name the same thing. */
const names = {
  v1: { root: '/accounts/channels', one: 'channel', id: 'channelId', list: 'channels', vehicle: '$Vin' },
  v4: { root: '/user/callbacks', one: 'callback', id: 'callbackId', list: 'callbacks', vehicle: '$vin' },
} as const

/** Header of a single delivery that names the car; and the attribute in the body, where one is possible. */
export const vehicleHeader = 'X-Driveway-Vehicle'
export const vehicleAttribute = 'vin'

const members: Readonly<Record<Transport, string>> = { webhook: 'webhook', websocket: 'websocket', push: 'pushnotif' }
const statuses: Readonly<Record<string, CloudStatus>> = { RUNNING: 'running', PAUSED: 'paused', FAILED: 'failed' }

/** A text, or in v1 an object around it. Any other word, such as `Created`, counts as running. */
export function statusOf(status: unknown): CloudStatus {
  const word = textOf(status) ?? textOf(at(status, 'status'))
  return word === undefined ? 'unknown' : (statuses[wordOf(word)] ?? 'running')
}

export interface ChannelKind {
  /** What it carries; default both. */
  carries?: readonly ('Monitor' | 'Remote')[]
}

export class Channels {
  private readonly words: (typeof names)['v1' | 'v4']
  /** Those of this account of ours, by id. */
  private readonly own = new Map<string, CloudChannel>()
  /** As they were listed last. */
  private readonly listed = new Map<string, CloudChannel>()

  constructor(private readonly api: StellantisApi) {
    this.words = names[api.settings.generation]
  }

  /** All of the account, whoever made them. */
  async list(signal: AbortSignal): Promise<CloudChannel[]> {
    const { items } = await this.api.list({ template: this.words.root }, this.words.list, signal)
    const found = items.flatMap((item) => this.channelIn(item) ?? [])
    this.listed.clear()
    for (const channel of found) this.listed.set(channel.id, channel)
    for (const id of this.own.keys()) {
      const now = this.listed.get(id)
      if (now) this.own.set(id, now)
      else this.own.delete(id)
    }
    return found
  }

  async make(wanted: ChannelWanted, signal: AbortSignal, kind?: ChannelKind): Promise<CloudChannel> {
    const body = await this.api.make({ template: this.words.root }, this.bodyOf(wanted, kind), signal)
    const id = textOf(body[this.words.id]) ?? idInLink(body, this.words.one)
    if (id === undefined) throw nameless()
    const { label, transport, target } = wanted
    return { id, label, transport, ...(target === undefined ? {} : { target }), status: statusOf(body.status) }
  }

  async replace(id: string, wanted: ChannelWanted, signal: AbortSignal): Promise<void> {
    await this.api.change('PUT', this.call(id), this.bodyOf(wanted), signal)
    const known = this.listed.get(id)
    if (known)
      this.listed.set(id, { ...known, label: wanted.label, ...(wanted.target === undefined ? {} : { target: wanted.target }) })
  }

  async set(id: string, status: 'running' | 'paused', signal: AbortSignal): Promise<void> {
    await this.api.change('PUT', this.call(id, '/status'), { status: status === 'running' ? 'Running' : 'Paused' }, signal)
    const known = this.own.get(id)
    if (known) this.own.set(id, { ...known, status })
  }

  /** One that is there no more counts as removed. */
  async remove(id: string, signal: AbortSignal): Promise<void> {
    this.own.delete(id)
    await this.api.change('DELETE', this.call(id), undefined, signal).catch((error: unknown) => {
      if (!isGone(error)) throw error
    })
  }

  /** Whether the cloud still knows it; what cannot be read counts as there. */
  async exists(id: string, signal: AbortSignal): Promise<boolean> {
    return this.api.get(this.call(id), signal).then(
      () => true,
      (error: unknown) => !isGone(error),
    )
  }

  /** What comes by it reaches us: orders may go by it too, and their steps are then told. */
  keep(channel: CloudChannel): void {
    this.own.set(channel.id, channel)
  }

  /** The same of one that was listed. */
  ours(id: string): void {
    const channel = this.listed.get(id)
    if (channel && !this.own.has(id)) this.own.set(id, channel)
  }

  forget(id: string): void {
    this.own.delete(id)
  }

  /** One of ours by which deliveries come. */
  get delivering(): CloudChannel | undefined {
    return [...this.own.values()].find(({ status, transport }) => status === 'running' && transport !== 'push')
  }

  private call(id: string, behind = ''): Call {
    return { template: `${this.words.root}/{channel}${behind}`, ids: { channel: id } }
  }

  private bodyOf(wanted: ChannelWanted, { carries }: ChannelKind = {}): Members {
    const { label, transport, target, devices } = wanted
    const address = transport === 'push' ? { devices: devices ?? [] } : { target }
    // v1 wants a name for a webhook beside the label.
    const name = transport === 'webhook' ? { name: label } : {}
    const attributes = this.attributesOf(wanted)
    return {
      label,
      ...(carries && { type: carries }),
      [this.words.one]: { [members[transport]]: { ...address, ...name, attributes } },
    }
  }

  /** Never empty: the cloud was seen to refuse a webhook without attributes. Batches carry only those of the body. */
  private attributesOf({ transport, header }: ChannelWanted): Members[] {
    const { vehicle } = this.words
    const inHeader = { type: 'Header', key: vehicleHeader, value: vehicle }
    const inBody = { type: 'Body', key: vehicleAttribute, value: vehicle }
    const secret = header ? [{ type: 'Header', key: header.name, value: header.value }] : []
    if (this.api.isV1) return [inHeader, ...secret]
    // v4: a websocket takes attributes of the body alone.
    return transport === 'websocket' ? [inBody] : [inHeader, ...secret, inBody]
  }

  private channelIn(item: Members): CloudChannel | undefined {
    const subscribe = membersOf(item.subscribe)
    const id = textOf(item.id) ?? textOf(item[this.words.id]) ?? idInLink(item, 'self')
    if (id === undefined) return undefined
    const inside = membersOf(subscribe[this.words.one])
    const transport = (['webhook', 'websocket', 'push'] as const).find((one) => isMembers(inside[members[one]])) ?? 'unknown'
    const target = transport === 'unknown' ? undefined : textOf(at(inside, members[transport], 'target'))
    return {
      id,
      label: textOf(subscribe.label) ?? textOf(item.label) ?? '',
      transport,
      ...(target === undefined ? {} : { target }),
      status: statusOf(item.status),
    }
  }
}

const nameless = (): DrivewayError =>
  new DrivewayError({
    code: 'SCHEMA_DRIFT',
    message: 'Stellantis did not say how the channel is called that it made',
    action: 'Send us the diagnostics.',
  })
