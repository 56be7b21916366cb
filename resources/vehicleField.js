/*
 * The field for a car: its list follows the chosen account, and asks the runtime for more of a fleet. Runs in the editor.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.vehicleField) return

  /** What drives a car, where that is a word people know. */
  const energyOf = (energy) => energy && driveway.words(`energy.${energy}`, { defaultValue: '' })

  /** A car in one line: what people call it, and its short name. */
  driveway.describeCar = ({ label, model, year, energy, plate, slug }) =>
    `${[label, model !== label && model, year, energyOf(energy), plate].filter(Boolean).join(' · ')} (${slug})`

  const vehiclesOf = (account, sought) =>
    $.getJSON(`driveway/accounts/${encodeURIComponent(account)}/vehicles`, sought ? { q: sought } : {})

  /**
   * The vehicle field: its list follows the chosen account, and free text is always possible. Of a fleet the runtime lists
   * the first cars only; what is typed is searched for. `onCars` hears which cars are known each time that changes.
   */
  driveway.vehicleField = ({ vehicle = '#node-input-vehicle', onCars = () => {} } = {}) => {
    const account = $('#node-input-account')
    const hint = $('#driveway-vehicle-hint')
    const input = $(vehicle).attr('aria-describedby', hint.attr('id'))
    const whileOpen = driveway.whileOpen(input)
    const show = driveway.pickList(input, driveway.words('chooseCar'))
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
      const id = account.val()
      const own = ++turn
      return { id, current: (act) => whileOpen((answer) => own === turn && account.val() === id && act(answer)) }
    }
    /** What stands in the field now; in a field for several cars the last one. */
    const written = () => (input.val() || '').split(',').pop().trim()
    /** Whether every car is known here, and none has the name that was written. */
    const isNobody = (name) =>
      name &&
      !driveway.isEnvironment(name) &&
      known.size >= total &&
      ![...known.values()].some(({ id, slug }) => [id, slug].includes(name))
    const tellFound = (sought, shown, found) =>
      driveway.tell(
        hint,
        sought
          ? driveway.words('carsMatch', { count: found, total })
          : isNobody(written())
            ? driveway.words('carUnknown', { name: written() })
            : shown < found
              ? driveway.words('carsSome', { shown, total: found })
              : driveway.words('carsFound', { count: found }),
      )
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
    const lookAgain = (current) => setTimeout(current(ask), 2000)
    /** What the chosen car can do is told only of the first cars of an answer, so it is asked for by name. */
    const lookUp = () => {
      const sought = written()
      if (!sought || driveway.isEnvironment(sought) || lookedUp.has(sought) || total === 0) return
      const car = known.get(sought)
      if (car ? car.commands : known.size >= total) return
      lookedUp.add(sought)
      search(sought)
    }

    input.on('input', () => {
      clearTimeout(typing)
      const sought = written()
      if (known.size >= total || driveway.isEnvironment(sought) || known.has(sought)) return
      typing = setTimeout(
        whileOpen(() => search(sought)),
        250,
      )
    })
    input.on('change', () => {
      lookUp()
      if (total > 0 && known.size >= total) tellFound('', known.size, total)
    })

    const ask = () => {
      const { id, current } = asking()
      if (!id || id === '_ADD_') return startWith([], driveway.words('chooseAccount'))
      if (driveway.isEnvironment(id)) return startWith([], '')
      if (known.size === 0 && !hint.text()) driveway.tell(hint, driveway.words('loadingCars'), 'busy')
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
    account.on('change', ask)
    // Who has one account means that one.
    const accounts = account.find('option').filter((_, { value }) => value && value !== '_ADD_')
    if (accounts.length === 1 && account.val() === '_ADD_') account.val(accounts.val()).trigger('change')
  }
})()
