/**
 * The retained topics of a mirror. Each is told when it changes, told anew to a broker that may have lost it, and
 * cleared when what it tells of is gone, also when that went while we were stopped.
 */
import { z } from 'zod'
import type { Message } from '../cloud/outbox'
import { memoryStateStore, type StateStore } from '../cloud/stateStore'
import { Written } from '../cloud/written'

interface Told {
  /** Whose topic it is: an account, or the bridge itself. */
  owner: string
  /** Absent: an earlier run told it, and what it said is not known here. */
  payload?: string
  qos: 0 | 1
}

const schema = z.object({ v: z.literal(1), mark: z.string(), topics: z.record(z.string(), z.array(z.string())) })

export class Shelf {
  private readonly told = new Map<string, Told>()
  private readonly written: Written
  /** When what an earlier run told is known. */
  readonly read: Promise<void>
  /** The mark of the earlier run. */
  markBefore?: string

  constructor(
    private readonly publish: (message: Message) => void,
    store: StateStore | undefined,
    name: string,
    /** Kept for the next run. */
    private readonly mark: string,
    onTrouble: (error: unknown) => void,
  ) {
    this.written = new Written(store ?? memoryStateStore(), name, () => this.kept(), onTrouble)
    this.read = this.load()
  }

  /** Tells a topic unless it was told the same last. */
  put(owner: string, topic: string, payload: unknown, qos: 0 | 1 = 1): void {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    const before = this.told.get(topic)
    if (before?.payload === text) return
    this.told.set(topic, { owner, payload: text, qos })
    this.publish({ topic, payload: text, retain: true, qos })
    if (before?.owner !== owner) void this.written.save()
  }

  /** An empty retained message takes the topic off the broker. */
  clear(topic: string): void {
    if (!this.told.has(topic)) return
    this.forget(topic)
    this.publish({ topic, payload: '', retain: true, qos: 1 })
  }

  /** Somebody else tells the topic now. */
  forget(topic: string): void {
    if (this.told.delete(topic)) void this.written.save()
  }

  /** What the topic was told last; undefined also where only an earlier run told it. */
  last(topic: string): string | undefined {
    return this.told.get(topic)?.payload
  }

  /** The topics of an owner that begin with `prefix`. */
  topicsOf(owner: string, prefix = ''): string[] {
    return [...this.told].flatMap(([topic, told]) => (told.owner === owner && topic.startsWith(prefix) ? [topic] : []))
  }

  /** Whose topics there are. */
  get owners(): string[] {
    return [...this.told.values()].map(({ owner }) => owner)
  }

  get topics(): string[] {
    return [...this.told.keys()]
  }

  /** The broker may have lost what it kept. */
  tellAll(): void {
    for (const [topic, { payload, qos }] of this.told)
      if (payload !== undefined) this.publish({ topic, payload, retain: true, qos })
  }

  close(): Promise<void> {
    return this.read.then(() => this.written.close())
  }

  private kept(): unknown {
    const topics: Record<string, string[]> = {}
    for (const [topic, { owner }] of this.told) (topics[owner] ??= []).push(topic)
    return { v: 1, mark: this.mark, topics }
  }

  private async load(): Promise<void> {
    const read = schema.safeParse(await this.written.load())
    if (!read.success) return
    this.markBefore = read.data.mark
    for (const [owner, topics] of Object.entries(read.data.topics))
      for (const topic of topics) if (!this.told.has(topic)) this.told.set(topic, { owner, qos: 1 })
  }
}
