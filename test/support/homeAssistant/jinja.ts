/** As much of Jinja as our templates use, with Python's ways where they differ. What it does not know is an error. */

type Value = unknown
type Scope = Map<string, Value>
type Evaluate = (scope: Scope) => Value

/** Renders a template the way Home Assistant does with a message: `value` is its text, `value_json` what is in it. */
export function render(template: string, payload: string): string {
  const scope: Scope = new Map<string, Value>([['value', payload]])
  try {
    scope.set('value_json', JSON.parse(payload))
  } catch {
    // No JSON: then there is no `value_json`.
  }
  let shown = true
  let out = ''
  for (const part of template.split(/(\{\{.*?\}\}|\{%.*?%\})/s)) {
    const set = /^\{%\s*set (\w+) = (.*?)%\}$/s.exec(part)
    const when = /^\{%\s*if (.*?)%\}$/s.exec(part)
    if (set) scope.set(set[1]!, parse(set[2]!)(scope))
    else if (when) shown = truthy(parse(when[1]!)(scope))
    else if (/^\{%\s*endif\s*%\}$/.test(part)) shown = true
    else if (part.startsWith('{%')) throw new Error(`not understood: ${part}`)
    else if (part.startsWith('{{')) out += shown ? text(parse(part.slice(2, -2))(scope)) : ''
    else out += shown ? part : ''
  }
  return out
}

const parse = (source: string): Evaluate => new Parser(tokensOf(source)).whole()

function tokensOf(source: string): string[] {
  const tokens = source.match(/'[^']*'|\d+(\.\d+)?|\w+|==|!=|>=|<=|[^\s]/g) ?? []
  return tokens
}

class Parser {
  private at = 0
  constructor(private readonly tokens: readonly string[]) {}

  whole(): Evaluate {
    const value = this.choice()
    if (this.at < this.tokens.length) throw new Error(`not understood: ${this.tokens.slice(this.at).join(' ')}`)
    return value
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false
    this.at++
    return true
  }

  private need(token: string): void {
    if (!this.take(token)) throw new Error(`expected ${token}, found ${this.tokens[this.at]}`)
  }

  private next(): string {
    const token = this.tokens[this.at++]
    if (token === undefined) throw new Error('too short')
    return token
  }

  private choice(): Evaluate {
    const value = this.conjunction()
    if (!this.take('if')) return value
    const condition = this.conjunction()
    this.need('else')
    const other = this.choice()
    return (scope) => (truthy(condition(scope)) ? value(scope) : other(scope))
  }

  private conjunction(): Evaluate {
    let left = this.comparison()
    while (this.take('and')) {
      const [first, second] = [left, this.comparison()]
      left = (scope) => (truthy(first(scope)) ? second(scope) : first(scope))
    }
    return left
  }

  private comparison(): Evaluate {
    const left = this.filtered()
    if (this.take('is')) {
      const negated = this.take('not')
      const test = tests[this.next()]
      if (!test) throw new Error('no such test')
      return (scope) => test(left(scope)) !== negated
    }
    const operator = operators[this.tokens[this.at] ?? '']
    if (!operator) return left
    this.at++
    const right = this.filtered()
    return (scope) => operator(left(scope), right(scope))
  }

  private filtered(): Evaluate {
    let value = this.postfix()
    while (this.take('|')) {
      const filter = filters[this.next()]
      if (!filter) throw new Error('no such filter')
      const input = value
      value = (scope) => filter(input(scope))
    }
    return value
  }

  private postfix(): Evaluate {
    let value = this.primary()
    while (this.take('.')) {
      const name = this.next()
      // A member that is absent is an error further on; only `get` is sure.
      if (name !== 'get') throw new Error(`.${name} is not known`)
      this.need('(')
      const args = this.list(')')
      const owner = value
      value = (scope) => get(owner(scope), args[0]!(scope), args[1]?.(scope))
    }
    return value
  }

  private list(end: string): Evaluate[] {
    const items: Evaluate[] = []
    while (!this.take(end)) {
      items.push(this.choice())
      if (!this.take(',')) {
        this.need(end)
        break
      }
    }
    return items
  }

  private primary(): Evaluate {
    const token = this.next()
    if (token.startsWith("'")) return () => token.slice(1, -1)
    if (/^\d/.test(token)) return () => Number(token)
    if (token === '[') {
      const items = this.list(']')
      return (scope) => items.map((item) => item(scope))
    }
    if (token === '{') return this.dict()
    const constant = constants.get(token)
    if (constant !== undefined) return () => constant
    if (!/^[a-z_]+$/.test(token)) throw new Error(`not understood: ${token}`)
    return (scope) => {
      if (!scope.has(token)) throw new Error(`${token} is undefined`)
      return scope.get(token)
    }
  }

  private dict(): Evaluate {
    const pairs: [Evaluate, Evaluate][] = []
    while (!this.take('}')) {
      const key = this.choice()
      this.need(':')
      pairs.push([key, this.choice()])
      this.take(',')
    }
    return (scope) => new Map(pairs.map(([key, value]) => [key(scope), value(scope)]))
  }
}

const constants = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['True', true],
  ['False', false],
  ['None', null],
  ['none', null],
])

const tests: Record<string, (value: Value) => boolean> = {
  none: (value) => value === null,
  number: (value) => typeof value === 'number',
}

const filters: Record<string, (value: Value) => Value> = {
  count: (value) => {
    if (Array.isArray(value) || typeof value === 'string') return value.length
    throw new Error('cannot be counted')
  },
  int: (value) => Math.trunc(Number(value)) || 0,
  to_json: (value) =>
    JSON.stringify(value, (_key, member: Value) => (member instanceof Map ? Object.fromEntries(member) : member)),
}

const numbers = (a: Value, b: Value): [number, number] => {
  if (typeof a !== 'number' || typeof b !== 'number') throw new Error('cannot be compared')
  return [a, b]
}

const operators: Record<string, (a: Value, b: Value) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>=': (a, b) => numbers(a, b)[0] >= numbers(a, b)[1],
  '<=': (a, b) => numbers(a, b)[0] <= numbers(a, b)[1],
  in: (a, b) => Array.isArray(b) && b.includes(a),
}

function get(owner: Value, key: Value, otherwise: Value): Value {
  const fallback = otherwise ?? null
  if (owner instanceof Map) return owner.has(key) ? (owner.get(key) as Value) : fallback
  if (typeof owner !== 'object' || owner === null || Array.isArray(owner)) throw new Error('has no get')
  return Object.hasOwn(owner, key as string) ? (owner as Record<string, Value>)[key as string] : fallback
}

const truthy = (value: Value): boolean =>
  Array.isArray(value) ? value.length > 0 : value instanceof Map ? value.size > 0 : Boolean(value)

function text(value: Value): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new Error('shown as it is, it is no text')
}
