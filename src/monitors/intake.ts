/**
 * Takes in what clouds deliver to us. A message is acknowledged when it was handed on and that is written down, so that
 * one which is sent again after a crash is neither lost nor told twice.
 */
import { minutes, type Clock } from '../clock'
import type { Delivery, DeliveryReader } from '../providers/monitors'
import { toDrivewayError } from '../vehicle/causes'
import { isSameSecret, secretHeader } from './secret'
import type { Seen } from './seen'

/** What arrived at an account's address. Header names in lower case. */
export interface Arrived {
  account: string
  /** From the path. */
  secret: string
  contentLength?: number
  /** A text, bytes, or what has been parsed already. */
  body: unknown
  headers: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
}

/** How it is answered. */
export interface Taken {
  status: 200 | 400 | 401 | 413 | 500 | 503
  /** Seconds. */
  retryAfter?: number
}

/** Where the deliveries of one account go. */
export interface Inbox {
  secret: string
  reader: DeliveryReader
  seen: Seen
  /** Resolves when it was handed on to all who listen; rejects when it was not. */
  hand(delivery: Delivery, how: { receivedAt: number; late: boolean }): Promise<void>
  /** Something came that is no delivery of this cloud, or could not be handed on. Never told what was in it. */
  strange?: (what: string) => void
}

/** A delivery is a page at most; a batch has 100 of them. */
export const largest = 1024 * 1024

/** An account that is deployed again is back within seconds. */
const backAfter = 5
/** After that it is not restarting, it is gone. */
const awayFor = minutes(5)
/** Clocks of clouds may be ahead by this much; a time beyond does not make what follows late. */
const clockTolerance = minutes(5)
/** Cars and monitors whose newest time is remembered. */
const mostTimes = 1000

interface Place {
  inbox: Inbox
  /** Since when the account restarts, in ms since 1970. */
  awaySince?: number
  /** By car, or by monitor where the car is not told: the time of the newest message that was handed on. */
  newest: Map<string, number>
  /** Messages on their way, by key: one that comes again meanwhile waits for the same end. */
  underWay: Map<string, Promise<void>>
}

const nobody = 'an account that is not there'

export class Intake {
  private readonly places = new Map<string, Place>()

  constructor(private readonly clock: Clock) {}

  /** From now on deliveries to this account go there. */
  open(account: string, inbox: Inbox): void {
    const known = this.places.get(account)
    this.places.set(account, { inbox, newest: known?.newest ?? new Map<string, number>(), underWay: new Map() })
  }

  /** The account restarts: senders are told to come again in a moment. `inbox`: only if it is still the one that is open. */
  away(account: string, inbox?: Inbox): void {
    const place = this.places.get(account)
    if (place && (!inbox || place.inbox === inbox)) place.awaySince ??= this.clock.now()
  }

  /** The account is no more. */
  close(account: string, inbox?: Inbox): void {
    if (!inbox || this.places.get(account)?.inbox === inbox) this.places.delete(account)
  }

  /** Whether somebody may deliver here: 200, 401 or 503. */
  admit(account: string, secret: string): Taken {
    const place = this.places.get(account)
    // An unknown account takes as long as a wrong secret, and hears the same.
    const isRight = isSameSecret(secret, place?.inbox.secret ?? nobody)
    if (!place || !isRight) return { status: 401 }
    if (place.awaySince === undefined) return { status: 200 }
    if (this.clock.now() - place.awaySince < awayFor) return { status: 503, retryAfter: backAfter }
    this.places.delete(account)
    return { status: 401 }
  }

  /** Never rejects. */
  async receive({ account, secret, contentLength, body, headers, query }: Arrived): Promise<Taken> {
    const admitted = this.admit(account, secret)
    const place = this.places.get(account)
    if (admitted.status !== 200 || !place) return admitted
    const { inbox } = place
    const header = headers[secretHeader.toLowerCase()]
    if (header !== undefined && !isSameSecret(header, inbox.secret)) return { status: 401 }
    if (contentLength !== undefined && contentLength > largest) return { status: 413 }
    const parsed = parse(body)
    if (parsed === tooLarge) return { status: 413 }
    if (parsed === broken) return { status: 400 }
    const receivedAt = this.clock.now()
    const context = { headers, query, receivedAt }
    // A batch comes as a list; only a single message has headers and query.
    const messages: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
    try {
      await inbox.seen.ready
      const deliveries = messages.flatMap((message) => this.readOne(inbox, message, context) ?? [])
      await this.handAll(place, deliveries, receivedAt)
      return { status: 200 }
    } catch (error) {
      const { code } = toDrivewayError(error)
      if (code === 'SHUTDOWN') return { status: 503, retryAfter: backAfter }
      inbox.strange?.(`a delivery could not be handed on (${code})`)
      return { status: 500 }
    }
  }

  private readOne(inbox: Inbox, message: unknown, context: Parameters<DeliveryReader['read']>[1]): Delivery | undefined {
    const delivery = inbox.reader.read(message, context)
    // It is acknowledged all the same: sent again it would be no better, and what follows would wait for it.
    if (!delivery) inbox.strange?.('something that is no delivery')
    return delivery
  }

  /** In the order in which it happened. The first that cannot be handed on ends it: it comes again, with what follows. */
  private async handAll(place: Place, deliveries: readonly Delivery[], receivedAt: number): Promise<void> {
    const written: Promise<void>[] = []
    for (const delivery of [...deliveries].sort((a, b) => a.at - b.at)) {
      const { key } = delivery
      if (place.inbox.seen.has(key)) continue
      const before = place.underWay.get(key)
      if (before) {
        await before
        continue
      }
      const work = this.handOne(place, delivery, receivedAt)
      place.underWay.set(key, work)
      try {
        await work
        // From here on it was handed on, whatever happens to the answer.
        written.push(place.inbox.seen.add(key))
      } finally {
        place.underWay.delete(key)
      }
    }
    await Promise.all(written)
  }

  private async handOne({ inbox, newest }: Place, delivery: Delivery, receivedAt: number): Promise<void> {
    const of = delivery.vehicle ?? delivery.monitor?.monitorId ?? ''
    const last = newest.get(of)
    await inbox.hand(delivery, { receivedAt, late: last !== undefined && delivery.at < last })
    newest.delete(of)
    newest.set(of, Math.max(last ?? -Infinity, Math.min(delivery.at, receivedAt + clockTolerance)))
    const [oldest] = newest.keys()
    if (newest.size > mostTimes && oldest !== undefined) newest.delete(oldest)
  }
}

const tooLarge = Symbol('too large')
const broken = Symbol('broken')

function parse(body: unknown): unknown {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : body
  if (text === undefined) return broken
  if (typeof text !== 'string') return text
  if (Buffer.byteLength(text) > largest) return tooLarge
  try {
    return JSON.parse(text) as unknown
  } catch {
    return broken
  }
}
