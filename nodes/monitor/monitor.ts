import type { Node, NodeAPI, NodeDef } from 'node-red'
import { matching } from '../../src/account/garage'
import type { OpenedAccount } from '../../src/account/open'
import { readMonitor, type MonitorDefinition } from '../../src/monitors/definition'
import { markOf } from '../../src/monitors/marks'
import { DrivewayError } from '../../src/vehicle/causes'
import type { Vehicle } from '../../src/vehicle/vehicle'
import type { AccountNode } from '../account/accountNode'
import { liveAccounts } from '../account/live'
import { clockOf } from '../shared/environment'
import { noAccount, text } from '../shared/glue'
import { instanceOf } from '../shared/instance'
import { MqttOut, type MqttOutConfig } from '../shared/mqttOut'
import { migrated } from '../shared/migrate'
import { Status } from '../shared/status'
import { watchNode } from '../shared/watchNode'
import { deskOf, intakeOf, stateOf } from './desk'
import type { Engine, EngineParts } from './engine'
import { watchHere } from './here'
import { serveHooks } from './hooks'
import { watchInCloud } from './inCloud'
import { removeLeftovers } from './leftovers'
import { serveMonitorRoutes } from './routes'
import { MonitorWatch } from './watch'

export interface MonitorConfig extends NodeDef, MqttOutConfig {
  account: string
  vehicles?: unknown
  [field: string]: unknown
}

/** `driveway-monitor`: fires on a condition, here or in the provider's cloud. */
export default function (RED: NodeAPI): void {
  const intake = intakeOf(RED, clockOf(RED))
  serveHooks(
    RED,
    clockOf(RED),
    (account, secret) => Promise.resolve(intake.admit(account, secret)),
    (arrived) => intake.receive(arrived),
  )
  serveMonitorRoutes(RED)
  removeLeftovers(RED)

  function CarMonitor(this: Node, saved: MonitorConfig): void {
    RED.nodes.createNode(this, saved)
    const config = migrated(RED, this, saved)
    const status = new Status(RED, this)
    watchNode(RED, this, config.account, status, {
      open: openedBy,
      prepare: async (opened, accountNode) => {
        const start = await engineFor(RED, this, config, accountNode, opened)
        return () => watchOf(RED, this, status, config, opened, start)
      },
    })
  }

  RED.nodes.registerType('driveway-monitor', CarMonitor)
}

/** With its settings, which say how the cloud is reached. */
async function openedBy(accountNode: AccountNode): Promise<OpenedAccount> {
  await accountNode.opened()
  const live = liveAccounts.get(accountNode.id)
  if (!live) throw noAccount()
  return live.open()
}

type Start = (parts: EngineParts) => Engine

const definitionOf = (config: MonitorConfig, { settings }: OpenedAccount): MonitorDefinition =>
  readMonitor(config, settings.api === 'v1' ? 'v1' : 'v4')

// Eight characters of a hash of this runtime and this node.
const markFor = (RED: NodeAPI, node: Node): string => markOf(instanceOf(RED, 'monitors'), node.id)

/** Where the monitor is evaluated. What it had in the cloud and has no more goes from there. */
async function engineFor(
  RED: NodeAPI,
  node: Node,
  config: MonitorConfig,
  accountNode: AccountNode,
  opened: OpenedAccount,
): Promise<Start> {
  const definition = definitionOf(config, opened)
  const desk = await deskOf(RED, accountNode, opened)
  if (definition.where !== 'provider') {
    await desk?.disown({ mark: markFor(RED, node), definition })
    return watchHere
  }
  if (!desk) throw noMonitors
  return watchInCloud(desk)
}

function watchOf(
  RED: NodeAPI,
  node: Node,
  status: Status,
  config: MonitorConfig,
  opened: OpenedAccount,
  start: Start,
): MonitorWatch {
  const named = namesIn(config.vehicles)
  return new MonitorWatch({
    RED,
    node,
    status,
    account: opened.account,
    definition: definitionOf(config, opened),
    mark: markFor(RED, node),
    named,
    isMine: anyOf(named),
    clock: clockOf(RED),
    store: stateOf(opened),
    mqttOut: MqttOut.from(config),
    start,
  })
}

const noMonitors = new DrivewayError({
  code: 'UNSUPPORTED',
  message: 'The provider of this account has no monitors in its cloud',
  action: 'Choose to watch here, on what is read of the car.',
})

const namesIn = (given: unknown): string[] => (Array.isArray(given) ? given.flatMap((name) => text(name) ?? []) : [])

/** All cars where none is named. */
function anyOf(names: readonly string[]): (car: Vehicle) => boolean {
  const each = names.map((name) => matching(name))
  return (car) => each.length === 0 || each.some((isIt) => isIt(car))
}
