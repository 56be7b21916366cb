/** The sentences that stand in the sources: every text with a blank that a person may be told. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import type { Cause } from '../../src/vehicle/causes'

export interface Written {
  /** File and line. */
  at: string
  /** Values are `§1`, `§2` and so on. */
  text: string
}

const root = join(__dirname, '../..')

interface Shared {
  label: Record<string, string>
  cause: Record<string, { message: string; action: string }>
  sentence: Record<string, string>
  notice: Record<string, string>
  status: Record<string, string>
  shared: { name: Record<string, string>; word: Record<string, string> }
  page: { language: string }
}
export type Catalogue = Omit<Shared, 'shared' | 'page'> & Shared['shared'] & { language: string }

/** What the account's catalogue says for all nodes. */
export function sharedIn(language: string): Catalogue {
  const text = readFileSync(join(root, 'nodes/account/locales', language, 'account.json'), 'utf8')
  const { shared, page, ...rest } = (JSON.parse(text) as { 'driveway-account': Shared })['driveway-account']
  return { ...rest, name: shared.name, word: shared.word, language: page.language }
}

type Words = Pick<Catalogue, 'cause' | 'sentence' | 'name' | 'language'>

// eslint-disable-next-line @typescript-eslint/no-require-imports
export const { sentencesIn } = require('../../resources/sentences.js') as {
  sentencesIn: (local: Words, english: Words) => { ofCause: (cause: Cause) => Cause; ofText: (text: string) => string }
}

/** What speaks to programs, to the terminal, or by labels, which have words of their own. */
const silent = /^src\/(simulator|mirror\/discovery|vehicle\/signals)\/|operandTable|^nodes\/account\/answerPage/

const isSpeech = (text: string): boolean =>
  (/\p{L}.* .*\p{L}/su.test(text) && !/^\s|\n/.test(text)) || /^\p{Lu}\p{L}+\.$/u.test(text)

/** Texts of these are not told: names, and what is found in somebody's answer. */
const unsaid = new Set(['label', 'description', 'vss', 'where', 'sample', 'note'])

function isUnsaid(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isImportDeclaration(parent) || ts.isLiteralTypeNode(parent)) return true
  // A fault of ours: nothing of it is told but its name.
  if (ts.isNewExpression(parent) && parent.expression.getText() === 'Error') return true
  return ts.isPropertyAssignment(parent) && parent.initializer === node && unsaid.has(parent.name.getText())
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return node.head.text + node.templateSpans.map(({ literal }, index) => `§${index + 1}${literal.text}`).join('')
}

function writtenIn(path: string): Written[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: Written[] = []
  const visit = (node: ts.Node): void => {
    const text = textOf(node)
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
    if (text !== undefined && isSpeech(text) && !isUnsaid(node)) found.push({ at: `${relative(root, path)}:${line}`, text })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Each once, with the place where it stands first. */
export function writtenSentences(): Written[] {
  const files = ['src', 'nodes'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(root, folder, name)),
  )
  const all = files.filter((path) => !silent.test(relative(root, path))).flatMap(writtenIn)
  return [...new Map(all.reverse().map((written) => [written.text, written])).values()].reverse()
}
