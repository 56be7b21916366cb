/** A cloud with channels and monitors that does as a test tells it, behind the one interface that the core knows. */
import type {
  ChannelWanted,
  CloudChannel,
  CloudMonitor,
  CloudStatus,
  MonitorRef,
  MonitorService,
  MonitorWanted,
  Transport,
} from '../../src/providers/monitors'
import { DrivewayError } from '../../src/vehicle/causes'
import type { VehicleId } from '../../src/vehicle/vehicle'

interface Channel extends CloudChannel {
  wanted?: ChannelWanted
}

interface Monitor extends CloudMonitor {
  wanted?: MonitorWanted
}

export class ScriptedMonitors implements MonitorService {
  readonly limits = { channels: 5, monitors: 5, settings: 1 }
  readonly transports: readonly Transport[] = ['webhook', 'websocket', 'push']
  readonly there: Channel[] = []
  readonly watching: Monitor[] = []
  /** Every call that changes something, in order. */
  readonly changes: string[] = []
  /** Every call. */
  calls = 0
  /** What happens at a call, before it is carried out. */
  before: (call: string) => Promise<void> | void = () => undefined
  /** Its answer, after it was carried out, is lost. */
  loses: (call: string) => boolean = () => false
  private serial = 0

  constructor(readonly scope: 'account' | 'car' = 'car') {}

  channels(signal: AbortSignal): Promise<CloudChannel[]> {
    return this.call('channels', signal, () => this.there.map(({ wanted: _, ...channel }) => channel))
  }

  createChannel(wanted: ChannelWanted, signal: AbortSignal): Promise<CloudChannel> {
    return this.call('createChannel', signal, () => {
      if (this.there.length >= this.limits.channels) throw refused('channels')
      return this.channel(wanted)
    })
  }

  /** One that is there, whoever made it. */
  channel(wanted: ChannelWanted, status: CloudStatus = 'running'): Channel {
    const { label, transport, target } = wanted
    const channel = { id: `channel-${++this.serial}`, label, transport, target, status, wanted }
    this.there.push(channel)
    return channel
  }

  updateChannel(id: string, wanted: ChannelWanted, signal: AbortSignal): Promise<void> {
    return this.call('updateChannel', signal, () => {
      Object.assign(this.find(id), { label: wanted.label, target: wanted.target, wanted })
    })
  }

  setChannel(id: string, status: 'running' | 'paused', signal: AbortSignal): Promise<void> {
    return this.call(`setChannel ${status}`, signal, () => {
      this.find(id).status = status
    })
  }

  removeChannel(id: string, signal: AbortSignal): Promise<void> {
    return this.call('removeChannel', signal, () => {
      if (this.watching.some(({ channelId }) => channelId === id)) throw refused('removal')
      this.there.splice(this.there.indexOf(this.find(id)), 1)
    })
  }

  monitors(channelId: string, vehicle: VehicleId | undefined, signal: AbortSignal): Promise<CloudMonitor[]> {
    return this.call('monitors', signal, () =>
      this.watching.filter((one) => one.channelId === channelId && one.vehicle === vehicle).map(({ wanted: _, ...rest }) => rest),
    )
  }

  create(channelId: string, wanted: MonitorWanted, signal: AbortSignal): Promise<CloudMonitor> {
    return this.call('create', signal, () => {
      if (this.watching.length >= this.limits.monitors) throw refused('monitors')
      return this.monitor(channelId, wanted)
    })
  }

  /** One that is there, whoever made it. */
  monitor(channelId: string, wanted: MonitorWanted): Monitor {
    const monitor: Monitor = {
      channelId,
      monitorId: `monitor-${++this.serial}`,
      ...(this.scope === 'car' && { vehicle: wanted.vehicles[0] }),
      label: wanted.label,
      status: 'running',
      fingerprint: this.fingerprint(wanted),
      vehicles: wanted.vehicles,
      wanted,
    }
    this.watching.push(monitor)
    return monitor
  }

  update(ref: MonitorRef, wanted: MonitorWanted, signal: AbortSignal): Promise<void> {
    return this.call('update', signal, () => {
      const { label, vehicles } = wanted
      Object.assign(this.findMonitor(ref), { label, vehicles, fingerprint: this.fingerprint(wanted), wanted })
    })
  }

  set(ref: MonitorRef, status: 'running' | 'paused', signal: AbortSignal): Promise<void> {
    return this.call(`set ${status}`, signal, () => {
      this.findMonitor(ref).status = status
    })
  }

  remove(ref: MonitorRef, signal: AbortSignal): Promise<void> {
    return this.call('remove', signal, () => {
      const found = this.watching.findIndex(({ monitorId }) => monitorId === ref.monitorId)
      if (found >= 0) this.watching.splice(found, 1)
    })
  }

  fingerprint({ vehicles: _, ...wanted }: MonitorWanted): string {
    return JSON.stringify(wanted)
  }

  private async call<T>(name: string, signal: AbortSignal, work: () => T): Promise<T> {
    this.calls++
    signal.throwIfAborted()
    await this.before(name)
    const answer = work()
    if (name !== 'channels' && name !== 'monitors') this.changes.push(name)
    if (this.loses(name)) throw new DrivewayError({ code: 'NETWORK', message: 'The answer was lost' })
    return answer
  }

  private find(id: string): Channel {
    const found = this.there.find((channel) => channel.id === id)
    if (!found) throw new DrivewayError({ code: 'REJECTED', message: 'There is no such channel' })
    return found
  }

  private findMonitor({ monitorId }: MonitorRef): Monitor {
    const found = this.watching.find((one) => one.monitorId === monitorId)
    if (!found) throw new DrivewayError({ code: 'REJECTED', message: 'There is no such monitor' })
    return found
  }
}

const refused = (what: string) => new DrivewayError({ code: 'CONFLICT', message: `No more ${what}` })
