/**
 * One connection to an MQTT broker: version 5 first, 3.1.1 when the broker refuses it, for ever with backoff. While
 * the broker is away, what is published waits in the outbox.
 */
import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { IClientOptions, MqttClient } from 'mqtt'
import { seconds, type Clock, type Timer } from '../clock'
import type { Cause } from '../vehicle/causes'
import { Outbox, type Message } from './outbox'

export interface BrokerSettings {
  /** `mqtt`, `mqtts`, `ws` or `wss`. */
  url: string
  username?: string
  password?: string
  /** Published, retained, by the broker when the connection is lost. */
  will?: { topic: string; payload: string }
}

export type BrokerState = 'connecting' | 'connected' | 'offline' | 'closed'

interface BrokerEvents {
  state: [BrokerState]
}

/** "Unsupported protocol version": MQTT 5 answers 0x84, a 3.1.1 broker answers return code 1. */
const versionRefused: ReadonlySet<number> = new Set([0x84, 1])
const badLogin: ReadonlySet<number> = new Set([4, 5, 0x86, 0x87])
const longestWait = seconds(60)
/** Closing never takes longer: what is not acknowledged by then is given up. */
const endBy = seconds(2)

export class Broker extends EventEmitter<BrokerEvents> {
  private readonly outbox: Outbox
  private readonly inFlight = new Set<Message>()
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

  /** Publishes now, or as soon as the broker is there. */
  publish(message: Message): void {
    if (this.now === 'closed') return
    // Nothing overtakes what waits.
    if (this.now === 'connected' && this.outbox.waiting === 0) this.send(message)
    else this.outbox.put(message)
  }

  /** Waits up to 2 s for what is under way, then ends. */
  async close(last?: Message): Promise<void> {
    if (this.now === 'closed') return
    const { client } = this
    const wasConnected = this.now === 'connected'
    this.retry?.cancel()
    if (client && wasConnected && last) this.send(last)
    this.become('closed')
    this.client = undefined
    if (!client) return
    await new Promise<void>((resolve) => {
      const giveUp = this.clock.after(endBy, () => {
        // A second `end` of the library does nothing while the first one waits.
        client.stream.destroy()
        resolve()
      })
      client.end(!wasConnected, () => {
        giveUp.cancel()
        resolve()
      })
    })
  }

  private open(connect: typeof import('mqtt').connect): void {
    if (this.state === 'closed') return
    const { url, username, password, will } = this.settings
    const options: IClientOptions = {
      protocolVersion: this.version,
      clientId: `driveway-${randomBytes(8).toString('hex')}`,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: seconds(10),
      keepalive: 30,
      queueQoSZero: false,
      resubscribe: false,
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
    let refused: number | undefined
    client.on('connect', () => {
      if (this.client !== client) return
      this.attempts = 0
      this.fault = undefined
      // Whoever tells a topic anew on this occasion replaces what waited for it.
      this.become('connected')
      for (const message of this.outbox.takeAll()) this.send(message)
    })
    client.on('error', (error) => {
      const { code } = error as { code?: unknown }
      if (typeof code === 'number') refused = code
    })
    client.on('close', () => {
      if (this.client !== client) return
      this.client = undefined
      client.end(true)
      if (refused !== undefined && versionRefused.has(refused) && this.version === 5) {
        this.version = 4
        this.back()
        this.dial()
        return
      }
      this.fault = causeOf(refused)
      this.lost()
    })
  }

  private send(message: Message): void {
    const { client } = this
    if (!client) return this.outbox.put(message)
    this.inFlight.add(message)
    client.publish(message.topic, message.payload, { qos: message.qos, retain: message.retain }, (error) => {
      // A numbered error is the broker's own refusal. Any other one means that the connection is gone: `back` has
      // taken the message, or will.
      if (!error || typeof (error as { code?: unknown }).code === 'number') this.inFlight.delete(message)
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

function causeOf(refused: number | undefined): Cause {
  if (refused !== undefined && badLogin.has(refused))
    return {
      code: 'AUTH_REQUIRED',
      message: 'The MQTT broker refused user name or password',
      action: 'Check user name and password of the broker.',
    }
  if (refused !== undefined)
    return {
      code: 'REJECTED',
      message: `The MQTT broker refused the connection (code ${refused})`,
      action: "Look into the broker's log.",
    }
  return { code: 'NETWORK', message: 'The MQTT broker cannot be reached', action: 'Check that it runs, and its address.' }
}
