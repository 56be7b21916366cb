/**
 * One connection to an MQTT broker: version 5 first, 3.1.1 when the broker refuses it, for ever with backoff. While
 * the broker is away, what is published waits in the outbox.
 */
import { EventEmitter } from 'node:events'
import type { IConnackPacket, MqttClient } from 'mqtt'
import { seconds, type Clock, type Timer } from '../clock'
import { DrivewayError, type Cause } from '../vehicle/causes'
import { addressInvalid, causeOf, hungUp, lost, publishRefused, unanswered, type Refusal } from './brokerCauses'
import { optionsOf, type BrokerSettings } from './brokerSettings'
import { Listening } from './listening'
import { Version } from './mqttVersion'
import type { Message } from './outbox'
import { Sending } from './sending'
import type { Subscription } from './subscriptions'

export type { BrokerSettings }

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

const longestWait = seconds(60)
/** Closing never takes longer: what is not acknowledged by then is given up. */
const endBy = seconds(2)
export class Broker extends EventEmitter<BrokerEvents> {
  private readonly sending: Sending
  private readonly listening = new Listening()
  /** Connected, and everybody has told anew what the broker may have lost. */
  private ready = false
  /** Ends a connection that is left as soon as nothing is under way any more. */
  private finish?: () => void
  private sharing = true
  private client?: MqttClient
  private retry?: Timer
  private attempts = 0
  private readonly version: Version
  private probe?: MqttClient
  private now: BrokerState = 'offline'
  private fault?: Cause

  constructor(
    private readonly settings: BrokerSettings,
    private readonly clock: Clock,
    /** How many events wait at most while the broker is away. */
    bound?: number,
  ) {
    super()
    this.sending = new Sending(bound)
    this.version = new Version(clock, () => this.lookForFive())
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
    return this.sending.waiting
  }

  get dropped(): number {
    return this.sending.dropped
  }

  /** The protocol version that the broker took, 5 or 4 (3.1.1). */
  get protocolVersion(): 5 | 4 {
    return this.version.now
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
    return this.version.now === 5 && this.sharing
  }

  /** Publishes now, or as soon as the broker is there. */
  publish(message: Message): void {
    if (this.now !== 'closed') this.sending.put(message)
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
    if (!client || !this.ready) throw new DrivewayError(this.fault ?? causeOf(undefined, this.settings.url))
    const properties = this.version.now === 5 && Object.keys(asking).length > 0 ? { properties: asking } : {}
    return new Promise((resolve, reject) => {
      client.publish(topic, payload, { qos: 1, retain: false, ...properties }, (error, packet) => {
        if (typeof (error as { code?: unknown } | null)?.code === 'number') reject(new DrivewayError(publishRefused))
        else resolve((packet as { reasonCode?: number } | undefined)?.reasonCode !== noMatchingSubscribers)
      })
    })
  }

  /** Listens from now on, over every loss of the connection, until the answer is called. */
  subscribe(subscription: Subscription): () => void {
    return this.listening.add(subscription)
  }

  /** Waits up to 2 s for what is under way, then ends. */
  async close(last?: Message): Promise<void> {
    if (this.now === 'closed') return
    const { client, ready } = this
    this.retry?.cancel()
    this.version.rest()
    this.probe?.end(true)
    this.listening.clear()
    if (ready && last) this.publish(last)
    this.become('closed')
    if (client) await this.leave(client, ready)
  }

  /** Ends a connection after what is under way, or after 2 s. `politely`: the broker is told that it is meant. */
  private async leave(client: MqttClient, politely: boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const giveUp = this.clock.after(endBy, () => {
        this.leaveWith(undefined)
        this.unready()
        this.client = undefined
        client.end(true)
        // An `end` of the library does nothing while another one waits.
        client.stream.destroy()
        resolve()
      })
      const finish = () => {
        this.leaveWith(undefined)
        this.unready()
        this.client = undefined
        client.end(!politely, () => {
          giveUp.cancel()
          resolve()
        })
      }
      if (politely && !this.sending.isDrained) this.leaveWith(finish)
      else finish()
    })
  }

  private open(connect: typeof import('mqtt').connect): void {
    if (this.state === 'closed') return
    let client: MqttClient
    try {
      client = connect(this.settings.url, optionsOf(this.settings, this.version.now))
    } catch {
      this.fault = addressInvalid
      this.lost()
      return
    }
    this.client = client
    let refused: Refusal = hungUp
    client.handleMessage = (packet, done) => void this.listening.take(packet).finally(() => done())
    client.on('connect', (packet) => {
      if (this.client !== client) return
      refused = lost
      this.attempts = 0
      this.fault = undefined
      this.version.taken()
      this.heed(packet)
      // Whoever tells a topic anew on this occasion replaces what waited for it.
      this.become('connected')
      const knowsFive = this.version.now === 5
      this.listening.begin(client, knowsFive)
      this.ready = true
      this.sending.begin(client, knowsFive, packet.properties?.receiveMaximum)
    })
    client.on('error', (error) => {
      if (refused === hungUp) refused = refusalIn(error)
    })
    client.on('close', () => {
      if (this.client !== client) return
      this.client = undefined
      this.unready()
      client.end(true)
      if (this.finish) return this.finish()
      this.version.rest()
      if (refused !== lost && this.version.failed(refused)) {
        this.sending.back()
        this.dial()
        return
      }
      this.fault = causeOf(refused, this.settings.url)
      this.lost()
    })
  }

  /** Asks on a second connection, so that nothing is lost on the first one while the broker does not answer. */
  private lookForFive(): void {
    const { client } = this
    void import('mqtt').then(({ connect }) => {
      if (!client || this.client !== client) return
      const probe = connect(this.settings.url, optionsOf({ ...this.settings, will: undefined }, 5))
      this.probe = probe
      let speaks = false
      probe.on('error', () => undefined)
      probe.on('connect', () => {
        speaks = true
        probe.end()
      })
      probe.on('close', () => {
        probe.end(true)
        this.probe = undefined
        if (this.client !== client || this.now !== 'connected') return
        if (speaks) void this.moveToFive(client)
        else this.version.taken()
      })
    })
  }

  private async moveToFive(client: MqttClient): Promise<void> {
    this.version.raise()
    this.become('connecting')
    // What comes now waits for the other connection.
    this.unready()
    await this.leave(client, true)
    this.sending.back()
    this.dial()
  }

  /** What a broker asks for in its greeting. */
  private heed({ properties }: IConnackPacket): void {
    // The library reads it as a flag, whatever its types say.
    this.sharing = Boolean(properties?.sharedSubscriptionAvailable ?? true)
  }

  private leaveWith(finish: (() => void) | undefined): void {
    this.finish = finish
    this.sending.whenDrained(finish)
  }

  private unready(): void {
    this.ready = false
    this.sending.pause()
    this.listening.pause()
  }

  private lost(): void {
    if (this.state === 'closed') return
    this.client = undefined
    this.unready()
    this.sending.back()
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

/** What an error before the greeting says. */
function refusalIn(error: Error): Refusal {
  const { code } = error as { code?: unknown }
  if (typeof code === 'number') return code
  if (error.message === 'connack timeout') return unanswered
  // The wire was there, and was cut.
  return typeof code === 'string' && code !== 'ECONNRESET' && code !== 'EPIPE' ? code : hungUp
}
