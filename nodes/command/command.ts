import type { Node, NodeAPI, NodeDef } from 'node-red'
import { DrivewayError, type Cause } from '../../src/vehicle/causes'
import { isFinal, type Outcome } from '../../src/vehicle/outcome'
import { tagOf, type Vehicle } from '../../src/vehicle/vehicle'
import type { CommandRequest } from '../../src/account/orders'
import { accountOf, chosen, noAccount, onClose, onInput, text, type Message, type Send } from '../shared/glue'
import { Status } from '../shared/status'

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
  function CarCommand(this: Node, config: CommandConfig): void {
    RED.nodes.createNode(this, config)
    const status = new Status(RED, this)
    const account = accountOf(RED, config.account)
    const ports = portsOf(config)
    let closing = false
    account?.register(this)
    if (account) status.clear()
    else status.word('fault', 'noAccount')

    onInput(this, async (message, send) => {
      if (!account) throw noAccount()
      status.word('busy', 'sending')
      const opened = await account.opened().catch((error: DrivewayError) => {
        status.trouble(error.cause)
        throw error
      })
      const request = requestFrom(config, message)
      const { outcome, vehicle } = await opened.send(request, (told) => {
        if (isFinal(told.phase)) return
        status.word('busy', told.phase)
        // The car is known by now: phases are told after all checks.
        if (ports.progress !== undefined)
          emit(send, ports.progress, resultMessage(RED.util.cloneMessage(message), told, undefined))
      })
      if (closing) return
      showOutcome(status, outcome)
      const result = resultMessage(message, outcome, vehicle)
      if (outcome.ok === true) return emit(send, ports.result, result)
      if (ports.notDone !== undefined) return emit(send, ports.notDone, result)
      message.outcome = outcome
      const error = new DrivewayError(outcome.cause ?? noCause)
      account.told(this, error.cause)
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
  else if (outcome.ok === null) status.show('waiting', `${outcome.command}: ${status.translated('unknown')}`)
  else status.show('attention', `${status.translated('notDone')}: ${outcome.cause?.code ?? ''}`)
}

const noCause: Cause = { code: 'INTERNAL', message: 'The command ended without a reason', action: 'Report this fault to us.' }
