/*
 * The validators of the fields: true, or the reason why not. Runs in the editor.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.check) return

  const isEmpty = (value) => value === undefined || value === null || String(value).trim() === ''
  /** `${NAME}` is filled in by the runtime, so no dialog can judge it. */
  const isEnvironment = (driveway.isEnvironment = (value) => /^\$\{[^}]+\}$/.test(String(value).trim()))

  /** Number where it is one; an environment variable and an empty field stay as they are. */
  driveway.numberOf = (text) =>
    isEmpty(text) || isEnvironment(text) || isNaN(Number(text)) ? String(text || '').trim() : Number(text)

  // Two declared parameters tell Node-RED that a reason may come.
  const withReason = (judge, mayBeEmpty = () => true) =>
    function (value, opt) {
      if (isEnvironment(value)) return true
      const reason = isEmpty(value)
        ? mayBeEmpty.call(this)
          ? undefined
          : driveway.words('check.missing')
        : judge(String(value).trim())
      return reason === undefined || (opt && opt.label ? `${opt.label}: ${reason}` : reason)
    }

  const numberReason = (value, min, max) => {
    const number = Number(value)
    if (isNaN(number)) return driveway.words('check.number')
    if (number < min || number > max) return driveway.words(max === Infinity ? 'check.atLeast' : 'check.between', { min, max })
    return undefined
  }

  const addressReason = (value, schemes) => {
    let address
    try {
      address = new URL(value)
    } catch {
      return driveway.words('check.address', { schemes: schemes.join(', ') })
    }
    if (!schemes.includes(address.protocol.replace(':', '')))
      return driveway.words('check.address', { schemes: schemes.join(', ') })
    if (address.username || address.password) return driveway.words('check.addressSecret')
    return undefined
  }

  driveway.check = {
    /** For fields that must be filled in. */
    never: () => false,

    /** A number. */
    number: (min = 0, max = Infinity, mayBeEmpty) => withReason((value) => numberReason(value, min, max), mayBeEmpty),

    /** An address with one of these schemes and without a password in it. */
    address: (schemes, mayBeEmpty) => withReason((value) => addressReason(value, schemes), mayBeEmpty),

    /** A JSON object, or nothing. */
    jsonObject: () =>
      withReason((value) => {
        try {
          const parsed = JSON.parse(value)
          return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)
            ? undefined
            : driveway.words('check.jsonObject')
        } catch (error) {
          return driveway.words('check.json', { reason: error.message })
        }
      }),

    /** A text of this shape, or nothing; `key` names the words that say what is wrong. */
    text: (pattern, key) => withReason((value) => (pattern.test(value) ? undefined : driveway.words(key))),

    /** A text that `use` takes without throwing, or nothing. */
    works: (use, key) =>
      withReason((value) => {
        try {
          use(value)
        } catch {
          return driveway.words(key)
        }
        return undefined
      }),

    /** A topic that others may hang below: no spaces, wildcards or empty levels. */
    topic: () => driveway.check.text(/^[^\s+#/]+(\/[^\s+#/]+)*$/, 'check.base'),

    /** Judges a value of several parts: `reasonsOf` gives every reason why it is wrong, and the first one is told. */
    parts: (reasonsOf) =>
      function (value, opt) {
        const [reason] = reasonsOf.call(this, value)
        return reason === undefined || (opt && opt.label ? `${opt.label}: ${reason}` : reason)
      },

    /** An object of numbers such as `intervals`; judged only where `when` says so. */
    numbers: (names, min, max, when) => {
      const judge = driveway.check.number(min, max, driveway.check.never)
      return driveway.check.parts(function (values) {
        if (!when.call(this)) return []
        return names.map((name) => judge((values || {})[name], { label: name })).filter((verdict) => verdict !== true)
      })
    },
  }

  /** Judges a field that Node-RED does not know, the moment it is typed; a new one not before. Gives what judges it again. */
  driveway.judgeField = (input, check, { isNew = false } = {}) => {
    const judge = () => {
      const verdict = check.call({}, input.val(), {})
      input.toggleClass('input-error', verdict !== true).attr('title', verdict === true ? '' : verdict)
      input.attr('aria-invalid', verdict !== true)
    }
    input.on('input change', judge)
    if (!isNew || !isEmpty(input.val())) judge()
    return judge
  }
})()
