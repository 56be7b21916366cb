/**
 * One connection to an MQTT broker: version 5 first, 3.1.1 when the broker refuses it, for ever with backoff. While
 * the broker is away, what is published waits in the outbox.
 */
import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { IClientOptions, IConnackPacket, IPublishPacket, MqttClient } from 'mqtt'
import { seconds, type Clock, type Timer } from '../clock'
import { DrivewayError, type Cause } from '../vehicle/causes'
import { Outbox, type Message } from './outbox'
import { fits, type Arrival, type Subscription } from './subscriptions'

export interface BrokerSettings {
  /** `mqtt`, `mqtts`, `ws` or `wss`. */
  url: string
  username?: string
  password?: string
  /** PEM texts, for `mqtts` and `wss`: whose certificates count, and our own. The broker's is always checked. */
  tls?: { ca?: string; cert?: string; key?: string }
  /** Published, retained, by the broker when the connection is lost. */
  will?: { topic: string; payload: string }
}

export type BrokerState = 'connecting' | 'connected' | 'offline' | 'closed'

interface BrokerEvents {
  state: [BrokerState]
}

/** MQTT 5: where an answer is wanted, and a word that it is to repeat. */
export interface Asking {
  responseTopic?: string
  correlationData?: Buffer
}

const noMatchingSubscribers = 0x10

const publishRefused: Cause = {
  code: 'REJECTED',
  message: 'The MQTT broker does not let us publish there',
  action: "Check our user's rights at the broker.",
}

/** "Unsupported protocol version": MQTT 5 answers 0x84, a 3.1.1 broker answers return code 1. */
const versionRefused: ReadonlySet<number> = new Set([0x84, 1])
const badLogin: ReadonlySet<number> = new Set([4, 5, 0x86, 0x87])
const longestWait = seconds(60)
/** Closing never takes longer: what is not acknowledged by then is given up. */
const endBy = seconds(2)
/** Unacknowledged messages at a time; a broker may want fewer. */
const mostInFlight = 1000

export class Broker extends EventEmitter<BrokerEvents> {
  private readonly outbox: Outbox
  private readonly inFlight = new Set<Message>()
  private readonly subscriptions = new Set<Subscription>()
  private window = mostInFlight
  /** Connected, and everybody has told anew what the broker may have lost. */
  private ready = false
  private drained?: () => void
  private sharing = true
  private client?: MqttClient
  private retry?: Timer
  private attempts = 0
  private version: 5 | 4 = 5
  private now: BrokerState = 'offline'
  private fault?: Cause

  constructor(
    private readonly settings: BrokerSettings,
    private readonly clock: Clock,
    /** How many events wait at most while the broker is away. */
    bound?: number,
  ) {
    super()
    this.outbox = new Outbox(bound)
    this.setMaxListeners(0)
  }

  get state(): BrokerState {
    return this.now
  }

  /** Why there is no connection; absent while there is one. */
  get problem(): Cause | undefined {
    return this.fault
  }

  get waiting(): number {
    return this.outbox.waiting + this.inFlight.size
  }

  get dropped(): number {
    return this.outbox.dropped
  }

  /** The protocol version that the broker took, 5 or 4 (3.1.1). */
  get protocolVersion(): 5 | 4 {
    return this.version
  }

  /** Connects, and again for ever after each loss. Once is enough; while it waits for its next try, it tries now. */
  connect(): void {
    if (this.now !== 'offline') return
    this.retry?.cancel()
    this.become('connecting')
    this.dial()
  }

  private dial(): void {
    // The library is large: it is loaded by the first connection only.
    import('mqtt').then(
      ({ connect }) => this.open(connect),
      () => this.lost(),
    )
  }

  /** False when the broker said that it shares no subscriptions, or speaks no MQTT 5. Known while connected. */
  get canShare(): boolean {
    return this.version === 5 && this.sharing
  }

  /** Publishes now, or as soon as the broker is there. */
  publish(message: Message): void {
    if (this.now === 'closed') return
    // Nothing overtakes what waits.
    if (this.outbox.waiting === 0 && this.mayJoin) return this.send(message)
    this.outbox.put(message)
    this.pump()
  }

  /**
   * Publishes now, with QoS 1 and behind every subscription, or never: for what would come too late if it waited.
   * Gives false when the broker says that nobody listens there. Rejects when it refuses, or when there is no connection;
   * a connection lost on the way is no rejection, because the message may have arrived.
   */
  async publishNow(topic: string, payload: string, asking: Asking = {}): Promise<boolean> {
    // Whoever calls on becoming connected would overtake the subscriptions.
    await Promise.resolve()
    const { client } = this
    if (!client || !this.ready) throw new DrivewayError(this.fault ?? causeOf(undefined))
    const properties = this.version === 5 && Object.keys(asking).length > 0 ? { properties: asking } : {}
    return new Promise((resolve, reject) => {
      client.publish(topic, payload, { qos: 1, retain: false, ...properties }, (error, packet) => {
        if (typeof (error as { code?: unknown } | null)?.code === 'number') reject(new DrivewayError(publishRefused))
        else resolve((packet as { reasonCode?: number } | undefined)?.reasonCode !== noMatchingSubscribers)
      })
    })
  }

  /** Listens from now on, over every loss of the connection, until the answer is called. */
  subscribe(subscription: Subscription): () => void {
    this.subscriptions.add(subscription)
    if (this.ready) this.listen(subscription)
    return () => {
      if (!this.subscriptions.delete(subscription)) return
      if (this.ready) this.client?.unsubscribe(subscription.filter, () => undefined)
    }
  }

  /** Waits up to 2 s for what is under way, then ends. */
  async close(last?: Message): Promise<void> {
    if (this.now === 'closed') return
    const { client, ready } = this
    this.retry?.cancel()
    this.subscriptions.clear()
    if (ready && last) this.publish(last)
    this.become('closed')
    if (!client) return
    await new Promise<void>((resolve) => {
      const giveUp = this.clock.after(endBy, () => {
        this.ready = false
        client.end(true)
        // An `end` of the library does nothing while another one waits.
        client.stream.destroy()
        resolve()
      })
      const finish = () => {
        this.drained = undefined
        this.ready = false
        this.client = undefined
        client.end(!ready, () => {
          giveUp.cancel()
          resolve()
        })
      }
      if (ready && this.waiting > 0) this.drained = finish
      else finish()
    })
  }

  private open(connect: typeof import('mqtt').connect): void {
    if (this.state === 'closed') return
    const { url, username, password, tls, will } = this.settings
    const options: IClientOptions = {
      protocolVersion: this.version,
      clientId: `driveway-${randomBytes(8).toString('hex')}`,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: seconds(10),
      keepalive: 30,
      queueQoSZero: false,
      resubscribe: false,
      rejectUnauthorized: true,
      ...tls,
      ...(username && { username }),
      ...(password && { password }),
      ...(will && { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
    }
    let client: MqttClient
    try {
      client = connect(url, options)
    } catch {
      this.fault = { code: 'INVALID_CONFIG', message: 'The broker address is not valid', action: 'Check the broker address.' }
      this.lost()
      return
    }
    this.client = client
    let refused: number | string | undefined
    client.handleMessage = (packet, done) => void this.arrived(packet).finally(() => done())
    client.on('connect', (packet) => {
      if (this.client !== client) return
      this.attempts = 0
      this.fault = undefined
      this.heed(packet)
      // Whoever tells a topic anew on this occasion replaces what waited for it.
      this.become('connected')
      for (const subscription of this.subscriptions) this.listen(subscription)
      this.ready = true
      this.pump()
    })
    client.on('error', (error) => {
      const { code } = error as { code?: unknown }
      if (typeof code === 'number' || typeof code === 'string') refused = code
    })
    client.on('close', () => {
      if (this.client !== client) return
      this.client = undefined
      this.ready = false
      client.end(true)
      if (this.drained) return this.drained()
      if (typeof refused === 'number' && versionRefused.has(refused) && this.version === 5) {
        this.version = 4
        this.back()
        this.dial()
        return
      }
      this.fault = causeOf(refused)
      this.lost()
    })
  }

  /** What a broker asks for in its greeting. */
  private heed({ properties }: IConnackPacket): void {
    this.window = Math.min(mostInFlight, properties?.receiveMaximum ?? mostInFlight)
    // The library reads it as a flag, whatever its types say.
    this.sharing = Boolean(properties?.sharedSubscriptionAvailable ?? true)
  }

  private listen(subscription: Subscription): void {
    // MQTT 5: the retain flag is handed on as it was published.
    const { filter, othersOnly = false } = subscription
    const options = { qos: 1 as const, ...(this.version === 5 && { rap: true, nl: othersOnly }) }
    const { client } = this
    client?.subscribe(filter, options, (error, granted) => {
      if (this.client !== client || !this.subscriptions.has(subscription)) return
      // Without the broker's answer the connection is gone, and the next one asks again.
      const wasAnswered = (error as { packet?: unknown } | null)?.packet !== undefined
      if (wasAnswered || granted?.some(({ qos }) => qos >= 0x80)) subscription.refused?.()
    })
  }

  /** Through when everybody who listens has taken the message. Never rejects. */
  private async arrived({ topic, payload, retain, properties }: IPublishPacket): Promise<void> {
    const arrival: Arrival = {
      topic,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      retain,
      ...(properties?.responseTopic !== undefined && { responseTopic: properties.responseTopic }),
      ...(properties?.correlationData !== undefined && { correlationData: properties.correlationData }),
    }
    const listeners = [...this.subscriptions].filter(({ filter }) => fits(filter, topic))
    await Promise.allSettled(listeners.map(async (one) => one.take(arrival)))
  }

  /** Sends what waits, as much at a time as the broker wants. */
  private pump(): void {
    while (this.mayJoin) {
      const message = this.outbox.take()
      if (!message) return
      this.send(message)
    }
  }

  /** One more may be under way. */
  private get mayJoin(): boolean {
    return this.ready && this.inFlight.size < this.window
  }

  private send(message: Message): void {
    const { client } = this
    if (!client) return this.outbox.put(message)
    this.inFlight.add(message)
    const { topic, payload, qos, retain, correlationData } = message
    const properties = correlationData && this.version === 5 ? { properties: { correlationData } } : {}
    client.publish(topic, payload, { qos, retain, ...properties }, (error) => {
      // A numbered error is the broker's own refusal. Any other one means that the connection is gone: `back` has
      // taken the message, or will.
      if (error && typeof (error as { code?: unknown }).code !== 'number') return
      this.inFlight.delete(message)
      message.settled?.()
      this.pump()
      if (this.waiting === 0) this.drained?.()
    })
  }

  /** Unacknowledged messages wait again. */
  private back(): void {
    this.outbox.putBack([...this.inFlight])
    this.inFlight.clear()
  }

  private lost(): void {
    if (this.state === 'closed') return
    this.client = undefined
    this.ready = false
    this.back()
    this.become('offline')
    const wait = Math.min(longestWait, seconds(1) * 2 ** this.attempts) * (0.75 + this.clock.random() * 0.5)
    this.attempts = Math.min(this.attempts + 1, 10)
    this.retry = this.clock.after(wait, () => this.connect())
  }

  private become(state: BrokerState): void {
    if (this.now === state) return
    this.now = state
    this.emit('state', state)
  }
}

function causeOf(refused: number | string | undefined): Cause {
  if (typeof refused === 'number' && badLogin.has(refused))
    return {
      code: 'AUTH_REQUIRED',
      message: 'The MQTT broker refused user name or password',
      action: 'Check user name and password of the broker.',
    }
  if (typeof refused === 'number')
    return {
      code: 'REJECTED',
      message: `The MQTT broker refused the connection (code ${refused})`,
      action: "Look into the broker's log.",
    }
  if (refused !== undefined && /CERT|SIGNATURE|SIGNED|ISSUER/.test(refused))
    return {
      code: 'INVALID_CONFIG',
      message: `The certificate of the MQTT broker is not trusted (${refused})`,
      action: 'Put the certificate of its authority into the MQTT settings, and check the name in the address.',
    }
  if (refused !== undefined && /^(ERR_SSL|ERR_TLS|EPROTO)/.test(refused))
    return {
      code: 'REJECTED',
      message: `The MQTT broker refused the TLS connection (${refused})`,
      action: 'Check the client certificate, and that the address is the one for TLS.',
    }
  return { code: 'NETWORK', message: 'The MQTT broker cannot be reached', action: 'Check that it runs, and its address.' }
}
