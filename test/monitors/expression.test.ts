import { expect } from 'chai'
import { ExpressionError, readExpression, writeExpression } from '../../src/monitors/expression'

const names = ['a', 'b', 'c', 'home_1', 't.2']

const reason = (text: string): string => {
  try {
    readExpression(text, names)
  } catch (error) {
    if (error instanceof ExpressionError) return error.message
    throw error
  }
  throw new Error(`${text} was read`)
}

describe('an expression over triggers', () => {
  const understood: [string, string][] = [
    ['a', 'a'],
    ['  ( ( a ) ) ', 'a'],
    ['!a', '!a'],
    ['!!a', '!!a'],
    ['! a', '!a'],
    ['a&b', '(a & b)'],
    ['a|b', '(a | b)'],
    ['a & b & c', '((a & b) & c)'],
    ['a | b & c', '(a | (b & c))'],
    ['a & b | c', '((a & b) | c)'],
    ['(a | b) & c', '((a | b) & c)'],
    ['!a & b', '(!a & b)'],
    ['!(a & b)', '!(a & b)'],
    ['home_1&t.2', '(home_1 & t.2)'],
    ['a\t|\nb', '(a | b)'],
  ]
  for (const [text, meaning] of understood)
    it(`${JSON.stringify(text)} means ${meaning}`, () => {
      expect(writeExpression(readExpression(text, names))).to.equal(meaning)
      // What is sent is read the same way.
      expect(writeExpression(readExpression(meaning, names))).to.equal(meaning)
    })

  const refused: [string, string][] = [
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['a &', 'stops where the name of a trigger is missing (character 4)'],
    ['& a', 'needs the name of a trigger before "&" (character 1)'],
    ['a && b', 'needs the name of a trigger before "&"; one & is enough (character 4)'],
    ['a || b', 'one | is enough'],
    ['a b', 'needs & or | before "b" (character 3)'],
    ['a (b)', 'needs & or | before "("'],
    ['a !b', 'needs & or | before "!"'],
    ['(a', 'opens a parenthesis that is never closed (character 1)'],
    ['a & (b | c', 'opens a parenthesis that is never closed (character 5)'],
    ['a)', 'closes a parenthesis that was never opened (character 2)'],
    ['()', 'needs the name of a trigger before ")"'],
    ['(a b)', 'needs & or | before "b"'],
    ['!', 'stops where'],
    ['a + b', 'has "+", which means nothing here: use !, &, |, ( and ) (character 3)'],
    ['a and b', 'needs & or | before "and"'],
    ['d', 'names a trigger "d" that is not there: there is a, b, c, home_1, t.2 (character 1)'],
    ['A', 'names a trigger "A"'],
    ['a | !a', 'is always true'],
    ['!(a & !a)', 'is always true'],
    ['a & !a', 'can never be true'],
    ['(a | b) & !(a | b)', 'can never be true'],
    [`${'('.repeat(300)}a${')'.repeat(300)}`, 'is longer than 500 characters'],
  ]
  for (const [text, why] of refused)
    it(`${JSON.stringify(text).slice(0, 40)} is refused: ${why}`, () => expect(reason(text)).to.contain(why))
})
