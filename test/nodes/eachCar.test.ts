import { expect } from 'chai'
import type { NodeAPI } from 'node-red'
import { eachCar } from '../../nodes/shared/eachCar'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { tick } from '../support/clock'
import { failure } from '../support/scriptedProvider'
import { sharedIn } from '../support/sentences'

const fleet = Array.from({ length: 10_000 }, (_, n): Vehicle => ({
  id: `V${n}`,
  slug: `car-${n}`,
  label: `Car ${n}`,
  meta: {},
  provider: 'invers',
}))

/** The catalogue of one language, which is all that is asked of the runtime. */
function speaking(language: string): NodeAPI {
  const { sentence, cause, name, language: own } = sharedIn(language)
  const words: Record<string, unknown> = { sentence, cause, 'shared.name': name, 'page.language': own }
  const english = sharedIn('en-US')
  const inEnglish: Record<string, unknown> = {
    ...words,
    ...english,
    'shared.name': english.name,
    'page.language': english.language,
  }
  const _ = (key: string, values: Record<string, string> = {}): unknown => {
    const asked = key.split(':driveway-account.')[1] ?? key
    const found = (values.lng === undefined ? words : inEnglish)[asked] ?? sentence[asked.replace('sentence.', '')] ?? key
    return typeof found === 'string' ? found.replace(/__(\w+?)__/g, (whole, one) => values[one] ?? whole) : found
  }
  return { _ } as unknown as NodeAPI
}

describe('the same for each car of a large fleet', () => {
  it('is done for six at a time, and told in the order of the cars', async () => {
    let [now, most] = [0, 0]
    const { well, failure: none } = await eachCar(speaking('en-US'), fleet.slice(0, 100), async (car) => {
      most = Math.max(most, ++now)
      await tick()
      now--
      return car.slug
    })
    expect(most).to.equal(6)
    expect(well).to.deep.equal(fleet.slice(0, 100).map(({ slug }) => slug))
    expect(none).to.equal(undefined)
  })

  for (const [language, tail] of [
    ['en-US', ' … and 9,994 more'],
    ['de', ' … und 9.994 weitere'],
    ['sv', ' … och 9\u00a0994 till'],
  ] as const)
    it(`names five of those that failed, and how many more there are (${language})`, async () => {
      const { well, failure: told } = await eachCar(speaking(language), fleet, ({ id }) =>
        id === 'V3' ? Promise.resolve(id) : Promise.reject(failure('ASLEEP')),
      )
      expect(well).to.deep.equal(['V3'])
      expect(told?.code).to.equal('ASLEEP')
      expect(told?.message.match(/Car \d+: /g)).to.deep.equal(['Car 0: ', 'Car 1: ', 'Car 2: ', 'Car 4: ', 'Car 5: '])
      expect(told?.message.endsWith(tail), told?.message).to.equal(true)
    })

  it('is given up when the account itself stands in the way of one car after the other', async () => {
    let asked = 0
    const { failure: told } = await eachCar(speaking('en-US'), fleet, () => {
      asked++
      return Promise.reject(failure('PROVIDER_DOWN'))
    })
    expect(asked).to.be.below(40)
    expect(told?.message).to.equal('Scripted PROVIDER_DOWN')
  })

  it('goes on while single cars are in the way', async () => {
    const asked = new Set<string>()
    await eachCar(speaking('en-US'), fleet, ({ id }) => {
      asked.add(id)
      return Promise.reject(failure('ASLEEP'))
    })
    expect(asked.size).to.equal(fleet.length)
  })
})
