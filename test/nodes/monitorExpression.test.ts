import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { ExpressionError, readExpression, triggerName } from '../../src/monitors/expression'

interface Wrong {
  key: string
  position?: number
  values?: Record<string, string | number>
}

interface InTheBrowser {
  triggerName: RegExp
  check(text: string, names: readonly string[]): Wrong | undefined
}

const root = join(__dirname, '../..')

/** The dialog's own check, as a browser loads it. */
function inTheBrowser(): InTheBrowser {
  const window: { driveway?: { monitorExpression: InTheBrowser } } = {}
  runInNewContext(readFileSync(join(root, 'resources/monitorExpression.js'), 'utf8'), { window })
  return window.driveway!.monitorExpression
}

const catalogue = JSON.parse(readFileSync(join(root, 'nodes/monitor/locales/en-US/monitor.json'), 'utf8')) as {
  'driveway-monitor': { expression: Record<string, string> }
}

/** What the dialog writes below the field. */
const said = ({ key, values = {} }: Wrong): string =>
  catalogue['driveway-monitor'].expression[key]!.replace(/__(\w+)__/g, (_, name: string) => String(values[name]))

/** What is wrong, and where; nothing for an expression that is right. */
const atRuntime = (text: string, names: readonly string[]): unknown => {
  try {
    readExpression(text, names)
    return undefined
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return { why: error.why, position: error.position }
  }
}

const names = ['a', 'b', 't1', 'home_2', 'x.9']

const texts = [
  'a',
  ' a ',
  '!a',
  '! a',
  '!!a',
  '!(a)',
  'a & b',
  'a&b|t1',
  'a | b & t1',
  '(a | b) & !t1',
  '((a))',
  '!(a & (b | !t1)) | home_2',
  'x.9 & home_2',
  'a & b & t1 & home_2 & x.9',
  'a & !b | !a & b',
  // Never, and always.
  'a & !a',
  'a | !a',
  '(a & b) & !(a & b)',
  '(a | b) | (!a & !b)',
  'a & b & !a',
  // Not finished, or not begun.
  '',
  '   ',
  'a &',
  'a & ',
  '& a',
  '| a',
  'a b',
  'a !b',
  'a (b)',
  '(a',
  '((a)',
  '(a & (b)',
  'a)',
  'a & b))',
  '()',
  '( )',
  '!',
  '!)',
  '!&a',
  // What programmers write.
  'a && b',
  'a || b',
  'a & & b',
  'a &| b',
  'a and b',
  'a = b',
  'a, b',
  'a ∧ b',
  'a\n& b',
  '\ta',
  'a @',
  '@a',
  'a-b',
  "a'",
  // Names that are not there.
  'c',
  'a & c',
  'A',
  'a1',
  'home_',
  '2',
  `${'a & '.repeat(200)}a`,
  `${'('.repeat(240)}a${')'.repeat(240)}`,
]

describe('the expression of a monitor, as it is typed', () => {
  const browser = inTheBrowser()
  const inBrowser = (text: string, known: readonly string[]): unknown => {
    const wrong = browser.check(text, known)
    return wrong && { why: said(wrong), position: wrong.position }
  }

  for (const text of texts)
    it(`is judged by the dialog as by the runtime: ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(inBrowser(text, names)).to.deep.equal(atRuntime(text, names))
    })

  it('is judged alike when there is no trigger to name', () => {
    expect(inBrowser('a', [])).to.deep.equal(atRuntime('a', []))
  })

  it('is judged alike for two thousand texts put together by chance', () => {
    let seed = 7
    const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below
    const parts = ['a', 'b', 't1', '!', '&', '|', '(', ')', ' ', 'c', '&&', '%']
    let right = 0
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: 1 + next(9) }, () => parts[next(parts.length)]).join('')
      const expected = atRuntime(text, names)
      if (expected === undefined) right++
      expect(inBrowser(text, names), text).to.deep.equal(expected)
    }
    expect(right, 'some of them are right').to.be.greaterThan(50)
  })

  it('has the same names of triggers', () => {
    expect(String(browser.triggerName)).to.equal(String(triggerName))
  })
})
