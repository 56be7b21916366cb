// The demo: Node-RED with an example flow, the simulator inside it, and an MQTT broker, all on this machine only.
import { randomBytes } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { dashboardPath, demoEnvironment, demoFlow, withPorts } from './demoFlow.mjs'
import { root } from './prepare.mjs'

const require = createRequire(import.meta.url)
const host = '127.0.0.1'

const portNames = ['node-red-port', 'simulator-port', 'mqtt-port']

const options = {
  'node-red-port': { type: 'string', default: '1880' },
  'simulator-port': { type: 'string', default: '1890' },
  'mqtt-port': { type: 'string', default: '1884' },
  folder: { type: 'string', default: '.demo' },
  fresh: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
}

const usage = `npm start -- [options]
  --node-red-port 1880   the editor and the dashboard
  --simulator-port 1890  the simulated cars
  --mqtt-port 1884       the MQTT broker
  --folder .demo         where the demo keeps its flows
  --fresh                begins anew`

function fail(text) {
  console.error(`driveway: ${text}`)
  process.exit(1)
}

function readPorts(args) {
  let values
  try {
    values = parseArgs({ args, options }).values
  } catch (error) {
    fail(`${error.message}\n${usage}`)
  }
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  for (const name of ['node-red-port', 'simulator-port', 'mqtt-port']) {
    const port = Number(values[name])
    if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`--${name} must be a port from 1 to 65535`)
  }
  const ports = portNames.map((name) => values[name])
  if (new Set(ports).size < ports.length) fail('each of the three ports must be another one')
  return values
}

async function mustBeFree(values) {
  for (const name of ['node-red-port', 'simulator-port', 'mqtt-port']) {
    const port = Number(values[name])
    const free = await new Promise((resolve) => {
      const probe = createServer()
      probe.once('error', () => resolve(false))
      probe.listen(port, host, () => probe.close(() => resolve(true)))
    })
    if (!free) fail(`port ${port} is taken; choose another one: npm start -- --${name} ${port + 1}`)
  }
}

/** Two demos in one folder would write the same flows and sign-ins. */
function mustBeTheOnlyOne(file) {
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8'))
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Somebody else's runs, too.
    if (error.code !== 'EPERM') return
  }
  if (pid !== process.pid) fail(`a demo runs in this folder already (process ${pid}); end it first, or choose another --folder`)
}

/** A folder with something else in it stays as it is, a Node-RED of the user's own above all. */
function mustBeOurs(dir) {
  if (dir === path.join(root, '.demo') || !existsSync(dir) || existsSync(path.join(dir, 'ports.json'))) return
  if (readdirSync(dir).length) fail(`${dir} holds something else; choose an empty folder with --folder`)
}

/** What is typed into the demo's dialogs is not kept readable. */
function secretOf(dir) {
  const file = path.join(dir, 'secret')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

/** A user directory of its own, with this package in it the way an installed one would be. FlowFuse Dashboard needs no
 * link: Node-RED also looks where it is installed itself. */
function userDirectory(folder, fresh, ports) {
  const dir = path.resolve(root, folder)
  mustBeOurs(dir)
  if (fresh) rmSync(dir, { recursive: true, force: true })
  const scope = path.join(dir, 'node_modules', '@driveway')
  mkdirSync(scope, { recursive: true })
  const link = path.join(scope, 'node-red-connected-car')
  rmSync(link, { recursive: true, force: true })
  symlinkSync(root, link, 'junction')
  writeFileSync(
    path.join(dir, 'package.json'),
    JSON.stringify({ name: 'driveway-demo', private: true, dependencies: { '@driveway/node-red-connected-car': '*' } }, null, 2),
  )
  writeFileSync(path.join(dir, 'running'), String(process.pid))
  writeFlows(dir, ports)
  setEditor(path.join(dir, '.config.users.json'))
  return dir
}

/** As the editor stands at first; who wants it otherwise changes it there. Its tips would lie over what the first tab says
 * about itself, and in the debug sidebar each tab shows its own messages only. */
const editor = { editor: { view: { 'view-show-tips': false } }, debug: { filter: 'filterCurrent' } }

function setEditor(file) {
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ _: editor }))
}

/** Once; afterwards the flows are the user's, only the addresses in their texts follow the ports. */
function writeFlows(dir, ports) {
  const [flows, portsFile] = [path.join(dir, 'flows.json'), path.join(dir, 'ports.json')]
  if (!existsSync(flows)) writeFileSync(flows, JSON.stringify(demoFlow(ports), null, 4))
  else if (existsSync(portsFile)) {
    const before = readFileSync(flows, 'utf8')
    const after = withPorts(before, JSON.parse(readFileSync(portsFile, 'utf8')), ports)
    if (after !== before) writeFileSync(flows, after)
  }
  writeFileSync(portsFile, JSON.stringify(ports))
}

function prepared(folder, work) {
  try {
    return work()
  } catch (error) {
    return fail(`the folder ${folder} cannot be written (${error.code ?? error.message})`)
  }
}

async function startBroker(port) {
  const { Aedes } = require('aedes')
  const broker = await Aedes.createBroker()
  const server = createServer(broker.handle)
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return { broker, server }
}

/** Said once, as long as nobody has typed a secret into the demo. */
const nothingTypedIn = 'Encrypted credentials not found'

/** What Node-RED has to say, as a line like the others. */
function logLine({ level, msg, type, name, id }) {
  const text = typeof msg === 'string' ? msg : (msg?.message ?? String(msg))
  if (text === nothingTypedIn) return
  const word = level <= 20 ? 'error' : 'warning'
  line('node-red', `${word}${type ? ` of ${type} "${name || id}"` : ''}: ${text}`)
}

async function startNodeRed(port, userDir) {
  const RED = require('node-red')
  const express = createRequire(require.resolve('node-red/package.json'))('express')
  const app = express()
  const server = createHttpServer(app)
  RED.init(server, {
    uiPort: port,
    uiHost: host,
    userDir,
    flowFile: 'flows.json',
    flowFilePretty: true,
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    credentialSecret: secretOf(userDir),
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: {
      tours: false,
      page: { title: 'Driveway demo' },
      // Neither on nor off: both are worth a warning to Node-RED.
      projects: {},
      palette: { categories: { order: ['connected car', 'common', 'function'] } },
    },
    logging: { console: { level: 'off' }, demo: { level: 'warn', handler: () => logLine } },
  })
  app.use('/', RED.httpAdmin)
  app.use('/', RED.httpNode)
  await RED.start()
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return { RED, server }
}

const short = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text)
const clock = () => new Date().toLocaleTimeString('en-GB')
const line = (what, text) => console.log(`${clock()}  ${what.padEnd(9)}  ${text}`)

/** Prints what anybody listening on the broker sees. */
async function listen(port, onMessage) {
  const { connectAsync } = require('mqtt')
  const client = await connectAsync(`mqtt://${host}:${port}`, { protocolVersion: 5 })
  client.on('message', (topic, payload) => {
    const text = payload.toString()
    line('mqtt', `${topic}  ${short(text, 140)}`)
    onMessage(topic, text)
  })
  await client.subscribeAsync('driveway/#')
}

export async function demo(args) {
  const values = readPorts(args)
  mustBeTheOnlyOne(path.join(path.resolve(root, values.folder), 'running'))
  await mustBeFree(values)
  const [nodeRedPort, simulatorPort, mqttPort] = ['node-red-port', 'simulator-port', 'mqtt-port'].map((name) =>
    Number(values[name]),
  )
  const ports = { nodeRed: nodeRedPort, simulator: simulatorPort, mqtt: mqttPort }
  Object.assign(process.env, demoEnvironment(ports))
  const userDir = prepared(values.folder, () => userDirectory(values.folder, values.fresh, ports))
  console.log('driveway: starting Node-RED, the simulator and an MQTT broker …')
  const { broker, server: mqttServer } = await startBroker(mqttPort)

  let pluggedIn = false
  let nodeRed
  await listen(mqttPort, (topic) => {
    // The flow knows the car now: time to show what happens when somebody plugs it in.
    if (/^driveway\/(?!bridge)[^/]+\/state$/.test(topic) && !pluggedIn) {
      pluggedIn = true
      setTimeout(
        () => plugIn(simulatorPort).catch((error) => line('driveway', `the simulator cannot be reached: ${error.message}`)),
        3000,
      )
    }
  })
  nodeRed = await startNodeRed(nodeRedPort, userDir)
  showFlow(nodeRed.RED)

  console.log(`
  Driveway demo
    Node-RED editor   http://${host}:${nodeRedPort}/
    Simulated cars    http://${host}:${simulatorPort}/sim/
    Dashboard         http://${host}:${nodeRedPort}${dashboardPath}
    MQTT broker       mqtt://${host}:${mqttPort}    (mosquitto_sub -p ${mqttPort} -v -t 'driveway/#')

  In a moment a simulated Volvo is plugged in. Ctrl+C ends the demo.
`)

  const end = async () => {
    setTimeout(() => process.exit(0), 5000)
    await nodeRed.RED.stop()
    nodeRed.server.close()
    broker.close(() => mqttServer.close(() => process.exit(0)))
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

async function plugIn(simulatorPort) {
  line('driveway', 'plugging in the simulated car "ex40" …')
  const answer = await fetch(`http://${host}:${simulatorPort}/sim/api/vehicles/ex40/plug-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'ac' }),
  })
  if (!answer.ok) line('driveway', `the simulator answered ${answer.status}: ${await answer.text()}`)
}

/** Prints what the flows' own messages say: each event once, however many nodes watch the car, and what became of commands. */
function showFlow(RED) {
  const shown = new Set()
  RED.hooks.add('onSend.driveway-demo', (sends) => {
    // Several wires carry the same message.
    const messages = new Map(sends.map((send) => [`${send.source.id} ${send.source.port}`, send]))
    for (const { source, msg } of messages.values()) {
      const { type } = source.node
      if (type === 'driveway-charging' && msg.event && !shown.has(msg.event.id)) {
        shown.add(msg.event.id)
        line('flow', `car charging → ${msg.topic}: ${msg.vehicle.label}`)
      }
      if (type === 'driveway-command') {
        const { command, phase, cause, durationMs } = msg.payload
        line(
          'flow',
          `car command → ${command}: ${phase}${cause ? ` (${cause.message})` : ''}${durationMs === undefined ? '' : ` after ${durationMs} ms`}`,
        )
      }
    }
  })
}
