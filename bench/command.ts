import axios from 'axios'
import type { LiveAccount } from '../nodes/account/live'
import type { Simulator, SimulatorOptions } from '../src/simulator/simulator'
import { systemClock, type Clock } from '../src/clock'
import { volvoDemo } from '../src/simulator/credentials'
import { built, startNodeRed, until } from './nodeRed'
import { median, quantile, type Measure } from './report'

/** The wall clock, put forward now and then, so that quotas of a minute do not stop the measuring. */
class LeapingClock implements Clock {
  private ahead = 0
  now = () => systemClock.now() + this.ahead
  after = systemClock.after.bind(systemClock)
  random = systemClock.random.bind(systemClock)
  leap(ms: number): void {
    this.ahead += ms
  }
}

const rounds = 400
/** Twice this many are sent before the clock leaps: fewer than the ten commands that Volvo allows in a minute. */
const burst = 4
const askers = 20

/** A command through the node against the same request by bare axios; and what many askers at once cost. */
export async function command(): Promise<Measure[]> {
  const clock = new LeapingClock()
  const lent = { commandDelayMs: 0, lag: { min: 0, max: 0 } }
  const { holdSimulator } = built<{ holdSimulator: (options: SimulatorOptions) => Promise<Simulator> }>(
    'nodes/account/simulatorHost.js',
  )
  const { liveAccounts } = built<{ liveAccounts: Map<string, LiveAccount> }>('nodes/account/live.js')
  const simulator = await holdSimulator({ ...lent, clock })
  const vin = simulator.cars.get('ex40')?.id ?? ''
  const place = { z: 'tab', x: 100, y: 100 }
  const states = Array.from({ length: askers }, (_, index) => ({
    id: `state${index}`,
    type: 'driveway-state',
    account: 'acc',
    groups: ['charging'],
    maxAge: 0,
    wires: [['known']],
    ...place,
  }))
  const runtime = await startNodeRed(
    [
      { id: 'tab', type: 'tab', label: 'bench' },
      { id: 'acc', type: 'driveway-account', provider: 'volvo', server: 'simulator', vehicles: [{ id: vin }] },
      { id: 'command', type: 'driveway-command', account: 'acc', command: 'flash', wires: [['result']], ...place },
      { id: 'result', type: 'junction', wires: [[]], ...place },
      { id: 'known', type: 'junction', wires: [[]], ...place },
      ...states,
    ],
    { drivewayAccountClock: clock, drivewayAccountSimulator: lent },
  )
  await until(() => Boolean(runtime.node('result')))

  const send = (id: string) => runtime.node(id).receive({ payload: '' })
  const outcome = () =>
    new Promise<{ phase: string }>((resolve) =>
      runtime.node('result').once('input', (message) => resolve(message.payload as { phase: string })),
    )
  // The first command opens the account, signs in and learns what the car can do.
  const first = outcome()
  send('command')
  await first

  const opened = await liveAccounts.get('acc')?.open()
  if (!opened) throw new Error('the account is not there')
  const { inner } = opened.account.provider as unknown as { inner: { options: { tokens: { access(): Promise<string> } } } }
  const { tokens } = inner.options
  const url = `${simulator.url}/volvo/connected-vehicle/v2/vehicles/${vin}/commands/flash`
  const times = { node: [] as number[], bare: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    if (round % burst === 0) clock.leap(62_000)
    const token = await tokens.access()
    const headers = {
      authorization: `Bearer ${token}`,
      'vcc-api-key': volvoDemo.apiKey,
      'content-type': 'application/json',
      accept: 'application/json',
    }
    const throughNode = async () => {
      const started = performance.now()
      const done = outcome()
      send('command')
      const { phase } = await done
      times.node.push(performance.now() - started)
      if (phase !== 'done') throw new Error(`a command ended as ${phase}`)
    }
    const bare = async () => {
      const started = performance.now()
      await axios.post(url, undefined, { headers })
      times.bare.push(performance.now() - started)
    }
    // In turns, so that neither always comes first.
    for (const run of round % 2 ? [throughNode, bare] : [bare, throughNode]) await run()
  }

  clock.leap(62_000)
  await tokens.access()
  const before = simulator.calls.total
  let answers = 0
  runtime.node('known').on('input', () => void answers++)
  for (const { id } of states) send(id)
  await until(() => answers === askers)
  const calls = simulator.calls.total - before

  await runtime.stop()
  await simulator.close()
  // What starting up and warming up costs is not what a command costs.
  const warm = (values: readonly number[]) => values.slice(rounds / 4)
  const node = warm(times.node)
  const bare = warm(times.bare)
  const ratio = median(node) / median(bare)
  return [
    { part: 'command', name: 'command through the node, median', value: median(node), unit: 'ms' },
    { part: 'command', name: 'command through the node, 95th percentile', value: quantile(node, 0.95), unit: 'ms' },
    { part: 'command', name: 'bare axios POST, median', value: median(bare), unit: 'ms' },
    { part: 'command', name: 'bare axios POST, 95th percentile', value: quantile(bare, 0.95), unit: 'ms' },
    { part: 'command', name: 'node / bare, medians', value: ratio, unit: '', target: '<= 1.3', ok: ratio <= 1.3 },
    {
      part: 'command',
      name: `calls when ${askers} nodes ask at once`,
      value: calls,
      unit: 'calls',
      target: '1',
      ok: calls === 1,
    },
  ]
}
