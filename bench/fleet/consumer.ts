/** One process that reads the event queue: an account of ours, or bare amqplib that parses and acknowledges. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { connect } from 'amqplib'
import type * as AccountModule from '../../src/account/account'
import type * as KeeperModule from '../../src/account/keeper'
import type * as SettingsModule from '../../src/account/settings'
import type * as ClockModule from '../../src/clock'
import type * as HttpModule from '../../src/cloud/http'
import type * as OauthModule from '../../src/cloud/oauth'
import type * as QuotaModule from '../../src/cloud/quota'
import type * as SealModule from '../../src/cloud/seal'
import type * as StoreModule from '../../src/cloud/stateStore'
import type * as KitModule from '../../src/providers/invers/kit'
import { built } from '../nodeRed'
import { carId } from './events'

// What is shipped is measured.
const { Account } = built<typeof AccountModule>('src/account/account.js')
const { Keeper } = built<typeof KeeperModule>('src/account/keeper.js')
const { readSettings } = built<typeof SettingsModule>('src/account/settings.js')
const { systemClock } = built<typeof ClockModule>('src/clock.js')
const { Http } = built<typeof HttpModule>('src/cloud/http.js')
const { noTokens } = built<typeof OauthModule>('src/cloud/oauth.js')
const { Ledger } = built<typeof QuotaModule>('src/cloud/quota.js')
const { openSealer } = built<typeof SealModule>('src/cloud/seal.js')
const { fileStateStore } = built<typeof StoreModule>('src/cloud/stateStore.js')
const { inversKit } = built<typeof KitModule>('src/providers/invers/kit.js')

export interface Job {
  kind: 'ours' | 'bare'
  url: string
  vhost: string
  user: string
  password: string
  queue: string
  cars: number
  /** So many come before the clock runs; default 1. */
  warm?: number
  /** Folder in which the account keeps what it knows, as in a Node-RED; absent: it keeps nothing. */
  dir?: string
}

/** What the process answers when it is asked. */
export interface Report {
  /** Events handed on so far, and when the last of the warming up and the last of all were; ms since 1970. */
  count: number
  first: number
  last: number
  /** From the event's own time to its being handed on, ms; only in a clean report. */
  delays: number[]
  /** User and system time of this process, ms; and what of it was spent when it was warm. */
  cpu: number
  warmCpu: number
  heap: number
  rss: number
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const counted = { count: 0, first: 0, last: 0, warmCpu: 0 }
let warm = 1
let delays: number[] = []
function note(occurredAt: number): void {
  const now = Date.now()
  counted.count++
  if (counted.count === warm) Object.assign(counted, { first: now, warmCpu: cpu() })
  counted.last = now
  delays.push(now - occurredAt)
}

async function bare({ url, vhost, user: username, password, queue }: Job): Promise<void> {
  const { hostname, port } = new URL(url)
  const model = await connect({ hostname, port: Number(port), username, password, vhost })
  const channel = await model.createChannel()
  await channel.prefetch(500)
  await channel.consume(queue, (message) => {
    if (!message) return
    const { metadata } = JSON.parse(message.content.toString()) as { metadata: { occurred_at: string } }
    note(Date.parse(metadata.occurred_at))
    channel.ack(message)
  })
}

/** The list of the fleet, as INVERS pages it. */
async function fleetServer(cars: number): Promise<string> {
  const master_data = { fuel_type: 'ELECTRIC', brand: 'Demo', model: 'City', year_of_production: '2023', vehicle_type: 'CAR' }
  const capabilities = {
    commands: ['REQUEST_VEHICLE_STATE', 'UNLOCK_CENTRAL_LOCK', 'LOCK_CENTRAL_LOCK', 'ENABLE_DRIVING', 'DISABLE_DRIVING'],
    vehicle_state: ['MILEAGE_IN_KILOMETERS', 'POSITION', 'CENTRAL_LOCK', 'DRIVING_ENABLED', 'CELLULAR_SIGNAL_QUALITY'],
  }
  const vehicle = (n: number) => ({
    id: carId(n),
    master_data: { ...master_data, custom_name: `Car ${n}`, license_plate: `B-X ${n}` },
    capabilities,
  })
  const server = createServer((request, response) => {
    const from = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page_token') ?? 0)
    const to = Math.min(cars, from + 1000)
    const items = Array.from({ length: to - from }, (_, i) => vehicle(from + i))
    response.end(JSON.stringify({ items, ...(to < cars && { next_page_token: String(to) }) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function ours({ url, vhost, user, password, queue, cars, dir }: Job): Promise<void> {
  const clock = systemClock
  const baseUrl = await fleetServer(cars)
  const own = { amqpUrl: url, amqpVhost: vhost, amqpQueues: queue }
  const settings = { api: '', timeZone: 'UTC', own }
  const http = new Http({ baseUrl, clock, name: 'INVERS' })
  const ledger = new Ledger(inversKit.limits, clock, 'INVERS')
  const credentials = { amqpUser: user, amqpPassword: password }
  const httpTo = () => http
  const provider = inversKit.open({ baseUrl, settings, credentials, http, httpTo, tokens: noTokens, ledger, clock })
  const sealer = dir ? await openSealer({ dir, secrets: ['bench'] }) : undefined
  const keeper = dir ? new Keeper(fileStateStore({ dir, room: 'state', sealer }), 'bench', clock, () => undefined) : undefined
  const account = new Account({ settings: readSettings({ provider: 'invers' }), provider, ledger, clock, keeper })
  // What a flow or a mirror would do starts from here.
  account.on('reading', (vehicle) => {
    const held = account.memory(vehicle.id).held['vehicle.odometer']
    if (held) note(held.observedAt)
  })
  account.on('health', ({ problem }) => problem && console.error(problem.message))
  await account.vehicles()
}

function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function report(isClean = false): Report {
  if (isClean) collect()
  const { heapUsed, external, rss } = process.memoryUsage()
  const told = { ...counted, delays: isClean ? delays : [], cpu: cpu(), heap: heapUsed + external, rss }
  return told
}

process.on('message', (message: { job?: Job; isClean?: boolean; again?: boolean }) => {
  if (!message.job) process.send?.(report(message.isClean))
  if (message.again) {
    Object.assign(counted, { count: 0, first: 0, last: 0, warmCpu: 0 })
    delays = []
  }
  const { job } = message
  if (!job) return
  warm = job.warm ?? 1
  void (job.kind === 'ours' ? ours(job) : bare(job)).then(() => process.send?.('ready'))
})
process.on('disconnect', () => process.exit(0))
process.send?.('loaded')
