import { expect } from 'chai'
import { signalOf } from '../../../src/vehicle/signals'
import {
  isOperandId,
  operandIds,
  operands,
  operandsOf,
  operatorsOf,
  previousOperatorsOf,
  wireValues,
  type Generation,
} from '../../../src/providers/stellantis/operands'

const generations: readonly Generation[] = ['v1', 'v4']

describe('What a Stellantis monitor can watch', () => {
  it('is the list of the documents: 36 in v1, seven fewer in v4', () => {
    const all = operandIds.filter((id) => !operands[id].onlyPrevious)
    const v4 = all.filter((id) => operatorsOf(id, 'v4').length > 0)
    expect(all).to.have.length(36)
    expect(all.filter((id) => !v4.includes(id))).to.deep.equal([
      'vehicle.energy.charging.settings.chargePreferenceRate',
      'vehicle.trip',
      'vehicle.maintenance.daysBeforeMaintenance',
      'vehicle.maintenance.mileageBeforeMaintenance',
      'vehicle.collision.side',
      'vehicle.collision.severity',
      'stolen.state',
    ])
    expect(isOperandId('vehicle.energy.electric.level')).to.equal(true)
    expect(isOperandId('constructor')).to.equal(false)
  })

  it('has words that our catalogue knows, and a word of the cloud for each', () => {
    for (const id of operandIds) {
      const { value, signals, tells } = operands[id]
      if (value.kind !== 'word') continue
      for (const generation of generations)
        for (const [wire, ours] of Object.entries(value.words[generation])) {
          const [signal] = signals
          const known = tells === 'value' && signal ? signalOf(signal).words : undefined
          if (known) expect(known, `${id} ${wire}`).to.include(ours)
          expect(wireValues(id, ours, generation), `${id} ${wire}`).to.include(wire)
        }
    }
  })

  it('gives several words of the cloud where it has several for one of ours, and none where it has none', () => {
    expect(wireValues('vehicle.energy.charging.status', 'idle', 'v4')).to.deep.equal(['Stopped', 'Disconnected'])
    expect(wireValues('vehicle.energy.charging.status', 'scheduled', 'v4')).to.deep.equal([])
    expect(wireValues('vehicle.energy.charging.plugged', 'connected', 'v1')).to.deep.equal(['true'])
    expect(wireValues('vehicle.kinetic.moving', true, 'v1')).to.deep.equal(['true'])
    expect(wireValues('vehicle.drivingBehavior.mode', 'race', 'v1')).to.deep.equal(['Race'])
    expect(wireValues('vehicle.drivingBehavior.mode', 'race', 'v4')).to.deep.equal([])
    expect(wireValues('vehicle.alert', 'coolant-level-low', 'v1')).to.deep.equal(['CoolantLevelLow'])
    expect(wireValues('vehicle.alert', 'coolant-level-low', 'v4')).to.deep.equal(['CoolantLevellow'])
  })

  it('converts numbers to the units of the cloud', () => {
    expect(wireValues('vehicle.kinetic.speed', 36, 'v1')).to.deep.equal(['10'])
    expect(wireValues('vehicle.energy.charging.settings.chargePreferenceRate', 3, 'v1')).to.deep.equal(['Med'])
  })

  it('names the operators of each generation', () => {
    expect(operatorsOf('vehicle.kinetic.moving', 'v1')).to.deep.equal(['equalsTo'])
    expect(operatorsOf('vehicle.kinetic.moving', 'v4')).to.deep.equal(['equalsTo', 'onChange'])
    expect(operatorsOf('vehicle.trip.state', 'v4')).to.deep.equal(['includedIn'])
    expect(operatorsOf('vehicle.engines.running', 'v1')).to.deep.equal([])
    expect(previousOperatorsOf('vehicle.engines.running', 'v1')).to.deep.equal(['equalsTo'])
    expect(previousOperatorsOf('vehicle.safety.beltWarning', 'v1')).to.deep.equal(['equalsTo'])
    expect(previousOperatorsOf('vehicle.safety.beltWarning', 'v4')).to.deep.equal(['equalsTo', 'includedIn'])
    expect(previousOperatorsOf('vehicle.odometer', 'v4')).to.deep.equal([])
  })

  it('finds the operand of a signal, the one that tells its value first', () => {
    expect(operandsOf('charging.connection', 'v4')).to.deep.equal(['vehicle.energy.charging.plugged'])
    expect(operandsOf('lock.central', 'v4')).to.deep.equal(['vehicle.doorsState.lockedState'])
    expect(operandsOf('alerts.stolen', 'v4')).to.deep.equal([])
    expect(operandsOf('tyres.frontLeft', 'v1')).to.deep.equal([])
  })
})
