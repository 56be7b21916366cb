import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { hooksPath } from '../../nodes/monitor/hooks'
import { recordKinds } from '../../nodes/state/records'
import { topicsBelow } from '../../src/mirror/topics'
import { causeCodes } from '../../src/vehicle/causes'
import { commandIds } from '../../src/vehicle/commands'
import { eventNames } from '../../src/vehicle/events'
import { isSignalGroup, isSignalId } from '../../src/vehicle/signals'
import { startSimulator } from '../../src/simulator/simulator'
import {
  anchorsOf,
  code,
  documentOf,
  documents,
  exists,
  filesBelow,
  isFolder,
  markdown,
  objections,
  read,
  spansOf,
  wordsOfCode,
  type Document,
} from './reading'

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** npm's own. */
const npmCommands = ['install', 'pack', 'ci']
/** Words in capitals that are no causes: of clouds, protocols and Home Assistant. */
const otherCapitals = ['PRESS', 'ELECTRIC']
/** Spans in kebab case that are nobody's identifier: examples of slugs, names of other programs. */
const otherKebabs = /^(ex40-6a9a|xc40-7f3a|node-red|fr-fr)$/i
/** Members of a message's `vehicle`, which is the name of a group too. */
const vehicleMembers = ['id', 'slug', 'label', 'provider', 'ts']
/** Settings of Node-RED itself. */
const foreignWords = new Set(['adminAuth'])

/** What dialogs of others show, and what is only stressed. */
const elsewhere = new Set(['VCC API key', 'Unknown', 'Unavailable', 'Driveway', 'Monitors', 'Several Node-REDs, one quota'])
/** What Node-RED's editor itself shows. */
const editorWords = ['Add', 'Done', 'Modified Flows', 'Modified Nodes']
/** What the demo and the simulator's page show. */
const shownBySources = ['scripts/demoFlow.mjs', ...filesBelow('src/simulator/page', /\.mjs$/)].map(read).join('\n')
const isSeenElsewhere = (words: string): boolean =>
  editorWords.includes(words) || exists(`examples/${words}.json`) || shownBySources.includes(`'${words}'`)
/** Names of entities in Home Assistant. */
const isEntity = (words: string): boolean =>
  ['Command result', 'Last news from the car', 'Calls left today'].includes(words) && code.includes(words)
/** Every text of the dialogs, in English. */
const shownWords = filesBelow('nodes', /\.json$/)
  .filter((path) => path.includes('en-US'))
  .flatMap((path) => textsIn(JSON.parse(read(path))))

const known = new Set<string>([...commandIds, ...eventNames, ...recordKinds])
/** Home Assistant's attributes are members in snake case. */
const camel = (word: string): string => word.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
const isQuoted = (word: string): boolean => [`'${word}'`, `"${word}"`, `${word}"`, `/${word}`].some((form) => code.includes(form))

describe('the documents', () => {
  it('link to files and headings that are there', () => {
    const wrong = objections(markdown, (document) => linksOf(document).filter((link) => !leads(document.path, link)))
    expect(wrong).to.deep.equal([])
  })

  it('are all reached from the README', () => {
    const reached = new Set<string>()
    const follow = (path: string): void => {
      if (reached.has(path)) return
      reached.add(path)
      // GitHub lists a folder.
      if (exists(path) && isFolder(path)) filesBelow(path, /\.md$/).forEach(follow)
      else if (path.endsWith('.md'))
        linksOf(documentOf(path)).forEach((link) => follow(join(dirname(path), link.split('#')[0] ?? '')))
    }
    follow('README.md')
    expect(markdown.map(({ path }) => path).filter((path) => !reached.has(path))).to.deep.equal([])
  })

  it('name npm scripts that there are', () => {
    const wrong = objections(markdown, (document) =>
      [...spansOf(document), ...document.blocks.map(({ code: shown }) => shown)]
        .flatMap((shown) => [...shown.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)])
        .map(([, name = '']) => name)
        .filter((name) => !(name in scripts) && !npmCommands.includes(name)),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name signals that there are', () => {
    const wrong = objections(documents, (document) =>
      spansOf(document).filter((span) => {
        const [, group = '', key = ''] = /^(?:(?:msg\.)?payload\.)?([a-zA-Z]+)\.([a-zA-Z]+)$/.exec(span) ?? []
        if (!isSignalGroup(group) || (group === 'vehicle' && vehicleMembers.includes(key))) return false
        return !isSignalId(`${group}.${key}`)
      }),
    )
    expect(wrong).to.deep.equal([])
  })

  it('show messages with signals that there are, in JSON that can be read', () => {
    const wrong = objections(documents, ({ blocks }) =>
      blocks
        .filter(({ language }) => language === 'json')
        .flatMap(({ code: text }) => {
          try {
            return strangeSignals(JSON.parse(text))
          } catch (error) {
            return [String(error)]
          }
        }),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name causes that there are', () => {
    const wrong = objections(documents, (document) =>
      spansOf(document).filter(
        (span) =>
          /^[A-Z]{4,}(_[A-Z]+)*$|^[A-Z]+(_[A-Z]+)+$/.test(span) &&
          !otherCapitals.includes(span) &&
          !(causeCodes as readonly string[]).includes(span) &&
          !(span.startsWith('DRIVEWAY_') && wordsOfCode.has(span)),
      ),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name commands, events, groups and values that there are', () => {
    const wrong = objections(documents, (document) =>
      spansOf(document).filter(
        (span) => /^[a-z0-9]+(-[a-z0-9]+)+$/.test(span) && !known.has(span) && !isQuoted(span) && !otherKebabs.test(span),
      ),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name fields and members that there are', () => {
    const wrong = objections(documents, (document) =>
      spansOf(document)
        .filter((span) => /^[a-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$/.test(span))
        .filter((span) => !exists(span) && !foreignWords.has(span))
        .flatMap((span) => span.split('.'))
        .filter((word) => word.length > 2 && !wordsOfCode.has(word) && !wordsOfCode.has(camel(word))),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name options that there are', () => {
    const wrong = objections(markdown, ({ text, blocks }) =>
      [text, ...blocks.map(({ code: shown }) => shown)].flatMap((part) =>
        [...part.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)]
          .map(([, name = '']) => name)
          .filter((name) => !new RegExp(`(^|[\\s{])'?${name}'?: \\{\\s*type:`, 'm').test(code)),
      ),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name fields and buttons as the dialogs do', () => {
    const wrong = objections(markdown, ({ text }) =>
      [...text.matchAll(/(?<![*\w])(\*{1,2})([A-Z][^*\n>→]*)\1(?![*\w])/g)]
        .map(([, , words = '']) => words)
        .filter((words) => !/[.:,]$/.test(words) && !elsewhere.has(words) && !isSeenElsewhere(words))
        .filter((words) => !shownWords.some((shown) => shown.startsWith(words)) && !isEntity(words)),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name topics and addresses that there are', () => {
    const wrong = objections(documents, (document) =>
      spansOf(document).filter((span) =>
        /^driveway\/./.test(span) ? !isTopic(span) : /^\/driveway\//.test(span) && !span.startsWith(`${hooksPath}/<`),
      ),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name files that are there', () => {
    const wrong = objections(documents, (document) =>
      spansOf(document).filter(
        (span) => /^(src|nodes|test|scripts|resources|docs|examples|bench|\.ci)\/[^<*\s]*$/.test(span) && !exists(span),
      ),
    )
    expect(wrong).to.deep.equal([])
  })

  it('name every event, and every topic, on the page about MQTT', () => {
    const page = spansOf(documentOf('docs/mqtt.md'))
    expect(page).to.include.members([...eventNames, ...templates])
  })

  it('tell of calls to the simulator that it answers', async () => {
    const sim = await startSimulator({ seed: 1 })
    try {
      const calls = [...read('README.md').matchAll(/`(GET|POST|DELETE) (\/sim\/[^`]*)`(?:\s+with\s+`(\{[^`]*\})`)?/g)]
      expect(calls.length).to.be.greaterThan(3)
      for (const [, method, path = '', body] of calls) {
        const { status } = await fetch(`${sim.url}${path}`, {
          method,
          ...(method === 'POST' && { body: body ?? '{}', headers: { 'content-type': 'application/json' } }),
        })
        expect(status, `${method} ${path}`).to.equal(200)
      }
    } finally {
      await sim.close()
    }
  })
})

/** Where links and pictures of a document point, within the repository. */
const linksOf = ({ text }: Document): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .map(decodeURI)

function leads(from: string, link: string): boolean {
  const [target = '', anchor] = link.split('#')
  const path = target === '' ? from : join(dirname(from), target)
  if (!exists(path)) return false
  return anchor === undefined || (!isFolder(path) && anchorsOf(documentOf(path)).includes(anchor))
}

function textsIn(words: unknown): string[] {
  if (typeof words === 'string') return [words]
  return typeof words === 'object' && words !== null ? Object.values(words).flatMap(textsIn) : []
}

const below = topicsBelow('driveway')
const templates = [
  ...(['state', 'info', 'health'] as const).map((leaf) => below.bridge('<instance>', leaf)),
  ...(['meta', 'availability', 'state', 'location'] as const).map((leaf) => below.car('<car>', leaf)),
  below.value('<car>', '<group>', '<key>'),
  below.event('<car>', '<name>'),
  below.command('<car>', '<command>'),
  below.result('<car>', '<command>'),
]

/** A topic of ours, or a filter or a beginning of one; what fills a place has to be there too. */
function isTopic(span: string): boolean {
  const levels = span.replace(/\/$/, '').split('/')
  return templates.some((template) => {
    const places = template.split('/')
    if (levels.length > places.length || (levels.length < places.length && !/[/#]$/.test(span))) return false
    return levels.every((level, at) => fits(level, places[at] ?? ''))
  })
}

function fits(level: string, place: string): boolean {
  if (level === '#' || level === '+' || level === place) return true
  if (place === '<command>') return (commandIds as readonly string[]).includes(level)
  if (place === '<name>') return (eventNames as readonly string[]).includes(level)
  return place.startsWith('<') && /^[a-z0-9_-]+$/.test(level) && level !== 'bridge'
}

/** Members of a group, wherever a group stands, that are no signals. */
function strangeSignals(value: unknown, within?: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
    const isOurs = within !== undefined && isSignalGroup(within) && !(within === 'vehicle' && vehicleMembers.includes(key))
    const isStrange = isOurs ? !isSignalId(`${within}.${key}`) : within === 'readings' && !isSignalId(key)
    return [...(isStrange ? [`${within}.${key}`] : []), ...strangeSignals(member, key)]
  })
}
