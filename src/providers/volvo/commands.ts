/** Volvo: commands, their names in a car's list and their paths. */
import type { CommandId, CommandParams } from '../../vehicle/commands'
import { rawParams } from './wire'

interface VolvoCommand {
  /** In the list of the car. */
  name: string
  /** Below `commands/`, where the list gives no address. */
  path: string
  body?(params: CommandParams): unknown
}

export const volvoCommands: Readonly<Partial<Record<CommandId, VolvoCommand>>> = {
  lock: { name: 'LOCK', path: 'lock' },
  unlock: { name: 'UNLOCK', path: 'unlock' },
  'lock-reduced-guard': { name: 'LOCK_REDUCED_GUARD', path: 'lock-reduced-guard' },
  honk: { name: 'HONK', path: 'honk' },
  flash: { name: 'FLASH', path: 'flash' },
  'honk-flash': { name: 'HONK_AND_FLASH', path: 'honk-flash' },
  'climate-start': { name: 'CLIMATIZATION_START', path: 'climatization-start' },
  'climate-stop': { name: 'CLIMATIZATION_STOP', path: 'climatization-stop' },
  'engine-start': { name: 'ENGINE_START', path: 'engine-start', body: ({ minutes }) => ({ runtimeMinutes: minutes }) },
  'engine-stop': { name: 'ENGINE_STOP', path: 'engine-stop' },
}

/** May be listed and has no address of its own. */
const withoutAddress = ['SEND_NAVI_POI']

const byName = new Map(Object.entries(volvoCommands).map(([id, { name }]) => [name, id as CommandId]))

export const commandNamed = (name: string): CommandId | undefined => byName.get(name.trim().toUpperCase())
export const isKnownName = (name: string): boolean =>
  withoutAddress.includes(name.trim().toUpperCase()) || commandNamed(name) !== undefined

/** What goes below `commands/`. */
export interface Wire {
  path: string
  body?: unknown
}

/**
 * An order in Volvo's words; `listed` is the car's own address of the command, where it has told one.
 * `undefined`: Volvo has no such command. Throws a ZodError when the params of `raw` are not valid.
 */
export function wireOf(command: CommandId, params: CommandParams, listed?: string): Wire | undefined {
  if (command === 'raw') return rawParams.parse(params)
  const known = volvoCommands[command]
  if (!known) return undefined
  return { path: listed ?? known.path, ...(known.body ? { body: known.body(params) } : {}) }
}

/**
 * The last part of the address that a car's list gives for a command. Addresses start at the version
 * (`/v2/vehicles/…`) and hold below `/connected-vehicle`; whole ones of the same cloud are accepted.
 * `undefined` for everything that does not lie below this car's commands.
 */
export function listedPath(baseUrl: string, vin: string, href: string | undefined): string | undefined {
  if (href === undefined) return undefined
  const path = href.startsWith(`${baseUrl}/`) ? href.slice(baseUrl.length) : href
  const whole = path.startsWith('/v2/') ? `/connected-vehicle${path}` : path
  const root = `/connected-vehicle/v2/vehicles/${vin}/commands/`
  const rest = whole.startsWith(root) ? whole.slice(root.length) : ''
  return /^[a-z0-9][a-z0-9-]*$/i.test(rest) ? rest : undefined
}
