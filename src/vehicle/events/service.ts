/** `service-due`: the car's own warning, or nothing left of the distance or the time until service. */
import type { SignalId } from '../signals'
import { pick, tell, valueOf, type Moment } from './moment'

const dueSignals = ['service.warning', 'service.distance', 'service.time'] as const satisfies readonly SignalId[]

const isDue = (value: unknown): boolean => value === 'due' || value === 'overdue' || (typeof value === 'number' && value <= 0)

export function serviceDue(moment: Moment): void {
  const { told } = moment.memory
  const touched = dueSignals.filter((signal) => moment.touched.has(signal))
  if (touched.length === 0) return
  const known = told.serviceDue
  const due = dueSignals.filter((signal) => isDue(lastReal(moment, signal)))
  told.serviceDue = due.length > 0
  if (known) return
  const first = due.find((signal) => touched.includes(signal) && hadBefore(moment, signal))
  const touch = first && moment.touched.get(first)
  if (!first || !touch?.after) return
  tell(moment, {
    name: 'service-due',
    signal: first,
    to: 'due',
    observedAt: touch.after.observedAt,
    from: touch.edge ?? touch.before,
    details: pick(moment, 'service.distance', 'service.time'),
  })
}

/** `unknown` and absence do not end a warning. */
const lastReal = (moment: Moment, signal: SignalId): unknown => moment.memory.edges[signal]?.value ?? valueOf(moment, signal)

const hadBefore = (moment: Moment, signal: SignalId): boolean => {
  const touch = moment.touched.get(signal)
  return touch?.edge !== undefined || touch?.before !== undefined
}
