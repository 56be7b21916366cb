/** The channels by which a provider's cloud delivers to us: one of ours for each transport, found again by its mark. */
import { createHash } from 'node:crypto'
import type { ChannelWanted, CloudChannel, MonitorService, Transport } from '../providers/monitors'
import { DrivewayError, toDrivewayError } from '../vehicle/causes'
import { marked, markIn, markOf } from './marks'
import type { Ownership } from './ownership'
import { secretHeader } from './secret'

export interface ChannelsOptions {
  service: MonitorService
  ownership: Ownership
  /** The same after a restart; part of the marks of channels. */
  runtime: string
  /** Where this transport reaches us; undefined: nowhere. */
  address: (transport: Transport) => Promise<string | undefined>
  secret: string
  signal: AbortSignal
}

export const transports: readonly Transport[] = ['webhook', 'websocket', 'push']

export class Channels {
  /** All that the cloud has, ours or not. */
  private there: CloudChannel[] = []

  constructor(private readonly around: ChannelsOptions) {}

  /** Looks what there is; before anything else. */
  async look(): Promise<void> {
    this.there = await this.around.service.channels(this.around.signal)
  }

  /** Ours of this transport, as far as the cloud has it. */
  own(transport: Transport): CloudChannel | undefined {
    const mark = this.mark(transport)
    return this.there.find(({ label }) => markIn(label) === mark)
  }

  private mark(transport: Transport): string {
    return markOf(this.around.runtime, `channel ${transport}`)
  }

  /** Ours of this transport, made, brought up to date or healed; `devices`: whom pushes go to. Rejects where there can be none. */
  async ready(transport: Transport, devices: readonly string[]): Promise<CloudChannel> {
    const { service, ownership, signal } = this.around
    if (!service.transports.includes(transport)) throw notOffered(transport, service.transports)
    const wanted = await this.wanted(transport, devices)
    const print = printOf(wanted)
    const known = this.own(transport)
    if (!known) {
      if (this.there.length >= service.limits.channels) throw full(this.there)
      const made = await service.createChannel(wanted, signal)
      this.there.push(made)
      ownership.channels.set(transport, { id: made.id, print })
      await ownership.save()
      return made
    }
    const before = ownership.channels.get(transport)
    const isChanged = known.target !== wanted.target || (before !== undefined && before.print !== print)
    if (isChanged) await service.updateChannel(known.id, wanted, signal)
    ownership.channels.set(transport, { id: known.id, print })
    if (known.status === 'paused' || known.status === 'failed') await this.heal(known)
    // Commands may go by it too, and their steps then come as deliveries.
    if (transport !== 'push') service.ours?.(known.id)
    return known
  }

  private async wanted(transport: Transport, devices: readonly string[]): Promise<ChannelWanted> {
    const label = marked(`Driveway ${transport}`, this.mark(transport))
    // One channel for all: what is pushed goes to every device that any of them names.
    if (transport === 'push') return { label, transport, devices: [...new Set(devices)] }
    const { address, signal } = this.around
    const target = await unlessAborted(address(transport), signal)
    if (target === undefined) throw unreachable
    return { label, transport, target, header: { name: secretHeader, value: this.around.secret } }
  }

  /** Nobody of ours pauses a channel. Rejects where it does not run again. */
  private async heal({ id, status }: CloudChannel): Promise<void> {
    const { service, signal } = this.around
    await service.setChannel(id, 'running', signal)
    const now = (await service.channels(signal)).find((channel) => channel.id === id)
    if (now?.status === 'failed' || now?.status === 'paused') throw stuck(status)
  }
}

/** Whoever answers may take as long as Node-RED takes to start. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(toDrivewayError(signal.reason))
    if (signal.aborted) return end()
    signal.addEventListener('abort', end, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}

const printOf = (wanted: ChannelWanted): string => createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16)

const full = (there: readonly { label: string }[]): DrivewayError =>
  new DrivewayError({
    code: 'CONFLICT',
    message: `The provider allows no more channels. There are: ${there.map(({ label }) => `"${label}"`).join(', ')}`,
    action: 'Delete one that you no longer need.',
  })

const notOffered = (transport: Transport, offered: readonly Transport[]): DrivewayError =>
  new DrivewayError({
    code: 'INVALID_CONFIG',
    message: `The provider does not deliver by ${transport}; it does by ${offered.join(', ')}`,
    action: 'Choose another transport.',
  })

const unreachable = new DrivewayError({
  code: 'INVALID_CONFIG',
  message: 'The account has no public address, so the provider cannot deliver anything',
  action: 'Enter the public address in the account, or watch here (where: local).',
})

const stuck = (status: string): DrivewayError =>
  new DrivewayError({
    code: 'PROVIDER_ERROR',
    message: `The provider has stopped delivering (channel ${status}) and cannot be made to go on`,
    action: 'Check that the public address can be reached from outside.',
  })
