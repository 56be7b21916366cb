/** What stands in English stands in every other language, and Node-RED finds it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { causeCodes, type Cause } from '../../src/vehicle/causes'
import { eventually } from '../support/childProcess'
import { NodeRed } from '../support/nodeRed'
import { sentencesIn, sharedIn } from '../support/sentences'
import { SimulatorProcess } from '../support/simulatorProcess'
import { accountOn, asking, demoCredentials, signIn, tab } from './support'

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

/** A text with the spaces that French puts before its signs as they are typed here. */
const typed = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('the languages', () => {
  it('have in French no sign that a new line could begin with', () => {
    for (const folder of folders)
      for (const [key, text] of Object.entries(textsOf(folder, 'fr')))
        expect(text, `${folder} ${key}`).to.not.match(/ [;:!?»](?![/\p{L}])|« /u)
  })

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

/** The text of all sources below a folder, as it is once it is read by the compiler. */
function sourcesBelow(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
    .replaceAll('\\', '')
}

describe('the words for what stands in the way', () => {
  const english = sharedIn('en-US')

  for (const language of ['en-US', ...languages])
    it(`say in ${language} of every cause what it is and what to do`, () => {
      const { cause } = sharedIn(language)
      expect(Object.keys(cause)).to.have.members([...causeCodes])
      for (const code of causeCodes) {
        expect(cause[code]!.message, code).to.match(/[^.]$/)
        expect(cause[code]!.action, code).to.match(/\.$/)
      }
    })

  it('are the notices that nodes give, and no others', () => {
    const used = [...sourcesBelow(nodesFolder).matchAll(/notice\((?:this\.)?RED, '([\w-]+)'/g)].map(([, key]) => key!)
    expect([...new Set(used)]).to.have.members(Object.keys(english.notice))
  })

  it('are the whole sentence where it is known, with its values', () => {
    const cause: Cause = {
      code: 'QUOTA_DAY',
      message: "Volvo: today's 10,000 calls are used up; back at 02:00 (in 3 h)",
      action: 'Wait, or use fewer calls.',
      retryAfter: 10_800,
    }
    expect(sentencesIn(sharedIn('de'), english).ofCause(cause)).to.deep.equal({
      code: 'QUOTA_DAY',
      message: 'Volvo: Die 10.000 Aufrufe von heute sind verbraucht; weiter um 02:00 (in 3 h)',
      action: 'Warten oder weniger Aufrufe verwenden.',
      retryAfter: 10_800,
    })
  })

  it('are known also inside of another sentence', () => {
    const message = "The account's MQTT mirror does not work: The MQTT broker at mqtt://nas:1883 refused user name or password"
    expect(sentencesIn(sharedIn('sv'), english).ofCause({ code: 'AUTH_REQUIRED', message }).message).to.equal(
      'Kontots MQTT-spegel fungerar inte: MQTT-brokern på mqtt://nas:1883 nekade användarnamn eller lösenord',
    )
  })

  it('are else those of the kind of cause, and the English ones in brackets', () => {
    const cause: Cause = { code: 'PROVIDER_ERROR', message: 'The moon is in the way', action: 'Wait a fortnight.' }
    const { message, action } = sentencesIn(sharedIn('fr'), english).ofCause(cause)
    expect(message).to.equal('Le cloud répond par une erreur (The moon is in the way)')
    expect(typed(action!)).to.equal('Attendez ; signalez-le si cela dure (Wait a fortnight)')
  })

  it('say nothing of what to do where nothing is known to help', () => {
    expect(sentencesIn(sharedIn('de'), english).ofCause({ code: 'ASLEEP', message: 'The car is asleep' })).to.deep.equal({
      code: 'ASLEEP',
      message: 'Das Auto schläft',
    })
  })

  it('are in English the very ones that were told', () => {
    const cause: Cause = { code: 'NETWORK', message: 'Volvo cannot be reached', action: 'Check the network.' }
    expect(sentencesIn(english, english).ofCause(cause)).to.equal(cause)
  })

  it('below the nodes are in one catalogue, where they are the same for all', () => {
    for (const folder of folders.filter((name) => name !== 'account'))
      for (const [key, text] of Object.entries(textsOf(folder, 'en-US')))
        if (key.includes('.status.')) expect(english.status[key.split('.')[2]!], `${folder} ${key}`).to.not.equal(text)
  })
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
      (text) => text === textsOf('account', 'sv')['driveway-account.status.signedOut'],
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

  /** `GET /send` sends a command that the flow names; `GET /past` asks for what no cloud keeps. */
  const alsoAsking = [
    { id: 'send-in', type: 'http in', z: 'tab', url: '/send', method: 'get', wires: [['order']] },
    { id: 'order', type: 'function', z: 'tab', func: "msg.command = 'unlock'; return msg", outputs: 1, wires: [['send']] },
    { id: 'send', type: 'driveway-command', z: 'tab', account: 'acc', onFailure: 'output', wires: [['out'], ['out']] },
    { id: 'out', type: 'http response', z: 'tab', wires: [] },
    { id: 'past-in', type: 'http in', z: 'tab', url: '/past', method: 'get', wires: [['limit']] },
    {
      id: 'limit',
      type: 'function',
      z: 'tab',
      func: "msg.history = { limit: 'all' }; return msg",
      outputs: 1,
      wires: [['past']],
    },
    { id: 'past', type: 'driveway-state', z: 'tab', account: 'acc', wires: [['out']] },
    { id: 'catch', type: 'catch', z: 'tab', scope: ['past'], wires: [['cause']] },
    { id: 'cause', type: 'function', z: 'tab', func: 'msg.payload = msg.error; return msg', outputs: 1, wires: [['out']] },
  ].map((node) => ({ x: 1, y: 1, ...node }))

  /** The causes that a flow gets: of the account, of an outcome, and of a message that asks for something impossible. */
  async function causesIn(lang?: string): Promise<{ signedOut: Cause; refused: Cause; past: { message: string; cause: Cause } }> {
    const account = accountOn(simulator, await simulator.vinOf('ex40'))
    const flows = [tab, account, ...asking(), ...alsoAsking]
    nodeRed = await NodeRed.start({ flows, credentials: { acc: demoCredentials }, ...(lang && { settings: { lang } }) })
    const signedOut = (await nodeRed.ask('/ask')).json as Cause
    const refused = ((await nodeRed.ask('/send')).json as { cause: Cause }).cause
    const past = (await nodeRed.ask('/past')).json as { message: string; cause: Cause }
    return { signedOut, refused, past }
  }

  it('raises errors in German: of the account, of an outcome, and of what a message asks for', async function () {
    this.timeout(60_000)
    const { signedOut, refused, past } = await causesIn('de')
    expect(signedOut).to.include({
      code: 'AUTH_REQUIRED',
      message: 'Nicht bei Volvo angemeldet',
      action: 'Das Konto öffnen und anmelden.',
    })
    expect(refused.code).to.equal('AUTH_REQUIRED')
    expect(refused.message).to.equal('Nicht bei Volvo angemeldet')
    expect(past.cause.code).to.equal('INVALID_PARAMS')
    expect(past.cause.message).to.equal('history.limit: muss eine Zahl sein')
    expect(past.cause.action).to.match(/^Ein Objekt angeben, etwa \{"from": .*\}\.$/)
    expect(past.message).to.equal(past.cause.message)
  })

  /** Of a command that only a node may name, of one that the car does not have, and of a broker that is not there. */
  const told = {
    de: {
      guarded: '„unlock“ darf nur ein Node senden, der ihn nennt, keine Nachricht und kein Topic',
      allow: 'Ihn im Konto erlauben.',
      lacking: /^EX40 kann „Laden starten“ nicht\. Es kann: .*\block\b/,
      broker: 'Der MQTT-Broker auf mqtt://127.0.0.1:1 ist nicht erreichbar (dort lauscht nichts)',
      check: 'Prüfen, ob der Broker läuft, und den Port in seiner Adresse.',
    },
    fr: {
      guarded: '« unlock » ne peut être envoyée que par un nœud qui la désigne, pas par un message ni un topic',
      allow: 'Autorisez-la dans le compte.',
      lacking: /^EX40 ne peut pas exécuter « Démarrer la charge »\. Possibles : .*\block\b/,
      broker: 'Le broker MQTT à mqtt://127.0.0.1:1 est injoignable (rien n’y écoute)',
      check: 'Vérifiez que le broker est lancé, et le port de son adresse.',
    },
    sv: {
      guarded: '”unlock” får bara skickas från en nod som anger det, inte via ett meddelande eller topic',
      allow: 'Tillåt det i kontot.',
      lacking: /^EX40 kan inte ”Starta laddningen”\. Den kan: .*\block\b/,
      broker: 'MQTT-brokern på mqtt://127.0.0.1:1 går inte att nå (inget lyssnar där)',
      check: 'Kontrollera att brokern körs, och porten i dess adress.',
    },
  } as const

  for (const [lang, words] of Object.entries(told))
    it(`tells in ${lang} of a refused command, of one that the car lacks, and of the MQTT broker`, async function () {
      this.timeout(60_000)
      const broker = { id: 'broker', type: 'driveway-mqtt', url: 'mqtt://127.0.0.1:1', base: 'driveway' }
      const account = { ...accountOn(simulator, await simulator.vinOf('ex40')), mirror: 'broker' }
      const sending = alsoAsking.map((node) =>
        node.id === 'order' ? { ...node, func: 'msg.command = msg.payload.command; return msg' } : node,
      )
      const flows = [tab, account, broker, ...asking(), ...sending]
      nodeRed = await NodeRed.start({ flows, credentials: { acc: demoCredentials }, settings: { lang } })
      await signIn(nodeRed, simulator)
      const causeOf = async (command: string): Promise<Cause> =>
        ((await nodeRed!.ask(`/send?command=${command}`)).json as { cause: Cause }).cause
      const guarded = await causeOf('unlock')
      expect(guarded.code, 'for flows').to.equal('NOT_ALLOWED')
      expect(typed(guarded.message)).to.equal(words.guarded)
      expect(guarded.action).to.equal(words.allow)
      const lacking = await causeOf('charge-start')
      expect(lacking.code).to.equal('UNSUPPORTED')
      expect(typed(lacking.message)).to.match(words.lacking)
      await nodeRed.logged(/127\.0\.0\.1:1 /)
      const warned = typed(nodeRed.complaints.find((line) => line.includes('[driveway-mqtt:broker]')) ?? '')
      expect(warned).to.contain(words.broker)
      expect(warned).to.contain(words.check)
    })

  it('raises the errors as they were told where the language is English, or one that nobody translated to', async function () {
    this.timeout(60_000)
    for (const language of [undefined, 'en-US', 'nl']) {
      const { signedOut, refused, past } = await causesIn(language)
      expect(signedOut).to.include({ message: 'Not signed in to Volvo', action: 'Open the account and sign in.' })
      expect(refused.message).to.equal('Not signed in to Volvo')
      expect(past.cause.message).to.match(/^history\.limit /)
      await nodeRed!.end()
    }
  })
})
