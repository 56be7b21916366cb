/** A real Node-RED process with the built package in its user directory. */
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { eventually, Run } from './childProcess'
import { nodeRedPath, type AnyMessage } from './home'
import { stagedPackage, temporaryFolder } from './stage'

/** The script that starts Node-RED lies beside its `lib`. */
const script = join(dirname(nodeRedPath), '../red.js')

export interface Rights {
  password: string
  permissions: string | string[]
}

export interface NodeRedOptions {
  flows: AnyMessage[]
  /** By node id; written in the clear, as one who sets up a machine without an editor does. */
  credentials?: Record<string, Record<string, string>>
  /** Over the defaults in settings.js. */
  settings?: Record<string, unknown>
  /** Lines at the end of settings.js, for what JSON cannot say. */
  settingsCode?: string
  /** Switches `adminAuth` on; by name. */
  users?: Record<string, Rights>
  env?: Record<string, string>
  /** Lets `moveClock` put the runtime's time forward, as far as this package sees it. */
  movableClock?: boolean
  /** Runs as nobody in particular, so that missing rights count for root as well. */
  unprivileged?: boolean
}

/** What Node-RED itself says in a fresh user directory. */
const itsOwnWarnings = [
  /Projects disabled/,
  /Encrypted credentials not found/,
  /credentials.*not encrypted|unencrypted/i,
  /^-{5,}|^\s*$/,
]
const nobody = 65534

export interface Answer {
  status: number
  text: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any
}

export class NodeRed {
  readonly userDir = temporaryFolder('node-red')
  private run!: Run
  private origin = ''
  private readonly tokens = new Map<string, string>()

  private constructor(private options: NodeRedOptions) {}

  static async start(options: NodeRedOptions): Promise<NodeRed> {
    const nodeRed = new NodeRed(options)
    const { userDir } = nodeRed
    const scope = join(userDir, 'node_modules/@driveway')
    mkdirSync(scope, { recursive: true })
    mkdirSync(join(userDir, 'lib/flows'), { recursive: true })
    symlinkSync(stagedPackage(), join(scope, 'node-red-connected-car'), 'junction')
    const dependencies = { '@driveway/node-red-connected-car': '*' }
    writeFileSync(join(userDir, 'package.json'), JSON.stringify({ name: 'home', private: true, dependencies }))
    nodeRed.write('flows.json', options.flows)
    if (options.credentials) nodeRed.write('flows_cred.json', options.credentials)
    await nodeRed.launch()
    return nodeRed
  }

  /** Starts it again in the same user directory; it must have ended. */
  async restart(changes: Partial<NodeRedOptions> = {}): Promise<void> {
    this.options = { ...this.options, ...changes }
    if (changes.flows) this.write('flows.json', changes.flows)
    if (changes.credentials) this.write('flows_cred.json', changes.credentials)
    await this.launch()
  }

  private async launch(): Promise<void> {
    const { env, unprivileged } = this.options
    writeFileSync(join(this.userDir, 'settings.js'), this.settings())
    const uid = unprivileged && process.getuid?.() === 0 ? nobody : undefined
    if (uid !== undefined) this.giveTo(uid)
    this.tokens.clear()
    this.run = new Run(script, ['-u', this.userDir, '-p', '0'], { cwd: this.userDir, env: { HOME: this.userDir, ...env }, uid })
    const [, origin] = await this.run.said(
      /(?:Server now running at|Server wird jetzt auf|Le serveur est disponible à l'adresse) (http:\/\/127\.0\.0\.1:\d+)/,
      30_000,
    )
    await this.run.said(/Started flows|Flows sind gestartet|Flux démarrés/)
    this.origin = origin!
  }

  private write(file: string, content: unknown): void {
    writeFileSync(join(this.userDir, file), JSON.stringify(content))
  }

  private giveTo(uid: number): void {
    chmodSync(stagedPackage(), 0o755)
    for (const file of ['', 'lib', 'lib/flows', 'flows.json', 'settings.js', 'package.json'])
      chownSync(join(this.userDir, file), uid, uid)
  }

  private settings(): string {
    const { settings, settingsCode, users, movableClock } = this.options
    const given = {
      uiHost: '127.0.0.1',
      flowFile: 'flows.json',
      credentialSecret: 'the secret of these tests',
      telemetry: { enabled: false, updateNotification: false },
      editorTheme: { tours: false },
      logging: { console: { level: 'info', metrics: false, audit: false } },
      ...settings,
    }
    const guard =
      users &&
      `module.exports.adminAuth = {
  type: 'credentials',
  users: async (name) => known[name] && { username: name, permissions: known[name].permissions },
  authenticate: async (name, password) =>
    known[name]?.password === password ? { username: name, permissions: known[name].permissions } : null,
}`
    const clock =
      movableClock &&
      `const { readFileSync } = require('node:fs')
module.exports.drivewayAccountClock = {
  now: () => Date.now() + Number(readFileSync(${JSON.stringify(this.clockFile)}, 'utf8')),
  after: (ms, action) => {
    const timer = setTimeout(action, Math.min(ms, 2 ** 31 - 1)).unref()
    return { cancel: () => clearTimeout(timer) }
  },
  random: Math.random,
}`
    if (movableClock) this.moveClock(0)
    return `const known = ${JSON.stringify(users ?? {})}\nmodule.exports = ${JSON.stringify(given)}\n${guard ?? ''}\n${clock || ''}\n${settingsCode ?? ''}`
  }

  private get clockFile(): string {
    return join(this.userDir, 'clock')
  }

  /** Puts the time this many milliseconds ahead of what it really is. */
  moveClock(ms: number): void {
    writeFileSync(this.clockFile, String(ms))
  }

  /** Base address of the admin API, with a slash at the end. */
  get adminUrl(): string {
    const root = this.options.settings?.httpAdminRoot
    return `${this.origin}${typeof root === 'string' ? root.replace(/\/*$/, '/') : '/'}`
  }

  get callbackUrl(): string {
    return `${this.adminUrl}driveway/oauth/callback`
  }

  /** Asks the admin API, with the token of a user where one is named. */
  async admin(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { body, as }: { body?: unknown; as?: string } = {},
  ): Promise<Answer> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (as !== undefined) headers.authorization = `Bearer ${await this.tokenOf(as)}`
    return answerOf(
      await fetch(this.adminUrl + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) }),
    )
  }

  /** Asks an `http in` node of the flow. */
  async ask(path: string): Promise<Answer> {
    return answerOf(await fetch(`${this.origin}${path}`))
  }

  async deploy(flows: unknown[], { type = 'full', as }: { type?: string; as?: string } = {}): Promise<void> {
    const headers: Record<string, string> = { 'content-type': 'application/json', 'node-red-deployment-type': type }
    if (as !== undefined) headers.authorization = `Bearer ${await this.tokenOf(as)}`
    const started = this.count(/Started (modified )?(flows|nodes)/g)
    const answer = await fetch(`${this.adminUrl}flows`, { method: 'POST', headers, body: JSON.stringify(flows) })
    if (!answer.ok) throw new Error(`The deploy was refused: ${answer.status} ${await answer.text()}`)
    await eventually(
      () => this.count(/Started (modified )?(flows|nodes)/g),
      (count) => count > started,
      'the deploy',
    )
  }

  private count(pattern: RegExp): number {
    return this.log.match(pattern)?.length ?? 0
  }

  private async tokenOf(user: string): Promise<string> {
    const known = this.tokens.get(user)
    if (known) return known
    const answer = await fetch(`${this.adminUrl}auth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'node-red-admin',
        grant_type: 'password',
        scope: '',
        username: user,
        password: this.options.users?.[user]?.password ?? '',
      }),
    })
    const { access_token } = (await answer.json()) as { access_token: string }
    if (!access_token) throw new Error(`${user} cannot log in`)
    this.tokens.set(user, access_token)
    return access_token
  }

  /** What this process said since it started, the earlier ones in the same directory not counted. */
  get log(): string {
    return this.run.output
  }

  logged(pattern: RegExp): Promise<RegExpExecArray> {
    return this.run.said(pattern)
  }

  /** Lines of the log that are warnings or errors and not Node-RED's usual ones. */
  get complaints(): string[] {
    return this.log
      .split('\n')
      .filter(
        (line) =>
          /\[(warn|error|fatal)\]|^\w*Error: /.test(line) &&
          !itsOwnWarnings.some((usual) => usual.test(line.replace(/^.*?\[\w+\] /, ''))),
      )
  }

  /** What arrived at a `listener` so far. */
  heard(name: string): AnyMessage[] {
    const lines = this.log.matchAll(new RegExp(`\\[info\\] \\[function:${name}\\] (\\{.*\\})$`, 'gm'))
    return [...lines].map(([, message]) => JSON.parse(message!) as AnyMessage)
  }

  /** Ends the process and waits for it. */
  end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    return this.run.end(signal)
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: response.status, text, json }
}

/** A node that writes each message to the log, where `heard` finds it. */
export const listener = (name: string): AnyMessage => ({
  id: name,
  z: 'tab',
  type: 'function',
  name,
  func: 'const { req, res, ...rest } = msg\nnode.log(JSON.stringify(rest))\nreturn null',
  outputs: 1,
  x: 400,
  y: 100,
  wires: [[]],
})
