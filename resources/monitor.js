/*
 * The monitor's dialog: what the chosen account and cars offer, the expression checked as it is typed, and what shows
 * when. Runs in the editor; loaded in no certain order, so nothing of editor.js is used before the dialog opens.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.monitor) return

  let dialog
  const at = (id) => $(`#driveway-monitor-${id}`)
  const field = (name) => $(`#node-input-${name}`)
  const say = (key, values) => RED._(`@driveway/node-red-connected-car/driveway-monitor:driveway-monitor.${key}`, values)
  const isEnvironment = (value) => /^\$\{[^}]+\}$/.test(String(value).trim())

  // ── Reasons: what is wrong with a saved monitor ─────────────────────────────────────────────────────────────────

  const isNumber = (value) => typeof value === 'number' && isFinite(value)
  const isTime = ({ recurrence, start, duration }) =>
    Boolean(start) && (recurrence === 'None' ? duration !== '' : Boolean(duration))

  /** By kind: what a trigger lacks, or undefined. */
  const lacking = {
    data: ({ data, op, value }) =>
      !data || (op !== 'onChange' && !(value || []).some((one) => String(one).trim())) ? 'value' : undefined,
    zone: ({ place: { radius, center = {} } = {} }) =>
      [radius, center.latitude, center.longitude].every(isNumber) ? undefined : 'zone',
    time: ({ times }) => (Array.isArray(times) && times.length > 0 && times.every(isTime) ? undefined : 'time'),
    setting: () => undefined,
  }

  const triggerReasons = (triggers) => {
    const list = Array.isArray(triggers) ? triggers : []
    const names = list.map(({ name }) => name)
    const reasons = list.flatMap((trigger, index) => {
      const { name } = trigger
      if (!driveway.monitorExpression.triggerName.test(name || '')) return [say('check.name', { name })]
      if (names.indexOf(name) !== index) return [say('check.twice', { name })]
      const lack = (lacking[trigger.kind] || lacking.data)(trigger)
      return lack ? [say(`check.${lack}`, { name })] : []
    })
    return list.length < 1 || list.length > 5 ? [say('check.count'), ...reasons] : reasons
  }

  /** All triggers together: what is meant when nothing is written. */
  const together = (names) => names.join(' & ')

  const whyNot = (expression, names) => {
    const wrong = driveway.monitorExpression.check(expression, names)
    if (!wrong) return undefined
    const why = say(`expression.${wrong.key}`, wrong.values)
    return wrong.position === undefined ? why : say('expression.at', { why, position: wrong.position })
  }

  const expressionReasons = (node, expression) => {
    // While it is typed in the dialog, the list there counts, not what was saved.
    const names =
      dialog && dialog.node === node && dialog.triggers ? dialog.triggers.names() : (node.triggers || []).map(({ name }) => name)
    const text = String(expression || '').trim()
    if (names.length === 0 || (!text && dialog && dialog.node === node)) return []
    const why = whyNot(text, names)
    return why === undefined ? [] : [why]
  }

  const deviceReasons = ({ where, transport }, devices) =>
    where === 'provider' && transport === 'push' && !(devices || []).length ? [say('check.devices')] : []

  // ── The dialog ──────────────────────────────────────────────────────────────────────────────────────────────────

  const chosenCars = () =>
    at('vehicles')
      .val()
      .split(/[\s,]+/)
      .filter(Boolean)

  /** A field for several cars: free text, and a button whose list adds one. */
  function vehiclesField(node) {
    const hint = '#driveway-monitor-vehicles-hint'
    const input = at('vehicles').val((node.vehicles || []).join(', '))
    const asked = dialog
    // The list replaces the text with what was picked: what was there before comes first again.
    let before = input.val()
    input.on('input', () => (before = input.val()))
    input.on('change', () => {
      const picked = input.val().trim()
      const isOneOfTheList = dialog === asked && asked.cars.some(({ slug }) => slug === picked)
      if (isOneOfTheList && before.trim() && !before.split(/[\s,]+/).includes(picked))
        input.val(`${before.trim().replace(/,$/, '')}, ${picked}`)
      before = input.val()
      if (dialog === asked) asked.triggers.redraw()
    })
    driveway.vehicleField({
      account: '#node-input-account',
      vehicle: '#driveway-monitor-vehicles',
      hint,
      onCars: (cars) => {
        asked.cars = cars
      },
    })
  }

  /** Asks the runtime what the account offers monitors, each time that another one is chosen. */
  function followAccount() {
    const asked = dialog
    const offer = (about) => {
      if (dialog !== asked) return
      asked.about = about
      showWhere()
      asked.cloud.offer(about)
      asked.triggers.redraw()
    }
    const update = () => {
      const id = field('account').val()
      const isChosen = id && id !== '_ADD_' && !isEnvironment(id)
      $.getJSON(`driveway/monitors/${encodeURIComponent(isChosen ? id : '-')}`)
        .done((about) => field('account').val() === id && offer(about))
        .fail(() => field('account').val() === id && offer({ facts: { local: [], provider: [] }, cars: [] }))
    }
    field('account').on('change', update)
    update()
  }

  /** The place says what is possible, so the rest of the dialog follows it. */
  function showWhere() {
    const where = field('where').val()
    const { about } = dialog
    const lacks = about.deployed && ((where === 'provider' && !about.provider) || (where === 'stream' && !about.stream))
    at('cloud').toggle(where === 'provider')
    driveway.tell(
      '#driveway-monitor-where-hint',
      lacks ? say(where === 'provider' ? 'told.noMonitors' : 'told.noStream') : say(`tip.${where}`),
      lacks ? 'bad' : '',
    )
  }

  function showExpression() {
    const names = dialog.triggers.names().filter(Boolean)
    field('expression').attr('placeholder', together(names))
    const text = field('expression').val().trim()
    const why = names.length === 0 ? undefined : whyNot(text || together(names), names)
    const isFine = why === undefined
    driveway.tell(
      '#driveway-monitor-expression-hint',
      isFine ? `${say('tip.expression')}${text ? ` ${say('told.fine')}` : ''}` : why,
      isFine ? '' : 'bad',
    )
    field('expression').toggleClass('input-error', !isFine).attr('aria-invalid', !isFine)
  }

  /** Signals that the chosen cars have told; of all cars when none is chosen. */
  const isKnown = (id) => {
    const chosen = chosenCars()
    const cars = (dialog.about.cars || []).filter(
      ({ slug, id: car }) => chosen.length === 0 || chosen.includes(slug) || chosen.includes(car),
    )
    return cars.some(({ signals }) => signals.includes(id))
  }

  const context = {
    facts: () => {
      const { facts } = dialog.about
      return field('where').val() === 'provider' ? facts.provider : facts.local
    },
    isKnown,
    isInCloud: () => field('where').val() === 'provider',
    changed: () => dialog && dialog.triggers && showExpression(),
    position: () => {
      const id = field('account').val()
      if (!id || id === '_ADD_') return undefined
      return driveway.post(`driveway/monitors/${encodeURIComponent(id)}/position`, { vehicle: chosenCars()[0] })
    },
  }

  driveway.monitor = {
    triggerReasons,
    expressionReasons,
    deviceReasons,

    open: (node) => {
      dialog = { node, about: { facts: { local: [], provider: [] }, cars: [] }, cars: [] }
      if (!field('where').val()) field('where').val('local')
      if (!field('transport').val()) field('transport').val('webhook')
      dialog.triggers = driveway.monitorTriggers.open(at('triggers'), node.triggers || [], context)
      dialog.cloud = driveway.monitorCloud.open(node)
      if (!(node.triggers || []).length) at('triggers').editableList('addItem', {})
      vehiclesField(node)
      field('expression').on('input change', showExpression)
      field('where').on('change', () => {
        showWhere()
        dialog.cloud.redraw()
        dialog.triggers.redraw()
      })
      followAccount()
      showWhere()
      showExpression()
    },

    save: (node) => {
      node.vehicles = chosenCars()
      node.triggers = dialog.triggers.read()
      if (!field('expression').val().trim()) field('expression').val(together(dialog.triggers.names()))
      node.expression = field('expression').val().trim()
      Object.assign(node, dialog.cloud.read())
      driveway.monitor.close()
    },

    close: () => (dialog = undefined),
  }

  $('<style>')
    .text(
      `
.driveway-monitor-dialog .driveway-list-row > label:first-child { width: 100%; }
.driveway-monitor-dialog .driveway-trigger { padding: 4px 0; }
.driveway-monitor-dialog .driveway-trigger-line { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; margin: 0 0 6px; }
.driveway-monitor-dialog .driveway-trigger-rest { display: contents; }
.driveway-monitor-dialog .driveway-trigger-line input, .driveway-monitor-dialog .driveway-trigger-line select { margin: 0; width: auto; }
.driveway-monitor-dialog .driveway-trigger-line input.driveway-name { width: 90px; }
.driveway-monitor-dialog .driveway-trigger-line input.driveway-number { width: 110px; }
.driveway-monitor-dialog .driveway-trigger-line input.driveway-text { width: 180px; }
.driveway-monitor-dialog .driveway-trigger-line select.driveway-signal { width: 100%; }
.driveway-monitor-dialog .driveway-word { color: var(--red-ui-form-text-color); white-space: nowrap; }
.driveway-monitor-dialog .driveway-trigger-rest > span { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.driveway-monitor-dialog .driveway-words { display: flex; flex-wrap: wrap; gap: 2px 10px; }
.driveway-monitor-dialog .driveway-words label { display: flex; gap: 4px; align-items: baseline; width: auto; margin: 0; }
.driveway-monitor-dialog .driveway-words input[type=checkbox] { width: auto; position: relative; top: 1px; }
.driveway-monitor-dialog .driveway-interval { border-left: 3px solid var(--red-ui-secondary-border-color); padding-left: 8px; margin-bottom: 6px; }
.driveway-monitor-dialog .driveway-trigger-told { font-size: 12px; color: var(--red-ui-secondary-text-color); }
.driveway-monitor-dialog .driveway-trigger-told:empty { display: none; }
.driveway-monitor-dialog .driveway-unit { margin-left: 6px; }
`,
    )
    .appendTo('head')
})()
