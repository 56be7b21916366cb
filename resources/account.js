/*
 * The account's dialog: what opens it, what is saved, and what makes an account wrong. Its pieces are in the files
 * beside this one. Runs in the editor; loaded in no certain order.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.account) return

  /** Reads the lists of the dialog that was opened last. */
  let lists

  function showFreshness({ at, say }, groups, saved) {
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

  /** What messages may send, and how fresh groups must be; `lists` can tell them once the runtime has listed them. */
  function showCatalogue(parts) {
    const { node, at, whileOpen } = parts
    driveway
      .catalogue()
      .done(
        whileOpen(({ commands, groups }) => {
          const guarded = commands.filter((command) => command.guarded)
          lists.allow = driveway.checkboxes(at('allow'), node.allow || [], guarded, 'driveway-account-allow')
          lists.freshness = showFreshness(parts, groups.map(driveway.namedGroup), node.freshness || {})
        }),
      )
      .fail(whileOpen((xhr) => [at('allow'), at('freshness')].forEach((box) => box.text(driveway.reasonOf(xhr)))))
  }

  const isOther = (node) => driveway.fieldOf(node, 'node-config-input', 'provider') === 'mqtt'

  driveway.account = {
    open: (node) => {
      const parts = driveway.accountParts(node)
      const { at, field, say } = parts
      const signIns = driveway.accountSignIn(parts)
      lists = { cars: driveway.accountCars(parts, signIns) }
      showCatalogue(parts)
      driveway.accountFields(parts)
      at('copy').on('click', () => RED.clipboard.copyText(field('redirectUri').val(), at('copy'), say('told.copied')))
    },

    save: (node) => {
      node.vehicles = lists.cars()
      // What the runtime did not list could not be edited, so it stays.
      if (lists.allow) node.allow = lists.allow()
      if (lists.freshness) node.freshness = lists.freshness()
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

    /** Every reason why the seconds per group are wrong. */
    freshnessReasons: (freshness = {}) =>
      Object.entries(freshness)
        .filter(([, seconds]) => !driveway.isEnvironment(seconds) && !(Number(seconds) >= 1))
        .map(([group]) => `${group} ${driveway.words('check.atLeast', { min: 1 })}`),
  }
})()
