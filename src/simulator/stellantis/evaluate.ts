/** What the cloud does with a monitor: refuse it, or watch a car for it. */
export { checkMonitor } from './monitors/checkMonitor'
export { MonitorEvaluator, type MonitorFacts } from './monitors/evaluate'
export type { MonitorBody } from './monitors/body'
