import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { findVehicle, isNamed, matching, nameVehicles } from '../../src/account/garage'
import type { ListedVehicle, Vehicle } from '../../src/vehicle/vehicle'
import { vin } from '../support/scriptedProvider'

const listed = (n: number, model?: string): ListedVehicle => ({ id: vin(n), meta: model === undefined ? {} : { model } })
const hashOf = (id: string): string => createHash('sha256').update(`volvo:${id}`).digest('hex')
const name = (cars: ListedVehicle[], given: Parameters<typeof nameVehicles>[2] = [], kept: [string, string][] = []) =>
  nameVehicles('volvo', cars, given, new Map(kept))
const slugs = (cars: Vehicle[]): string[] => cars.map(({ slug }) => slug)

/** Two ids whose hashes begin with the same four characters. */
function twins(): [ListedVehicle, ListedVehicle] {
  const seen = new Map<string, string>()
  for (let n = 0; ; n++) {
    const id = `TWIN${n}`
    const start = hashOf(id).slice(0, 4)
    const other = seen.get(start)
    if (other !== undefined)
      return [other, id].map((twin) => ({ id: twin, meta: { model: 'XC40' } })) as [ListedVehicle, ListedVehicle]
    seen.set(start, id)
  }
}

describe('the short name of a car', () => {
  it('is its model and four characters that say nothing of the VIN', () => {
    expect(slugs(name([listed(1, 'XC40')]))).to.deep.equal([`xc40-${hashOf(vin(1)).slice(0, 4)}`])
  })

  for (const [model, start] of [
    [undefined, 'car-'],
    ['', 'car-'],
    ['EX 30 / Twin', 'ex-30-twin-'],
    ['Citroën ë-C4', 'citroen-e-c4-'],
    ['+#$', 'car-'],
    ['A very long name of a model, indeed', 'a-very-long-name-of-a-mo-'],
    ['Twenty-three letters ok and more', 'twenty-three-letters-ok-'],
  ] as const)
    it(`of "${model}" starts with ${start} and fits into a topic`, () => {
      const [slug] = slugs(name([listed(1, model)]))
      expect(slug).to.match(/^[a-z0-9_-]+$/)
      expect(slug!.slice(0, -4)).to.equal(start)
    })

  it('grows until it is unique in the account', () => {
    const [a, b] = twins()
    const [first, second] = slugs(name([a, b]))
    expect(first).to.equal(`xc40-${hashOf(a.id).slice(0, 4)}`)
    expect(second).to.equal(`xc40-${hashOf(b.id).slice(0, 5)}`)
  })

  it('stays, even when the cloud calls the model something else', () => {
    expect(slugs(name([listed(1, 'EX40')], [], [[vin(1), 'xc40-7f3a']]))).to.deep.equal(['xc40-7f3a'])
  })

  it('stays when a new car that would have the same one is listed before it', () => {
    const [a, b] = twins()
    const slug = `xc40-${hashOf(b.id).slice(0, 4)}`
    expect(slugs(name([a, b], [], [[b.id, slug]]))).to.deep.equal([`xc40-${hashOf(a.id).slice(0, 5)}`, slug])
  })

  it('that its owner gave it wins over the one that it had, and over the one that another car had', () => {
    const kept: [string, string][] = [
      [vin(1), 'old'],
      [vin(2), 'mine'],
    ]
    const given = [{ id: vin(1), slug: 'mine' }, { id: vin(2) }]
    const [first, second] = slugs(name([listed(1, 'EX30'), listed(2, 'EX40')], given, kept))
    expect(first).to.equal('mine')
    expect(second).to.match(/^ex40-/)
  })

  it('of two cars must differ; otherwise both are named', () => {
    const given = [
      { id: vin(1), slug: 'mine', label: 'Red one' },
      { id: vin(2), slug: 'mine' },
    ]
    expect(() => name([listed(1), listed(2)], given))
      .to.throw('Two cars of the account have the same short name "mine": Red one (no. 1) and car (no. 2)')
      .with.property('code', 'INVALID_CONFIG')
  })

  it('and its label and steering come from the account; cars that the account does not name are left out', () => {
    const cars = name([listed(1, 'EX30'), listed(2, 'EX40')], [{ id: vin(2), label: 'Blue', steering: 'right' }])
    expect(cars).to.have.length(1)
    expect(cars[0]).to.deep.include({ id: vin(2), label: 'Blue', provider: 'volvo', meta: { model: 'EX40', steering: 'right' } })
  })
})

describe('naming a car', () => {
  const [one, two] = name([listed(1, 'EX30'), listed(2, 'EX40')]) as [Vehicle, Vehicle]
  const both = [one, two]

  for (const [what, reference] of [
    ['its id', two.id],
    ['its short name', two.slug],
    ['the vehicle of a message', { id: two.id, slug: two.slug, label: 'x', provider: 'volvo' }],
    ['an object with its short name only', { slug: two.slug }],
    ['its id with blanks around it', ` ${two.id} `],
  ] as const)
    it(`works with ${what}`, () => expect(findVehicle(both, reference)).to.equal(two))

  for (const nothing of [undefined, null, '']) {
    it(`is not needed with one car: ${JSON.stringify(nothing)}`, () => {
      expect(isNamed(nothing)).to.equal(false)
      expect(findVehicle([one], nothing)).to.equal(one)
    })
    it(`is needed with several: ${JSON.stringify(nothing)}`, () => {
      expect(() => findVehicle(both, nothing))
        .to.throw('No vehicle was named and the account has several')
        .with.property('code', 'VEHICLE_UNKNOWN')
    })
  }

  for (const wrong of ['YV1OTHERCAR000001', 5, {}, { id: 7 }, [], true])
    it(`wrongly (${JSON.stringify(wrong)}) tells the names to choose from, and repeats nothing`, () => {
      try {
        findVehicle(both, wrong)
        expect.fail('it found one')
      } catch (error) {
        expect(error).to.have.property('code', 'VEHICLE_UNKNOWN')
        const { message, cause } = error as { message: string; cause: { action: string } }
        expect(cause.action).to.contain(`${one.slug}, ${two.slug}`)
        expect(message).not.to.contain('YV1')
      }
    })

  it('wrongly in a large fleet tells ten names and how many more there are', () => {
    const fleet = name(Array.from({ length: 10_000 }, (_, n) => listed(n, 'EX30')))
    const { cause } = (() => {
      try {
        return findVehicle(fleet, 'nobody')
      } catch (error) {
        return error
      }
    })() as { cause: { action: string } }
    const ten = slugs(fleet.slice(0, 10)).join(', ')
    expect(cause.action).to.equal(`Name one of the account's cars: ${ten} … and 9,990 more.`)
  })

  it('in an account without cars says so', () => {
    expect(() => findVehicle([], undefined)).to.throw('The account has no vehicle')
  })

  it('for a watch by id or short name; without a name all are meant', () => {
    expect(both.filter(matching(one.slug))).to.deep.equal([one])
    expect(both.filter(matching(two.id))).to.deep.equal([two])
    expect(both.filter(matching(undefined))).to.deep.equal(both)
    expect(both.filter(matching('nobody'))).to.deep.equal([])
  })
})
