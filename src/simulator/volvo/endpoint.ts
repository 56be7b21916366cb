import { json, type Call, type Ending, type Reply } from '../http'
import type { SimulatedCar } from '../car/car'
import type { AccessToken } from '../signIn/tokens'

export type Api = 'connected-vehicle' | 'energy-v1' | 'energy-v2' | 'location'

/** A call that got through the gateway. */
export interface Ask {
  call: Call
  token: AccessToken
  operationId: string
  /** Only for paths that name a car. */
  car: SimulatedCar
  /** Keys of the cars of whoever signed in. */
  cars: readonly SimulatedCar[]
}

export interface Endpoint {
  api: Api
  scopes: readonly string[]
  /** One of the scopes is enough. */
  anyScope?: true
  /** The vendor media type that this endpoint answers with beside plain JSON. */
  media?: string
  answer(ask: Ask): Ending | Promise<Ending>
}

/** An error as the API of this endpoint words it. Volvo: error envelopes E1, E2, E5 and E7 */
export function refusal(api: Api, operationId: string, status: number, message: string, description: string): Reply {
  const error = { message, description }
  if (api === 'connected-vehicle') return json(status, { error })
  if (api === 'energy-v2')
    return json(status, status === 401 || status === 403 ? { error } : { error: { code: message, message: description } })
  return json(status, { status, operationId, error })
}

/** Whole seconds, as Energy and Location write times. */
export const toSeconds = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`
export const toMillis = (at: number): string => new Date(at).toISOString()

export const round = (value: number, digits = 0): number => Number(value.toFixed(digits))
