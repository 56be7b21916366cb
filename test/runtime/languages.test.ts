/** What stands in English stands in every other language, and Node-RED finds it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import { NodeRed } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import { accountOn, asking, demoCredentials, tab } from './support'

const languages = ['de', 'fr', 'sv']
const nodesFolder = join(__dirname, '../../nodes')
const folders = readdirSync(nodesFolder).filter((name) => existsSync(join(nodesFolder, name, 'locales')))

/** Every text of a catalogue by its path. */
function textsOf(folder: string, language: string): Record<string, string> {
  const texts: Record<string, string> = {}
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'string') texts[path] = value
    else for (const [key, inner] of Object.entries(value as object)) visit(inner, path ? `${path}.${key}` : key)
  }
  visit(JSON.parse(readFileSync(join(nodesFolder, folder, 'locales', language, `${folder}.json`), 'utf8')), '')
  return texts
}

/** What a translation must leave alone: values to fill in, tags with their addresses, keys of JSON. */
const untouchable = (text: string): string[] => (text.match(/__\w+__|<[^>]+>|https?:\/\/[\w./-]*\w|\{".*?\}/g) ?? []).sort()

const helpOf = (folder: string, language?: string): string => {
  const file = language ? join('locales', language, `${folder}.html`) : `${folder}.html`
  const html = readFileSync(join(nodesFolder, folder, file), 'utf8')
  return new RegExp(`<script type="text/markdown" data-help-name="driveway-${folder}">\n([^]*?)</script>`).exec(html)?.[1] ?? ''
}

/** Names of choices in a dialog, which a help sets like code. They are translated. */
const choices = new Set(['changes', 'and before it was', 'not told', 'name of the place', 'rounded', 'exact'])

/** What a help is made of: everything but its sentences. */
function bonesOf(help: string): Record<string, unknown> {
  const lines = help.split('\n')
  const prose = help.replace(/```[^]*?```/g, '')
  return {
    headings: lines.filter((line) => line.startsWith('#')).map((line) => /^#+/.exec(line)?.[0]),
    tables: lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').length),
    lists: lines.map((line) => /^(?:- |\d\. |: \*?\w+\*? \([\w |]+\) : )/.exec(line)?.[0]).filter(Boolean),
    examples: help.match(/```[^]*?```/g) ?? [],
    addresses: help.match(/\]\([^)]*\)/g) ?? [],
    constants: (prose.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []).sort(),
  }
}

const codeOf = (help: string): string[] => [...help.replace(/```[^]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!)

describe('the languages', () => {
  for (const language of languages)
    for (const folder of folders) {
      const english = textsOf(folder, 'en-US')

      it(`have every text of ${folder} in ${language}, with the same values to fill in`, () => {
        const texts = textsOf(folder, language)
        expect(Object.keys(texts).sort()).to.deep.equal(Object.keys(english).sort())
        for (const [key, text] of Object.entries(texts)) {
          expect(text, key).to.not.equal('')
          expect(untouchable(text), key).to.deep.equal(untouchable(english[key]!))
        }
      })

      it(`have the help of ${folder} in ${language}, as whole as the English one`, () => {
        const [help, original] = [helpOf(folder, language), helpOf(folder)]
        expect(original, 'the English help').to.contain('###')
        expect(bonesOf(help)).to.deep.equal(bonesOf(original))
        const words = codeOf(original).filter((code) => !choices.has(code))
        const known = new Set(words)
        const others = codeOf(help).filter((code) => !known.has(code))
        expect(
          codeOf(help)
            .filter((code) => known.has(code))
            .sort(),
        ).to.deep.equal(words.sort())
        const said = Object.values(textsOf(folder, language)).join('\n')
        for (const choice of others) expect(said, 'a choice of the dialog').to.contain(choice)
        expect(others).to.have.length(codeOf(original).length - words.length)
      })
    }
})

describe('a Node-RED in another language', () => {
  let simulator: SimulatorProcess
  let nodeRed: NodeRed | undefined

  before(async () => {
    simulator = await SimulatorProcess.start()
  })
  afterEach(() => nodeRed?.end())
  after(() => simulator?.close())

  it('says below its nodes what is the matter, and gives dialogs and help, in the language asked for', async function () {
    this.timeout(60_000)
    const shown = [
      { id: 'status', type: 'status', z: 'tab', scope: ['ask-state'], x: 1, y: 1, wires: [['keep']] },
      { id: 'keep', type: 'function', z: 'tab', func: "flow.set('text', msg.status.text)", x: 1, y: 1, wires: [] },
      { id: 'tell-in', type: 'http in', z: 'tab', url: '/tell', method: 'get', x: 1, y: 1, wires: [['tell']] },
      {
        id: 'tell',
        type: 'function',
        z: 'tab',
        func: "msg.payload = { text: flow.get('text') }; return msg",
        outputs: 1,
        x: 1,
        y: 1,
        wires: [['tell-out']],
      },
      { id: 'tell-out', type: 'http response', z: 'tab', x: 1, y: 1, wires: [] },
    ]
    const flows = [tab, accountOn(simulator, await simulator.vinOf('ex40')), ...asking(), ...shown]
    nodeRed = await NodeRed.start({ flows, credentials: { acc: demoCredentials }, settings: { lang: 'sv' } })
    const { adminUrl } = nodeRed
    await nodeRed.ask('/ask')
    await eventually(
      async () => ((await nodeRed!.ask('/tell')).json as { text: string }).text,
      (text) => text === textsOf('state', 'sv')['driveway-state.status.signedOut'],
      'the status',
    )
    const get = async (path: string, accept: string, language: string): Promise<string> =>
      (await fetch(adminUrl + path, { headers: { accept, 'accept-language': language } })).text()
    for (const language of languages) {
      const palette = await get('nodes', 'text/html', language)
      const catalogues = await get(`nodes/messages?lng=${language}`, 'application/json', language)
      for (const folder of folders) {
        expect(palette, folder).to.contain(helpOf(folder, language).split('\n')[0])
        expect(catalogues, folder).to.contain(JSON.stringify(textsOf(folder, language)[`driveway-${folder}.label.palette`]))
      }
    }
  })
})
