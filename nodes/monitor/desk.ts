/** What the monitor nodes of one account share in the provider's cloud: its monitors, and what is delivered to us. */
import type { NodeAPI } from 'node-red'
import type { OpenedAccount } from '../../src/account/open'
import { hours, seconds, systemClock, type Clock } from '../../src/clock'
import { memoryStateStore, type StateStore } from '../../src/cloud/stateStore'
import { CloudMonitors, type HeldMonitor, type HoldOptions } from '../../src/monitors/cloudMonitors'
import { inboxOf } from '../../src/monitors/inbox'
import { Intake, type Inbox } from '../../src/monitors/intake'
import { hookSecret } from '../../src/monitors/secret'
import type { Transport } from '../../src/providers/monitors'
import { DrivewayError } from '../../src/vehicle/causes'
import type { AccountNode } from '../account/accountNode'
import { clockOf } from '../shared/environment'
import { onFlowsStarted } from '../shared/flowsStarted'
import { onClose } from '../shared/glue'
import { instanceOf } from '../shared/instance'
import { notice, said } from '../shared/speech'
import { hookAddress } from './address'
import { listenForSockets } from './sockets'

/** Without a folder of its own, an account remembers as long as the process lives. */
const inThisProcess = memoryStateStore()
export const stateOf = ({ state }: OpenedAccount): StateStore => state ?? inThisProcess

const intakes = new WeakMap<object, Intake>()

/** One for each server of pages, also when Node-RED begins this module anew. */
export function intakeOf(RED: NodeAPI, clock: Clock): Intake {
  const server = (RED.httpNode as object | undefined) ?? RED.httpAdmin
  const intake = intakes.get(server) ?? new Intake(clock)
  intakes.set(server, intake)
  return intake
}

/** The account's secret: its own, else one that is made once. */
export const secretOf = (RED: NodeAPI, id: string, opened: OpenedAccount): Promise<string> => {
  const { webhookSecret } = (RED.nodes.getCredentials(id) ?? {}) as { webhookSecret?: string }
  return hookSecret(stateOf(opened), id, webhookSecret)
}

const desks = new WeakMap<OpenedAccount['account'], Promise<Desk>>()

/** Accounts that had a desk in this process: something may be left, also where no disk tells of it. */
export const attended = new Set<string>()

/** The desk of an account whose provider has monitors; undefined for others. */
export const deskOf = (RED: NodeAPI, accountNode: AccountNode, opened: OpenedAccount): Promise<Desk> | undefined =>
  opened.account.provider.monitors && receptionOf(RED, accountNode, opened)

/**
 * The desk of an account whose provider delivers, with monitors or without; undefined for others. It is there until the
 * account closes: what a node left behind is removed also when that node is gone.
 */
export function receptionOf(RED: NodeAPI, accountNode: AccountNode, opened: OpenedAccount): Promise<Desk> | undefined {
  const { account } = opened
  if (!account.provider.deliveries) return undefined
  let desk = desks.get(account)
  if (!desk) {
    desk = secretOf(RED, accountNode.id, opened).then((secret) => new Desk(RED, accountNode, opened, secret))
    // A secret that does not fit may be mended, and a disk be read the next time.
    desk.catch(() => desks.delete(account))
    desks.set(account, desk)
  }
  return desk
}

/** What was known of the account is forgotten, its secret too: an open desk takes the new one. */
export async function renewDesk(RED: NodeAPI, id: string, opened: OpenedAccount): Promise<void> {
  const desk = await desks.get(opened.account)
  await desk?.startAnew(await secretOf(RED, id, opened))
}

/** Node-RED waits 2 s for the account to close; the last pass gets most of that. */
const lastPass = seconds(1.5)
/** Whoever sends strange things must not fill the log, nor be silent for ever. */
const strangeEvery = hours(1)

export class Desk {
  /** Absent where the provider delivers, but has no monitors. */
  private readonly monitors?: CloudMonitors
  private readonly intake: Intake
  private readonly inbox: Inbox
  /** Marks of monitors that come by websocket. */
  private readonly bySocket = new Set<string>()
  private unlisten?: Promise<() => void>
  private isClosed = false

  constructor(
    private readonly RED: NodeAPI,
    accountNode: AccountNode,
    opened: OpenedAccount,
    private secret: string,
  ) {
    const { id } = accountNode
    const { account } = opened
    const clock = clockOf(RED)
    const store = stateOf(opened)
    const onTrouble = (error: unknown) => accountNode.warn(said(RED, error).message)
    this.intake = intakeOf(RED, clock)
    if (account.provider.monitors)
      this.monitors = new CloudMonitors({
        account,
        name: id,
        runtime: `${instanceOf(RED, 'monitors')} ${id}`,
        clock,
        store,
        secret,
        address: (transport) => this.reachedBy(transport, id, opened),
        onTrouble,
      })
    const toldStrange = new Map<string, number>()
    this.inbox = inboxOf({
      account,
      name: id,
      secret,
      clock,
      store,
      monitors: () => this.monitors,
      onTrouble,
      strange: (what) => {
        const now = clock.now()
        if (now - (toldStrange.get(what) ?? -Infinity) < strangeEvery) return
        toldStrange.set(what, now)
        accountNode.warn(notice(RED, 'strangeDelivery', { what }))
      },
    })
    if (account.closed) return
    attended.add(id)
    const letGo = account.keepConnected()
    this.intake.open(id, this.inbox)
    const unhear = onFlowsStarted(RED, () => this.monitors?.arrived())
    onClose(accountNode, async (removed) => {
      this.isClosed = true
      unhear()
      if (removed) this.intake.close(id, this.inbox)
      else this.intake.away(id, this.inbox)
      if (removed && this.monitors) await this.leave(this.monitors, accountNode)
      this.monitors?.close()
      letGo()
      this.bySocket.clear()
      await Promise.all([this.updateSockets(), this.monitors?.settled, this.inbox.seen.settled()])
    })
  }

  /** From now on the cloud holds this monitor. */
  hold(options: HoldOptions): HeldMonitor {
    const { monitors } = this
    if (!monitors) throw noMonitors
    const { mark, definition } = options
    if (definition.transport === 'websocket') this.bySocket.add(mark)
    else this.bySocket.delete(mark)
    const held = monitors.hold(options)
    return {
      get trouble() {
        return held.trouble
      },
      get isBusy() {
        return held.isBusy
      },
      pause: () => held.pause(),
      resume: () => held.resume(),
      close: async (removed) => {
        // A node that is deployed again finds its connections open.
        if (removed) this.bySocket.delete(mark)
        await held.close(removed)
        if (removed) await this.updateSockets()
      },
    }
  }

  /** A node that had its monitor in the cloud watches here now: what is left of it there goes. */
  async disown(options: Omit<HoldOptions, 'matches'>): Promise<void> {
    await this.hold({ ...options, matches: () => false }).close(true)
  }

  /** Who knows only the old address is a stranger from now on; the cloud is told the new one. */
  async startAnew(secret: string): Promise<void> {
    this.secret = secret
    this.inbox.secret = secret
    this.monitors?.startAnew(secret)
    await this.inbox.seen.forget()
  }

  /** The account is deleted. What cannot be removed in time is named, because nobody will look after it any more. */
  private async leave(monitors: CloudMonitors, accountNode: AccountNode): Promise<void> {
    await new Promise<void>((resolve) => {
      const limit = systemClock.after(lastPass, resolve)
      void monitors.leave().finally(() => {
        limit.cancel()
        resolve()
      })
    })
    const { remaining } = monitors
    if (remaining.length === 0) return
    const names = remaining.map((label) => `"${label}"`).join(', ')
    accountNode.warn(notice(this.RED, 'leftInCloud', { names }))
  }

  private async reachedBy(transport: Transport, id: string, opened: OpenedAccount): Promise<string | undefined> {
    const address = await hookAddress(this.RED, id, opened, this.secret, transport)
    // It must be there before the cloud is told of it.
    if (transport === 'websocket') await this.updateSockets()
    return address
  }

  /** Listens while any monitor comes by websocket. */
  private async updateSockets(): Promise<void> {
    const { intake } = this
    if (this.bySocket.size > 0 && !this.isClosed) {
      this.unlisten ??= listenForSockets(
        this.RED,
        (account, secret) => Promise.resolve(intake.admit(account, secret)),
        (arrived) => intake.receive(arrived),
      )
      const { unlisten } = this
      await unlisten.catch((error: unknown) => {
        if (this.unlisten === unlisten) this.unlisten = undefined
        throw error
      })
    } else {
      const { unlisten } = this
      this.unlisten = undefined
      await unlisten?.then((end) => end()).catch(() => undefined)
    }
  }
}

const noMonitors = new DrivewayError({
  code: 'UNSUPPORTED',
  message: 'The provider of this account has no monitors in its cloud',
  action: 'Choose to watch here, on what is read of the car.',
})
