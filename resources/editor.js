/*
 * What the dialogs of Driveway's nodes share: words, validators, pick lists, lists of checkboxes.
 * Runs in the editor. Each node's html loads it, since any of them may be switched off; the first one counts.
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

  // ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const isEmpty = (value) => value === undefined || value === null || String(value).trim() === ''
  /** `${NAME}` is filled in by the runtime, so no dialog can judge it. */
  const isEnvironment = (value) => /^\$\{[^}]+\}$/.test(String(value).trim())

  /** A field of a node: from its open dialog while it is edited, else as it was saved. */
  driveway.fieldOf = (node, prefix, name) => {
    const edited = RED.editor.getEditStack ? RED.editor.getEditStack() : []
    const input = $(`#${prefix}-${name}`)
    const isOpen = edited.length > 0 && edited[edited.length - 1].id === node.id && input.length > 0
    return isOpen ? input.val() : node[name]
  }

  /** Number where it is one; an environment variable and an empty field stay as they are. */
  driveway.numberOf = (text) =>
    isEmpty(text) || isEnvironment(text) || isNaN(Number(text)) ? String(text || '').trim() : Number(text)

  // ── Validators: true, or the reason why not. Two declared parameters tell Node-RED that a reason may come. ────────

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

  /** Judges a field that Node-RED does not know, the moment it is typed. */
  driveway.judgeField = (input, check) => {
    const judge = () => {
      const verdict = check.call({}, input.val(), {})
      input.toggleClass('input-error', verdict !== true).attr('title', verdict === true ? '' : verdict)
      input.attr('aria-invalid', verdict !== true)
    }
    input.on('input change', judge)
    judge()
  }

  /**
   * Brings a node that an older version saved up to date, before its dialog is used: in the node and in the fields that
   * Node-RED has filled already.
   */
  driveway.migrate = (node, prefix = 'node-input') => {
    const { migrate, current } = driveway.migrations
    const fresh = migrate(node.type, Object.fromEntries(Object.keys(node._def.defaults).map((key) => [key, node[key]])))
    for (const [key, value] of Object.entries(fresh)) {
      if (node[key] === value) continue
      node[key] = value
      const input = $(`#${prefix}-${key}`)
      if (input.is('[type=checkbox]')) input.prop('checked', value === true)
      else if (typeof value !== 'object') input.val(value)
    }
    node.version = Math.max(Number(node.version) || 0, current(node.type))
  }

  // ── Outputs that come and go ────────────────────────────────────────────────────────────────────────────────────

  /**
   * Node-RED's map of outputs: old port → new port, -1 where it goes away. A key that is no number is a new port.
   * Never empty, because an empty map would mean that there are no outputs.
   */
  driveway.outputMap = (before, after) => {
    const kept = before.map((port, index) => [index, after.indexOf(port)])
    const added = after.filter((port) => !before.includes(port)).map((port) => [port, after.indexOf(port)])
    return JSON.stringify(Object.fromEntries([...kept, ...added]))
  }

  /** The last output of nodes that also send messages for an mqtt out node, and the field that goes with it. */
  driveway.mqttOut = {
    ports: ({ forMqttOut }) => ['output', ...(forMqttOut ? ['mqttOut'] : [])],

    open: (node, baseRow) => {
      const before = driveway.mqttOut.ports(node)
      const update = () => {
        const forMqttOut = $('#node-input-forMqttOut').prop('checked')
        $(baseRow).toggle(forMqttOut)
        $('#node-input-outputs').val(driveway.outputMap(before, driveway.mqttOut.ports({ forMqttOut })))
      }
      $('#node-input-forMqttOut').on('change', update)
      update()
    },
  }

  // ── The runtime ─────────────────────────────────────────────────────────────────────────────────────────────────

  let catalogue
  /** Commands, groups and events that this version knows; asked once. */
  driveway.catalogue = () => {
    if (!catalogue) {
      catalogue = $.getJSON('driveway/catalogue')
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

  /** What happened and what to do, one after the other. */
  driveway.sentences = ({ message, action }) =>
    [message, action]
      .filter(Boolean)
      .map((text) => (/[.!?…]$/.test(text) ? text : `${text}.`))
      .join(' ')

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

  // ── Fields ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * A text field with a list to pick from: typing completes, the button shows everything.
   * Gives a function that takes the entries, `[{ value, label }]`.
   */
  driveway.pickList = (selector, buttonWords) => {
    const input = $(selector)
    const listId = `${input.attr('id')}-list`
    const list = $('<datalist>', { id: listId }).insertAfter(input)
    // Firefox hides the list of a field whose completion is off.
    input.attr({ list: listId, autocomplete: 'on' }).addClass('driveway-pick')
    let entries = []
    const button = $('<button>', {
      type: 'button',
      class: 'red-ui-button driveway-pick-button',
      title: buttonWords,
      'aria-label': buttonWords,
    })
      .append($('<i>', { class: 'fa fa-caret-down', 'aria-hidden': 'true' }))
      .insertAfter(input)
      .on('click', () => {
        if (entries.length === 0) return
        const menu = RED.popover.menu({
          width: Math.max(300, input.outerWidth() + button.outerWidth()),
          maxHeight: 260,
          class: 'driveway-menu',
          options: entries.map(({ value, label }) => ({ value, label: $('<span>').text(label) })),
          onselect: ({ value }) => input.val(value).trigger('change'),
          onclose: () => input.trigger('focus'),
        })
        menu.show({ target: input })
      })
    return (given) => {
      entries = given
      button.prop('disabled', entries.length === 0)
      list.empty().append(entries.map(({ value, label }) => $('<option>', { value, label }).text(label)))
    }
  }

  const describeCar = (car) => [car.label, car.model !== car.label && car.model, car.year, car.energy].filter(Boolean).join(' · ')
  driveway.describeCar = (car) => `${describeCar(car)} (${car.slug})`

  /**
   * The vehicle field: its list follows the chosen account, and free text is always possible.
   * `onCars` hears which cars the account has each time that changes.
   */
  driveway.vehicleField = ({ account, vehicle, hint, onCars = () => {} }) => {
    const show = driveway.pickList(vehicle, driveway.words('chooseCar'))
    const known = (cars, text, kind) => {
      show(cars.map((car) => ({ value: car.slug, label: driveway.describeCar(car) })))
      driveway.tell(hint, text, kind)
      onCars(cars)
    }
    known([], '')
    $(account).on('change', function () {
      const id = $(this).val()
      if (!id || id === '_ADD_') return known([], driveway.words('chooseAccount'))
      if (isEnvironment(id)) return known([], '')
      driveway.tell(hint, driveway.words('loadingCars'), 'busy')
      const isCurrent = () => $(account).val() === id
      $.getJSON(`driveway/accounts/${encodeURIComponent(id)}/vehicles`)
        .done(({ vehicles }) => isCurrent() && known(vehicles, driveway.words('carsFound', { count: vehicles.length })))
        .fail((xhr) => isCurrent() && known([], driveway.reasonOf(xhr), xhr.status === 400 || xhr.status === 404 ? '' : 'bad'))
    })
  }

  /**
   * Checkboxes for a list of ids. What was chosen and is not offered (any more) keeps its box, so nothing is lost.
   * Gives a function that tells the ids chosen now.
   */
  driveway.checkboxes = (container, chosen, offered, name) => {
    const box = $(container).empty().addClass('driveway-boxes')
    const known = new Set(offered.map(({ id }) => id))
    const all = [...offered, ...chosen.filter((id) => !known.has(id)).map((id) => ({ id, label: id }))]
    for (const { id, label } of all) {
      const inputId = `${name}-${id}`
      $('<label>', { for: inputId, title: id })
        .append($('<input>', { type: 'checkbox', id: inputId, value: id, checked: chosen.includes(id) }), $('<span>').text(label))
        .appendTo(box)
    }
    return () =>
      box
        .find('input:checked')
        .map((_, input) => input.value)
        .get()
  }

  // ── Looks: only the editor's own colours, so every theme fits ───────────────────────────────────────────────────

  $('<style>')
    .text(
      `
.driveway-dialog .form-row > label:first-child { width: 130px; }
.driveway-dialog .form-row > input[type=text], .driveway-dialog .form-row > input[type=password],
.driveway-dialog .form-row > input[type=number], .driveway-dialog .form-row > select { width: calc(100% - 140px); }
.driveway-dialog .form-row > input.driveway-pick, .driveway-dialog .form-row > input.driveway-beside { width: calc(100% - 178px); }
.driveway-dialog .form-row > input.driveway-pick, .driveway-dialog .form-row > input.driveway-beside { border-top-right-radius: 0; border-bottom-right-radius: 0; }
.driveway-dialog .driveway-pick-button { width: 38px; height: 34px; border-left: none; border-top-left-radius: 0; border-bottom-left-radius: 0; }
.driveway-dialog .form-row > input.driveway-short { width: 110px; }
.driveway-dialog .driveway-unit { margin-left: 6px; color: var(--red-ui-secondary-text-color); }
.driveway-dialog .driveway-hint { margin: 4px 0 0 134px; min-height: 1em; font-size: 12px; line-height: 1.4; color: var(--red-ui-secondary-text-color); }
.driveway-dialog .driveway-hint:empty { display: none; }
.driveway-dialog .driveway-hint.driveway-beside-label { display: inline-block; margin: 0; vertical-align: middle; }
.driveway-dialog .driveway-beside-label { width: calc(100% - 140px); }
.driveway-dialog input.driveway-pick::-webkit-calendar-picker-indicator { display: none !important; }
.driveway-dialog .red-ui-editableList-container { min-height: 38px; }
.driveway-dialog .driveway-good { color: var(--red-ui-text-color-success); }
.driveway-dialog .driveway-bad { color: var(--red-ui-text-color-error); }
.driveway-dialog .driveway-busy::before { content: '… '; }
.driveway-dialog .driveway-indent { margin-left: 134px; }
.driveway-dialog .driveway-check label { width: auto !important; margin: 0 0 0 4px; }
.driveway-dialog .driveway-check input[type=checkbox] { width: auto; margin: 0 0 2px 134px; }
.driveway-dialog .driveway-boxes { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 2px 12px; margin-left: 134px; }
.driveway-dialog .driveway-boxes.driveway-narrow { grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); }
.driveway-dialog details .driveway-boxes { margin-left: 0; }
.driveway-dialog .driveway-boxes label { display: flex; gap: 6px; align-items: baseline; width: auto; margin: 0; }
.driveway-dialog .driveway-boxes input { width: auto; margin: 0; flex: none; position: relative; top: 1px; }
.driveway-dialog details { margin: 0 0 12px; border: 1px solid var(--red-ui-secondary-border-color); border-radius: 4px; padding: 0 12px; }
.driveway-dialog details[open] { padding-bottom: 10px; }
.driveway-dialog summary { cursor: pointer; padding: 8px 0; color: var(--red-ui-form-text-color); }
.driveway-dialog details p { margin: 0 0 8px; font-size: 12px; color: var(--red-ui-secondary-text-color); }
.driveway-dialog .driveway-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 6px 16px; align-items: center; }
.driveway-dialog .driveway-grid label { display: flex; justify-content: space-between; align-items: center; gap: 8px; width: auto; margin: 0; }
.driveway-dialog .driveway-grid input { width: 90px; flex: none; }
.driveway-dialog .driveway-cars { display: grid; grid-template-columns: 3fr 2fr 2fr; gap: 6px; }
.driveway-dialog .driveway-cars input { width: 100%; box-sizing: border-box; }
.driveway-dialog .driveway-cars-head { font-size: 12px; color: var(--red-ui-secondary-text-color); margin: 0 38px 2px 28px; }
.driveway-dialog ul.driveway-found { margin: 6px 0; padding-left: 18px; }
.driveway-dialog .driveway-buttons { display: inline-flex; vertical-align: middle; flex-wrap: wrap; gap: 6px; align-items: center; }
.driveway-dialog .driveway-buttons label { width: auto; margin: 0; display: flex; gap: 4px; align-items: center; }
.driveway-dialog .driveway-buttons input[type=checkbox] { width: auto; margin: 0; }
`,
    )
    .appendTo('head')
})()
