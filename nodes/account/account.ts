import type { Node, NodeAPI, NodeDef } from 'node-red'
import type { Account } from '../../src/account/account'
import { addressesOf, credentialNames, openAccount, type OpenedAccount, type OpenOptions } from '../../src/account/open'
import {
  invalidConfig,
  isOfCloud,
  providerSettings,
  readSettings,
  type AccountCredentials,
  type AccountSettings,
  type CloudSettings,
} from '../../src/account/settings'
import { seconds, type Clock, type Timer } from '../../src/clock'
import type { SignInStatus } from '../../src/cloud/oauth'
import { memoryStateStore, type StateStore } from '../../src/cloud/stateStore'
import { memoryTokenStore } from '../../src/cloud/tokens'
import { loadProvider } from '../../src/providers/registry'
import { concernsAccount } from '../../src/account/health'
import { toDrivewayError, DrivewayError, type Cause, type CauseCode } from '../../src/vehicle/causes'
import { onClose } from '../shared/glue'
import { clockOf, simulatorOptionsOf } from '../shared/environment'
import { migrated } from '../shared/migrate'
import { causeSaid, notice, raise as raiseAt } from '../shared/speech'
import type { Status } from '../shared/status'
import { folderOf, placeOf } from '../shared/place'
import type { MqttNode } from '../mqtt/mqttNode'
import type { Simulator } from '../../src/simulator/simulator'
import type { AccountNode } from './accountNode'
import { liveAccounts, type LiveAccount } from './live'
import { serveRoutes, signInsOf } from './routes'
import { signInToSimulator } from './selfSignIn'
import { playStream } from './simulatedStream'
import { holdSimulator, releaseSimulator } from './simulatorHost'

interface AccountConfig extends NodeDef {
  mirror?: string
  server?: string
}

/** Tabs whose own node is just about to tell the same trouble are left out; so the account waits a moment. */
const raiseAfter = seconds(0.1)

/** `driveway-account`: a signed-in link to one provider, shared by all nodes that use it. */
export default function (RED: NodeAPI): void {
  serveRoutes(RED)

  function CarAccount(this: Node<AccountCredentials>, saved: AccountConfig): void {
    RED.nodes.createNode(this, saved)
    const config = migrated(RED, this, saved)
    const node = this as unknown as AccountNode & Node<AccountCredentials>
    const live: LiveAccount = { open: () => open() }
    liveAccounts.set(node.id, live)
    let opening: Promise<OpenedAccount> | undefined
    let closing = false
    let raising: Timer | undefined
    const toldTabs = new Map<string, string>()
    const statuses = new Map<string, Status>()
    let trouble: { cause: Cause; until?: string } | undefined
    node.users = {}

    /** Opens the account with the first who asks. Settings do not mend themselves; another failure may, so it is not kept. */
    const open = (): Promise<OpenedAccount> => {
      opening ??= start().catch((error: unknown) => {
        const failure = toDrivewayError(error)
        if (failure.code !== 'INVALID_CONFIG') opening = undefined
        raise(failure.cause)
        throw failure
      })
      return opening
    }

    const start = async (): Promise<OpenedAccount> => {
      const settings = readSettings(config)
      const opened = await openAs(settings)
      if (closing) opened.account.close()
      live.opened = opened
      const { account } = opened
      account.on('health', ({ problem, problemUntil }) => (problem ? raise(problem, problemUntil) : clear()))
      const warn = (cause: Cause) => node.warn(causeSaid(RED, cause).message)
      account.on('trouble', warn)
      // A broker that is not there may have refused us before anybody listened.
      const { unpushed } = account.health
      if (unpushed) warn(unpushed)
      account.on('drift', ({ where, sample }) => {
        // Whoever plays a day on the simulator's page puts its clock on: that says nothing about a cloud.
        if (settings.server === 'simulator' && where === 'times') return
        node.warn(notice(RED, 'schema-drift', { provider: account.provider.id, where, sample }))
      })
      const held = signInsOf(RED).takeHeld(node.id)
      if (held) await opened.signIn.accept(held)
      return opened
    }

    const openAs = (settings: AccountSettings): Promise<OpenedAccount> => {
      if (!isOfCloud(settings)) return openOther(RED, node.id, settings, mirrorNode)
      return settings.server === 'simulator' ? openOnSimulator(RED, node.id, settings) : openSignedIn(RED, node, settings)
    }

    /** Tells every tab once that something stands in the way, and the log once. */
    const raise = (cause: Cause, until?: string) => {
      raising?.cancel()
      trouble = { cause, until }
      for (const status of statuses.values()) status.trouble(cause, until)
      raising = clockOf(RED).after(raiseAfter, () => {
        if (closing) return
        const tabs = new Map(Object.values(node.users).map((user) => [user.z, user]))
        // Used by a mirror alone: no tab to tell, but the log.
        if (tabs.size === 0 && toldTabs.get('') !== cause.code) {
          toldTabs.set('', cause.code)
          node.warn(causeSaid(RED, cause).message)
        }
        for (const [tab, user] of tabs) {
          if (toldTabs.get(tab) === cause.code) continue
          toldTabs.set(tab, cause.code)
          raiseAt(RED, user, new DrivewayError(cause))
        }
      })
    }

    const clear = () => {
      raising?.cancel()
      toldTabs.clear()
      trouble = undefined
      for (const status of statuses.values()) status.clear()
    }

    node.opened = () => open().then(({ account }) => account)
    node.register = (user, status) => {
      node.users[user.id] = user
      if (status) statuses.set(user.id, status)
      if (trouble) status?.trouble(trouble.cause, trouble.until)
    }
    node.deregister = (user) => {
      delete node.users[user.id]
      statuses.delete(user.id)
    }
    node.told = (user, cause) => {
      // Only what the account has now: else its next trouble would be taken for told.
      if (concernsAccount(cause.code) && trouble?.cause.code === cause.code) toldTabs.set(user.z, cause.code)
    }

    let telling: Timer | undefined
    const toldOfMirror = new Map<string, string>()
    /** The account works without its mirror, so no status says that it does not; but each tab is told once. */
    const tellOfMirror = (problem?: Cause) => {
      telling?.cancel()
      if (!problem) return toldOfMirror.clear()
      telling = clockOf(RED).after(raiseAfter, () => {
        const cause = { ...problem, message: `The account's MQTT mirror does not work: ${problem.message}` }
        for (const [tab, user] of new Map(Object.values(node.users).map((one) => [one.z, one]))) {
          if (closing || toldOfMirror.get(tab) === cause.message) continue
          toldOfMirror.set(tab, cause.message)
          raiseAt(RED, user, new DrivewayError(cause))
        }
      })
    }

    const mirrorNode = mqttNodeOf(RED, config.mirror)
    let leaveMirror: ((removed: boolean) => void) | undefined
    if (mirrorNode)
      node.opened().then(
        (account) => {
          if (!closing) leaveMirror = mirrorNode.mirror(node.id, account, config.name || account.provider.id, tellOfMirror)
        },
        () => undefined,
      )
    else if (config.mirror) tellOfMirror(noMirror)

    onClose(node, (removed) => {
      closing = true
      raising?.cancel()
      telling?.cancel()
      liveAccounts.delete(node.id)
      // It hears the outcomes of commands under way all the same.
      leaveMirror?.(removed)
      return opening?.then(
        async ({ account, signIn }) => {
          account.close()
          await Promise.all([signIn.settled(), account.ended])
        },
        () => undefined,
      )
    })
  }

  const secret = { type: 'password' } as const
  RED.nodes.registerType('driveway-account', CarAccount, {
    credentials: Object.fromEntries(credentialNames.map((name) => [name, secret])),
  })
}

const noMirror: Cause = {
  code: 'INVALID_CONFIG',
  message: 'it is disabled, or there is none',
  action: 'Open the account and choose its MQTT mirror anew.',
}

function mqttNodeOf(RED: NodeAPI, id: string | undefined): MqttNode | undefined {
  const found = id ? (RED.nodes.getNode(id) as MqttNode | null) : null
  return found?.type === 'driveway-mqtt' ? found : undefined
}

/** Reads another Driveway. What it writes itself must not be what it reads. */
async function openOther(
  RED: NodeAPI,
  id: string,
  settings: AccountSettings,
  mirror: MqttNode | undefined,
): Promise<OpenedAccount> {
  const broker = mqttNodeOf(RED, settings.broker)
  const isSamePlace = mirror?.place && mirror.place.url === broker?.place?.url
  if (mirror?.place?.base === settings.sourceBase && (mirror === broker || isSamePlace))
    throw invalidConfig(`The account's mirror writes below "${settings.sourceBase}", the topic that the account reads`)
  const { kept } = await placeOf(RED)
  return openAccount({
    id,
    settings,
    credentials: {},
    clock: clockOf(RED),
    store: memoryTokenStore(),
    kept,
    link: broker?.link(),
  })
}

async function openSignedIn(RED: NodeAPI, node: Node<AccountCredentials>, settings: AccountSettings): Promise<OpenedAccount> {
  const { tokens: store, kept } = await placeOf(RED)
  let warned = false
  const onSignIn = ({ signedIn, durable }: SignInStatus) => {
    // A store that is memory from the start was told of when it was opened.
    if (durable || !signedIn || !store.durable || warned) return
    warned = true
    node.warn(notice(RED, 'signInInMemory', { folder: folderOf(RED) ?? 'userDir' }))
  }
  return openAccount({ id: node.id, settings, credentials: node.credentials ?? {}, clock: clockOf(RED), store, kept, onSignIn })
}

const memories = new WeakMap<Simulator, StateStore>()

/** What is known of simulated cars lives as long as they do: over a deploy, not over a restart. */
function memoriesOf(simulator: Simulator): StateStore {
  const known = memories.get(simulator) ?? memoryStateStore()
  memories.set(simulator, known)
  return known
}

const signedOut: ReadonlySet<CauseCode> = new Set(['AUTH_REQUIRED', 'AUTH_EXPIRED', 'AUTH_REVOKED'])
const againAfter = seconds(10)

/** Nobody can sign a simulated account in again: it does so itself, until the answer is called. */
function keepSignedIn(account: Account, signIn: () => Promise<void>, clock: Clock): () => void {
  let timer: Timer | undefined
  const look = () => {
    timer?.cancel()
    const { problem } = account.health
    timer = problem && signedOut.has(problem.code) ? clock.after(againAfter, again) : undefined
  }
  const again = () =>
    void signIn()
      .catch(() => undefined)
      .then(look)
  account.on('health', look)
  return () => {
    account.off('health', look)
    timer?.cancel()
  }
}

/** The simulator's demo application is used, and the sign-in is kept nowhere. */
async function openOnSimulator(RED: NodeAPI, id: string, settings: CloudSettings): Promise<OpenedAccount> {
  const clock = clockOf(RED)
  const simulator = await holdSimulator(simulatorOptionsOf(RED))
  let account: OpenedAccount['account'] | undefined
  try {
    const { demoCredentials } = await import('./demoCredentials')
    const credentials = { ...demoCredentials[settings.provider], ...(await playStream(simulator, settings)) }
    const options: OpenOptions = {
      id,
      settings,
      credentials,
      clock,
      store: memoryTokenStore(),
      kept: { state: memoriesOf(simulator) },
      simulatorUrl: simulator.url,
    }
    const opened = await openAccount(options)
    account = opened.account
    const kit = await loadProvider(settings.provider)
    const { authUrl } = addressesOf(settings, kit, simulator.url)
    const told = providerSettings(settings)
    const signsIn = kit.signIn(told) === 'code'
    const client = () =>
      kit.oauth(authUrl, { clientId: credentials.clientId ?? '', clientSecret: credentials.clientSecret ?? '', settings: told })
    const signIn = async () => (signsIn ? opened.signIn.accept(await signInToSimulator(client(), clock)) : undefined)
    await signIn()
    const ended = keepSignedIn(opened.account, signIn, clock)
    const unheard = simulator.onReset(() => opened.account.startAnew())
    const close = account.close.bind(account)
    let held = true
    account.close = () => {
      ended()
      unheard()
      close()
      if (held) releaseSimulator()
      held = false
    }
    return { ...opened, simulatorPage: `${simulator.url}/sim/` }
  } catch (error) {
    account?.close()
    releaseSimulator()
    throw error
  }
}
