/**
 * When monitors fire: cases that the local evaluator and the simulated cloud both pass, each by its own code. What each
 * case expects follows from the provider's documents, not from either of them.
 */
import { expressionCases, reminderCases } from './expressionCases'
import { operatorCases, previousCases } from './dataCases'
import { timeCases } from './timeCases'
import { zoneCases } from './zoneCases'
import type { MonitorCase } from './caseForm'

export type { MonitorCase, Step, WireMonitor, WireTrigger } from './caseForm'

export const monitorCases: readonly MonitorCase[] = [
  ...operatorCases,
  ...previousCases,
  ...expressionCases,
  ...reminderCases,
  ...zoneCases,
  ...timeCases,
]
