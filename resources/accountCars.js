/*
 * How the deployed account is doing, the test of its connection, and the list of its cars, in the account's dialog. Runs
 * in the editor; loaded in no certain order.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.accountCars) return

  const slugPattern = /^[a-z0-9_-]+$/
  const grouped = (number) => number.toLocaleString()

  const slugReason = (slug) => {
    if (driveway.isEnvironment(slug)) return undefined
    if (slug === 'bridge') return driveway.words('check.slugTaken')
    return slugPattern.test(slug) ? undefined : driveway.words('check.slug')
  }

  /** Every reason why a list of cars is wrong. */
  driveway.carReasons = (cars = []) => {
    const slugs = cars.map(({ slug }) => slug).filter(Boolean)
    const twice = slugs.filter((slug, index) => slugs.indexOf(slug) !== index)
    return [
      ...cars.filter(({ id }) => !id).map(() => driveway.words('check.carId')),
      ...slugs.map(slugReason).filter(Boolean),
      ...twice.map((slug) => driveway.words('check.slugTwice', { slug })),
    ]
  }

  /** `signIns`: shows how the sign-in is doing. Gives what tells the cars listed now. */
  driveway.accountCars = ({ node, at, say, showTime, routeOf, whileOpen, tellFailureAt }, signIns) => {
    function describeHealth({ callsToday, perDay, forecastEmptyAt, problemUntil, lastError }) {
      const calls =
        callsToday !== undefined &&
        (perDay
          ? say('told.callsOf', { calls: grouped(callsToday), perDay: grouped(perDay) })
          : say('told.calls', { calls: grouped(callsToday) }))
      const error = lastError && say('told.lastError', { message: driveway.sentences(lastError), at: showTime(lastError.at) })
      const forecast = forecastEmptyAt && say('told.forecast', { at: showTime(forecastEmptyAt) })
      const until = problemUntil && say('told.until', { at: showTime(problemUntil) })
      return [calls, forecast, error, until, node.changed && say('told.changed')].filter(Boolean).join(' ')
    }

    function showState() {
      $.getJSON(routeOf())
        .done(
          whileOpen(({ deployed, signIn, health, simulator }) => {
            at('sign-out').prop('disabled', !deployed)
            at('test').prop('disabled', !deployed)
            at('diagnostics').prop('disabled', !deployed)
            at('simulator').toggle(Boolean(simulator && simulator.page))
            if (simulator && simulator.page) at('simulator').attr('href', simulator.page)
            if (!deployed) return driveway.tell(at('state'), driveway.words('deployFirst'))
            // The simulator signs itself in: that says nothing about a server chosen since.
            if (signIn && !simulator) signIns.show(signIn)
            if (health) driveway.tell(at('state'), describeHealth(health))
            // Where nobody signs in, there is no other place for what keeps the account from working.
            else if (signIn && signIn.problem && !at('sign-in').is(':visible'))
              driveway.tell(at('state'), driveway.sentences(signIn.problem), 'bad')
          }),
        )
        .fail(tellFailureAt('state'))
    }

    function showFound(cars, total = cars.length) {
      const words = cars.length < total ? 'carsListed' : 'carsFound'
      driveway.tell(at('state'), driveway.words(words, { count: total, shown: cars.length }), 'good')
      at('found').empty()
      if (cars.length === 0) return
      $('<ul>', { class: 'driveway-found' })
        .append(cars.map((car) => $('<li>').text(driveway.describeCar(car))))
        .appendTo(at('found'))
      $('<button>', { type: 'button', class: 'red-ui-button', id: 'driveway-account-add-found' })
        .text(say('button.addFound'))
        .on('click', () => {
          const listed = new Set(carsListed().map(({ id }) => id))
          for (const { id, slug, label } of cars) if (!listed.has(id)) at('cars').editableList('addItem', { id, slug, label })
        })
        .appendTo(at('found'))
    }

    /** The account that is asked is the deployed one: what stands in the dialog now may be another. */
    let isEdited = Boolean(node.changed)
    // What the dialog fills in by itself is no edit.
    const edited = ({ originalEvent }) => (isEdited = isEdited || Boolean(originalEvent))

    function testConnection() {
      at('found').empty()
      if (isEdited) return driveway.tell(at('state'), driveway.words('deployFirst'), 'bad')
      driveway.tell(at('state'), say('told.testing'), 'busy')
      driveway
        .post(routeOf('/test'))
        .done(whileOpen(({ vehicles, total }) => showFound(vehicles, total)))
        .fail(tellFailureAt('state'))
    }

    function downloadDiagnostics() {
      $.getJSON(routeOf('/diagnostics'))
        .done((bundle) => {
          const file = URL.createObjectURL(new Blob([JSON.stringify(bundle, null, 2)], { type: 'application/json' }))
          $('<a>', { href: file, download: 'driveway-diagnostics.json' })[0].click()
          URL.revokeObjectURL(file)
        })
        .fail(tellFailureAt('state'))
    }

    const carsListed = () =>
      at('cars')
        .editableList('items')
        .toArray()
        .map((item) => {
          const { inputs, ...car } = item.data('data')
          // What the list does not show is kept.
          return { ...car, ...Object.fromEntries(['id', 'slug', 'label'].map((key) => [key, inputs[key].val().trim()])) }
        })
        .filter(({ id, slug, label }) => id || slug || label)

    function showCars(cars) {
      const words = { id: say('label.carId'), slug: say('label.carSlug'), label: say('label.carLabel') }
      const checks = {
        id: () => true,
        slug: (value) => !value || slugReason(value) === undefined || slugReason(value),
        label: () => true,
      }
      at('cars').editableList({
        addButton: say('button.addCar'),
        removable: true,
        sortable: true,
        height: 'auto',
        addItem: (row, _index, car) => {
          car.inputs = {}
          row.addClass('driveway-cars')
          for (const key of ['id', 'slug', 'label']) {
            const input = $('<input>', {
              type: 'text',
              'aria-label': words[key],
              placeholder: say(`placeholder.car.${key}`),
            }).val(car[key] || '')
            car.inputs[key] = input.appendTo(row)
            driveway.judgeField(input, checks[key])
          }
        },
      })
      for (const car of cars) at('cars').editableList('addItem', { ...car })
    }

    at('test').on('click', testConnection)
    at('test').closest('form').on('input change', 'input, select, textarea', edited)
    at('diagnostics').on('click', downloadDiagnostics)
    at('simulator').hide()
    showCars(node.vehicles || [])
    showState()
    return carsListed
  }
})()
