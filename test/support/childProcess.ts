/** A program under test that runs by itself, its output, and its end. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { EventEmitter } from 'node:events'
import { pause, seconds, systemClock } from '../../src/clock'

const running = new Set<ChildProcess>()

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface RunOptions {
  cwd?: string
  env?: Record<string, string>
  /** Whose rights it has; only root can give them away. */
  uid?: number
}

/** Runs a script with the same Node.js as the tests. */
export class Run {
  private readonly child: ChildProcess
  private readonly news = new EventEmitter()
  private text = ''

  constructor(script: string, args: readonly string[], { cwd, env, uid }: RunOptions = {}) {
    const clean = Object.entries(process.env).filter(
      ([name]) => !/^(DRIVEWAY_|NODE_OPTIONS|NODE_RED_|NODE_V8_COVERAGE)/.test(name),
    )
    this.child = spawn(process.execPath, [script, ...args], {
      cwd,
      env: { ...Object.fromEntries(clean), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    })
    running.add(this.child)
    this.child.once('exit', () => running.delete(this.child))
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (piece: Buffer) => {
        this.text += piece.toString()
        this.news.emit('news')
      })
    this.child.once('exit', () => this.news.emit('news'))
  }

  /** Everything it said so far, on both streams. */
  get output(): string {
    return this.text
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** What it says next (or has said) that fits; fails with all that it said when it ends before. */
  async said(pattern: RegExp, limit = seconds(15)): Promise<RegExpExecArray> {
    const late = AbortSignal.timeout(limit)
    for (;;) {
      const found = pattern.exec(this.text)
      if (found) return found
      if (this.isOver || late.aborted)
        throw new Error(`${this.isOver ? 'It ended' : 'Too late'} before it said ${pattern}:\n${this.text}`)
      await once(this.news, 'news', { signal: late }).catch(() => undefined)
    }
  }

  /** Tells it something, such as to stand still. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal)
  }

  /** Ends it and waits for the end. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.isOver) return
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    await ended
  }
}

/** Asks until the answer is as wanted; fails after `limit` milliseconds with the last answer. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  wanted: (answer: T) => boolean,
  what: string,
  limit = seconds(10),
): Promise<T> {
  const end = systemClock.now() + limit
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (systemClock.now() > end)
      throw new Error(`${what} did not happen within ${limit / 1000} s; last seen: ${JSON.stringify(answer)?.slice(0, 2000)}`)
    await pause(systemClock, 25)
  }
}
