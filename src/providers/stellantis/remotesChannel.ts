/** Stellantis: every remote is sent by a channel; this finds or makes the one for ours. */
import { createHash } from 'node:crypto'
import { DrivewayError, toDrivewayError } from '../../vehicle/causes'
import type { CloudChannel } from '../monitors'
import type { Channels } from './channels'

export interface WayOut {
  id: string
  /** Steps come by themselves; else the status has to be read. */
  delivers: boolean
}

/** No phone has this token, and a paused channel sends to none. */
const noDevice = 'driveway-reads-the-status-instead'

export class RemotesChannel {
  private readonly label: string
  private ready?: Promise<WayOut>

  /** `owner`: whoever shares it shares the channel; it is the same after a restart, so none is left over. */
  constructor(
    private readonly channels: Channels,
    owner: string,
  ) {
    this.label = `Driveway #dw-${createHash('sha256').update(`remotes ${owner}`).digest('hex').slice(0, 8)}`
  }

  /** One that delivers to us where there is one, else a silent one. Rejects with a DrivewayError. */
  async find(signal: AbortSignal): Promise<WayOut> {
    const { delivering } = this.channels
    if (delivering) return { id: delivering.id, delivers: true }
    this.ready ??= this.silent(signal).catch((error: unknown) => {
      this.ready = undefined
      throw error
    })
    return this.ready
  }

  /** Whether the cloud knows it no more; then `find` gives another one. */
  async isGone({ id }: WayOut, signal: AbortSignal): Promise<boolean> {
    if (await this.channels.exists(id, signal)) return false
    this.channels.forget(id)
    this.ready = undefined
    return true
  }

  /**
   * Without a public address nothing can reach us. Webhooks and sockets have to name a registered address; a push to
   * phones needs none, and while it is paused nothing is sent: remotes go by it, and their status is read.
   */
  private async silent(signal: AbortSignal): Promise<WayOut> {
    const all = await this.channels.list(signal)
    const found = all.find(({ label }) => label === this.label)
    if (found && found.status !== 'failed') return this.paused(found, signal)
    if (found) await this.channels.remove(found.id, signal)
    try {
      const wanted = { label: this.label, transport: 'push', devices: [noDevice] } as const
      return await this.paused(await this.channels.make(wanted, signal, { carries: ['Remote'] }), signal)
    } catch (error) {
      throw occupied(error, all)
    }
  }

  private async paused({ id, status }: CloudChannel, signal: AbortSignal): Promise<WayOut> {
    // One that could not be paused still carries remotes.
    if (status !== 'paused') await this.channels.set(id, 'paused', signal).catch(() => undefined)
    return { id, delivers: false }
  }
}

/** Stellantis v1: an account has at most five channels; with which status a sixth is refused is told nowhere. */
export const mostChannels = 5

function occupied(given: unknown, all: readonly CloudChannel[]): DrivewayError {
  const error = toDrivewayError(given)
  if (!['CONFLICT', 'INVALID_PARAMS'].includes(error.code) || all.length < mostChannels) return error
  const names = all.map(({ label }) => `"${label}"`).join(', ')
  return new DrivewayError({
    ...error.cause,
    code: 'CONFLICT',
    message: `Stellantis sends commands by a channel and allows no more of them. It has: ${names}`,
    action: 'Delete one that you no longer need.',
  })
}
