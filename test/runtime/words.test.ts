import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import ts from 'typescript'
import { reasons } from '../../nodes/command/words'

const nodesFolder = join(__dirname, '../../nodes')
const folders = readdirSync(nodesFolder).filter((name) => existsSync(join(nodesFolder, name, 'locales')))

/** What a call's words may be where they are no literal. */
const computed: Record<string, readonly string[]> = {
  'told.phase': ['waking'],
  'outcome.phase': ['done', 'delivered', 'checked'],
  charging: ['complete', 'scheduled', 'fault'],
  reason: Object.values(reasons),
}

interface Use {
  key: string
  where: string
}

const sourcesIn = (folder: string): ts.SourceFile[] =>
  readdirSync(join(nodesFolder, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) =>
      ts.createSourceFile(
        `${folder}/${name}`,
        readFileSync(join(nodesFolder, folder, name), 'utf8'),
        ts.ScriptTarget.ES2022,
        true,
      ),
    )

/** A node's own code, and the shell that it shares with other nodes. */
function codeOf(folder: string): ts.SourceFile[] {
  const own = sourcesIn(folder)
  const shell = sourcesIn('shared').filter(({ fileName }) => fileName.endsWith('/watchNode.ts'))
  return own.some(({ text }) => text.includes('watchNode(')) ? [...own, ...shell] : own
}

/** Every key that a folder's code asks the status for: `word(look, key)` and `translated(key)`. */
function usedIn(folder: string): Use[] {
  const uses: Use[] = []
  for (const source of codeOf(folder)) {
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const { text } = node.expression.name
        const argument = text === 'word' ? node.arguments[1] : text === 'translated' ? node.arguments[0] : undefined
        if (argument) for (const key of keysOf(argument)) uses.push({ key, where: source.fileName })
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return uses
}

function keysOf(expression: ts.Expression): readonly string[] {
  if (ts.isStringLiteral(expression)) return [expression.text]
  if (ts.isConditionalExpression(expression)) return [...keysOf(expression.whenTrue), ...keysOf(expression.whenFalse)]
  const known = computed[expression.getText()]
  if (!known) throw new Error(`What can ${expression.getText()} be? Say it in this test.`)
  return known
}

/** The words for the account's trouble, which any node may show: the second place of each row. */
function troubleKeys(): string[] {
  const text = readFileSync(join(nodesFolder, 'shared/status.ts'), 'utf8')
  const table = /const troubles[^{]*\{([^}]*)\}/.exec(text)?.[1] ?? ''
  return [...table.matchAll(/'(\w+)'\]/g)].map(([, key]) => key!)
}

/** What any node may show is in the account's catalogue once. */
const wordsOf = (folder: string, language?: string): Record<string, unknown> => ({
  ...catalogueOf('account', language).status,
  ...catalogueOf(folder, language).status,
})

const catalogueOf = (folder: string, language = 'en-US'): Record<string, Record<string, unknown>> =>
  (
    JSON.parse(readFileSync(join(nodesFolder, folder, `locales/${language}/${folder}.json`), 'utf8')) as Record<
      string,
      Record<string, Record<string, unknown>>
    >
  )[`driveway-${folder}`]!

const languages = ['en-US', 'de', 'fr', 'sv']

/** What a word's places may hold at their longest, such as on a busy day of a fleet. */
const filled: Record<string, string> = { minutes: '119', hours: '99', count: '12', at: '14:05' }

/** A node's own words as they are read below it. */
const wordsShown = (folder: string, language: string): string[] =>
  Object.values(catalogueOf(folder, language).status ?? {}).map((word) =>
    String(word).replace(/__(\w+)__/g, (_, place: string) => filled[place] ?? place),
  )

/** Every key that may be shown below a node; the account's are those of the nodes that use it. */
function keysShown(folder: string): string[] {
  if (folder === 'account') return Object.keys(catalogueOf(folder).status ?? {})
  const own = usedIn(folder).map(({ key }) => key)
  // A mirror has no account: its trouble is that of its fields, or a broker that refuses.
  if (folder === 'mqtt') return [...own, 'fault']
  const hasTrouble = codeOf(folder).some(({ text }) => text.includes('.trouble('))
  return hasTrouble ? [...own, ...troubleKeys(), 'fault'] : own
}

/** The words of the first column of a help's last table, the one of the status. */
function explainedBy(folder: string, language: string): string[] {
  const file = language === 'en-US' ? `${folder}.html` : `locales/${language}/${folder}.html`
  const help = readFileSync(join(nodesFolder, folder, file), 'utf8').split('data-help-name')[1] ?? ''
  const rows =
    help
      .match(/(?:^\|.*\n)+/gm)
      ?.at(-1)
      ?.split('\n') ?? []
  return rows.flatMap(
    (row) =>
      row
        .split('|')[1]
        ?.trim()
        .split(/, | · |: /) ?? [],
  )
}

/** How old a reading is explains itself. */
const plain = new Set(['justNow', 'hoursAgo'])

/** A word with its places as it may stand in a table. */
const asWritten = (word: string): RegExp =>
  new RegExp(`^${word.replace(/__at__/g, '\\d\\d:\\d\\d').replace(/__\w+__/g, '\\d+')}$`)

describe('the words below the nodes', () => {
  it('are found where this test looks for them', () => {
    expect(folders).to.include.members(['account', 'charging', 'command', 'mqtt', 'state'])
    expect(troubleKeys()).to.include.members(['signedOut', 'expired', 'quota', 'offline'])
    expect(usedIn('charging').map(({ key }) => key)).to.include.members(['noAccount', 'loading', 'plugged', 'unplugged', 'cars'])
  })

  for (const folder of folders) {
    const shows = codeOf(folder).some((source) => /\.trouble\(|new Status\(/.test(source.text))

    it(`of ${folder} are all in its catalogue, or in the one that all share`, () => {
      const status = wordsOf(folder)
      for (const { key, where } of usedIn(folder)) expect(status, where).to.have.property(key).that.is.a('string').and.not.empty
      if (shows)
        for (const key of [...troubleKeys(), 'fault'])
          expect(status, 'trouble').to.have.property(key).that.is.a('string').and.not.empty
    })

    it(`of ${folder} are all shown some time`, () => {
      const shownBy = folder === 'account' ? folders : [folder]
      const shown = new Set([...shownBy.flatMap(usedIn).map(({ key }) => key), ...troubleKeys(), 'fault'])
      expect(Object.keys(catalogueOf(folder).status ?? {}).filter((key) => !shown.has(key))).to.deep.equal([])
    })

    for (const language of languages)
      it(`of ${folder} leave room in the editor, in ${language}`, () => {
        const words = wordsShown(folder, language)
        expect(words).not.to.be.empty
        expect(words.filter((word) => word.length > 19)).to.deep.equal([])
      })

    for (const language of languages)
      it(`of ${folder} are all explained in its help, in ${language}`, () => {
        const words = wordsOf(folder, language)
        const explained = explainedBy(folder, language)
        const missing = new Set(keysShown(folder).filter((key) => !plain.has(key)))
        for (const key of missing) if (explained.some((cell) => asWritten(String(words[key])).test(cell))) missing.delete(key)
        expect([...missing].map((key) => words[key])).to.deep.equal([])
      })

    it(`of ${folder} that its help or dialog names are in its catalogue`, () => {
      const html = readFileSync(join(nodesFolder, folder, `${folder}.html`), 'utf8')
      const marks = [...html.matchAll(/data-i18n="([^"]*)"/g)].flatMap(([, value]) => value!.split(';'))
      const calls = [...html.matchAll(/_\('(driveway-[\w.-]+[\w])'[,)]/g)].map(([, key]) => key!)
      const keys = [...marks.map((mark) => mark.replace(/^\[[\w-]+\]/, '')), ...calls].filter((key) =>
        key.startsWith('driveway-'),
      )
      expect(keys).not.to.be.empty
      for (const key of keys) {
        const [type, ...path] = key.split('.')
        const found = path.reduce<unknown>(
          (at, step) => (at as Record<string, unknown> | undefined)?.[step],
          catalogueOf(type!.replace('driveway-', '')),
        )
        expect(found, key).to.be.a('string').and.not.empty
      }
    })
  }
})

describe('the help of the account', () => {
  it('leads to the page of every provider', () => {
    const help = readFileSync(join(nodesFolder, 'account/account.html'), 'utf8')
    const linked = [...help.matchAll(/\/blob\/main\/docs\/providers\/([\w-]+\.md)\)/g)].map(([, page]) => page)
    expect(linked).to.have.members(readdirSync(join(__dirname, '../../docs/providers')))
  })
})
