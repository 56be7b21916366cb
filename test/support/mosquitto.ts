/** A Mosquitto of one's own, with the configuration that a test needs, and its command-line clients. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, isOpen } from './ports'
import { temporaryFolder } from './stage'

const place = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find((path) =>
  existsSync(path),
)

/** Absent where it is not installed. */
export const mosquittoPath = place ?? (spawnSync('mosquitto', ['-h']).error === undefined ? 'mosquitto' : undefined)

export class Mosquitto {
  private child?: ChildProcess
  private log = ''

  private constructor(
    readonly port: number,
    private readonly config: string,
  ) {}

  /** `lines` stand behind the listener; without a word on it, everybody may come in. */
  static async start(lines: readonly string[] = ['allow_anonymous true']): Promise<Mosquitto> {
    const port = await freePort()
    const config = join(temporaryFolder('mosquitto'), 'mosquitto.conf')
    // Version 2.0.11 ends at once when all of its listeners are web sockets.
    const beside = lines.includes('protocol websockets') ? [`listener ${await freePort()} 127.0.0.1`] : []
    const listener = [`listener ${port} 127.0.0.1`, 'socket_domain ipv4', ...lines]
    // As root it would become another user, who may not read the test's files.
    writeFileSync(config, ['user root', 'persistence false', 'set_tcp_nodelay true', ...beside, ...listener, ''].join('\n'))
    const broker = new Mosquitto(port, config)
    await broker.again()
    return broker
  }

  async again(): Promise<void> {
    const child = spawn(mosquittoPath ?? 'mosquitto', ['-c', this.config], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.child = child
    child.stderr.on('data', (piece: Buffer) => (this.log += piece.toString()))
    const end = Date.now() + 10_000
    while (!(await isOpen(this.port))) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`mosquitto did not start:\n${this.log}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const over = once(child, 'exit')
    child.kill(signal)
    await over
  }

  url(scheme: 'mqtt' | 'mqtts' | 'ws' | 'wss' = 'mqtt'): string {
    return `${scheme}://127.0.0.1:${this.port}`
  }

  /** `mosquitto_pub`; fails when it does. */
  publish(topic: string, payload: string, ...more: string[]): void {
    const args = ['-h', '127.0.0.1', '-p', String(this.port), '-V', '5', '-q', '1', '-t', topic, '-m', payload, ...more]
    const { status, stderr } = spawnSync('mosquitto_pub', args)
    if (status !== 0) throw new Error(`mosquitto_pub: ${String(stderr)}`)
  }

  /** What `mosquitto_sub` gets there first, as `topic payload`, up to `count` lines. */
  subscribe(topic: string, count: number, ...more: string[]): { lines: Promise<string[]>; end(): void } {
    const args = [
      '-h',
      '127.0.0.1',
      '-p',
      String(this.port),
      '-V',
      '5',
      '-q',
      '1',
      '-v',
      '-t',
      topic,
      '-C',
      String(count),
      ...more,
    ]
    const child = spawn('mosquitto_sub', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    child.stdout.on('data', (piece: Buffer) => (said += piece.toString()))
    const lines = once(child, 'close').then(() => said.split('\n').filter(Boolean))
    return { lines, end: () => void child.kill() }
  }
}
