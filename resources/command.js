/*
 * The command node's dialog: what the chosen car can do, an example of the parameters, and wires that stay on the
 * port they meant. Runs in the editor; loaded in no certain order.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.command) return

  const portsFor = (onFailure, progress) => [
    'result',
    ...(onFailure === 'output' ? ['notDone'] : []),
    ...(progress ? ['progress'] : []),
  ]

  function followOutputs(node) {
    const before = portsFor(node.onFailure, node.progress)
    const update = () => {
      const after = portsFor($('#node-input-onFailure').val(), $('#node-input-progress').prop('checked'))
      $('#node-input-outputs').val(driveway.outputMap(before, after))
    }
    $('#node-input-onFailure, #node-input-progress').on('change', update)
    update()
  }

  /** The command field: its list says what the chosen car has and what is guarded. */
  function commandField(say) {
    const input = $('#node-input-command')
    const hint = '#driveway-command-command-hint'
    input.attr('aria-describedby', hint.slice(1))
    const show = driveway.pickList(input, driveway.words('chooseCommand'))
    let commands = []
    let cars = []

    const car = () => {
      const wanted = $('#node-input-vehicle').val().trim()
      return wanted ? cars.find(({ id, slug }) => id === wanted || slug === wanted) : cars.length === 1 ? cars[0] : undefined
    }
    /** Undefined where nobody knows: no car chosen, or a cloud that does not tell. */
    const can = (id) => {
      const listed = car() && car().commands
      return listed && listed.length > 0 ? listed.includes(id) : undefined
    }
    const labelOf = ({ id, label, guarded }) => {
      const marks = [guarded && say('mark.guarded'), can(id) === false && say('mark.notListed', { car: car().label })].filter(
        Boolean,
      )
      return [label, ...marks].join(' · ')
    }
    const judge = () => {
      const chosen = commands.find(({ id }) => id === input.val().trim())
      if (!chosen)
        return driveway.tell(
          hint,
          input.val() && !input.val().startsWith('${') && commands.length ? say('told.unknownCommand') : '',
        )
      const told = [
        chosen.label + '.',
        chosen.guarded && say('told.guarded'),
        can(chosen.id) === false && say('told.notListed', { car: car().label }),
      ]
      driveway.tell(hint, told.filter(Boolean).join(' '), can(chosen.id) === false ? 'bad' : '')
    }
    const update = () => {
      const order = (command) => (can(command.id) === false ? 1 : 0)
      const sorted = [...commands].sort((a, b) => order(a) - order(b))
      show(sorted.map((command) => ({ value: command.id, label: labelOf(command) })))
      judge()
    }

    input.on('input change', judge)
    $('#node-input-vehicle').on('change', update)
    return {
      setCommands: (given) => {
        commands = given
        update()
      },
      setCars: (given) => {
        cars = given
        update()
      },
      /** An example of the chosen command's parameters, undefined where it takes none. */
      example: () => {
        const chosen = commands.find(({ id }) => id === input.val().trim())
        return chosen && chosen.params ? JSON.stringify(chosen.params) : undefined
      },
    }
  }

  /** Fills in an example where nothing of the person's own would be lost. */
  function followParams(field) {
    const params = $('#node-input-params')
    const command = $('#node-input-command')
    let filledIn
    let before = command.val()
    command.on('change', () => {
      // Node-RED says so each time the dialog opens; parameters left to messages stay so.
      if (command.val() === before) return
      before = command.val()
      if (params.val().trim() && params.val() !== filledIn) return
      filledIn = field.example()
      params.val(filledIn || '').trigger('change')
    })
    $('#driveway-command-params-edit').on('click', () =>
      RED.editor.editJSON({
        value: params.val() || field.example() || '{}',
        requireValid: true,
        focus: true,
        complete: (text) => params.val(JSON.stringify(JSON.parse(text || '{}'))).trigger('change'),
      }),
    )
  }

  driveway.command = {
    /** What the node's outputs mean, in order. */
    ports: (node) => portsFor(node.onFailure, node.progress),

    open: (node) => {
      const say = (key, values) => node._(`driveway-command.${key}`, values)
      const field = commandField(say)
      const whileOpen = driveway.whileOpen('#node-input-command')
      driveway.vehicleField({ onCars: field.setCars })
      followOutputs(node)
      followParams(field)
      driveway
        .catalogue()
        .done(whileOpen(({ commands }) => field.setCommands(commands)))
        .fail(whileOpen((xhr) => driveway.tell('#driveway-command-command-hint', driveway.reasonOf(xhr), 'bad')))
    },
  }
})()
