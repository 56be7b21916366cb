/**
 * Other Driveways that tell Home Assistant of the same car. Its device can have one description only, so one of them
 * tells it: among those that are online the one whose bridge topic comes first. All of them can see that, so they agree.
 */
import { z } from 'zod'
import type { Broker } from '../../cloud/mqtt'
import { configTopic } from './device'

export interface RivalsOptions {
  broker: Pick<Broker, 'subscribe'>
  prefix: string
  /** Topic of our own bridge's state, as our descriptions name it. */
  own: string
  /** Whether we tell of that device may be another matter now, or somebody wrote over what we told. */
  onChange(uid: string): void
}

interface Rival {
  bridge: string
  online: boolean
  ignore(): void
}

const described = z.object({
  origin: z.object({ name: z.literal('Driveway') }),
  availability: z.array(z.object({ topic: z.string().min(1).max(500) })).min(1),
})

export class Rivals {
  private readonly watched = new Map<string, () => void>()
  private readonly rivals = new Map<string, Rival>()

  constructor(private readonly options: RivalsOptions) {}

  /** Looks from now on who else describes a device. */
  watch(uid: string): void {
    if (this.watched.has(uid)) return
    const { broker, prefix } = this.options
    const take = ({ payload }: { payload: Buffer }) => this.hear(uid, payload)
    this.watched.set(uid, broker.subscribe({ filter: configTopic(prefix, uid), othersOnly: true, take }))
  }

  ignore(uid: string): void {
    this.watched.get(uid)?.()
    this.watched.delete(uid)
    this.rivals.get(uid)?.ignore()
    this.rivals.delete(uid)
  }

  /** The bridge that tells of a device in our place; undefined where that is our part. */
  above(uid: string): string | undefined {
    const rival = this.rivals.get(uid)
    return rival?.online && rival.bridge < this.options.own ? rival.bridge : undefined
  }

  /** Any bridge that tells of one of our devices in our place. */
  get any(): string | undefined {
    for (const uid of this.rivals.keys()) {
      const bridge = this.above(uid)
      if (bridge !== undefined) return bridge
    }
    return undefined
  }

  close(): void {
    for (const uid of [...this.watched.keys()]) this.ignore(uid)
  }

  private hear(uid: string, payload: Buffer): void {
    const bridge = bridgeIn(payload)
    // Our own words, or another program's.
    if (bridge === this.options.own || (bridge === undefined && payload.length > 0)) return
    const before = this.rivals.get(uid)
    if (before?.bridge !== bridge) {
      before?.ignore()
      this.rivals.delete(uid)
      if (bridge !== undefined) this.follow(uid, bridge)
    }
    this.options.onChange(uid)
  }

  private follow(uid: string, bridge: string): void {
    const rival: Rival = { bridge, online: false, ignore: () => undefined }
    this.rivals.set(uid, rival)
    rival.ignore = this.options.broker.subscribe({
      filter: bridge,
      take: ({ payload }) => {
        const online = String(payload) === 'online'
        if (this.rivals.get(uid) !== rival || rival.online === online) return
        rival.online = online
        this.options.onChange(uid)
      },
    })
  }
}

/** The bridge that a description names; undefined where it is none of a Driveway. */
export function bridgeIn(payload: Buffer): string | undefined {
  try {
    const read = described.safeParse(JSON.parse(payload.toString()))
    const topic = read.data?.availability[0]?.topic
    // It is listened to as it stands.
    return topic === undefined || /[+#\0]/.test(topic) ? undefined : topic
  } catch {
    return undefined
  }
}
