/** What the editor is told while it is open: the dots and words below the nodes. */
import { once, type EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { seconds } from '../../src/clock'
import { eventually } from './childProcess'
import { nodeRedPath } from './home'

interface Socket extends EventEmitter {
  send(text: string): void
  terminate(): void
}

/** The websocket client that Node-RED itself brings along. */
const WebSocket = createRequire(nodeRedPath)('ws') as new (url: string) => Socket

interface Told {
  topic: string
  data: { text?: string; fill?: string; shape?: string }
}

export class Statuses {
  private readonly shown = new Map<string, string[]>()

  private constructor(private readonly socket: Socket) {}

  /** Listens from now on; the status that each node has already comes first. */
  static async of(adminUrl: string): Promise<Statuses> {
    const socket = new WebSocket(`${adminUrl.replace(/^http/, 'ws')}comms`)
    await once(socket, 'open', { signal: AbortSignal.timeout(seconds(5)) })
    const statuses = new Statuses(socket)
    socket.on('message', (text: Buffer) => statuses.take([JSON.parse(text.toString())].flat() as Told[]))
    socket.on('error', () => undefined)
    socket.send(JSON.stringify({ subscribe: 'status/#' }))
    return statuses
  }

  private take(told: Told[]): void {
    for (const { topic, data } of told) {
      if (!topic?.startsWith('status/')) continue
      const id = topic.slice('status/'.length)
      this.shown.set(id, [...this.of(id), data.text ?? ''])
    }
  }

  /** The words below a node, oldest first. */
  of(id: string): string[] {
    return this.shown.get(id) ?? []
  }

  get all(): string[] {
    return [...this.shown.values()].flat()
  }

  /** The first words that fit, among those after the first `seen`. */
  shows(id: string, wanted: RegExp, seen = 0): Promise<string[]> {
    return eventually(
      () => this.of(id).slice(seen),
      (texts) => texts.some((text) => wanted.test(text)),
      `the status ${wanted} of ${id}`,
    )
  }

  close(): void {
    this.socket.terminate()
  }
}
