import { expect } from 'chai'
import type { Node, NodeAPI } from 'node-red'
import { CarTroubles } from '../../nodes/shared/carTroubles'
import type { Account } from '../../src/account/account'
import type { Cause } from '../../src/vehicle/causes'
import type { Vehicle } from '../../src/vehicle/vehicle'

const carOf = (n: number): Vehicle => ({ id: `V${n}`, slug: `car-${n}`, label: `Car ${n}`, meta: {}, provider: 'invers' })

/** A node that watches the cars of a fleet; it counts how often it is asked about one of them. */
function given(size: number) {
  const account = { known: Array.from({ length: size }, (_, n) => carOf(n)), health: {} as { problem?: Cause } }
  const failures = new Map<string, Cause>()
  const raised: string[] = []
  const RED = { _: (key: string) => key } as unknown as NodeAPI
  const node = { error: (error: Error) => void raised.push(error.message) } as unknown as Node
  const about = { asked: 0 }
  const isMine = (car: Vehicle) => car.id !== 'V0'
  const troubles = new CarTroubles(RED, node, account as unknown as Account, isMine, ({ id }) => {
    about.asked++
    return failures.get(id)
  })
  const tries = (n: number, code?: Cause['code']) => {
    if (code) failures.set(`V${n}`, { code, message: `It is ${code}` })
    else failures.delete(`V${n}`)
    troubles.look(carOf(n))
  }
  return { account, about, raised, troubles, tries }
}

describe('what stands in the way of single cars', () => {
  it('is raised once per change, with the name of the car, and told below the node until it is over', () => {
    const { raised, troubles, tries } = given(3)
    tries(1, 'ASLEEP')
    tries(2)
    tries(1, 'ASLEEP')
    expect(raised).to.deep.equal(['Car 1: It is ASLEEP'])
    tries(1, 'PRIVACY')
    tries(2, 'ASLEEP')
    expect(raised.slice(1)).to.deep.equal(['Car 1: It is PRIVACY', 'Car 2: It is ASLEEP'])
    expect(troubles.first?.message).to.be.oneOf(['It is PRIVACY', 'It is ASLEEP'])
    tries(1)
    expect(troubles.first?.message).to.equal('It is ASLEEP')
    tries(2)
    expect(troubles.first).to.equal(undefined)
    tries(1, 'PRIVACY')
    expect(raised.slice(3)).to.deep.equal(['Car 1: It is PRIVACY'])
  })

  it("is not the account's own trouble, nor another node's car", () => {
    const { account, raised, troubles, tries } = given(3)
    account.health.problem = { code: 'NETWORK', message: 'No way' }
    tries(1, 'NETWORK')
    tries(2, 'QUOTA_MINUTE')
    tries(0, 'ASLEEP')
    expect(raised).to.deep.equal([])
    expect(troubles.first).to.equal(undefined)
  })

  it('goes with a car that leaves the account', () => {
    const { account, raised, troubles, tries } = given(4)
    tries(1, 'ASLEEP')
    account.known = [carOf(0), carOf(2), carOf(3)]
    troubles.look()
    expect(troubles.first).to.equal(undefined)
    account.known = [0, 1, 2, 3].map(carOf)
    troubles.look()
    expect(raised).to.deep.equal(['Car 1: It is ASLEEP', 'Car 1: It is ASLEEP'])
  })

  it('costs no look at the other ten thousand cars at each read, in an outage neither', () => {
    const { account, about, troubles, tries } = given(10_000)
    troubles.look()
    account.health.problem = { code: 'NETWORK', message: 'No way' }
    about.asked = 0
    for (let n = 1; n < 10_000; n++) {
      tries(n, 'NETWORK')
      expect(troubles.first).to.equal(undefined)
    }
    expect(about.asked).to.be.below(30_000)
  })
})
