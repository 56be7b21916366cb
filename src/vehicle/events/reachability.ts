/** `reachable` and `unreachable`: only once the car has stayed so for two readings or five minutes. */
import { keyOf } from '../signals'
import { pick, stepOf, tell, wordOf, type Moment } from './moment'

/** In ms. */
const settledAfter = 5 * 60_000

export function reachability(moment: Moment): void {
  const { told, edges } = moment.memory
  const now = edges['reachability.status']
  if (!now || typeof now.value !== 'string') return
  const state = (told.reachability ??= { settled: now.value })
  if (now.value === state.settled) {
    delete state.pending
    return
  }
  const step = stepOf(moment, 'reachability.status')
  if (!state.pending && step)
    state.pending = { from: { ...step.from, value: state.settled }, to: { ...step.to }, receivedAt: moment.receivedAt }
  if (!state.pending) return
  const { from, to, receivedAt } = state.pending
  const seenTwice = now.observedAt > to.observedAt
  if (!seenTwice && moment.receivedAt - receivedAt < settledAfter) return
  told.reachability = { settled: now.value }
  tell(moment, {
    name: now.value === 'available' ? 'reachable' : 'unreachable',
    signal: 'reachability.status',
    part: keyOf('reachability.status'),
    to: now.value,
    observedAt: to.observedAt,
    from,
    details: now.value === 'available' ? { reason: wordOf(moment, 'reachability.reason') } : pick(moment, 'reachability.reason'),
  })
}
