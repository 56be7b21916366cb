/*
 * What the dialogs say: words that several share, and what the runtime answers. Runs in the editor; the files of the
 * dialogs are loaded in no certain order and once for each node, since any of them may be switched off: the first counts.
 * Calls to the runtime are relative and go through jQuery, so the editor adds its token and its root to them.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.words) return

  /** A text that several dialogs use; it lives in the account's catalogue, because every other node needs an account. */
  driveway.words = (key, values) =>
    RED._(`@driveway/node-red-connected-car/driveway-account:driveway-account.shared.${key}`, values)

  /** A field's name for the reasons of validators. */
  driveway.label = (node, field) => RED._(`@driveway/node-red-connected-car/driveway-${node}:driveway-${node}.label.${field}`)

  /**
   * What is still of use once an answer arrives: `act` runs unless the dialog of this element is closed by then. A dialog
   * below another one is only set aside, and its answers count. Once it is closed, its lists are taken apart.
   */
  driveway.whileOpen = (element) => {
    let isOpen = true
    $(element).on('remove', () => (isOpen = false))
    return (act, otherwise = () => undefined) =>
      (answer) =>
        (isOpen ? act : otherwise)(answer)
  }

  /** What has a label in English, with it in the person's language: commands, signals, words of a provider. */
  driveway.named = ({ label, ...rest }) => ({ ...rest, label: driveway.words(`name.${label}`, { defaultValue: label }) })

  let catalogue
  /** Commands, groups and events that this version knows; asked once. */
  driveway.catalogue = () => {
    if (!catalogue) {
      const named = ({ commands, ...rest }) => ({ ...rest, commands: commands.map(driveway.named) })
      catalogue = $.getJSON('driveway/catalogue').then(named)
      catalogue.catch(() => (catalogue = undefined))
    }
    return catalogue
  }

  /** A group of signals with its name in the person's language. */
  driveway.namedGroup = ({ id, label, ...rest }) => ({
    id,
    label: driveway.words(`group.${id}`, { defaultValue: label || id }),
    ...rest,
  })

  driveway.post = (url, body) =>
    $.ajax({ url, method: 'POST', contentType: 'application/json', dataType: 'json', data: JSON.stringify(body || {}) })

  let translated
  /** A cause that the runtime told, in the words of this editor's language. */
  const inWords = (cause) => {
    if (!translated) {
      // `RED._` gives single texts only; where its library cannot be had, sentences stay as they are told.
      const block = (name, lng) =>
        window.i18next &&
        window.i18next.t(`@driveway/node-red-connected-car/driveway-account:driveway-account.${name}`, {
          returnObjects: true,
          skipInterpolation: true,
          ...(lng && { lng }),
        })
      const blocks = (lng) => ({
        cause: block('cause', lng),
        sentence: block('sentence', lng),
        name: block('shared.name', lng),
        language: block('page.language', lng),
      })
      translated = driveway.sentencesIn(blocks(), blocks('en-US')).ofCause
    }
    return translated(cause)
  }

  /** What happened and what to do, one after the other. */
  driveway.sentences = (cause) => {
    const { message, action } = inWords(cause)
    return [message, action]
      .filter(Boolean)
      .map((text) => (/[.!?…]$/.test(text) ? text : `${text}.`))
      .join(' ')
  }

  /** What went wrong, and what to do about it, in the runtime's own words where it has any. */
  driveway.reasonOf = (xhr) => {
    const told = xhr && xhr.responseJSON
    if (told && told.message) return driveway.sentences(told)
    if (xhr && (xhr.status === 401 || xhr.status === 403)) return driveway.words('notAllowed')
    if (xhr && xhr.status === 404) return driveway.words('deployFirst')
    return driveway.words('noAnswer')
  }

  /** A line below a field that screen readers announce. Kinds: '', 'good', 'bad', 'busy'. */
  driveway.tell = (line, text, kind = '') =>
    $(line)
      .removeClass('driveway-good driveway-bad driveway-busy')
      .addClass(kind && `driveway-${kind}`)
      .text(text || '')
})()
