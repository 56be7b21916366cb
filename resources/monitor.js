/*
 * The monitor's dialog: what the chosen account and cars offer, the expression checked as it is typed, and what shows
 * when. Runs in the editor; loaded in no certain order, so nothing of the other files is used before the dialog opens.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.monitor) return

  /** The dialog that was opened last; `isOpen` tells whether it still is. */
  let dialog
  const at = (id) => $(`#driveway-monitor-${id}`)
  const field = (name) => $(`#node-input-${name}`)
  const say = (key, values) => RED._(`@driveway/node-red-connected-car/driveway-monitor:driveway-monitor.${key}`, values)

  // ── Reasons: what is wrong with a saved monitor ─────────────────────────────────────────────────────────────────

  const isNumber = (value) => typeof value === 'number' && isFinite(value)
  const isTime = ({ recurrence, start, duration }) =>
    Boolean(start) && (recurrence === 'None' ? duration !== '' : Boolean(duration))

  /** What is wrong with a data trigger: `value`, `oneValue` or nothing. */
  const lackingData = ({ data, op, value }) => {
    const given = Array.isArray(value) ? value : []
    if (!data || (op !== 'onChange' && !given.some((one) => String(one).trim()))) return 'value'
    return given.length > 1 && ['equalsTo', 'greaterThan', 'lowerThan'].includes(op) ? 'oneValue' : undefined
  }

  /** By kind: what a trigger lacks, or undefined. */
  const lacking = {
    data: lackingData,
    zone: ({ place: { radius, center = {} } = {} }) =>
      [radius, center.latitude, center.longitude].every(isNumber) ? undefined : 'zone',
    time: ({ times }) => (Array.isArray(times) && times.length > 0 && times.every(isTime) ? undefined : 'time'),
    setting: () => undefined,
  }

  /** What is wrong with the n-th of these names: `name`, `twice` or nothing. */
  const nameFault = (names, index) => {
    if (!driveway.monitorExpression.triggerName.test(names[index] || '')) return 'name'
    return names.indexOf(names[index]) === index ? undefined : 'twice'
  }

  const triggerReasons = (triggers) => {
    const list = Array.isArray(triggers) ? triggers : []
    const names = list.map(({ name }) => name)
    const reasons = list.flatMap((trigger, index) => {
      const { name } = trigger
      const fault = nameFault(names, index)
      if (fault) return [say(`check.${fault}`, { name })]
      const lack = (lacking[trigger.kind] || lacking.data)(trigger)
      return lack ? [say(`check.${lack}`, { name })] : []
    })
    return list.length < 1 || list.length > 5 ? [say('check.count'), ...reasons] : reasons
  }

  /** Whether an expression can speak of them at all. */
  const areNamed = (names) => names.every((_, index) => nameFault(names, index) === undefined)

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
    const isEdited = Boolean(dialog) && dialog.isOpen && dialog.node === node && Boolean(dialog.triggers)
    const names = isEdited ? dialog.triggers.names() : (node.triggers || []).map(({ name }) => name)
    const text = String(expression || '').trim()
    if (names.length === 0 || (isEdited && (!text || !areNamed(names)))) return []
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
    const input = at('vehicles').val((node.vehicles || []).join(', '))
    const asked = dialog
    // The list replaces the text with what was picked: what was there before comes first again.
    let before = input.val()
    input.on('input', () => (before = input.val()))
    input.on('change', () => {
      const picked = input.val().trim()
      const isOneOfTheList = asked.cars.some(({ slug }) => slug === picked)
      if (isOneOfTheList && before.trim() && !before.split(/[\s,]+/).includes(picked))
        input.val(`${before.trim().replace(/,$/, '')}, ${picked}`)
      before = input.val()
      asked.triggers.redraw()
    })
    driveway.vehicleField({
      vehicle: '#driveway-monitor-vehicles',
      onCars: (cars) => {
        asked.cars = cars
      },
    })
  }

  /** Asks the runtime what the account offers monitors, each time that another one is chosen. */
  function followAccount() {
    const asked = dialog
    const account = field('account')
    const whileOpen = driveway.whileOpen(account)
    const offer = (about) => {
      const { local, provider } = about.facts
      asked.about = { ...about, facts: { local: local.map(driveway.named), provider: provider.map(driveway.named) } }
      showWhere()
      asked.cloud.offer(asked.about)
      asked.triggers.redraw()
    }
    const update = () => {
      const id = account.val()
      const isChosen = id && id !== '_ADD_' && !driveway.isEnvironment(id)
      $.getJSON(`driveway/monitors/${encodeURIComponent(isChosen ? id : '-')}`)
        .done(whileOpen((about) => account.val() === id && offer(about)))
        .fail(whileOpen(() => account.val() === id && offer({ facts: { local: [], provider: [] }, cars: [] })))
    }
    account.on('change', update)
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
    const all = dialog.triggers.names()
    // As long as a trigger has no proper name, the fault is there, and not in the expression.
    const canBeJudged = all.length > 0 && areNamed(all)
    const why = canBeJudged ? whyNot(text || together(names), names) : undefined
    const isFine = why === undefined
    const verdict = text && canBeJudged ? say('told.fine') : all.length && !canBeJudged ? say('told.namesFirst') : ''
    driveway.tell(
      '#driveway-monitor-expression-hint',
      isFine ? `${say('tip.expression')} ${verdict}`.trim() : why,
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
    changed: () => dialog.triggers && showExpression(),
    nameFault,
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
      const own = { node, isOpen: true, about: { facts: { local: [], provider: [] }, cars: [] }, cars: [] }
      at('triggers').on('remove', () => (own.isOpen = false))
      dialog = own
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
    },
  }
})()
