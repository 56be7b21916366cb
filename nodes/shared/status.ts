/** The dot and the words below a node. Words come from catalogues, so that they can be translated. */
import type { Node, NodeAPI, NodeStatusFill, NodeStatusShape } from 'node-red'
import type { Cause, CauseCode } from '../../src/vehicle/causes'
import { sharedText } from './speech'

type Look = readonly [NodeStatusFill, NodeStatusShape]

/** Grey ring: idle · yellow ring: waiting · blue dot: under way · green dot: well · red ring: needs somebody · red dot: fault. */
export const looks = {
  idle: ['grey', 'ring'],
  waiting: ['yellow', 'ring'],
  busy: ['blue', 'dot'],
  well: ['green', 'dot'],
  attention: ['red', 'ring'],
  fault: ['red', 'dot'],
} as const satisfies Record<string, Look>

/** What the account's trouble is called below every node that uses it. */
const troubles: Partial<Record<CauseCode, readonly [keyof typeof looks, string]>> = {
  AUTH_REQUIRED: ['attention', 'signedOut'],
  AUTH_EXPIRED: ['attention', 'expired'],
  AUTH_REVOKED: ['attention', 'expired'],
  KEY_INVALID: ['attention', 'key'],
  SCOPE_MISSING: ['attention', 'scope'],
  INVALID_CONFIG: ['fault', 'config'],
  QUOTA_DAY: ['waiting', 'quota'],
  QUOTA_MINUTE: ['waiting', 'minute'],
  PROVIDER_DOWN: ['waiting', 'offline'],
  PROVIDER_ERROR: ['waiting', 'offline'],
  NETWORK: ['waiting', 'offline'],
  TIMEOUT: ['waiting', 'offline'],
  VEHICLE_UNKNOWN: ['attention', 'vehicle'],
  VEHICLE_NOT_YOURS: ['attention', 'notYours'],
  MARKET_NOT_SUPPORTED: ['attention', 'market'],
  UNSUPPORTED: ['attention', 'unsupported'],
  SCHEMA_DRIFT: ['fault', 'drift'],
}

const clockTime = (iso: string): string =>
  new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

export class Status {
  private shown = ''
  /** By key: what it was looked up with last, and what it gave. */
  private readonly lookedUp = new Map<string, { values: string; words: string }>()

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
  ) {}

  /** A word of the node's own catalogue (`status.<key>`), else of the one that all share. */
  word(look: keyof typeof looks, key: string, values?: Record<string, string | number>): void {
    this.show(look, this.translated(key, values))
  }

  show(look: keyof typeof looks, words: string): void {
    const [fill, shape] = looks[look]
    const now = `${fill} ${shape} ${words}`
    if (now === this.shown) return
    this.shown = now
    this.node.status({ fill, shape, text: words })
  }

  clear(): void {
    this.shown = ''
    this.node.status({})
  }

  /** What stands in the way, in two words, and until when it is known to last. */
  trouble(cause: Cause, until?: string): void {
    const [look, key] = troubles[cause.code] ?? ['fault', 'fault']
    const words = this.translated(key)
    this.show(look, until === undefined ? words : `${words} → ${clockTime(until)}`)
  }

  translated(key: string, values?: Record<string, string | number>): string {
    // Looking a word up costs more than sending a message on.
    const asked = values ? JSON.stringify(values) : ''
    const known = this.lookedUp.get(key)
    if (known?.values === asked) return known.words
    const words = this.lookUp(key, values)
    this.lookedUp.set(key, { values: asked, words })
    return words
  }

  private lookUp(key: string, values?: Record<string, string | number>): string {
    const ownKey = `${this.node.type}.status.${key}`
    const own = this.RED._(ownKey, values)
    // What is not known comes back as it was asked for.
    return own === ownKey ? (sharedText(this.RED, `status.${key}`, values) ?? own) : own
  }
}
