/** Numbers and marks in the documents, against the code that they count. */
import { expect } from 'chai'
import { inversCommands } from '../../src/providers/invers/commands'
import { commandsOf } from '../../src/providers/stellantis/order'
import { volvoCommands } from '../../src/providers/volvo/commands'
import { volvoLimits } from '../../src/providers/volvo/scopes'
import { readOptions } from '../../src/simulator/cliOptions'
import type { SignalSource } from '../../src/vehicle/signal'
import { signalGroups, signalOf, signalsOf, type SignalGroup } from '../../src/vehicle/signals'
import { read, root } from './reading'

const readme = read('README.md')
const numbers = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** The cells of a table's row behind its first one. */
const row = (first: string, page = readme): string[] => {
  const line = page.split('\n').find((text) => text.startsWith(`| ${first}`))
  expect(line, first).to.be.a('string')
  return line!
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())
}

/** Columns of "What works with which". */
const clouds: readonly SignalSource[][] = [
  ['volvo', 'volvo-energy-v2', 'volvo-energy-v1', 'volvo-location'],
  ['stellantis-v4'],
  ['stellantis-v1'],
  ['invers'],
]
const tells = (sources: readonly SignalSource[], group: SignalGroup): boolean =>
  signalsOf([group]).some((id) => signalOf(id).from.some((source) => sources.includes(source)))

describe('the numbers in the documents', () => {
  it('count the commands of each cloud', () => {
    const counts = [Object.keys(volvoCommands), commandsOf('v4'), commandsOf('v1'), Object.keys(inversCommands)]
    expect(row('commands').slice(0, 4)).to.deep.equal(counts.map(({ length }) => String(length)))
  })

  it('say of each cloud what it tells', () => {
    for (const [name, groups] of [
      ['charge, range, lock', ['battery', 'lock', 'position', 'vehicle']],
      ['tyres', ['tyres']],
      ['charging (cable', ['charging']],
      ['doors, windows, lamps', ['windows', 'lights']],
    ] as [string, SignalGroup[]][]) {
      expect(signalGroups).to.include.members(groups)
      const marks = clouds.map((sources) => (groups.every((group) => tells(sources, group)) ? 'yes' : '–'))
      expect(row(name).slice(0, 4), name).to.deep.equal(marks)
    }
    const controls = [Object.keys(volvoCommands), commandsOf('v4'), commandsOf('v1'), Object.keys(inversCommands)]
    const marks = controls.map((ids) => (ids.includes('charge-start') ? 'yes' : '–'))
    expect(row('charging control').slice(0, 4)).to.deep.equal(marks)
  })

  it("say how many calls Volvo's key has, and what a profile takes of them", () => {
    const [perDay = ''] = row('calls a day')
    expect(perDay).to.equal(volvoLimits.perDay!.toLocaleString('en'))
    for (const page of ['README.md', 'docs/costs.md', 'docs/providers/volvo.md']) expect(read(page), page).to.contain(perDay)
    const [measured] = row('normal ', read('docs/costs.md'))
    expect(readme).to.contain(`\`normal\` takes about ${measured}`)
  })

  it('count the commands and addresses of the first start, and the steps to a first flow', async () => {
    const shown = /^```sh\n([^]*?)^```$/m.exec(readme)![1]!.trim().split('\n')
    expect(readme).to.contain(`## Try it: ${numbers[shown.length]!} commands`)
    const addresses = /\n\| what \| address \|\n.*\n((?:\|.*\n)+)/.exec(readme)![1]!.trim().split('\n')
    expect(readme).to.contain(`the terminal shows ${numbers[addresses.length]!} addresses`)
    const { demoFlow } = (await import(`${root}/scripts/demoFlow.mjs`)) as { demoFlow: (ports: object) => { name?: string }[] }
    const steps = demoFlow({ nodeRed: 1, simulator: 2, mqtt: 3 }).filter(
      ({ name = '', ...node }) => /^\d {2}/.test(name) && 'info' in node,
    )
    expect(readme.replace(/\s+/g, ' ')).to.contain(`*Your own flow*, has the ${numbers[steps.length]!} steps`)
    expect(read('docs/first-flow.md').match(/^\d\. /gm)).to.have.length(steps.length)
  })

  it("tell the simulator's port", () => {
    const asked = readOptions([])
    expect(asked.kind === 'run' && row('`--port`')[0]).to.contain(`${asked.kind === 'run' && asked.options.port} by default`)
  })
})
