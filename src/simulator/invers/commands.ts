import type { Clock } from '../../clock'
import { pause } from '../../clock'
import { CarRefusal } from '../car/body'
import type { Faults, StandingFault } from '../faults'
import { json, type Call, type Ending } from '../http'
import type { EventLog } from './events'
import { commandKinds } from './faultKinds'
import { inversCommands, pathOf, wordsOf, type InversCommand } from './listing'
import { isProblemType, Problem } from './problems'
import type { InversSettings } from './settings'
import { stateOnWire, type InversVehicle } from './vehicle'

const byPath = new Map(inversCommands.map((command) => [pathOf(command), command]))

export interface Parts {
  clock: Clock
  faults: Faults
  settings: InversSettings
  events: EventLog
  /** How long a command takes to the vehicle and back, ms. */
  delayMs: () => number
  /** Whatever the vehicle reports while this runs is the command's own doing. */
  quietly: (vehicle: InversVehicle, action: () => void) => void
}

const lockingOrDisabling = /^(LOCK|DISABLE)_/

/** Sends commands to vehicles: synchronous, one at a time where the unit wants it so. INVERS: vehicle commands */
export class Commands {
  private readonly running = new Map<string, InversCommand[]>()

  constructor(private readonly parts: Parts) {}

  busy(vehicle: string): boolean {
    return this.running.has(vehicle)
  }

  /** Runs the command that the last part of the path names; throws the problem when it does not come to that. */
  async run(vehicle: InversVehicle, name: string, call: Call, flowId: string): Promise<Ending> {
    const command = byPath.get(name)
    if (!command) throw new Problem('resource-not-found', `There is no command '${name}'.`)
    const refused = wrongBody(call)
    if (refused) return refused
    if (!vehicle.listing.commands.includes(command))
      throw new Problem('vehicle/command-not-supported', `Vehicle '${vehicle.id}' has no support for '${wordsOf(command)}'.`)
    const fault = this.parts.faults.take('invers', call.path, commandKinds)
    const leave = this.enter(vehicle, command)
    try {
      if (this.parts.delayMs() > 0) await pause(this.parts.clock, this.parts.delayMs())
      if (fault?.kind === 'next-command') return forced(fault)
      return this.perform(vehicle, command, flowId, fault)
    } finally {
      leave()
    }
  }

  private perform(vehicle: InversVehicle, command: InversCommand, flowId: string, fault?: StandingFault): Ending {
    const { events, quietly, settings } = this.parts
    if (!vehicle.connected) throw new Problem('vehicle/no-connection', `Vehicle '${vehicle.id}' could not be reached.`)
    if (vehicle.moving && lockingOrDisabling.test(command))
      throw new Problem('vehicle/conflicting-state', `Vehicle '${vehicle.id}' is moving.`)
    const lockBefore = vehicle.state().get('central_lock')?.value
    let fresh: ReturnType<InversVehicle['perform']> = []
    try {
      quietly(vehicle, () => (fresh = vehicle.perform(command)))
    } catch (error) {
      if (error instanceof CarRefusal) throw new Problem('vehicle/conflicting-state', error.message)
      throw error
    }
    events.recorded(vehicle, fresh, flowId)
    if (vehicle.state().get('central_lock')?.value !== lockBefore) events.lockChanged(vehicle, flowId)
    return spoiled(fault) ?? json(200, stateOnWire(vehicle.state(), settings.answer === 'partial' ? fresh : undefined))
  }

  /** Takes the vehicle, as far as its unit lets several commands run; the answer gives it back. */
  private enter(vehicle: InversVehicle, command: InversCommand): () => void {
    const now = this.running.get(vehicle.id) ?? []
    const inTheWay = vehicle.listing.unit.parallel ? now.includes(command) : now.length > 0
    if (inTheWay) throw new Problem('vehicle/conflicting-command', `Vehicle '${vehicle.id}' is still busy with a command.`)
    this.running.set(vehicle.id, [...now, command])
    return () => {
      const others = [...(this.running.get(vehicle.id) ?? [])]
      others.splice(others.indexOf(command), 1)
      if (others.length) this.running.set(vehicle.id, others)
      else this.running.delete(vehicle.id)
    }
  }
}

/** An empty body with a JSON content type is how it is called; `{}` is let through, anything in it is not. */
function wrongBody({ headers, body }: Call): Ending | undefined {
  const type = String(headers['content-type'] ?? '').split(';')[0]
  // No problem type is documented for this one.
  if (type?.trim().toLowerCase() !== 'application/json') return json(415, { status: 415, error: 'Unsupported Media Type' })
  if (!body.trim()) return undefined
  let given: unknown
  try {
    given = JSON.parse(body)
  } catch {
    throw new Problem('invalid-json')
  }
  if (typeof given !== 'object' || given === null || Object.keys(given).length)
    throw new Problem('validation-error', 'The body must be empty.')
  return undefined
}

/** What a `next-command` fault wants: a problem type, or a status without a problem document. */
function forced({ status }: StandingFault): Ending {
  const word = String(status)
  if (isProblemType(word)) throw new Problem(word)
  const number = Number(status)
  return json(number >= 100 && number <= 599 ? number : 500, { status: number, error: 'Error' })
}

/** The vehicle has done it, and the answer does not say so. */
function spoiled(fault: StandingFault | undefined): Ending | undefined {
  if (fault?.kind === 'reset-late') return 'destroy'
  if (fault?.kind === 'timeout-late') return 'hang'
  if (fault?.kind === '502-late') throw new Problem('third-party/error')
  if (fault?.kind === '504-late') throw new Problem('vehicle/no-connection')
  return undefined
}
