/*
 * What stands in somebody's way, in the language of who reads it. Troubles are told in English where the fact is known.
 * The account's catalogue holds each sentence, and each piece of one, once more (`sentence`), with its values as
 * placeholders; the names of commands and signals (`name`); and words for each code of a cause (`cause`): where somebody
 * else said a sentence, the code's words come first and the English ones follow in brackets. Used by the runtime for
 * errors and outcomes, and by the dialogs for the runtime's answers.
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
  /** As English writes it: `10,000`. */
  const grouped = /^\d{1,3}(,\d{3})+$/

  /** Reads the values out of a text that says what `english` says; undefined for any other text. */
  const reader = (english) => {
    const parts = withoutStop(english).split(place)
    const names = parts.filter((_, index) => index % 2 === 1)
    const own = parts.filter((_, index) => index % 2 === 0).reduce((one, other) => (other.length > one.length ? other : one))
    // What stands in quotes holds none: the next pair of them is somebody else's.
    const value = (index) => (/"$/.test(parts[index - 1]) && /^"/.test(parts[index + 1]) ? '([^"]+)' : '(.+?)')
    const pattern = new RegExp(
      `^${parts.map((part, index) => (index % 2 === 1 ? value(index) : literally(part))).join('')}$`,
      's',
    )
    return (text) => {
      // Most are not it, which is seen much faster so.
      const found = text.includes(own) && pattern.exec(withoutStop(text))
      return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1]])) : undefined
    }
  }

  /** The more a sentence says by itself, the earlier it is tried: one that is nearly all values would fit too much. */
  const ownWords = (english) => english.split(place).reduce((sum, part, index) => (index % 2 === 1 ? sum : sum + part.length), 0)

  /**
   * Says causes, or single sentences, in the words of a catalogue: `{ cause, sentence, name, language }` as they stand in
   * it, not filled in. Where the catalogue is the English one, or there is none, they stay what they are.
   */
  const sentencesIn = (local, english) => {
    const isEnglish = !local || !english || JSON.stringify(local) === JSON.stringify(english)
    if (isEnglish || typeof local.cause !== 'object' || typeof local.sentence !== 'object')
      return { ofCause: (cause) => cause, ofText: (text) => text }
    // Inside of a sentence some begin with a small letter. Only where a label is told: ids and fields stay.
    const names = new Map(Object.entries(local.name || {}).map(([label, name]) => [label.toLowerCase(), name]))
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
    const number = (text) => (grouped.test(text) ? Number(text.replaceAll(',', '')).toLocaleString(local.language) : undefined)
    const named = (key, text) => (key === 'label' ? names.get(text.toLowerCase()) : undefined)
    /** A value may be a name, a number, or a sentence of its own. */
    const inside = (values) =>
      Object.fromEntries(
        Object.entries(values).map(([key, text]) => [key, named(key, text) || number(text) || translated(text) || text]),
      )
    const inWords = (text, kind) => translated(text) || (kind ? `${withoutStop(kind)} (${withoutStop(text)})` : text)

    const ofCause = (cause) => {
      const kind = local.cause[cause.code] || {}
      const { message, action } = cause
      return {
        ...cause,
        ...(message && { message: inWords(message, kind.message) }),
        ...(action && { action: inWords(action, kind.action) }),
      }
    }
    return { ofCause, ofText: (text) => translated(text) || text }
  }

  return { sentencesIn }
})
