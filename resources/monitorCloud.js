/*
 * The part of the monitor's dialog that counts in a provider's cloud only: how events come, the address to register,
 * extra data, and what the cloud does by itself. Runs in the editor, in no certain order with the other files.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.monitorCloud) return

  const at = (id) => $(`#driveway-monitor-${id}`)
  const field = (name) => $(`#node-input-${name}`)
  const say = (key, values) => RED._(`@driveway/node-red-connected-car/driveway-monitor:driveway-monitor.${key}`, values)
  const hint = '#driveway-monitor-address-hint'

  /** Where the account's monitors are asked for; undefined while none is chosen. */
  const below = (path) => {
    const id = field('account').val()
    return id && id !== '_ADD_' ? `driveway/monitors/${encodeURIComponent(id)}/${path}` : undefined
  }

  // ── The address ─────────────────────────────────────────────────────────────────────────────────────────────────

  function addressField() {
    const ask = (path) => {
      const url = below(path)
      if (!url) driveway.tell(hint, driveway.words('chooseAccount'))
      return url && driveway.post(url, { transport: field('transport').val() })
    }
    const tellAddress = ({ address, isGuarded, isOff, isSimulated }) => {
      at('address').val(address || '')
      at('address-copy').toggle(Boolean(address))
      at('address-test').toggle(Boolean(address))
      const words = isSimulated ? 'told.simulator' : address ? 'told.address' : 'told.noPublicUrl'
      driveway.tell(hint, say(words), address ? '' : 'bad')
      driveway.tell('#driveway-monitor-address-guard', isOff ? say('told.off') : isGuarded ? say('told.guarded') : '', 'bad')
    }
    const forget = () => {
      at('address').val('')
      at('address-copy').hide()
      at('address-test').hide()
      driveway.tell(hint, '')
      driveway.tell('#driveway-monitor-address-guard', '')
    }
    at('address-show').on('click', () => {
      const asking = ask('address')
      if (asking) asking.done(tellAddress).fail((xhr) => driveway.tell(hint, driveway.reasonOf(xhr), 'bad'))
    })
    at('address-copy').on('click', () => {
      at('address').trigger('select')
      navigator.clipboard.writeText(at('address').val()).then(
        () => driveway.tell(hint, say('told.copied'), 'good'),
        () => document.execCommand('copy') && driveway.tell(hint, say('told.copied'), 'good'),
      )
    })
    at('address-test').on('click', () => {
      const asking = ask('address/test')
      if (!asking) return
      driveway.tell(hint, say('told.testing'), 'busy')
      asking
        .done(() => driveway.tell(hint, say('told.reached'), 'good'))
        .fail((xhr) => driveway.tell(hint, driveway.reasonOf(xhr), 'bad'))
    })
    field('account').on('change', forget)
    field('transport').on('change', forget)
    forget()
  }

  // ── Actions ─────────────────────────────────────────────────────────────────────────────────────────────────────

  const select = (...given) => driveway.monitorParts.select(...given)

  const actionFields = {
    Notify: () => () => ({}),
    Remote: (place, action, commands) => {
      const known = commands.map(({ id, label }) => [id, `${label} (${id})`])
      const kept = action.command && !commands.some(({ id }) => id === action.command) ? [[action.command, action.command]] : []
      const command = select(say('action.command'), [...known, ...kept], action.command)
      const params = $('<input>', { type: 'text', 'aria-label': say('action.params'), placeholder: '{}', class: 'driveway-text' })
      params.val(action.params ? JSON.stringify(action.params) : '')
      driveway.judgeField(params, driveway.check.jsonObject())
      command.on('change', () => {
        const { params: example } = commands.find(({ id }) => id === command.val()) || {}
        params.val(example ? JSON.stringify(example) : '').trigger('change')
      })
      place.append(command, params)
      return () => {
        let given
        try {
          given = JSON.parse(params.val() || 'null')
        } catch {
          // What is no JSON is not saved; the field says so.
          given = action.params
        }
        return { command: command.val(), ...(given && { params: given }) }
      }
    },
    Monitor: (place, action) => {
      const types = ['Pause', 'Resume', 'Delete']
      const type = select(
        say('action.Monitor'),
        types.map((one) => [one, say(`action.${one}`)]),
        action.changeType || 'Pause',
      )
      place.append(type)
      return () => ({ changeType: type.val(), ...(action.monitorId && { monitorId: action.monitorId }) })
    },
  }

  function actionList(given, commands) {
    const list = at('actions').editableList({
      addButton: say('button.addAction'),
      removable: true,
      sortable: true,
      height: 'auto',
      addItem: (row, _index, data) => {
        const action = data.action || { type: 'Notify' }
        const kinds = Object.keys(actionFields)
        const kind = select(
          say('action.kind'),
          kinds.map((one) => [one, say(`action.${one}`)]),
          action.type,
        )
        const place = $('<span>', { style: 'display: contents' })
        const show = (from) => {
          place.empty()
          const read = actionFields[kind.val()](place, from, commands())
          data.read = () => ({ type: kind.val(), ...read() })
        }
        data.redraw = () => show(data.read())
        kind.on('change', () => show({}))
        row.append($('<div>', { class: 'driveway-trigger-line' }).append(kind, place))
        show(action)
      },
    })
    for (const action of given) list.editableList('addItem', { action })
    const rows = () =>
      list
        .editableList('items')
        .toArray()
        .map((row) => $(row).data('data'))
    return { read: () => rows().map(({ read }) => read()), redraw: () => rows().forEach(({ redraw }) => redraw()) }
  }

  driveway.monitorCloud = {
    /** Gives `{ offer, redraw, read }`: `offer` takes what the account has, `read` gives the fields to save. */
    open: (node) => {
      let commands = []
      let extend
      at('devices').val((node.devices || []).join('\n'))
      addressField()
      const actions = actionList(node.actions || [], () => commands)
      const redraw = () => {
        const isPush = field('transport').val() === 'push'
        at('address-row').toggle(!isPush)
        at('devices-row').toggle(isPush)
      }
      field('transport').on('change', redraw)
      redraw()
      driveway.catalogue().done(
        driveway.whileOpen(at('actions'))(({ commands: known }) => {
          commands = known
          actions.redraw()
        }),
      )
      return {
        redraw,
        offer: ({ extend: offered }) => {
          const chosen = extend ? extend() : node.extend || []
          extend = driveway.checkboxes(
            '#driveway-monitor-extend',
            chosen,
            (offered || []).map((id) => ({ id, label: say(`extend.${id.split('.')[1]}`, { defaultValue: id }) })),
            'driveway-monitor-extend',
          )
        },
        read: () => ({
          devices: at('devices').val().split(/\s+/).filter(Boolean),
          // What the runtime did not list could not be edited, so it stays.
          ...(extend && { extend: extend() }),
          actions: actions.read(),
        }),
      }
    },
  }
})()
