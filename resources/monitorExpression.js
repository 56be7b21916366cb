/*
 * The boolean expression of a monitor, checked as it is typed: the rules of src/monitors/expression.ts once more, for
 * the browser. A test keeps the two equal, word for word. Uses nothing of the editor.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.monitorExpression) return

  const longest = 500
  const sign = /^[!&|()]$/

  /** Thrown inside; `check` gives it as `{ key, values, position }`. Characters are counted from 1. */
  class Wrong {
    constructor(key, position, values) {
      Object.assign(this, { key, position, values })
    }
  }

  function tokensOf(text) {
    const tokens = []
    for (const match of text.matchAll(/\s*([A-Za-z0-9._]+|[!&|()])|\s*(\S)|\s+$/gy)) {
      const [whole, word, strange] = match
      const at = match.index + whole.length - (word || strange || '').length + 1
      if (strange !== undefined) throw new Wrong('strange', at, { text: strange })
      if (word !== undefined) tokens.push({ text: word, at })
    }
    return tokens
  }

  function parse(text, names) {
    if (text.length > longest) throw new Wrong('long', undefined, { longest })
    const tokens = tokensOf(text)
    let next = 0
    const takes = (wanted) => {
      if (!tokens[next] || tokens[next].text !== wanted) return false
      next++
      return true
    }
    const chain = (joint, is, part) => () => {
      let left = part()
      while (takes(joint)) left = { is, of: [left, part()] }
      return left
    }

    function single() {
      const token = tokens[next++]
      if (!token) throw new Wrong('stops', text.length + 1)
      if (token.text === '!') return { is: 'not', of: [single()] }
      if (token.text === '(') return inside(token)
      if (sign.test(token.text)) {
        const before = tokens[next - 2]
        // Programmers write two.
        const isDoubled = before && before.text === token.text && (token.text === '&' || token.text === '|')
        throw new Wrong(isDoubled ? 'doubled' : 'nameBefore', token.at, { text: token.text })
      }
      if (names.includes(token.text)) return { is: 'name', name: token.text }
      throw new Wrong(names.length ? 'unknown' : 'unknownNone', token.at, { name: token.text, names: names.join(', ') })
    }

    function inside(opened) {
      const inner = either()
      const token = tokens[next]
      if (takes(')')) return inner
      if (token) throw new Wrong('joint', token.at, { text: token.text })
      throw new Wrong('open', opened.at)
    }

    const both = chain('&', 'and', single)
    const either = chain('|', 'or', both)

    if (tokens.length === 0) throw new Wrong('empty')
    const expression = either()
    const rest = tokens[next]
    if (!rest) return expression
    throw rest.text === ')' ? new Wrong('closes', rest.at) : new Wrong('joint', rest.at, { text: rest.text })
  }

  const namesIn = ({ is, name, of }) => (is === 'name' ? [name] : [...new Set(of.flatMap(namesIn))])

  const evaluate = ({ is, name, of }, holds) =>
    is === 'name'
      ? holds(name)
      : is === 'not'
        ? !evaluate(of[0], holds)
        : is === 'and'
          ? of.every((part) => evaluate(part, holds))
          : of.some((part) => evaluate(part, holds))

  /** The outcome for every combination of the triggers: at most 32 of 5. */
  function outcomesOf(expression) {
    const names = namesIn(expression)
    const rows = Array.from({ length: 2 ** names.length }, (_, row) =>
      evaluate(expression, (name) => ((row >> names.indexOf(name)) & 1) === 1),
    )
    return new Set(rows)
  }

  driveway.monitorExpression = {
    /** Letters, then a dot or underscore if wanted, then digits if wanted. */
    triggerName: /^[A-Za-z]+[._]?[0-9]*$/,

    /** What is wrong with an expression over the triggers of these names; undefined: nothing. */
    check: (text, names) => {
      try {
        const outcomes = outcomesOf(parse(text, names))
        return outcomes.size > 1 ? undefined : { key: outcomes.has(true) ? 'always' : 'never' }
      } catch (error) {
        if (error instanceof Wrong) return error
        throw error
      }
    },
  }
})()
