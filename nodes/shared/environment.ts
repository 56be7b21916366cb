/** What the runtime's settings may lend us: time, and how the simulator plays. Both for demos and tests. */
import type { NodeAPI } from 'node-red'
import { systemClock, type Clock } from '../../src/clock'
import type { SimulatorOptions } from '../../src/simulator/simulator'

interface Lent {
  drivewayAccountClock?: Clock
  drivewayAccountSimulator?: Omit<SimulatorOptions, 'port' | 'clock'>
}

export const clockOf = (RED: NodeAPI): Clock => (RED.settings as Lent).drivewayAccountClock ?? systemClock
export const simulatorOptionsOf = (RED: NodeAPI): SimulatorOptions => ({
  ...(RED.settings as Lent).drivewayAccountSimulator,
  clock: clockOf(RED),
})
