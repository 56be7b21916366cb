import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { migrations } from '../../nodes/shared/migrate'
import { inversCars } from '../../src/simulator/invers/cars'
import { TestBroker } from '../support/broker'
import { eventually } from '../support/childProcess'
import { coreNodes, exampleFiles, readExample } from '../support/exampleFlow'
import type { AnyMessage } from '../support/home'
import { NodeRed } from '../support/nodeRed'

const docs = join(__dirname, '../../docs')
const documents = readFileSync(join(docs, 'examples.md'), 'utf8')
const pictureOf = (file: string): string => `${file.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.png`

describe('what an example must be', () => {
  for (const file of exampleFiles) {
    const flow = readExample(file)

    it(`${file} explains itself, runs on the simulator and needs nothing from elsewhere`, () => {
      const [tab] = flow.filter(({ type }) => type === 'tab')
      const [comment] = flow.filter(({ type }) => type === 'comment')
      expect(comment?.name).to.match(/^Read me: /)
      expect(comment?.info.length).to.be.greaterThan(200)
      for (const account of flow.filter(({ type }) => type === 'driveway-account'))
        if (account.provider !== 'mqtt') expect(account.server).to.equal('simulator')
      for (const { type } of flow as { type: string }[])
        if (!(type in coreNodes) && !migrations.types.includes(type)) {
          expect(type).to.match(/^ui-/)
          expect(comment?.info).to.contain('@flowfuse/node-red-dashboard')
        }
      const ids = new Set(flow.map(({ id }) => id as string))
      expect(ids.size).to.equal(flow.length)
      for (const { wires = [], z = tab?.id } of flow) {
        expect(z).to.equal(tab?.id)
        for (const to of (wires as string[][]).flat()) expect(ids.has(to), `a wire to ${to}`).to.equal(true)
      }
    })

    it(`${file} is told of in the documents, with a small picture`, () => {
      const picture = `images/examples/${pictureOf(file)}`
      expect(documents).to.contain(`### ${file}\n`)
      expect(documents).to.contain(`](${picture})`)
      expect(statSync(join(docs, picture)).size).to.be.within(5_000, 60_000)
    })

    it(`${file} says what is the reader's to fill in, and names nothing that only the demo has`, () => {
      const { info } = flow.find(({ type, name }) => type === 'comment' && String(name).startsWith('Read me')) as { info: string }
      const [, toChange] = new RegExp(`### ${file}\n[^]*?\n(To change: .*)`).exec(documents) ?? []
      expect(toChange, 'in the documents').to.be.a('string')
      expect(info, 'as in the documents').to.contain(toChange)
      expect(info, 'how to come from the simulator to a car').to.contain('Production')

      const nodes = flow.filter(({ type }) => type !== 'comment')
      const text = JSON.stringify(nodes)
      expect(text).not.to.match(/DRIVEWAY_|\b(1884|1890|1880)\b/)
      if (/"(mqtts?|amqps?):\/\/|"mqtt-broker"/.test(text)) expect(toChange).to.contain('the broker')
      if (/"latitude"/.test(text)) expect(toChange).to.contain('your home')
      const cars = flow.some(({ type, vehicles }) => type === 'driveway-account' && (vehicles as unknown[]).length > 0)
      if (cars) expect(info).to.match(/in the place of the simulated ones? in the list of cars/)
      // An address of the demo stands beside what starts it.
      for (const line of info.split('\n').filter((words) => /127\.0\.0\.1:(1884|1890|1880)|port 1884/.test(words)))
        expect(line).to.contain('`npm start`')
    })

    it(`${file} calls the simulated cars as their page does`, () => {
      const { info } = flow.find(({ type, name }) => type === 'comment' && String(name).startsWith('Read me')) as { info: string }
      // INVERS' vehicles have a name of their own, which their page does not show.
      for (const { model, invers } of inversCars)
        if (invers?.name && info.includes(invers.name))
          expect(info).to.match(new RegExp(`the ${model} \\([^)]*${invers.name}\\)`))
    })

    const functions = flow.filter(({ type }) => type === 'function')
    if (functions.length === 0) continue
    it(`${file} has short functions that say what they do`, () => {
      for (const { name, func } of functions) {
        const lines = (func as string).split('\n')
        expect(lines[0], name as string).to.match(/^\/\/ /)
        expect(lines.length, name as string).to.be.at.most(20)
      }
    })
  }

  it('nodes of one have other ids than those of another; what they share is the same to the letter', () => {
    const known = new Map<string, string>()
    for (const node of exampleFiles.flatMap(readExample)) {
      const before = known.get(node.id as string)
      if (before !== undefined) expect(JSON.stringify(node)).to.equal(before)
      known.set(node.id as string, JSON.stringify(node))
    }
  })
})

describe('all examples imported into one Node-RED', () => {
  let nodeRed: NodeRed
  let broker: TestBroker
  after(async () => {
    await nodeRed.end('SIGKILL')
    await broker.kill()
  })

  it('start without a complaint; left out are the dashboard and the event stream, whose widgets and broker are not here', async () => {
    broker = await TestBroker.open()
    const isElsewhere = ({ type, amqpQueues }: AnyMessage) => (type as string).startsWith('ui-') || Boolean(amqpQueues)
    const imported = exampleFiles
      .map(readExample)
      .filter((flow) => !flow.some(isElsewhere))
      .flat()
    const flows = [...new Map(imported.map((node) => [node.id as string, node])).values()].map((node) => ({
      ...node,
      ...(node.type === 'driveway-mqtt' && { url: broker.url }),
      ...(node.type === 'mqtt-broker' && { port: broker.port }),
    }))
    nodeRed = await NodeRed.start({ flows })
    await eventually(
      () => broker.retained.size,
      (size) => size > 5,
      'the mirrored cars',
    )
    expect(nodeRed.complaints).to.deep.equal([])
  })
})
