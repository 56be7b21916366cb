import { fork, type ChildProcess } from 'node:child_process'
import { once, type EventEmitter } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { LiveAccount } from '../nodes/account/live'
import { stellantisDemo } from '../src/simulator/credentials'
import { startSimulator } from '../src/simulator/simulator'
import type { Job, Sent } from './intake/sender'
import { memory } from './intake/memory'
import { built, startNodeRed, until } from './nodeRed'
import { median, quantile, type Measure } from './report'

const part = 'intake'
const length = Number(process.env.DRIVEWAY_BENCH_SECONDS ?? 15)
/** About so many as the seconds allow that were asked for; an odd number has a median of its own. */
const rounds = length >= 15 ? 9 : 3
const perRound = 3000
/** Cloud and household are far from each other: many are under way at a time. */
const window = 64
const calm = 300

/** What taking deliveries in costs, against Node-RED's own `http in` and `http response` that do nothing with them. */
export async function intake(): Promise<Measure[]> {
  return [...(await throughput()), ...(await memory())]
}

async function throughput(): Promise<Measure[]> {
  const RED = createRequire(__filename)('node-red') as {
    httpNode: RequestListener
    events: EventEmitter
    runtime: { flows: { setFlows(deploy: object): Promise<unknown> } }
  }
  const simulator = await startSimulator({ tickMs: 0 })
  const server = createServer((request, response) => RED.httpNode(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // What is deployed before the file of flows was read would lose its credentials to it.
  const begun = once(RED.events, 'flows:started')
  const runtime = await startNodeRed([], {})
  await begun
  await RED.runtime.flows.setFlows({ deploymentType: 'full', flows: flowOf(simulator.url, origin) })

  const { liveAccounts } = built<{ liveAccounts: Map<string, LiveAccount> }>('nodes/account/live.js')
  await until(() => liveAccounts.has('acc'))
  const { account } = await liveAccounts.get('acc')!.open()
  const { monitors } = account.provider
  const [car] = await account.vehicles()
  const abort = new AbortController()
  let found: { target: string; monitorId: string } | undefined
  while (!found) {
    const [channel] = (await monitors!.channels(abort.signal)).filter(({ label }) => label.includes('#dw-'))
    const [monitor] = channel ? await monitors!.monitors(channel.id, undefined, abort.signal) : []
    if (channel?.target && monitor) found = { target: channel.target, monitorId: monitor.monitorId }
    else await new Promise((resolve) => setTimeout(resolve, 50))
  }
  let arrived = 0
  runtime.node('fired').on('input', () => void arrived++)

  const sender = fork(path.join(__dirname, 'intake', 'sender.ts'))
  await once(sender, 'message')
  const template = JSON.stringify(delivery(found.monitorId, car!.id))
  let from = 0
  const send = (url: string, count: number, under: number) => {
    from += count
    return ask(sender, { url, template, from: from - count, count, window: under })
  }
  const hook = (count: number, under = window) => send(found.target, count, under)
  const bare = (count: number, under = window) => send(`${origin}/bench`, count, under)

  await hook(perRound)
  await bare(perRound)
  const runs = { hook: [] as Sent[], bare: [] as Sent[] }
  for (let round = 0; round < rounds; round++) {
    const both = [async () => runs.hook.push(await hook(perRound)), async () => runs.bare.push(await bare(perRound))]
    for (const run of round % 2 ? both : both.reverse()) await run()
  }
  const oneByOne = await hook(calm, 1)
  const expected = (rounds + 1) * perRound + calm
  await until(() => arrived >= expected)
  if (arrived !== expected) throw new Error(`${arrived} events came out instead of ${expected}`)
  const refused = [...runs.hook, ...runs.bare, oneByOne].reduce((sum, sent) => sum + sent.refused, 0)
  if (refused > 0) throw new Error(`${refused} deliveries were not acknowledged`)

  sender.disconnect()
  await runtime.stop()
  server.closeAllConnections()
  server.close()
  await simulator.close()
  const rate = ({ seconds, times }: Sent) => times.length / seconds
  // Each beside its neighbour in time: the machine may have other work, too.
  const ratio = median(runs.hook.map((sent, round) => rate(sent) / rate(runs.bare[round]!)))
  const waits = runs.hook.flatMap(({ times }) => times)
  return [
    {
      part,
      name: `through the hook, each an event of the node and kept on disk`,
      value: median(runs.hook.map(rate)),
      unit: 'deliveries/s',
    },
    { part, name: 'http in to http response, same bodies', value: median(runs.bare.map(rate)), unit: 'deliveries/s' },
    { part, name: 'hook / http in, pairs of runs', value: ratio, unit: '', target: '>= 1.0', ok: ratio >= 1 },
    { part, name: `acknowledgement, ${window} at a time, median`, value: median(waits), unit: 'ms' },
    { part, name: `acknowledgement, ${window} at a time, 99th percentile`, value: quantile(waits, 0.99), unit: 'ms' },
    { part, name: 'acknowledgement, one at a time, median', value: median(oneByOne.times), unit: 'ms' },
    { part, name: 'acknowledgement, one at a time, 99th percentile', value: quantile(oneByOne.times, 0.99), unit: 'ms' },
  ]
}

async function ask(sender: ChildProcess, job: Job): Promise<Sent> {
  const answer = once(sender, 'message')
  sender.send(job)
  const [sent] = (await answer) as [Sent]
  return sent
}

/** A monitor that fired, as the cloud tells it. */
const delivery = (monitorId: string, vin: string) => ({
  channelId: 'ch1',
  type: 'Monitor',
  date: '%t',
  attributes: [{ key: 'vin', value: vin }],
  monitorEvent: {
    monitorId,
    data: { values: [{ data: 'vehicle.energy.electric.level', value: '%v' }], refresh: false },
  },
})

function flowOf(simulatorUrl: string, publicUrl: string) {
  const place = { z: 'tab', x: 100, y: 100 }
  const low = { name: 'low', kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] }
  const account = {
    id: 'acc',
    type: 'driveway-account',
    provider: 'stellantis',
    server: 'custom',
    api: 'v1',
    url: `${simulatorUrl}/stellantis/v1`,
    authUrl: `${simulatorUrl}/stellantis`,
    headerMode: 'true',
    userId: stellantisDemo.accounts.demo,
    publicUrl,
    // As the editor sends them with a deploy.
    credentials: { clientId: stellantisDemo.clientId, clientSecret: stellantisDemo.clientSecret },
  }
  const monitor = {
    id: 'monitor',
    type: 'driveway-monitor',
    version: 1,
    account: 'acc',
    where: 'provider',
    transport: 'webhook',
    label: 'bench',
    triggers: [low],
    expression: 'low',
  }
  return {
    flows: [
      { id: 'tab', type: 'tab', label: 'bench' },
      account,
      { ...monitor, wires: [['fired']], ...place },
      { id: 'fired', type: 'junction', wires: [[]], ...place },
      { id: 'in', type: 'http in', url: '/bench', method: 'post', wires: [['out']], ...place },
      { id: 'out', type: 'http response', statusCode: '200', wires: [], ...place },
    ],
  }
}
