/** What an INVERS account is told beside its credentials. Most of it stands for what INVERS' documents leave open. */
import { seconds } from '../../clock'
import type { ProviderSettings } from '../kit'

export interface InversSettings {
  /** Where the latest known state of a car is; `{vehicle_id}` stands for the car. INVERS: the path is not documented. */
  statePath: string
  /** Sent as `x-invers-fleet-id` where it is given. */
  fleetId?: string
  /** Member of a page that names the next one, and the query that asks for it; absent: every known form is tried. */
  cursorField?: string
  cursorParam?: string
  /** How long a command may take, in ms. INVERS waits for the car; its own limit is not documented. */
  commandTimeout: number
  amqp?: AmqpSettings
}

export interface AmqpSettings {
  /** `amqps://host:port`; a virtual host in its path counts unless one is given by itself. */
  url: string
  vhost?: string
  queues: readonly string[]
}

const vehicleMark = '{vehicle_id}'
const defaultStatePath = `/vehicles/${vehicleMark}/vehicle-state`
/** INVERS: events, consume. */
const productionBroker = 'amqps://api.invers.com:5671'
const defaultCommandTimeout = 60

const listed = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

export function inversSettings({ own }: ProviderSettings): InversSettings {
  const { statePath, fleetId, cursorField, cursorParam, amqpUrl, amqpVhost, amqpQueues, commandTimeout } = own
  const queues = [...new Set(listed(amqpQueues))]
  return {
    statePath: statePath || defaultStatePath,
    ...(fleetId && { fleetId }),
    ...(cursorField && { cursorField }),
    ...(cursorParam && { cursorParam }),
    commandTimeout: seconds(Number(commandTimeout || defaultCommandTimeout)),
    ...(queues.length > 0 && { amqp: { url: amqpUrl || productionBroker, ...(amqpVhost && { vhost: amqpVhost }), queues } }),
  }
}

/** The first field that is wrong, as a sentence for people. */
export function wrongIn({ own }: ProviderSettings): string | undefined {
  const { statePath, amqpUrl, commandTimeout } = own
  if (statePath && !(statePath.startsWith('/') && statePath.includes(vehicleMark)))
    return `the state path must start with / and name the car as ${vehicleMark}`
  const broker = URL.canParse(amqpUrl ?? '') ? new URL(amqpUrl ?? '') : undefined
  if (amqpUrl && !/^amqps?:$/.test(broker?.protocol ?? '')) return "the broker's address must begin with amqps:// (or amqp://)"
  // Addresses are exported with a flow, credentials are not.
  if (broker?.username || broker?.password)
    return "user name and password must not stand in the broker's address: they have fields of their own, which are kept secret"
  if (commandTimeout && !(Number(commandTimeout) >= 5 && Number(commandTimeout) <= 600))
    return 'the time for a command must be 5 to 600 seconds'
  return undefined
}

export const pathOf = (template: string, vehicle: string): string => template.replaceAll(vehicleMark, encodeURIComponent(vehicle))
