/** An order to a car and what its answer means. */
import { iso, seconds } from '../../clock'
import type { Fault } from '../../cloud/call'
import type { HttpResponse } from '../../cloud/http'
import { toDrivewayError, type Cause, type ProviderDetail } from '../../vehicle/causes'
import { commands } from '../../vehicle/commands'
import { numberOf } from '../mapping'
import type { Order, Verdict } from '../provider'
import type { VolvoApi } from './api'
import { volvoCommands, wireOf, type Wire } from './commands'
import { detailOf } from './errorBody'
import { isDocumented, verdictOf } from './invokeStatus'
import { commandAnswer, type Invocation } from './wire'

/** What would be sent; rejects nothing: a command that Volvo has not, or params that it cannot take, is a cause. */
export function wireFor({ command, params, vehicle }: Order, api: VolvoApi): Wire | Cause {
  try {
    return wireOf(command, params, api.car(vehicle).pathOf(command)) ?? unsupported(command)
  } catch {
    return {
      code: 'INVALID_PARAMS',
      message: `${commands[command].label}: path must be lower-case letters and hyphens, body an object`,
      action: 'Check the command.',
    }
  }
}

export const isCause = (given: Wire | Cause): given is Cause => 'code' in given

const unsupported = (command: Order['command']): Cause => ({
  code: 'UNSUPPORTED',
  message: `Volvo has no command to do this: ${commands[command].label}. It has: ${Object.keys(volvoCommands).join(', ')}.`,
  action: 'Choose a command the car has.',
})

/** The verdict of an order that was sent. */
export function verdictOfAnswer(answer: { response: HttpResponse } | { fault: Fault }, path: string, api: VolvoApi): Verdict {
  if ('fault' in answer) {
    const { phase, cause } = answer.fault
    return { phase, cause, ...(cause.provider ? { provider: cause.provider } : {}) }
  }
  const { response } = answer
  const call = `POST /connected-vehicle/v2/vehicles/{vin}/commands/${path}`
  const parsed = commandAnswer.safeParse(response.body)
  if (!parsed.success) {
    const provider = detailOf(response, call)
    api.drift(`connected-vehicle/v2/commands/${path}`, 'no invokeStatus')
    return {
      phase: 'unknown',
      cause: {
        code: 'SCHEMA_DRIFT',
        message: 'Volvo did not say what became of the command',
        action: 'Look at the car, then try again.',
        provider,
      },
      provider,
    }
  }
  const { invokeStatus, message } = parsed.data
  if (!isDocumented(invokeStatus)) api.drift('connected-vehicle/v2/commands invokeStatus', invokeStatus)
  return verdictOf(invokeStatus, {
    ...detailOf(response, call, { status: invokeStatus, message }),
    ...unlocking(parsed.data, api.clock.now()),
  })
}

/** Seconds left, or an instant: the documents and the field disagree. */
function unlocking(
  { readyToUnlock, readyToUnlockUntil }: Invocation,
  now: number,
): Pick<ProviderDetail, 'readyToUnlock' | 'readyToUnlockUntil'> {
  const until = numberOf(readyToUnlockUntil)
  return {
    ...(readyToUnlock === undefined ? {} : { readyToUnlock }),
    ...(until === undefined || until < 0 || until > 1e14
      ? {}
      : { readyToUnlockUntil: iso(until > 1e9 ? until : now + seconds(until)) }),
  }
}

/** Whatever was thrown on the way: unknown when the car may have it already. */
export function verdictOfError(error: unknown, sent: boolean): Verdict {
  return { phase: sent ? 'unknown' : 'failed', cause: toDrivewayError(error).cause }
}
