/*
 * The list of a monitor's triggers: each row builds one from lists, and nothing has to be known by heart.
 * Runs in the editor; loaded in no certain order, so nothing of the other files is used before the dialog opens.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.monitorTriggers) return

  /** In or out of a circle. */
  function zoneFields(body, trigger, { position }) {
    const { say, select, input, word, line, button } = driveway.monitorParts
    const { radius = 1, center = {} } = trigger.place || {}
    const isNew = [center.latitude, center.longitude].every((one) => one === undefined || one === '')
    const ways = ['In', 'Out'].map((way) => [way, say(`zone.${way}`)])
    const transition = select(say('trigger.transition'), ways, trigger.transition || 'In')
    const number = (name, value, min, max) => {
      const field = input(say(`zone.${name}`), value, { class: 'driveway-number', inputmode: 'decimal' })
      driveway.judgeField(field, driveway.check.number(min, max, driveway.check.never), { isNew })
      return field
    }
    const latitude = number('latitude', center.latitude, -90, 90)
    const longitude = number('longitude', center.longitude, -180, 180)
    const kilometres = number('radius', radius, 0, 20_000).addClass('driveway-brief')
    const told = $('<div>', { class: 'driveway-trigger-told', role: 'status', 'aria-live': 'polite' })
    const here = button(say('button.here'), 'fa-map-marker', () => {
      const asking = position()
      if (!asking) return driveway.tell(told, driveway.words('chooseAccount'))
      driveway.tell(told, say('told.asking'), 'busy')
      asking
        .done((place) => {
          latitude.val(place.latitude).trigger('change')
          longitude.val(place.longitude).trigger('change')
          driveway.tell(told, say('told.here', { car: place.label }), 'good')
        })
        .fail((xhr) => driveway.tell(told, driveway.reasonOf(xhr), 'bad'))
    })
    const measured = $('<span>', { class: 'driveway-measured' }).append(kilometres, word(say('zone.kmOf')))
    body.append(
      line(transition, word(say('zone.within')), measured),
      line(word(say('zone.latitude')), latitude, word(say('zone.longitude')), longitude, here),
      told,
    )
    const numberOf = (field) => driveway.numberOf(field.val())
    return () => ({
      transition: transition.val(),
      place: { radius: numberOf(kilometres), center: { longitude: numberOf(longitude), latitude: numberOf(latitude) } },
    })
  }

  function settingFields(body, trigger) {
    const { say, select, line } = driveway.monitorParts
    const types = ['DigitalKey', 'LastMileNavigation'].map((type) => [type, say(`setting.${type}`)])
    const type = select(say('trigger.setting'), types, trigger.type || 'DigitalKey')
    body.append(line(type))
    return () => ({ type: type.val() })
  }

  /** By kind: shows the fields of a trigger, and gives what reads them. */
  const kinds = {
    data: (...given) => driveway.monitorData.open(...given),
    zone: zoneFields,
    time: (...given) => driveway.monitorTimes.open(...given),
    setting: settingFields,
  }

  /** t1, t2, … : the first that is free. */
  const freeName = (names) => {
    let number = 1
    while (names.includes(`t${number}`)) number++
    return `t${number}`
  }

  driveway.monitorTriggers = {
    /**
     * Shows the triggers in the list at `selector`. `context`: `facts()` to pick from, `isKnown(id)`, `position()` asks
     * where the car is, `isInCloud()`, `nameFault(names, index)`, `changed()` is called with each change. Gives
     * `{ read, names, redraw }`.
     */
    open: (selector, triggers, context) => {
      const { say, select, input, option, line } = driveway.monitorParts
      const list = $(selector)
      let count = 0
      const around = { ...context, next: () => ++count }
      const rows = () =>
        list
          .editableList('items')
          .toArray()
          .map((row) => $(row).data('data'))
          .filter(({ read }) => read)
      const names = () => rows().map(({ name }) => name.val().trim())

      /** The reasons why a row's name is no good beside the others. */
      const whyNotNamed = (data) => {
        const all = rows()
        const fault = context.nameFault(names(), all.indexOf(data))
        return all.includes(data) && fault ? [say(`check.${fault}Field`)] : []
      }
      /** A name is right or wrong beside the others, so all are judged again. */
      const changed = () => {
        for (const { judge } of rows()) judge()
        context.changed()
      }

      function addItem(row, _index, data) {
        const trigger = data.trigger || { name: freeName(names()), kind: 'data' }
        data.name = input(say('trigger.name'), trigger.name, { class: 'driveway-name' })
        data.kind = select(say('trigger.kind'), [])
        const judgeName = driveway.judgeField(
          data.name,
          driveway.check.parts(() => whyNotNamed(data)),
        )
        const body = $('<div>')
        const told = $('<div>', { class: 'driveway-trigger-told', role: 'status', 'aria-live': 'polite' })
        data.judge = () => {
          judgeName()
          const wrong = row.find('[aria-invalid=true]').toArray()
          const reasons = wrong.map((one) => `${one.getAttribute('aria-label')}: ${one.title}.`)
          driveway.tell(told, reasons.join(' '), 'bad')
        }
        const showKinds = (chosen) => {
          // Settings are known to the cloud alone.
          const offered = Object.keys(kinds).filter((kind) => kind !== 'setting' || context.isInCloud() || chosen === kind)
          data.kind.empty().append(offered.map((kind) => option(kind, say(`kind.${kind}`), chosen)))
        }
        const show = (given) => {
          body.empty()
          data.read = (kinds[data.kind.val()] || kinds.data)(body, given, around)
          data.judge()
        }
        data.redraw = () => {
          showKinds(data.kind.val())
          show(data.read())
        }
        showKinds(trigger.kind)
        show(trigger)
        data.kind.on('change', () => show({}))
        row.addClass('driveway-trigger').append(line(data.name, data.kind), body, told)
        row.on('input change', changed)
        changed()
      }

      list.editableList({
        addButton: say('button.addTrigger'),
        removable: true,
        sortable: true,
        height: 'auto',
        addItem,
        removeItem: changed,
      })
      for (const trigger of triggers) list.editableList('addItem', { trigger })
      return {
        read: () => rows().map(({ name, kind, read }) => ({ name: name.val().trim(), kind: kind.val(), ...read() })),
        names,
        /** The entries to pick from are others now. */
        redraw: () => rows().forEach(({ redraw }) => redraw()),
      }
    },
  }
})()
