/** Listens to the command topics, as far as the broker allows. */
import type { Broker } from '../cloud/mqtt'
import type { Cause } from '../vehicle/causes'
import type { CommandIntake } from './commands'

export interface CommandTopicsOptions {
  base: string
  broker: Broker
  /** Several instances with the same group serve the commands together. */
  shared?: string
  intake: CommandIntake
  /** What keeps us from hearing; undefined when nothing does any more. */
  onProblem: (problem?: Cause) => void
}

export class CommandTopics {
  private deaf?: () => void

  constructor(private readonly options: CommandTopicsOptions) {}

  /** Anew with each connection: what the broker offers is known only then. */
  listen(): void {
    const { base, broker, shared, intake, onProblem } = this.options
    this.deaf?.()
    this.deaf = undefined
    if (shared && !broker.canShare) return onProblem(cannotShare)
    onProblem()
    this.deaf = broker.subscribe({
      filter: `${shared ? `$share/${shared}/` : ''}${base}/+/command/+`,
      take: (arrival) => intake.take(arrival),
      refused: () => onProblem(shared ? cannotShare : mayNotListen),
    })
  }
}

const cannotShare: Cause = {
  code: 'INVALID_CONFIG',
  message: 'The MQTT broker does not offer shared subscriptions, so no commands are accepted from topics',
  action: 'Use a broker with MQTT 5 and shared subscriptions, or leave the field "shared" empty.',
}

const mayNotListen: Cause = {
  code: 'REJECTED',
  message: 'The MQTT broker does not let us listen to the command topics',
  action: "Allow it in the broker's access list.",
}
