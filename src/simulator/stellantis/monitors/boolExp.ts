/** Stellantis: boolExp — trigger names, `!`, `&`, `|`, parentheses; blanks are free. */
export type Expression =
  { kind: 'name'; name: string } | { kind: 'not'; of: Expression } | { kind: 'and' | 'or'; left: Expression; right: Expression }

export class ExpressionError extends Error {}

const tokenPattern = /\s*(?:([A-Za-z]+[._]?[0-9]*)|([!&|()]))/y

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  tokenPattern.lastIndex = 0
  while (text.slice(tokenPattern.lastIndex).trim() !== '') {
    const at = tokenPattern.lastIndex
    const found = tokenPattern.exec(text)
    if (!found) throw new ExpressionError(`unexpected "${text.slice(at).trim()[0] ?? ''}" at ${at}`)
    tokens.push(found[1] ?? found[2] ?? '')
  }
  return tokens
}

/** Binds `!` tighter than `&`, `&` tighter than `|`; the precedence of the last two is not stated by Stellantis. */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text)
  let next = 0
  const take = (token: string): boolean => {
    if (tokens[next] !== token) return false
    next++
    return true
  }
  const chain = (sign: '&' | '|', kind: 'and' | 'or', operand: () => Expression) => (): Expression => {
    let left = operand()
    while (take(sign)) left = { kind, left, right: operand() }
    return left
  }
  const single = (): Expression => {
    if (take('!')) return { kind: 'not', of: single() }
    if (take('(')) {
      const inside = whole()
      if (!take(')')) throw new ExpressionError('a closing parenthesis is missing')
      return inside
    }
    const name = tokens[next]
    if (name === undefined) throw new ExpressionError('it ends too early')
    if (!/^[A-Za-z]/.test(name)) throw new ExpressionError(`unexpected "${name}"`)
    next++
    return { kind: 'name', name }
  }
  const whole = chain('|', 'or', chain('&', 'and', single))
  const expression = whole()
  if (next < tokens.length) throw new ExpressionError(`unexpected "${tokens[next] ?? ''}"`)
  return expression
}

export function namesIn(expression: Expression): Set<string> {
  if (expression.kind === 'name') return new Set([expression.name])
  if (expression.kind === 'not') return namesIn(expression.of)
  return new Set([...namesIn(expression.left), ...namesIn(expression.right)])
}

/** Three-valued: undefined is not known. */
export type Truth = boolean | undefined

export function truthOf(expression: Expression, values: (name: string) => Truth): Truth {
  switch (expression.kind) {
    case 'name':
      return values(expression.name)
    case 'not': {
      const inner = truthOf(expression.of, values)
      return inner === undefined ? undefined : !inner
    }
    default: {
      const decisive = expression.kind === 'or'
      const left = truthOf(expression.left, values)
      const right = truthOf(expression.right, values)
      if (left === decisive || right === decisive) return decisive
      return left === undefined || right === undefined ? undefined : !decisive
    }
  }
}

/** `true` or `false` when the expression is that whatever its triggers are; at most 32 rows of a truth table. */
export function constantOf(expression: Expression): boolean | undefined {
  const names = [...namesIn(expression)]
  const results = new Set<Truth>()
  for (let row = 0; row < 2 ** names.length; row++)
    results.add(truthOf(expression, (name) => Boolean(row & (2 ** names.indexOf(name)))))
  return results.size === 1 ? [...results][0] : undefined
}
