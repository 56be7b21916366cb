/** An order to a car and what its answer means. */
import type { Cause } from '../../vehicle/causes'
import { commands } from '../../vehicle/commands'
import type { Order, Verdict } from '../provider'
import { commandTemplate, type InversApi, type Sent } from './api'
import { insteadOf, inversCommandIds, isListed, pathOfCommand } from './commands'
import type { KnownCar } from './fleet'
import { detailOf } from './problems'
import { readState } from './state'
import { isMembers } from './wire'

/** The last part of the path; a command that INVERS has not, or params that it cannot take, is a cause. */
export function wireFor({ command, params }: Order): string | Cause {
  try {
    return pathOfCommand(command, params) ?? unsupported(command)
  } catch {
    return {
      code: 'INVALID_PARAMS',
      message: `${commands[command].label}: command must be lower-case letters and hyphens, and nothing else is taken`,
      action: 'Check the command.',
    }
  }
}

export const isCause = (given: string | Cause): given is Cause => typeof given !== 'string'

function unsupported(command: Order['command']): Cause {
  const other = insteadOf(command)
  return {
    code: 'UNSUPPORTED',
    message: `INVERS has no command to do this: ${commands[command].label}. It has: ${inversCommandIds.join(', ')}.`,
    action: other ? `Use ${other}.` : 'Choose a command the vehicle has.',
  }
}

/** INVERS: 200 means that the command was carried out, and its body is the state of the vehicle, whole or in part. */
export function verdictOf(answer: Sent, path: string, car: KnownCar, api: InversApi): Verdict {
  if ('fault' in answer) {
    const { phase, cause } = answer.fault
    const told = isStranger(cause, path, car) ? notListed(cause) : cause
    return { phase, cause: told, ...(told.provider && { provider: told.provider }) }
  }
  const { response } = answer
  const template = commandTemplate(path)
  const state = isMembers(response.body) ? response.body : undefined
  if (!state) api.drift(`commands/${path}`, 'no state in the answer')
  const readings = state ? readState(state, car.energy, api.origin('state')) : []
  return {
    phase: 'done',
    provider: detailOf({ ...response, body: undefined }, { method: 'POST', template, path: template }),
    ...(readings.length > 0 && { readings }),
  }
}

/** 404 for a command that the car does not list: the command is not there, the car is. */
const isStranger = ({ code }: Cause, path: string, { ability }: KnownCar): boolean =>
  code === 'VEHICLE_UNKNOWN' && ability?.constants !== undefined && !isListed(ability.constants, path)

const notListed = ({ provider }: Cause): Cause => ({
  code: 'UNSUPPORTED',
  message: 'This vehicle does not list the command, and INVERS does not know it',
  action: 'Choose a command the vehicle has.',
  ...(provider && { provider }),
})
