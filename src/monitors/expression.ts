/**
 * How the triggers of a monitor belong together: `!a`, `a & b`, `a | b`, parentheses, blanks are free [stellantis.md 4.4].
 * `!` binds tighter than `&`, `&` tighter than `|`; the cloud does not say how it reads both without parentheses, so it
 * is always sent with them.
 */

export type Expression =
  { is: 'name'; name: string } | { is: 'not'; of: Expression } | { is: 'and' | 'or'; of: readonly [Expression, Expression] }

/** What is wrong with an expression, and where: characters counted from 1. */
export class ExpressionError extends Error {
  constructor(
    readonly why: string,
    readonly position?: number,
  ) {
    super(position === undefined ? why : `${why} (character ${position})`)
    this.name = 'ExpressionError'
  }
}

/** Letters, then a dot or underscore if wanted, then digits if wanted. */
export const triggerName = /^[A-Za-z]+[._]?[0-9]*$/

/** No monitor needs more; it keeps the parser from going too deep. */
const longest = 500

interface Token {
  text: string
  at: number
}

const tokenPattern = /\s*([A-Za-z0-9._]+|[!&|()])|\s*(\S)|\s+$/gy

/** Reads an expression over the triggers of these names. Throws an ExpressionError; also for one that is always true or never. */
export function readExpression(text: string, names: readonly string[]): Expression {
  const expression = new Parser(text, names).read()
  const outcomes = new Set(truthTable(expression))
  if (outcomes.size === 1) throw new ExpressionError(outcomes.has(true) ? alwaysTrue : neverTrue)
  return expression
}

const alwaysTrue = 'is always true, whatever the triggers say, so it would never fire'
const neverTrue = 'can never be true, whatever the triggers say, so it would never fire'

/** The outcome for every combination of its triggers: at most 32 of 5. */
function truthTable(expression: Expression): boolean[] {
  const names = namesIn(expression)
  return Array.from({ length: 2 ** names.length }, (_, row) => {
    const values = new Map(names.map((name, column) => [name, ((row >> column) & 1) === 1]))
    return evaluate(expression, (name) => values.get(name)) === true
  })
}

/** The names in it, each once, in order. */
export function namesIn(expression: Expression): string[] {
  const all = (part: Expression): string[] =>
    part.is === 'name' ? [part.name] : part.is === 'not' ? all(part.of) : part.of.flatMap(all)
  return [...new Set(all(expression))]
}

/** True, false, or undefined where what is known does not settle it: nothing is taken as false because nobody said it. */
export function evaluate(expression: Expression, valueOf: (name: string) => boolean | undefined): boolean | undefined {
  if (expression.is === 'name') return valueOf(expression.name)
  if (expression.is === 'not') {
    const value = evaluate(expression.of, valueOf)
    return value === undefined ? undefined : !value
  }
  const settling = expression.is === 'or'
  const values = expression.of.map((part) => evaluate(part, valueOf))
  if (values.includes(settling)) return settling
  return values.includes(undefined) ? undefined : !settling
}

/** With all its parentheses, so that nobody has to know what binds tighter. */
export function writeExpression(expression: Expression): string {
  if (expression.is === 'name') return expression.name
  if (expression.is === 'not') return `!${writeExpression(expression.of)}`
  const [left, right] = expression.of
  return `(${writeExpression(left)} ${expression.is === 'and' ? '&' : '|'} ${writeExpression(right)})`
}

class Parser {
  private readonly tokens: readonly Token[]
  private next = 0

  constructor(
    text: string,
    private readonly names: readonly string[],
  ) {
    if (text.length > longest) throw new ExpressionError(`is longer than ${longest} characters`)
    this.tokens = tokensOf(text)
    this.end = text.length + 1
  }

  private readonly end: number

  read(): Expression {
    if (this.tokens.length === 0) throw new ExpressionError('is empty')
    const expression = this.either()
    const rest = this.tokens[this.next]
    if (!rest) return expression
    if (rest.text === ')') throw new ExpressionError('closes a parenthesis that was never opened', rest.at)
    throw new ExpressionError(`needs & or | before "${rest.text}"`, rest.at)
  }

  private either(): Expression {
    let left = this.both()
    while (this.takes('|')) left = { is: 'or', of: [left, this.both()] }
    return left
  }

  private both(): Expression {
    let left = this.single()
    while (this.takes('&')) left = { is: 'and', of: [left, this.single()] }
    return left
  }

  private single(): Expression {
    const token = this.tokens[this.next++]
    if (!token) throw new ExpressionError('stops where the name of a trigger is missing', this.end)
    if (token.text === '!') return { is: 'not', of: this.single() }
    if (token.text === '(') return this.inside(token)
    if (/^[!&|()]$/.test(token.text))
      throw new ExpressionError(`needs the name of a trigger before "${token.text}"${doubled(this.tokens, this.next)}`, token.at)
    if (this.names.includes(token.text)) return { is: 'name', name: token.text }
    const known = this.names.length ? `there is ${this.names.join(', ')}` : 'there is none'
    throw new ExpressionError(`names a trigger "${token.text}" that is not there: ${known}`, token.at)
  }

  private inside(opened: Token): Expression {
    const inner = this.either()
    const token = this.tokens[this.next]
    if (token?.text === ')') {
      this.next++
      return inner
    }
    if (token) throw new ExpressionError(`needs & or | before "${token.text}"`, token.at)
    throw new ExpressionError('opens a parenthesis that is never closed', opened.at)
  }

  private takes(text: string): boolean {
    if (this.tokens[this.next]?.text !== text) return false
    this.next++
    return true
  }
}

/** Programmers write two. */
function doubled(tokens: readonly Token[], next: number): string {
  const [before, here] = [tokens[next - 2]?.text, tokens[next - 1]?.text]
  return before === here && (here === '&' || here === '|') ? `; one ${here} is enough` : ''
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(tokenPattern)) {
    const [whole, word, strange] = match
    const at = match.index + whole.length - (word ?? strange ?? '').length + 1
    if (strange !== undefined) throw new ExpressionError(`has "${strange}", which means nothing here: use !, &, |, ( and )`, at)
    if (word !== undefined) tokens.push({ text: word, at })
  }
  return tokens
}
