/**
 * What of a provider's cloud is ours, written down before it is made and until it is removed: a removal that fails, or
 * that a stop interrupts, is repeated at the next start.
 */
import { z } from 'zod'
import type { StateStore } from '../cloud/stateStore'
import { Written } from '../cloud/written'
import type { MonitorRef, Transport } from '../providers/monitors'
import type { VehicleId } from '../vehicle/vehicle'

/** One monitor in the cloud, as it was seen last. */
export interface OwnedRef extends MonitorRef {
  /** Cars that it watches. */
  vehicles: readonly VehicleId[]
}

export interface Owned {
  label: string
  /** Its node is gone: it has to go too. */
  leaving?: true
  refs: readonly OwnedRef[]
}

export interface OwnedChannel {
  id: string
  /** Of what it was made from, as far as the cloud does not tell that. */
  print: string
}

const schema = z.object({
  v: z.literal(1),
  monitors: z.record(
    z.string(),
    z.object({
      label: z.string(),
      leaving: z.literal(true).optional(),
      refs: z.array(
        z.object({
          channelId: z.string(),
          monitorId: z.string(),
          vehicle: z.string().optional(),
          vehicles: z.array(z.string()),
        }),
      ),
    }),
  ),
  channels: z.partialRecord(z.enum(['webhook', 'websocket', 'push']), z.object({ id: z.string(), print: z.string() })),
})

/** Whether anything in the cloud of this account is ours, as far as it was written down. */
export async function ownsAnything(store: StateStore, account: string): Promise<boolean> {
  const read = schema.safeParse(await store.load(nameOf(account)).catch(() => undefined))
  return read.success && Object.keys({ ...read.data.monitors, ...read.data.channels }).length > 0
}

/** For "sign out and forget". */
export const forgetOwnership = (store: StateStore, account: string): Promise<void> => store.remove(nameOf(account))

const nameOf = (account: string): string => `monitors:${account}`

export class Ownership {
  /** By mark. */
  readonly monitors = new Map<string, Owned>()
  readonly channels = new Map<Transport, OwnedChannel>()
  /** When it is known what an earlier run owned; never rejects. */
  readonly ready: Promise<void>
  private readonly written: Written
  private saved = ''

  constructor(store: StateStore, account: string, onTrouble: (error: unknown) => void) {
    this.written = new Written(store, nameOf(account), () => this.value(), onTrouble)
    this.ready = this.read()
  }

  /** Through when it survives a crash. Nothing is written where nothing changed. */
  async save(): Promise<void> {
    const now = JSON.stringify(this.value())
    if (now === this.saved) return
    this.saved = now
    await this.written.save()
  }

  /** What is in the cloud all the same is known again by its mark. */
  forget(): void {
    this.monitors.clear()
    this.channels.clear()
    this.saved = ''
  }

  /** Whose monitor this is. */
  ownerOf(monitorId: string): { mark: string; owned: Owned; ref: OwnedRef } | undefined {
    for (const [mark, owned] of this.monitors) {
      const ref = owned.refs.find((one) => one.monitorId === monitorId)
      if (ref) return { mark, owned, ref }
    }
    return undefined
  }

  private value() {
    return { v: 1, monitors: Object.fromEntries(this.monitors), channels: Object.fromEntries(this.channels) }
  }

  private async read(): Promise<void> {
    const read = schema.safeParse(await this.written.load())
    if (!read.success) return
    const { monitors, channels } = read.data
    // What was said since the start is newer.
    for (const [mark, owned] of Object.entries(monitors)) if (!this.monitors.has(mark)) this.monitors.set(mark, owned)
    for (const [transport, channel] of Object.entries(channels)) this.channels.set(transport as Transport, channel)
    this.saved = JSON.stringify(this.value())
  }
}
