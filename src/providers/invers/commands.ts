/** INVERS: commands. Names of the path are the constants of the capabilities in kebab case. */
import { commandIds, type CommandId, type CommandParams } from '../../vehicle/commands'
import { rawParams } from './wire'

/** INVERS: command table. There is no horn and no flash, only `draw-attention`; no command has a body. */
export const inversCommands: Readonly<Partial<Record<CommandId, string>>> = {
  refresh: 'request-vehicle-state',
  lock: 'lock-central-lock',
  unlock: 'unlock-central-lock',
  'enable-driving': 'enable-driving',
  'disable-driving': 'disable-driving',
  'unlock-and-enable-driving': 'unlock-and-enable-driving',
  'lock-and-disable-driving': 'lock-and-disable-driving',
  'unlock-top-case': 'unlock-top-case',
  'lock-top-case': 'lock-top-case',
  'draw-attention': 'draw-attention',
  'unlock-battery-compartment': 'unlock-battery-compartment',
}

export const inversCommandIds = commandIds.filter((id) => inversCommands[id] !== undefined)

export const constantOf = (path: string): string => path.replaceAll('-', '_').toUpperCase()
const normal = (constant: string): string => constant.trim().toUpperCase()

/** The commands among a car's capabilities that have a word of ours; the others are reached by `raw`. */
export function commandsIn(constants: readonly string[]): CommandId[] {
  const listed = new Set(constants.map(normal))
  return inversCommandIds.filter((id) => listed.has(constantOf(inversCommands[id] ?? '')))
}

export const isListed = (constants: readonly string[], path: string): boolean =>
  constants.some((constant) => normal(constant) === constantOf(path))

/** Nearest to a command that INVERS has not. */
const instead: Readonly<Partial<Record<CommandId, CommandId>>> = {
  honk: 'draw-attention',
  flash: 'draw-attention',
  'honk-flash': 'draw-attention',
  immobilise: 'disable-driving',
  release: 'enable-driving',
}
export const insteadOf = (command: CommandId): CommandId | undefined => instead[command]

/** The last part of the path; `undefined`: INVERS has no such command. Throws a ZodError when the params of `raw` are not valid. */
export const pathOfCommand = (command: CommandId, params: CommandParams): string | undefined =>
  command === 'raw' ? rawParams.parse(params).command : inversCommands[command]
