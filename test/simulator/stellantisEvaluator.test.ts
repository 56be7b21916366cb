import { expect } from 'chai'
import { MonitorEvaluator, checkMonitor } from '../../src/simulator/stellantis/evaluate'
import { monitorCases } from '../monitors/cases'

describe('the simulated Stellantis fires its monitors', () => {
  for (const { title, monitor, steps } of monitorCases)
    it(title, () => {
      expect(checkMonitor(monitor)).to.equal(undefined)
      const evaluator = new MonitorEvaluator(monitor)
      expect(steps.map(({ facts }) => evaluator.take(facts))).to.deep.equal(steps.map((step) => step.expect))
    })
})
