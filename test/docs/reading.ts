/** The documents as somebody reads them, and the code that they speak of. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

export const root = join(__dirname, '../..')
const outside = new Set(['node_modules', 'node-red-5'])

export function filesBelow(folder: string, wanted: RegExp): string[] {
  const whole = join(root, folder)
  if (!existsSync(whole)) return []
  return readdirSync(whole, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return outside.has(entry.name) ? [] : filesBelow(path, wanted)
    return wanted.test(entry.name) ? [path] : []
  })
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')
export const exists = (path: string): boolean => existsSync(join(root, path))
export const isFolder = (path: string): boolean => statSync(join(root, path)).isDirectory()

export interface Document {
  path: string
  /** Without fenced code. */
  text: string
  /** Fenced code by its language. */
  blocks: { language: string; code: string }[]
}

/** Markdown, or the help in a node's page. */
export function documentOf(path: string): Document {
  const whole = path.endsWith('.html') ? read(path).replace(/^[^]*?(?=data-help-name)/, '') : read(path)
  const blocks: Document['blocks'] = []
  const text = whole.replace(/^```(\w*)\n([^]*?)^```$/gm, (_, language: string, code: string) => {
    blocks.push({ language, code })
    return ''
  })
  return { path, text, blocks }
}

const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...filesBelow('docs', /\.md$/)]
const helps = filesBelow('nodes', /\.html$/).filter((path) => read(path).includes('data-help-name'))
export const markdown = pages.map(documentOf)
export const documents = [...markdown, ...helps.map(documentOf)]

/** What stands between backticks. */
export const spansOf = ({ text }: Document): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)

/** `path: what`, of everything that `wrong` objects to. */
export const objections = (of: readonly Document[], wrong: (document: Document) => string[]): string[] =>
  of.flatMap((document) => wrong(document).map((what) => `${relative('.', document.path)}: ${what}`))

/** Where a heading is found: as GitHub makes it. */
export const anchorsOf = ({ text }: Document): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** All that is run or loaded, as one text. */
export const code = ['src', 'nodes', 'resources', 'scripts', 'bench']
  .flatMap((folder) => filesBelow(folder, /\.(ts|js|mjs|cjs|html|json)$/))
  .filter((path) => !helps.includes(path))
  .concat('package.json')
  .map(read)
  .join('\n')

/** Whole words of the code. */
export const wordsOfCode = new Set(code.match(/[A-Za-z_][A-Za-z0-9_]*/g))
