import { expect } from 'chai'
import { Evaluator } from '../../src/monitors/evaluator'
import { namesIn, readExpression } from '../../src/monitors/expression'
import type { Trigger } from '../../src/monitors/trigger'
import { checkMonitor, MonitorEvaluator, type MonitorBody } from '../../src/simulator/stellantis/evaluate'
import { monitorCases, type WireMonitor, type WireTrigger } from './cases'

const triggerOf = ({ name, data, zone, time }: WireTrigger): Trigger => {
  if (data) return { name, kind: 'data', value: [], ...data } as Trigger
  if (zone) return { name, kind: 'zone', ...zone }
  const times = time!.times.map((entry) => ({ recurrence: 'Daily', ...entry }))
  return { name, kind: 'time', timeZone: time!.timeZone ?? 'Europe/Paris', times } as Trigger
}

function evaluatorOf({ triggerParam: { triggers, boolExp }, subscribeParam }: WireMonitor): Evaluator {
  const names = triggers.map(({ name }) => name)
  const expression = readExpression(boolExp, names)
  expect(namesIn(expression).every((name) => names.includes(name))).to.equal(true)
  return new Evaluator({ triggers: triggers.map(triggerOf), expression, refreshEvery: subscribeParam?.refreshEvent })
}

describe('when a monitor fires', () => {
  it('is written down in at least 200 cases, each different', () => {
    expect(monitorCases.filter(({ ours }) => !ours).length).to.be.at.least(200)
    expect(new Set(monitorCases.map(({ monitor, steps }) => JSON.stringify([monitor, steps]))).size).to.equal(monitorCases.length)
    expect(monitorCases.filter(({ steps }) => steps.some((step) => step.expect)).length).to.be.at.least(180)
  })

  for (const { title, monitor, steps } of monitorCases)
    it(title, () => {
      const evaluator = evaluatorOf(monitor)
      expect(steps.map(({ facts }) => evaluator.take(facts))).to.deep.equal(steps.map((step) => step.expect))
    })
})

describe('when a monitor of the simulated cloud fires', () => {
  for (const { title, monitor, steps, ours } of monitorCases)
    if (!ours)
      it(title, () => {
        const evaluator = new MonitorEvaluator(monitor)
        expect(steps.map(({ facts }) => evaluator.take(facts))).to.deep.equal(steps.map((step) => step.expect))
      })

  it('has nothing against the monitors of the cases', () => {
    const refused = monitorCases.flatMap(({ monitor, ours }) => (!ours && checkMonitor(monitor as MonitorBody)) || [])
    expect(refused).to.deep.equal([])
  })
})
