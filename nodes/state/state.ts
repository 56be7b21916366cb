import { randomUUID } from 'node:crypto'
import type { Node, NodeAPI, NodeDef } from 'node-red'
import type { Account, AccountEvents } from '../../src/account/account'
import { matching } from '../../src/account/garage'
import { DrivewayError, toDrivewayError } from '../../src/vehicle/causes'
import { signalGroups } from '../../src/vehicle/signals'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { accountRecord } from '../shared/accountRecord'
import { CarTroubles } from '../shared/carTroubles'
import { eachCar } from '../shared/eachCar'
import { accountOf, chosen, noAccount, onClose, onInput, text, type Message } from '../shared/glue'
import { stateMessage } from '../shared/messages'
import { MqttOut, type MqttOutConfig, type MqttOutMessage } from '../shared/mqttOut'
import { migrated } from '../shared/migrate'
import { raise } from '../shared/speech'
import { Status } from '../shared/status'
import { isOfAccount, learn, wantedFrom, type Learnt } from './records'

interface StateConfig extends NodeDef, MqttOutConfig {
  account: string
  vehicle?: string
  groups?: string[]
  maxAge?: string | number
  onChange?: boolean
}

const usualMaxAge = 300

/** `driveway-state`: answers a message with what is known of a car, and reads what is too old. */
export default function (RED: NodeAPI): void {
  function CarState(this: Node, saved: StateConfig): void {
    RED.nodes.createNode(this, saved)
    const config = migrated(RED, this, saved)
    const node = this
    const status = new Status(RED, node)
    const accountNode = accountOf(RED, config.account)
    let stop: (() => void) | undefined
    let mqttOut: MqttOut | undefined
    let unfit: DrivewayError | undefined
    let closing = false
    if (!accountNode) status.word('fault', 'noAccount')
    else {
      status.clear()
      accountNode.register(node, status)
      try {
        mqttOut = MqttOut.from(config)
      } catch (error) {
        unfit = toDrivewayError(error)
        status.trouble(unfit.cause)
      }
      if (config.onChange)
        accountNode.opened().then(
          (account) => {
            if (closing) return
            if (unfit) raise(RED, node, unfit)
            else stop = tellChanges(RED, node, status, account, config, mqttOut)
          },
          (error: unknown) => status.trouble(toDrivewayError(error).cause),
        )
    }

    onInput(RED, node, async (message, send) => {
      if (!accountNode) throw noAccount()
      try {
        if (unfit) throw unfit
        const account = await accountNode.opened()
        const wanted = wantedFrom(config.groups?.length ? config.groups : message.groups, message.history)
        const maxAge = maxAgeFrom(config.maxAge, message.maxAge)
        if (isOfAccount(wanted)) {
          status.word('well', 'done')
          const topic = text(message.topic) ?? 'snapshot'
          return send(Object.assign(message, { topic, payload: { account: accountRecord(RED, account) }, readings: {} }))
        }
        const cars = await account.chosen(chosen(config.vehicle, message.vehicle))
        status.word('busy', 'loading')
        const { well, failure } = await eachCar(RED, cars, (car) => learn(RED, account, car, wanted, maxAge))
        if (closing && !failure) return
        const [first, ...others] = answers(message, well, RED)
        const forMqtt = well.flatMap(({ vehicle }) => mqttOut?.state(account, vehicle, true) ?? []) as (MqttOutMessage &
          Message)[]
        if (first && !closing) send(mqttOut ? [[first, ...others], forMqtt] : [[first, ...others]])
        if (failure) throw failure
        status.word('well', 'done')
      } catch (error) {
        const { cause } = toDrivewayError(error)
        status.trouble(cause)
        accountNode.told(node, cause)
        throw error
      }
    })

    onClose(node, () => {
      closing = true
      stop?.()
      accountNode?.deregister(node)
    })
  }

  RED.nodes.registerType('driveway-state', CarState)
}

/**
 * One message per car; several carry `parts`, so that a Join node collects them. The topic that came in is kept. `next`
 * says where a past goes on that did not fit on one page.
 */
function answers(message: Message, known: readonly Learnt[], RED: NodeAPI): Message[] {
  const id = randomUUID()
  return known.map((one, index) => {
    const copy = index === known.length - 1 ? message : RED.util.cloneMessage(message)
    const parts = known.length > 1 ? { parts: { id, index, count: known.length } } : {}
    const { topic: _topic, ...answer } = stateMessage('snapshot', one)
    const past = message.history === undefined && !one.next ? parts : { ...parts, next: one.next }
    return Object.assign(copy, { topic: text(message.topic) ?? 'snapshot' }, answer, past)
  })
}

function maxAgeFrom(configured: unknown, given: unknown): number {
  const value = configured === undefined || configured === null || configured === '' ? given : configured
  if (value === undefined || value === '') return usualMaxAge
  const seconds = Number(value)
  if (Number.isFinite(seconds) && seconds >= 0) return seconds
  throw new DrivewayError({
    code: 'INVALID_PARAMS',
    message: 'maxAge must be a number of seconds, 0 or more',
    action: 'Mend maxAge.',
  })
}

/** Sends on each change without being asked. */
function tellChanges(
  RED: NodeAPI,
  node: Node,
  status: Status,
  account: Account,
  config: StateConfig,
  mqttOut: MqttOut | undefined,
): () => void {
  const { groups } = wantedFrom(config.groups ?? [])
  const isMine = matching(text(config.vehicle))
  const wanted = groups.length ? groups : signalGroups
  const onReading = (car: Vehicle, { changes, first }: AccountEvents['reading'][1]) => {
    if (first || !isMine(car) || !changes.some(({ signal }) => wanted.some((group) => signal.startsWith(`${group}.`)))) return
    node.send(stateMessage('snapshot', account.about(car, groups)))
    sendState(car)
  }
  const troubles = new CarTroubles(RED, node, account, isMine, ({ id }) => account.failure(id, wanted))
  let shown = false
  const onTried = (car: Vehicle) => {
    if (!isMine(car)) return
    troubles.look(car)
    const trouble = troubles.first
    if (trouble) status.trouble(trouble)
    else if (shown) status.clear()
    shown = trouble !== undefined
  }
  account.on('reading', onReading)
  account.on('tried', onTried)
  const sendState = (car: Vehicle) => {
    const state = mqttOut?.state(account, car)
    if (state) node.send([null, state])
  }
  // Whether what is known is old by now, a state says too.
  const onHealth = () => account.known.filter(isMine).forEach(sendState)
  account.on('health', onHealth)
  const end = account.watch(isMine, wanted, account.freshness)
  return () => {
    end()
    account.off('reading', onReading)
    account.off('tried', onTried)
    account.off('health', onHealth)
  }
}
