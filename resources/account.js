/*
 * The account's dialog: fields by server, sign-in, connection test, list of cars, what messages may send, freshness.
 * Loaded beside editor.js in no certain order, so nothing of it is used before the dialog opens.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.account) return

  const slugPattern = /^[a-z0-9_-]+$/
  const isEnvironment = (value) => /^\$\{[^}]+\}$/.test(value)
  const at = (name) => $(`#driveway-account-${name}`)
  const field = (name) => $(`#node-config-input-${name}`)

  /** What the one open dialog keeps: its timer, its lists. An account's dialog cannot open over another account's. */
  let dialog

  const say = (key, values) => dialog.node._(`driveway-account.${key}`, values)
  const routeOf = (rest = '') => `driveway/accounts/${encodeURIComponent(dialog.node.id)}${rest}`
  /** Runs only while the dialog that asked is still the open one. */
  const whileOpen = (asked, act) => (answer) => asked === dialog && act(answer)

  const showTime = (iso) => new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })

  // ── Fields by server ────────────────────────────────────────────────────────────────────────────────────────────

  const callbackAddress = () =>
    new URL(`${RED.settings.apiRootUrl || ''}driveway/oauth/callback`, location.href.split(/[?#]/)[0]).href

  /** `code`: a person, in a window; `client`: the application by itself. Only v1 of Stellantis leaves the choice. */
  function whoSignsIn(provider) {
    if (provider === 'invers') return 'client'
    const isV1 = provider === 'stellantis' && at('generation').val() === 'v1'
    return isV1 && (field('grant').val() === 'client' || field('headerMode').prop('checked')) ? 'client' : 'code'
  }

  function showFields() {
    if (!dialog) return
    const provider = field('provider').val()
    const server = provider === 'mqtt' ? '' : field('server').val()
    const chosen = { server, provider, grant: whoSignsIn(provider), generation: at('generation').val() }
    const conditions = Object.keys(chosen)
    at('dialog')
      .find(conditions.map((what) => `[data-${what}]`).join())
      .each((_, element) => {
        const fits = (what) => !element.dataset[what] || element.dataset[what].split(' ').includes(chosen[what])
        $(element).toggle(conditions.every(fits))
      })
    showAddresses(provider)
    if (server && server !== 'simulator' && !field('redirectUri').val()) field('redirectUri').val(callbackAddress())
    field('url').trigger('change')
  }

  /** Which generation of its interface a provider has, newest first, and the field that chooses it. */
  const generations = { volvo: ['energy', 'v2', 'v1'], stellantis: ['generation', 'v4', 'v1'] }

  /** The hidden field keeps what the provider's own list shows. */
  function openGenerations() {
    const choose = () => {
      const [list] = generations[field('provider').val()] || []
      if (list) field('api').val(at(list).val())
      showFields()
    }
    const show = () => {
      const [list, newest, older] = generations[field('provider').val()] || []
      if (!list) return
      at(list).val(field('api').val() === older ? older : newest)
      choose()
    }
    for (const [list] of Object.values(generations)) at(list).on('change', choose)
    field('provider').on('change', show)
    show()
  }

  /** What an address of one's own stands in for. */
  function showAddresses(provider) {
    for (const name of ['url', 'authUrl', 'scopes', 'tls'])
      at(`tip-${name}`).text(say(`tip.${name}Of.${provider}`, { defaultValue: '' }))
  }

  // ── What the runtime says about the deployed account ────────────────────────────────────────────────────────────

  function describeUntil(until) {
    const left = Math.floor((new Date(until) - new Date()) / 86_400_000)
    return left >= 1
      ? say('told.signedInDays', { until: showTime(until), count: left })
      : say('told.signedInUntil', { until: showTime(until) })
  }

  function describeSignIn({ signedIn, until, problem, durable }) {
    if (problem) return [driveway.sentences(problem), 'bad']
    if (!signedIn) return [say('told.signedOut'), '']
    const told = until ? describeUntil(until) : say('told.signedIn')
    return [durable === false ? `${told} ${say('told.notDurable')}` : told, 'good']
  }

  function describeHealth({ callsToday, perDay, forecastEmptyAt, problemUntil, lastError }) {
    const calls =
      callsToday !== undefined &&
      (perDay ? say('told.callsOf', { calls: callsToday, perDay }) : say('told.calls', { calls: callsToday }))
    const error = lastError && say('told.lastError', { message: driveway.sentences(lastError), at: showTime(lastError.at) })
    const forecast = forecastEmptyAt && say('told.forecast', { at: showTime(forecastEmptyAt) })
    const until = problemUntil && say('told.until', { at: showTime(problemUntil) })
    return [calls, forecast, error, until, dialog.node.changed && say('told.changed')].filter(Boolean).join(' ')
  }

  function showState() {
    const asked = dialog
    $.getJSON(routeOf())
      .done(
        whileOpen(asked, ({ deployed, signIn, health, simulator }) => {
          at('sign-out').prop('disabled', !deployed)
          at('test').prop('disabled', !deployed)
          at('diagnostics').prop('disabled', !deployed)
          at('simulator').toggle(Boolean(simulator && simulator.page))
          if (simulator && simulator.page) at('simulator').attr('href', simulator.page)
          if (!deployed) return driveway.tell(at('state'), driveway.words('deployFirst'))
          // The simulator signs itself in: that says nothing about a server chosen since.
          if (signIn && !simulator) driveway.tell(at('sign-in-told'), ...describeSignIn(signIn))
          if (health) driveway.tell(at('state'), describeHealth(health))
          // Where nobody signs in, there is no other place for what keeps the account from working.
          else if (signIn && signIn.problem) driveway.tell(at('state'), driveway.sentences(signIn.problem), 'bad')
        }),
      )
      .fail(whileOpen(asked, (xhr) => driveway.tell(at('state'), driveway.reasonOf(xhr), 'bad')))
  }

  // ── Signing in ──────────────────────────────────────────────────────────────────────────────────────────────────

  const closeWindow = (popup) => popup && !popup.closed && popup.close()

  function showSignIn({ status, message, action }) {
    if (status === 'failed')
      return driveway.tell(
        at('sign-in-told'),
        message ? driveway.sentences({ message, action }) : say('told.signInFailed'),
        'bad',
      )
    if (status !== 'done') return driveway.tell(at('sign-in-told'), say('told.signInPending'), 'busy')
    at('paste').val('')
    driveway.tell(at('sign-in-told'), say('told.signedIn'), 'good')
    $.getJSON(routeOf()).done(
      whileOpen(dialog, ({ deployed, signIn }) => {
        if (!deployed) driveway.tell(at('sign-in-told'), `${say('told.signedIn')} ${say('told.keptForDeploy')}`, 'good')
        else if (signIn && signIn.signedIn) driveway.tell(at('sign-in-told'), ...describeSignIn(signIn))
      }),
    )
  }

  /** Asks each second until the sign-in has an end or the dialog is closed; the paste field may end it too. */
  function followSignIn(state) {
    const asked = dialog
    clearTimeout(dialog.timer)
    dialog.timer = setTimeout(() => {
      $.getJSON(`driveway/sign-in/${encodeURIComponent(state)}`)
        .done(
          whileOpen(asked, (told) => {
            showSignIn(told)
            if (told.status === 'pending') followSignIn(state)
          }),
        )
        .fail(whileOpen(asked, (xhr) => driveway.tell(at('sign-in-told'), driveway.reasonOf(xhr), 'bad')))
    }, 1000)
  }

  function signIn() {
    const asked = dialog
    // Opened inside the click, because browsers block a window that opens later.
    const popup = window.open('about:blank', 'driveway-sign-in', 'width=520,height=760')
    const names = [
      ...['provider', 'server', 'url', 'authUrl', 'api', 'redirectUri', 'scopes', 'clientId', 'clientSecret', 'apiKey'],
      ...['brand', 'realm', 'environment', 'locale', 'grant'],
    ]
    const given = Object.fromEntries(names.map((name) => [name, field(name).val()]))
    driveway.tell(at('sign-in-told'), say('told.signInStarts'), 'busy')
    driveway
      .post('driveway/sign-in', { account: dialog.node.id, ...given })
      .done(({ url, state }) => {
        if (asked !== dialog) return closeWindow(popup)
        if (popup) popup.location = url
        driveway.tell(at('sign-in-told'), popup ? say('told.signInPending') : say('told.blocked'), popup ? 'busy' : 'bad')
        if (!popup)
          at('sign-in-told').append(
            ' ',
            $('<a>', { href: url, target: '_blank', rel: 'noopener' }).text(say('button.openSignIn')),
          )
        followSignIn(state)
      })
      .fail((xhr) => {
        closeWindow(popup)
        if (asked === dialog) driveway.tell(at('sign-in-told'), driveway.reasonOf(xhr), 'bad')
      })
  }

  function pasteAddress() {
    const address = at('paste').val().trim()
    if (!address) return at('paste').trigger('focus')
    const asked = dialog
    driveway
      .post('driveway/sign-in/paste', { address })
      .done(
        whileOpen(asked, (told) => {
          clearTimeout(dialog.timer)
          showSignIn(told)
        }),
      )
      .fail(whileOpen(asked, (xhr) => driveway.tell(at('sign-in-told'), driveway.reasonOf(xhr), 'bad')))
  }

  function signOut() {
    const asked = dialog
    driveway
      .post(routeOf('/sign-out'), { forget: at('forget').prop('checked') })
      .done(
        whileOpen(asked, () => {
          at('forget').prop('checked', false)
          driveway.tell(at('sign-in-told'), say('told.signedOut'))
        }),
      )
      .fail(whileOpen(asked, (xhr) => driveway.tell(at('sign-in-told'), driveway.reasonOf(xhr), 'bad')))
  }

  // ── Connection test and cars ────────────────────────────────────────────────────────────────────────────────────

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

  function testConnection() {
    const asked = dialog
    at('found').empty()
    driveway.tell(at('state'), say('told.testing'), 'busy')
    driveway
      .post(routeOf('/test'))
      .done(whileOpen(asked, ({ vehicles, total }) => showFound(vehicles, total)))
      .fail(whileOpen(asked, (xhr) => driveway.tell(at('state'), driveway.reasonOf(xhr), 'bad')))
  }

  function downloadDiagnostics() {
    const asked = dialog
    $.getJSON(routeOf('/diagnostics'))
      .done((bundle) => {
        const file = URL.createObjectURL(new Blob([JSON.stringify(bundle, null, 2)], { type: 'application/json' }))
        $('<a>', { href: file, download: 'driveway-diagnostics.json' })[0].click()
        URL.revokeObjectURL(file)
      })
      .fail(whileOpen(asked, (xhr) => driveway.tell(at('state'), driveway.reasonOf(xhr), 'bad')))
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
          const input = $('<input>', { type: 'text', 'aria-label': words[key], placeholder: say(`placeholder.car.${key}`) }).val(
            car[key] || '',
          )
          car.inputs[key] = input.appendTo(row)
          driveway.judgeField(input, checks[key])
        }
      },
    })
    for (const car of cars) at('cars').editableList('addItem', { ...car })
  }

  const slugReason = (slug) => {
    if (isEnvironment(slug)) return undefined
    if (slug === 'bridge') return driveway.words('check.slugTaken')
    return slugPattern.test(slug) ? undefined : driveway.words('check.slug')
  }

  // ── Lists that come from the runtime's catalogue ────────────────────────────────────────────────────────────────

  function showFreshness(groups, saved) {
    const box = at('freshness').empty()
    for (const { id, label, freshness } of groups) {
      const inputId = `driveway-account-freshness-${id}`
      const input = $('<input>', {
        type: 'text',
        inputmode: 'numeric',
        id: inputId,
        'data-group': id,
        placeholder: freshness || say('placeholder.freshness'),
      })
      $('<label>', { for: inputId })
        .append($('<span>').text(label || id), input.val(saved[id] === undefined ? '' : saved[id]))
        .appendTo(box)
      driveway.judgeField(input, driveway.check.number(1))
    }
    return () => {
      const given = box
        .find('input')
        .toArray()
        .filter((input) => input.value.trim() !== '')
      return Object.fromEntries(given.map((input) => [input.dataset.group, driveway.numberOf(input.value)]))
    }
  }

  function showCatalogue(node) {
    const asked = dialog
    driveway
      .catalogue()
      .done(
        whileOpen(asked, ({ commands, groups }) => {
          const guarded = commands.filter((command) => command.guarded)
          dialog.allow = driveway.checkboxes(at('allow'), node.allow || [], guarded, 'driveway-account-allow')
          dialog.freshness = showFreshness(groups.map(driveway.namedGroup), node.freshness || {})
        }),
      )
      .fail(whileOpen(asked, (xhr) => [at('allow'), at('freshness')].forEach((box) => box.text(driveway.reasonOf(xhr)))))
  }

  const isOther = (node) => driveway.fieldOf(node, 'node-config-input', 'provider') === 'mqtt'

  // ── The dialog ──────────────────────────────────────────────────────────────────────────────────────────────────

  driveway.account = {
    open: (node) => {
      dialog = { node, timer: undefined }
      at('simulator').hide()
      showCars(node.vehicles || [])
      showCatalogue(node)
      field('server').on('change', showFields)
      openGenerations()
      field('provider').on('change', showFields)
      // Accounts that were written by hand may have no brand; the runtime takes the first one then.
      if (!field('brand').val()) field('brand').prop('selectedIndex', 0)
      field('grant').on('change', showFields)
      field('headerMode').on('change', showFields)
      at('copy').on('click', () => RED.clipboard.copyText(field('redirectUri').val(), at('copy'), say('told.copied')))
      at('sign-in').on('click', signIn)
      at('sign-out').on('click', signOut)
      at('paste-send').on('click', pasteAddress)
      at('test').on('click', testConnection)
      at('diagnostics').on('click', downloadDiagnostics)
      showFields()
      showState()
    },

    save: (node) => {
      node.vehicles = carsListed()
      // What the runtime did not list could not be edited, so it stays.
      if (dialog.allow) node.allow = dialog.allow()
      if (dialog.freshness) node.freshness = dialog.freshness()
      driveway.account.close()
    },

    close: () => {
      if (dialog) clearTimeout(dialog.timer)
      dialog = undefined
    },

    /** The provider, and that it is a simulated one. */
    label: (node) => {
      const provider = node._(`driveway-account.provider.${node.provider}`)
      return node.server === 'simulator' && node.provider !== 'mqtt'
        ? node._('driveway-account.label.simulated', { provider })
        : provider
    },

    /** For validators: an address is needed only where the server is the person's own. */
    isNotCustom: function () {
      return isOther(this) || driveway.fieldOf(this, 'node-config-input', 'server') !== 'custom'
    },

    /** A broker is needed only to read another Driveway. */
    brokerReason: function (broker, opt) {
      if (!isOther(this) || (broker && broker !== '_ADD_')) return true
      return opt && opt.label ? `${opt.label}: ${driveway.words('check.missing')}` : driveway.words('check.missing')
    },

    /** A time zone that this browser knows, as the runtime does. */
    zoneReason: function (zone, opt) {
      return driveway.check.works((value) => new Intl.DateTimeFormat('en', { timeZone: value }), 'check.timeZone')(zone, opt)
    },

    /** Every reason why the list of cars is wrong. */
    carReasons: (cars = []) => {
      const slugs = cars.map(({ slug }) => slug).filter(Boolean)
      const twice = slugs.filter((slug, index) => slugs.indexOf(slug) !== index)
      return [
        ...cars.filter(({ id }) => !id).map(() => driveway.words('check.carId')),
        ...slugs.map(slugReason).filter(Boolean),
        ...twice.map((slug) => driveway.words('check.slugTwice', { slug })),
      ]
    },

    /** Every reason why the seconds per group are wrong. */
    freshnessReasons: (freshness = {}) =>
      Object.entries(freshness)
        .filter(([, seconds]) => !isEnvironment(seconds) && !(Number(seconds) >= 1))
        .map(([group]) => `${group} ${driveway.words('check.atLeast', { min: 1 })}`),
  }
})()
