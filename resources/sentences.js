/*
 * What stands in somebody's way, in the language of who reads it. Troubles are told in English where the fact is known.
 * The account's catalogue holds the frequent sentences once more (`sentence`), with their values as placeholders, and one
 * for each code of a cause (`cause`): where a sentence is not in it, the code's words come first and the English ones
 * follow in brackets. Used by the runtime for errors and outcomes, and by the dialogs for the runtime's answers.
 */
;(function (make) {
  const sentences = make()
  if (typeof module === 'object' && module.exports) module.exports = sentences
  if (typeof window === 'object') window.driveway = Object.assign(window.driveway || {}, { sentencesIn: sentences.sentencesIn })
})(() => {
  const place = /__(\w+?)__/
  const withoutStop = (text) => text.replace(/\.$/, '')
  const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const fill = (text, values) => text.replace(new RegExp(place, 'g'), (whole, name) => values[name] || whole)

  /** Reads the values out of a text that says what `english` says; undefined for any other text. */
  const reader = (english) => {
    const parts = withoutStop(english).split(place)
    const names = parts.filter((_, index) => index % 2 === 1)
    const pattern = new RegExp(`^${parts.map((part, index) => (index % 2 === 1 ? '(.+?)' : literally(part))).join('')}$`, 's')
    return (text) => {
      const found = pattern.exec(withoutStop(text))
      return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1]])) : undefined
    }
  }

  /** The more a sentence says by itself, the earlier it is tried: one that is nearly all values would fit too much. */
  const ownWords = (english) =>
    english.split(place).reduce((sum, part, index) => (index % 2 === 1 ? sum - 1000 : sum + part.length), 0)

  /**
   * Gives `(cause) => cause` in the words of a catalogue: `{ cause, sentence }` as they stand in it, not filled in. Where
   * the catalogue is the English one, or there is none, causes stay what they are.
   */
  const sentencesIn = (local, english) => {
    const isEnglish = !local || !english || JSON.stringify(local) === JSON.stringify(english)
    if (isEnglish || typeof local.cause !== 'object' || typeof local.sentence !== 'object') return (cause) => cause
    const known = Object.entries(english.sentence)
      .sort(([, one], [, other]) => ownWords(other) - ownWords(one))
      .map(([id, text]) => ({ id, read: reader(text) }))

    const translated = (text) => {
      for (const { id, read } of known) {
        const values = read(text)
        if (values) return fill(local.sentence[id], inside(values))
      }
      return undefined
    }
    /** A value may be a sentence of its own. */
    const inside = (values) => Object.fromEntries(Object.entries(values).map(([name, text]) => [name, translated(text) || text]))
    const inWords = (text, kind) => translated(text) || (kind ? `${withoutStop(kind)} (${withoutStop(text)})` : text)

    return (cause) => {
      const kind = local.cause[cause.code] || {}
      const { message, action } = cause
      return {
        ...cause,
        ...(message && { message: inWords(message, kind.message) }),
        ...(action && { action: inWords(action, kind.action) }),
      }
    }
  }

  return { sentencesIn }
})
