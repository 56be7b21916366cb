import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { causeCodes } from '../../src/vehicle/causes'

const root = join(__dirname, '../..')
const told = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8')
const firstColumn = told
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|')[1]?.trim() ?? '')

/** Every word below a node, in English, as it is shown with plain values. */
const statuses = readdirSync(join(root, 'nodes'))
  .filter((name) => name !== 'shared')
  .flatMap((name) => {
    const file = join(root, 'nodes', name, 'locales/en-US', `${name}.json`)
    const words = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { status?: Record<string, string> }>
    return Object.values(words[`driveway-${name}`]?.status ?? {})
  })

/** The car's age and numbers explain themselves. */
const plain = /__(?!at|count)|^just now$|^__count__ cars$/

describe('the troubleshooting tables', () => {
  it('explain every word that a node shows', () => {
    const explained = new Set(firstColumn.flatMap((cell) => [cell, ...cell.split(', ')]))
    const asShown = (word: string) => word.replace('__count__', '3').replace('__at__', '14:05')
    const missing = [...new Set(statuses)].filter((word) => !plain.test(word) && !explained.has(asShown(word)))
    expect(missing).to.deep.equal([])
  })

  it('explain no word that no node shows', () => {
    const words = told.slice(told.indexOf('## Words'), told.indexOf('## After'))
    const explained = words
      .split('\n')
      .flatMap((line) => (/^\| (?!status|---)/.test(line) ? (line.split('|')[1] ?? '').trim() : []))
    const shown = new Set(statuses.map((word) => word.replace('__count__', '3').replace('__at__', '14:05')))
    const isShown = (cell: string) => shown.has(cell) || cell.split(', ').every((word) => shown.has(word))
    expect(explained).to.have.length.above(20)
    expect(explained.filter((cell) => !isShown(cell))).to.deep.equal([])
  })

  it('explain every code of a cause, and no other', () => {
    const codes = firstColumn.filter((cell) => /^`[A-Z_]+`$/.test(cell)).map((cell) => cell.slice(1, -1))
    expect(codes).to.have.members([...causeCodes])
  })
})
