import { minutes, type Clock } from '../../clock'
import type { CommandId } from '../../vehicle/commands'

/** A command of ours, by which an event can be known as its effect. */
export interface Echo {
  id: string
  command: CommandId
}

const lasts = minutes(30)
const most = 1000

/**
 * INVERS: an event carries the flow id of the call that caused it. INVERS makes that id, and only its answer tells it: the
 * id of an event that comes before says nothing yet. The event is handed on at once all the same, as that of a car which
 * has a command under way, for which the account looks itself; there is nothing left to tie when the answer names the id.
 */
export class Echoes {
  private readonly flows = new Map<string, Echo & { at: number }>()

  constructor(private readonly clock: Clock) {}

  note(flowId: string, { id, command }: Echo): void {
    const now = this.clock.now()
    this.flows.set(flowId, { id, command, at: now })
    for (const [flow, { at }] of this.flows) {
      if (this.flows.size <= most && now - at < lasts) break
      this.flows.delete(flow)
    }
  }

  of(flowId: string | undefined): Echo | undefined {
    const found = flowId === undefined ? undefined : this.flows.get(flowId)
    if (!found || this.clock.now() - found.at >= lasts) return undefined
    return { id: found.id, command: found.command }
  }
}
