/*
 * A monitor's data trigger in the dialog: a signal, how it is compared, with what, and what it was before.
 * Runs in the editor; loaded in no certain order.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.monitorData) return

  const operators = ['equalsTo', 'greaterThan', 'lowerThan', 'includedIn', 'onChange']
  /** As many checkboxes are seen at a glance; more come in a list. */
  const atAGlance = 10

  /** Every entry to pick from, those that the chosen cars have told first. */
  function signalSelect(facts, isKnown, chosen) {
    const { say, option } = driveway.monitorParts
    const list = $('<select>', { 'aria-label': say('trigger.signal'), class: 'driveway-signal' })
    const named = ({ id, label }) => option(id, `${label} (${id})`)
    const add = (label, entries) => entries.length && list.append($('<optgroup>', { label }).append(entries.map(named)))
    add(
      say('trigger.known'),
      facts.filter(({ id }) => isKnown(id)),
    )
    for (const group of new Set(facts.map(({ group }) => group)))
      add(
        group === undefined ? say('trigger.operands') : driveway.words(`group.${group}`, { defaultValue: group }),
        facts.filter((fact) => fact.group === group),
      )
    // What this version or this place does not offer stays chosen, so that nothing is lost.
    if (chosen && !facts.some(({ id }) => id === chosen)) list.prepend(option(chosen, chosen))
    return chosen ? list.val(chosen) : list
  }

  const wordsOf = ({ type, words } = {}) => (type === 'boolean' ? ['true', 'false'] : words && words.length ? words : undefined)

  /** A word as the person says it, and as messages have it. */
  const wordWithName = (word) => {
    const name = driveway.words(`word.${word}`, { defaultValue: word })
    return name === word ? word : `${name} (${word})`
  }

  const labelled = (words) => {
    const { say } = driveway.monitorParts
    return words.map((word) => [word, word === 'true' || word === 'false' ? say(`value.${word}`) : wordWithName(word)])
  }

  /** Those of the list, and those that are chosen without being on it. */
  const offering = (words, given) => labelled([...words, ...given.filter((one) => one !== '' && !words.includes(one))])

  function several(words, given) {
    const { say, boxes, select } = driveway.monitorParts
    const offered = offering(words, given)
    if (offered.length <= atAGlance) return boxes(say('trigger.value'), offered, given)
    const list = select(say('trigger.value'), offered).attr({ multiple: true, size: 6 }).val(given)
    return [list, () => list.val() || []]
  }

  function oneWord(words, given) {
    const { say, select } = driveway.monitorParts
    // Several are too many here; they stay as they are until one is chosen.
    const kept = given.join(', ')
    const list = select(say('trigger.value'), offering(words, [kept]), kept || undefined)
    return [list, () => (given.length > 1 && list.val() === kept ? given : [list.val()])]
  }

  function typed({ type, unit, min = -Infinity, max = Infinity } = {}, op, given, isNew) {
    const { say, input, word } = driveway.monitorParts
    const isNumber = type === 'number' || type === 'integer'
    const isList = op === 'includedIn'
    const field = input(say('trigger.value'), given.join(', '), {
      class: isNumber ? 'driveway-number' : 'driveway-text',
      ...(isNumber && { inputmode: 'decimal' }),
      ...(isList && { placeholder: say('placeholder.several') }),
    })
    const { number, never, parts } = driveway.check
    const isThere = parts((text) => (String(text).trim() ? [] : [driveway.words('check.missing')]))
    driveway.judgeField(field, isNumber && !isList ? number(min, max, never) : isThere, { isNew })
    let isTouched = false
    field.one('input change', () => (isTouched = true))
    const texts = () => (isList ? field.val().split(',') : [field.val()]).map((one) => one.trim()).filter(Boolean)
    return [
      $('<span>', { class: 'driveway-measured' }).append(field, unit ? word(unit) : ''),
      // What nobody touched stays as it is, several and those with commas, too.
      () => (isTouched ? texts() : isNew ? undefined : given),
    ]
  }

  /** What to compare with. Gives `[element, read]`. */
  function valueField(fact, op, value) {
    const given = (value || []).map(String)
    if (op === 'onChange') return [$(), () => undefined]
    const words = wordsOf(fact)
    if (!words) return typed(fact, op, given, value === undefined)
    return op === 'includedIn' ? several(words, given) : oneWord(words, given)
  }

  /** What it must have been before; empty: anything. */
  function previousField(fact, previous) {
    const { say, select, word } = driveway.monitorParts
    const words = wordsOf(fact)
    const isAllowed = words && (!fact.previous || fact.previous.length > 0)
    if (!isAllowed && !previous) return [$(), () => undefined]
    const given = ((previous && previous.value) || []).map(String)
    const kept = given.join(', ')
    // Several values, as a flow from elsewhere may have, stay as they are until another one is chosen.
    const list = select(say('trigger.previous'), [['', say('trigger.anything')], ...offering(words || [], [kept])], kept)
    const read = () => {
      if (!list.val()) return undefined
      return list.val() === kept ? previous : { op: fact.previous ? fact.previous[0] : 'equalsTo', value: [list.val()] }
    }
    return [$('<span>').append(word(say('trigger.previous')), list), read]
  }

  driveway.monitorData = {
    /** Shows a data trigger in `body`; gives what reads it. */
    open: (body, trigger, { facts, isKnown, changed }) => {
      const { say, select, line } = driveway.monitorParts
      const signal = signalSelect(facts(), isKnown, trigger.data)
      const rest = $('<span>', { class: 'driveway-trigger-rest' })
      let read
      /** How a person compared last stays so with another signal, where that can be. */
      let wanted
      const showRest = (given) => {
        const fact = facts().find(({ id }) => id === signal.val())
        const known = fact ? fact.ops : operators
        const isOffered = (one) => known.includes(one) || one === given.op
        const op = select(
          say('trigger.operator'),
          operators.filter(isOffered).map((one) => [one, say(`op.${one}`)]),
          given.op || (known.includes(wanted) ? wanted : known[0]),
        )
        const place = $('<span>')
        const [before, readBefore] = previousField(fact, given.previous)
        let readValue
        const showValue = (value) => {
          const [field, take] = valueField(fact, op.val(), value)
          readValue = take
          place.empty().append(field)
        }
        op.on('change', () => {
          wanted = op.val()
          const value = readValue()
          showValue(value && wordsOf(fact) && wanted !== 'includedIn' ? value.slice(0, 1) : value)
          changed()
        })
        rest.empty().append(op, place, before)
        showValue(given.value)
        read = () => {
          const value = readValue()
          const previous = readBefore()
          // As long as nothing is known of the signal, there is no usual comparison that could be kept.
          const compared = fact || given.op ? { op: op.val() } : {}
          return { data: signal.val() || '', ...compared, ...(value && { value }), ...(previous && { previous }) }
        }
      }
      signal.on('change', () => showRest({}))
      body.append(line(signal), line(rest))
      showRest(trigger)
      return () => read()
    },
  }
})()
