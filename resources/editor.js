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

  /** Node-RED colours what is wrong, and draws a cross for Remove; whoever cannot see that is told as well. */
  const describeChange = ({ target, addedNodes }) => {
    if (!target.closest('.driveway-dialog')) return
    if (target.matches('input, select, textarea')) target.setAttribute('aria-invalid', target.classList.contains('input-error'))
    $(addedNodes)
      .find('.red-ui-editableList-item-remove')
      .attr({ role: 'button', title: driveway.words('remove'), 'aria-label': driveway.words('remove') })
  }
  new window.MutationObserver((changes) => changes.forEach(describeChange)).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['class'],
  })

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

  /** A car in one line: what people call it, and its short name. */
  driveway.describeCar = ({ label, model, year, energy, plate, slug }) =>
    `${[label, model !== label && model, year, energy, plate].filter(Boolean).join(' · ')} (${slug})`

  const vehiclesOf = (account, sought) =>
    $.getJSON(`driveway/accounts/${encodeURIComponent(account)}/vehicles`, sought ? { q: sought } : {})

  /**
   * The vehicle field: its list follows the chosen account, and free text is always possible. Of a fleet the runtime lists
   * the first cars only; what is typed is searched for. `onCars` hears which cars are known each time that changes.
   */
  driveway.vehicleField = ({ account, vehicle, hint, onCars = () => {} }) => {
    const input = $(vehicle).attr('aria-describedby', $(hint).attr('id'))
    const show = driveway.pickList(vehicle, driveway.words('chooseCar'))
    /** Cars by their short names, and how many there are in all. */
    let known = new Map()
    let total = 0
    /** Only the newest question counts. */
    let turn = 0
    let typing
    const lookedUp = new Set()

    const offer = (cars) => {
      for (const car of cars) known.set(car.slug, car)
      show(cars.map((car) => ({ value: car.slug, label: driveway.describeCar(car) })))
      onCars([...known.values()])
    }
    const startWith = (cars, text, kind) => {
      known = new Map()
      total = cars.length
      lookedUp.clear()
      offer(cars)
      driveway.tell(hint, text, kind)
    }
    const asking = () => {
      const id = $(account).val()
      const own = ++turn
      return { id, current: (act) => (answer) => own === turn && $(account).val() === id && act(answer) }
    }
    const tellFound = (sought, shown, found) =>
      driveway.tell(
        hint,
        sought
          ? driveway.words('carsMatch', { count: found, total })
          : shown < found
            ? driveway.words('carsSome', { shown, total: found })
            : driveway.words('carsFound', { count: found }),
      )

    /** What stands in the field now; in a field for several cars the last one. */
    const written = () => (input.val() || '').split(',').pop().trim()
    const search = (sought) => {
      const { id, current } = asking()
      vehiclesOf(id, sought)
        .done(
          current(({ vehicles, total: found = vehicles.length }) => {
            if (!sought) total = found
            offer(vehicles)
            tellFound(sought, vehicles.length, found)
            if (!sought) lookUp()
          }),
        )
        .fail(
          current((xhr) => {
            driveway.tell(hint, driveway.reasonOf(xhr), 'bad')
            lookAgain(current)
          }),
        )
    }
    /** A deploy may be on its way, here or in another window. */
    const lookAgain = (current) => setTimeout(() => $.contains(document.body, input[0]) && current(ask)(), 2000)
    /** What the chosen car can do is told only of the first cars of an answer, so it is asked for by name. */
    const lookUp = () => {
      const sought = written()
      if (!sought || isEnvironment(sought) || lookedUp.has(sought) || total === 0) return
      const car = known.get(sought)
      if (car ? car.commands : known.size >= total) return
      lookedUp.add(sought)
      search(sought)
    }

    input.on('input', () => {
      clearTimeout(typing)
      const sought = written()
      if (known.size >= total || isEnvironment(sought) || known.has(sought)) return
      typing = setTimeout(() => $.contains(document.body, input[0]) && search(sought), 250)
    })
    input.on('change', lookUp)

    const ask = () => {
      const { id, current } = asking()
      if (!id || id === '_ADD_') return startWith([], driveway.words('chooseAccount'))
      if (isEnvironment(id)) return startWith([], '')
      if (known.size === 0 && !$(hint).text()) driveway.tell(hint, driveway.words('loadingCars'), 'busy')
      $.getJSON(`driveway/accounts/${encodeURIComponent(id)}`)
        .done(
          current(({ deployed, signIn, vehicles = [] }) => {
            if (!deployed) {
              startWith([], driveway.words('deployFirst'))
              return lookAgain(current)
            }
            const { problem } = signIn || {}
            startWith(vehicles, problem ? driveway.sentences(problem) : driveway.words('loadingCars'), problem ? 'bad' : 'busy')
            if (!problem) search('')
          }),
        )
        .fail(current((xhr) => startWith([], driveway.reasonOf(xhr), 'bad')))
    }

    startWith([], '')
    $(account).on('change', ask)
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

  /** Marks the boxes of what nothing is known of; ticking them is still possible. */
  driveway.markAbsent = (container, isAbsent) => {
    $(container)
      .find('label')
      .each(function () {
        const absent = isAbsent($(this).find('input').val())
        $(this).toggleClass('driveway-absent', absent).find('small').remove()
        if (absent) $('<small>').text(driveway.words('notSeen')).appendTo($(this).find('span'))
      })
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
.driveway-dialog .driveway-absent { color: var(--red-ui-secondary-text-color); }
.driveway-dialog .driveway-absent small { margin-left: 4px; }
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
