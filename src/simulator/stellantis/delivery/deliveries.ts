import type { SimulatedCar } from '../../car/car'
import type { Clock } from '../../../clock'
import type { Faults } from '../../faults'
import { told, type Wire } from '../facts'
import { flat, type Attribute, type TransportAttributes } from '../monitors/body'
import { placeAttributes, type Variables } from './attributes'
import { carrierOf, carries, type Channel } from './channels'
import { Outbox } from './outbox'
import { Sockets } from './sockets'
import { Webhooks, type Target } from './target'

/** A message as a phone would get it. */
export interface Push {
  at: string
  name: string
  data: Record<string, string>
  notification?: { title: string; body: string }
  token: string
}

export interface Speech {
  /** The monitor or the remote. */
  source: string
  kind: 'Monitor' | 'Remote'
  channel: Channel
  car: SimulatedCar
  /** When it happened, ms since 1970. */
  at: number
  label: string
  /** `monitorEvent` or `remoteEvent`. */
  event: Wire
  variables: Variables
  attributes: Attribute[] | undefined
  transportAttributes: TransportAttributes | undefined
}

/** What can happen to deliveries: they get lost, come twice, or come in v1's deprecated form. */
export const deliveryKinds = ['no-delivery', 'duplicate-delivery', 'old-message'] as const

/** Builds messages and hands them to webhooks, sockets and phones. Stellantis: the delivered message */
export class Deliveries {
  readonly outbox: Outbox
  readonly pushes: Push[] = []
  private readonly webhooks: Webhooks
  private readonly sockets: Sockets
  private readonly lastDate = new Map<string, number>()

  constructor(
    private readonly clock: Clock,
    private readonly faults: Faults,
  ) {
    this.outbox = new Outbox(clock)
    this.webhooks = new Webhooks(clock)
    this.sockets = new Sockets(clock)
  }

  /** Nothing is posted on a channel that is paused, has failed, or does not carry this. */
  speak(speech: Speech): void {
    const { channel, kind } = speech
    if (channel.status !== 'Running' || !carries(channel, kind)) return
    if (this.faults.take('stellantis', '/deliveries', ['no-delivery'])) return
    const placed = placeAttributes(sourcesOf(speech), { ...channelVariables(speech), ...speech.variables })
    const message = told({
      [channel.generation === 'v1' ? 'channelId' : 'callbackId']: channel.id,
      attributes: placed.body.length ? placed.body : undefined,
      type: kind,
      date: new Date(this.dateOf(speech)).toISOString(),
      [kind === 'Monitor' ? 'monitorEvent' : 'remoteEvent']: speech.event,
    })
    if (channel.transport === 'pushnotif') this.push(speech, message, placed.headers)
    else {
      const times = this.faults.take('stellantis', '/deliveries', ['duplicate-delivery']) ? 2 : 1
      for (let time = 0; time < times; time++)
        this.outbox.send(speech.source, { message, headers: placed.headers, query: placed.query }, () => this.targetOf(channel))
    }
  }

  clear(): void {
    this.outbox.clear()
    this.pushes.length = 0
    this.lastDate.clear()
  }

  close(): void {
    this.outbox.close()
    this.webhooks.close()
    this.sockets.close()
  }

  /** Two events of one source never have the same time, for receivers tell them apart by it. */
  private dateOf({ source, at }: Speech): number {
    const date = Math.max(at, (this.lastDate.get(source) ?? 0) + 1)
    if (this.lastDate.size > 5000) this.lastDate.clear()
    this.lastDate.set(source, date)
    return date
  }

  private targetOf(channel: Channel): Target | undefined {
    if (channel.status !== 'Running') return undefined
    const { webhook, websocket } = carrierOf(channel.subscribe)
    if (webhook?.target) return this.webhooks.to(webhook.target)
    return websocket?.target ? this.sockets.to(websocket.target) : undefined
  }

  private push({ channel, label }: Speech, message: Wire, headers: Record<string, string>): void {
    const text = JSON.stringify(message)
    const key = channel.generation === 'v1' ? 'message' : 'mph_message'
    const visible = headers.disableNotificationPayload !== 'true'
    for (const token of carrierOf(channel.subscribe).pushnotif?.devices ?? [])
      this.pushes.push({
        at: new Date(this.clock.now()).toISOString(),
        name: channel.subscribe.label ?? '',
        data: { ...headers, [key]: Buffer.from(text).toString('base64') },
        ...(visible ? { notification: { title: label, body: text } } : {}),
        token,
      })
    if (this.pushes.length > 1000) this.pushes.splice(0, this.pushes.length - 1000)
  }
}

function sourcesOf({ channel, attributes, transportAttributes }: Speech) {
  const carrier = carrierOf(channel.subscribe)[channel.transport]
  return [
    { attributes: carrier?.attributes, usual: 'Header' },
    { attributes: flat(transportAttributes?.[channel.transport]), usual: 'Header' },
    { attributes, usual: 'Body' },
  ] as const
}

const channelVariables = ({ channel, car }: Speech): Variables => ({
  Vin: car.id,
  ChannelId: channel.id,
  ChannelLabel: channel.subscribe.label ?? '',
  CallbackID: channel.id,
  CallbackLabel: channel.subscribe.label ?? '',
})
