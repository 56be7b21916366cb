/*
 * Fields that Node-RED does not have: a text with a list to pick from, and boxes to tick. Runs in the editor.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.pickList) return

  /** A field of a node: from its open dialog while it is edited, else as it was saved. */
  driveway.fieldOf = (node, prefix, name) => {
    const edited = RED.editor.getEditStack ? RED.editor.getEditStack() : []
    const input = $(`#${prefix}-${name}`)
    const isOpen = edited.length > 0 && edited[edited.length - 1].id === node.id && input.length > 0
    return isOpen ? input.val() : node[name]
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
})()
