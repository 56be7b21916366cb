/** The simulator inside this process: one for all accounts, and it outlives the last of them a little, so that a deploy keeps the cars. */
import { seconds, systemClock, type Clock, type Timer } from '../../src/clock'
import { DrivewayError } from '../../src/vehicle/causes'
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator'

const outlives = seconds(3)

let users = 0
let running: Promise<Simulator> | undefined
let ending: Timer | undefined
let clock: Clock = systemClock

/** Starts the simulator with the first who needs it. Each call needs one `releaseSimulator`. */
export async function holdSimulator(options: SimulatorOptions): Promise<Simulator> {
  users++
  ending?.cancel()
  ending = undefined
  clock = options.clock ?? systemClock
  running ??= start(options).catch((error: unknown) => {
    running = undefined
    throw error
  })
  try {
    return await running
  } catch (error) {
    users = Math.max(0, users - 1)
    throw error
  }
}

export function releaseSimulator(): void {
  users = Math.max(0, users - 1)
  if (users > 0 || !running) return
  const last = running
  ending = clock.after(outlives, () => {
    running = undefined
    last.then((simulator) => simulator.close()).catch(() => undefined)
  })
}

async function start(options: SimulatorOptions): Promise<Simulator> {
  const { startSimulator } = await import('../../src/simulator/simulator')
  const port = Number(process.env.DRIVEWAY_SIMULATOR_PORT ?? 0)
  try {
    return await startSimulator({ ...options, port: Number.isInteger(port) ? port : 0 })
  } catch (error) {
    const taken = (error as { code?: unknown }).code === 'EADDRINUSE'
    throw new DrivewayError({
      code: 'INVALID_CONFIG',
      message: taken ? `The simulator's port ${port} is taken` : 'The simulator could not start',
      action: 'Set DRIVEWAY_SIMULATOR_PORT to a free port, or leave it out.',
    })
  }
}
