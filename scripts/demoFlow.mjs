// The flows of the demo: two of the examples on one account, and around the first what a newcomer can press and read.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './prepare.mjs'

const host = '127.0.0.1'
const example = (name) => JSON.parse(readFileSync(path.join(root, 'examples', `${name}.json`), 'utf8'))

export const dashboardPath = '/dashboard/car'
/** What the environment tells the flows, since the ports are options. */
export const demoEnvironment = ({ simulator, mqtt }) => ({
  DRIVEWAY_SIMULATOR_PORT: String(simulator),
  DRIVEWAY_DEMO_CARS: `http://${host}:${simulator}/sim`,
  DRIVEWAY_DEMO_BROKER: `mqtt://${host}:${mqtt}`,
})

/** The nodes of the example that the demo shows, laid out for a window of 1280 × 800. */
const ids = {
  tab: '86dc283cf0480ff9',
  charging: '5d32fe61985fb4e7',
  event: '12e1bc7656670b14',
  isPlugIn: '2a095ee82bb29976',
  command: '2909406c2e416788',
  outcome: 'f5ec52ed01088475',
  catch: '9a1e40b458151a99',
  wrong: '59e2d15364c7a500',
  account: 'ca118783593942a4',
}

/** The example needs none; the demo has one. */
const broker = {
  id: '47eaa0992cb6916d',
  type: 'driveway-mqtt',
  version: 1,
  name: 'Demo broker',
  url: '${DRIVEWAY_DEMO_BROKER}',
  base: 'driveway',
  instance: '',
}

const changes = ({ nodeRed, simulator }) => ({
  [ids.tab]: { label: 'Start here', info: welcome({ nodeRed, simulator }) },
  [ids.charging]: { x: 110, y: 280, g: 'd000000000000002' },
  [ids.event]: { x: 360, y: 240, g: 'd000000000000002' },
  [ids.isPlugIn]: { x: 320, y: 300, g: 'd000000000000002', wires: [[ids.command]] },
  [ids.command]: { x: 490, y: 300, g: 'd000000000000002', command: 'climate-start' },
  [ids.outcome]: {
    x: 650,
    y: 300,
    g: 'd000000000000002',
    tostatus: true,
    statusVal: 'payload.command & ": " & payload.phase',
    statusType: 'jsonata',
  },
  [ids.catch]: { x: 110, y: 380, g: 'd000000000000002' },
  [ids.wrong]: { x: 360, y: 380, g: 'd000000000000002' },
  // The dashboard shows where the car is.
  [ids.account]: { freshness: { position: 30 }, mirror: broker.id },
})

const group = (number, name, members, box) => ({
  id: `d00000000000000${number}`,
  type: 'group',
  z: ids.tab,
  name,
  style: { label: true, 'label-position': 'nw', stroke: '#a4a4a4', fill: '#7fb7df', 'fill-opacity': '0.1', color: '#666666' },
  nodes: members,
  x: 14,
  w: 736,
  ...box,
})

const press = (number, name, action, y) => ({
  id: `d00000000000001${number}`,
  type: 'inject',
  z: ids.tab,
  g: 'd000000000000001',
  name,
  props: [{ p: 'payload' }, { p: 'url', v: `\${DRIVEWAY_DEMO_CARS}/api/vehicles/ex40/${action}`, vt: 'env' }],
  repeat: '',
  crontab: '',
  once: false,
  onceDelay: 0.1,
  topic: '',
  payload: '{}',
  payloadType: 'json',
  x: 120,
  y,
  wires: [['d000000000000013']],
})

const comment = (number, name, info, place) => ({
  id: `d00000000000002${number}`,
  type: 'comment',
  z: ids.tab,
  g: 'd000000000000003',
  name,
  info,
  ...place,
  wires: [],
})

const playing = [
  press(1, 'plug it in', 'plug-in', 140),
  press(2, 'unplug it', 'unplug', 100),
  {
    id: 'd000000000000013',
    type: 'http request',
    z: ids.tab,
    g: 'd000000000000001',
    name: 'the simulated car',
    method: 'POST',
    ret: 'obj',
    paytoqs: 'ignore',
    url: '',
    tls: '',
    persist: false,
    proxy: '',
    insecureHTTPParser: false,
    authType: '',
    senderr: false,
    headers: [],
    x: 360,
    y: 120,
    wires: [['d000000000000014']],
  },
  {
    id: 'd000000000000014',
    type: 'debug',
    z: ids.tab,
    g: 'd000000000000001',
    name: 'answer',
    active: true,
    tosidebar: false,
    console: false,
    tostatus: true,
    complete: 'true',
    targetType: 'full',
    statusVal: 'statusCode < 300 ? "done" : payload.error',
    statusType: 'jsonata',
    x: 650,
    y: 120,
    wires: [],
  },
]

const cars = (simulator) => `http://${host}:${simulator}/sim/`
const dashboard = (nodeRed) => `http://${host}:${nodeRed}${dashboardPath}`

const welcome = ({
  nodeRed,
  simulator,
}) => `1. Press the square left of *unplug it*, and some seconds later the one of *plug it in*. (The demo plugged the car in once, at its start.)
2. Watch the words below the nodes: *event* names what happened, *outcome* says \`climate-start: done\`.
3. Go on: [the simulated cars](${cars(simulator)}) · [the dashboard](${dashboard(nodeRed)}) · the third tab.

The whole messages are in the debug sidebar, the beetle above. What a node does is in its help: select it, then the book above. \
All cars are simulated: there is nothing to break and nobody to sign in.
`

const reading = ({ nodeRed, simulator }) => [
  comment(
    1,
    'The simulated cars',
    `[${cars(simulator)}](${cars(simulator)})\n\nPlug in, drive, open a door, let a car fall asleep, make the cloud fail, play a day in a minute.`,
    { x: 130, y: 500 },
  ),
  comment(
    2,
    'The dashboard',
    `[${dashboard(nodeRed)}](${dashboard(nodeRed)})\n\nCharge as gauge and chart, buttons, a link to a map. It is made by the second tab, with FlowFuse Dashboard.`,
    { x: 385, y: 500 },
  ),
  comment(
    3,
    'A flow of your own',
    'Its steps stand in the third tab, *Your own flow*.\n\nMore flows, ready to use: menu → Import → Examples → `@driveway/node-red-connected-car`.',
    { x: 640, y: 500 },
  ),
]

const ownTab = 'd000000000000030'
/** What to do, and how wide the editor makes that. */
const steps = (simulator) => [
  ['1  Drag “car charging” below these lines, from “connected car” on the left', 500],
  ['2  Double-click it: its account is chosen already. Press Done', 420],
  ['3  Drag “debug” beside it, and draw a wire from one to the other', 460],
  ['4  Press Deploy, and open the debug sidebar: the beetle on the right', 480],
  [`5  Plug in the XC60 at ${cars(simulator)} (click here for the link)`, 500],
]

/** A tab with nothing in it but what to do there. */
const ownFlow = ({ simulator }) => {
  const link = `[The simulated cars](${cars(simulator)})`
  return [
    {
      id: ownTab,
      type: 'tab',
      label: 'Your own flow',
      disabled: false,
      info: `The five steps on the left; the fifth one at ${link}.`,
      env: [],
    },
    ...steps(simulator).map(([name, wide], index) => ({
      id: `d00000000000003${index + 1}`,
      type: 'comment',
      z: ownTab,
      name,
      info: name.startsWith('5') ? `${link}: press *Plug in AC*. Within 10 seconds the debug sidebar has the event.` : '',
      x: 20 + wide / 2,
      y: 40 + 40 * index,
      wires: [],
    })),
  ]
}

/** @param ports of `nodeRed`, `simulator` and `mqtt` */
export function demoFlow(ports) {
  const first = example('Plug-in starts the climate').filter(
    ({ id, type }) => Object.values(ids).includes(id) && type !== 'comment',
  )
  const changed = changes(ports)
  const watching = first.map((node) => ({ ...node, ...changed[node.id] }))
  const comments = reading(ports)
  const nodesOf = (nodes) => nodes.map(({ id }) => id)
  const groups = [
    group(1, '1  Press the squares: somebody unplugs the car, and plugs it in again', nodesOf(playing), { y: 39, h: 142 }),
    group(2, '2  Within 10 seconds the flow sees the cable and starts the climate', nodesOf(watching.filter(({ g }) => g)), {
      y: 199,
      h: 222,
    }),
    group(3, '3  Go on: click one of these, its links stand in the sidebar on the right', nodesOf(comments), { y: 439, h: 102 }),
  ]
  return [...watching, broker, ...groups, ...playing, ...comments, ...dashboardFlow(), ...ownFlow(ports)]
}

/** The dashboard example, on the account that the demo has already. */
function dashboardFlow() {
  const flow = example('Dashboard')
  const own = flow.find(({ type }) => type === 'driveway-account').id
  return flow
    .filter(({ id }) => id !== own)
    .map((node) => (node.account === own ? { ...node, account: ids.account, vehicle: 'ex40-6a9a' } : node))
}

/** Addresses in texts of flows that were written when the ports were others. */
export function withPorts(text, before, now) {
  const changed = Object.keys(now).filter((name) => before[name] !== now[name])
  if (!changed.length) return text
  const byPort = new Map(changed.map((name) => [String(before[name]), now[name]]))
  return text.replace(/127\.0\.0\.1:(\d+)\b/g, (address, port) => (byPort.has(port) ? `${host}:${byPort.get(port)}` : address))
}
