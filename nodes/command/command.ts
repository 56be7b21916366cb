import type { Node, NodeAPI, NodeDef } from 'node-red'
import { concernsAccount } from '../../src/account/health'
import { outcomeWithoutAccount, type CommandRequest } from '../../src/account/orders'
import { iso, seconds } from '../../src/clock'
import { DrivewayError, type Cause } from '../../src/vehicle/causes'
import { isFinal, type Outcome } from '../../src/vehicle/outcome'
import { tagOf, type Vehicle } from '../../src/vehicle/vehicle'
import { clockOf } from '../shared/environment'
import { accountOf, chosen, noAccount, onClose, onInput, text, type Message, type Send } from '../shared/glue'
import { migrated } from '../shared/migrate'
import { causeSaid, errorOf, outcomeSaid } from '../shared/speech'
import { Status } from '../shared/status'
import { reasons } from './words'

interface CommandConfig extends NodeDef {
  account: string
  vehicle?: string
  command?: string
  params?: string
  onFailure?: 'error' | 'output'
  progress?: boolean
  dryRun?: boolean
}

/** `driveway-command`: sends a command to a car and tells what became of it. */
export default function (RED: NodeAPI): void {
  function CarCommand(this: Node, saved: CommandConfig): void {
    RED.nodes.createNode(this, saved)
    const config = migrated(RED, this, saved)
    const status = new Status(RED, this)
    const account = accountOf(RED, config.account)
    const ports = portsOf(config)
    let closing = false
    if (account) status.clear()
    else status.word('fault', 'noAccount')
    account?.register(this, status)

    const order = async (message: Message, send: Send): Promise<{ outcome: Outcome; vehicle?: Vehicle }> => {
      if (!account) throw noAccount()
      status.word('busy', 'sending')
      const opened = await account.opened()
      return opened.send(requestFrom(config, message), (told, vehicle) => {
        if (isFinal(told.phase)) return
        // Quick phases would only flicker.
        if (told.phase === 'waking') status.word('busy', told.phase)
        if (ports.progress !== undefined)
          emit(send, ports.progress, resultMessage(RED.util.cloneMessage(message), outcomeSaid(RED, told), vehicle))
      })
    }

    onInput(RED, this, async (message, send) => {
      const command = text(config.command) ?? message.command
      const { outcome: told, vehicle } = await order(message, send).catch((error: unknown) => ({
        outcome: outcomeWithoutAccount(command, error, clockOf(RED)),
        vehicle: undefined,
      }))
      if (closing) return
      const outcome = outcomeSaid(RED, told)
      if (account) showOutcome(status, outcome)
      const port = outcome.ok === true ? ports.result : ports.notDone
      if (port !== undefined) return emit(send, port, resultMessage(message, outcome, vehicle))
      message.outcome = outcome
      const error = errorOf(outcome.cause ?? causeSaid(RED, noCause))
      account?.told(this, error.cause)
      throw error
    })

    onClose(this, () => {
      closing = true
      account?.deregister(this)
    })
  }

  RED.nodes.registerType('driveway-command', CarCommand)
}

interface Ports {
  result: number
  notDone?: number
  progress?: number
}

/** Outputs in order: result, not done (if asked for), progress (if asked for). */
function portsOf({ onFailure, progress }: CommandConfig): Ports {
  const notDone = onFailure === 'output' ? 1 : undefined
  return { result: 0, notDone, progress: progress ? (notDone ?? 0) + 1 : undefined }
}

function emit(send: Send, port: number, message: Message): void {
  send([...Array<null>(port).fill(null), message])
}

/** What the dialog says wins; what it leaves empty comes from the message, and then counts as the message's choice. */
function requestFrom(config: CommandConfig, message: Message): CommandRequest {
  const configured = text(config.command)
  return {
    vehicle: chosen(config.vehicle, message.vehicle),
    command: configured ?? message.command,
    params: paramsFrom(config.params, message.params),
    dryRun: config.dryRun === true,
    origin: configured === undefined ? 'message' : 'dialog',
  }
}

function paramsFrom(configured: unknown, given: unknown): unknown {
  const json = text(configured)
  if (json === undefined) return given === '' ? undefined : given
  try {
    return JSON.parse(json)
  } catch {
    throw new DrivewayError({
      code: 'INVALID_PARAMS',
      message: 'The parameters in the node are not valid JSON',
      action: 'Mend the parameters.',
    })
  }
}

function resultMessage(message: Message, outcome: Outcome, vehicle: Vehicle | undefined): Message {
  return Object.assign(message, { topic: outcome.command, ...(vehicle && { vehicle: tagOf(vehicle) }), payload: outcome })
}

function showOutcome(status: Status, outcome: Outcome): void {
  if (outcome.ok === true) status.show('well', `${outcome.command}: ${status.translated(outcome.phase)}`)
  else if (outcome.cause && concernsAccount(outcome.cause.code)) status.trouble(outcome.cause, untilOf(outcome))
  else if (outcome.ok === null) status.show('waiting', `${outcome.command}: ${status.translated('unknown')}`)
  else status.show('attention', notDoneWords(status, outcome))
}

function notDoneWords(status: Status, { cause }: Outcome): string {
  const reason = cause && reasons[cause.code]
  const notDone = status.translated('notDone')
  return reason === undefined ? notDone : `${notDone}: ${status.translated(reason)}`
}

/** ISO 8601 UTC: when the cause is known to be over. */
function untilOf({ cause, finishedAt }: Outcome): string | undefined {
  if (cause?.retryAfter === undefined || finishedAt === undefined) return undefined
  return iso(Date.parse(finishedAt) + seconds(cause.retryAfter))
}

const noCause: Cause = { code: 'INTERNAL', message: 'The command ended without a reason', action: 'Report this fault to us.' }
