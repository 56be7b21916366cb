/* The dialog of the MQTT connection: places, commands, and what shows when. Runs in the editor. */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.mqtt) return

  /** Tells the commands that are ticked in the dialog that was opened last, once the runtime has listed them. */
  let chosenCommands
  const at = (id) => $(`#driveway-mqtt-${id}`)
  const field = (name) => $(`#node-config-input-${name}`)
  const say = (key) => RED._(`@driveway/node-red-connected-car/driveway-mqtt:driveway-mqtt.${key}`)
  const parts = ['name', 'latitude', 'longitude', 'radius']
  const safe = 'safe'

  const isName = (name) => typeof name === 'string' && name.trim() !== '' && name.trim() !== 'away'
  const checks = {
    name: (value) => isName(value) || say('check.placeName'),
    latitude: driveway.check.number(-90, 90, driveway.check.never),
    longitude: driveway.check.number(-180, 180, driveway.check.never),
    radius: driveway.check.number(1, Infinity, driveway.check.never),
  }

  function showPlaces(places) {
    at('places').editableList({
      addButton: say('button.addPlace'),
      removable: true,
      sortable: true,
      height: 'auto',
      addItem: (row, _index, place) => {
        place.inputs = {}
        row.addClass('driveway-cars driveway-places')
        for (const part of parts) {
          const input = $('<input>', { type: 'text', 'aria-label': say(`place.${part}`), placeholder: say(`place.${part}`) })
          if (part !== 'name') input.attr('inputmode', 'decimal')
          input.val(place[part] === undefined ? '' : place[part])
          place.inputs[part] = input.appendTo(row)
          driveway.judgeField(input, checks[part])
        }
      },
    })
    for (const place of places) at('places').editableList('addItem', { ...place })
  }

  const placesListed = () =>
    at('places')
      .editableList('items')
      .toArray()
      .map((row) => $(row).data('data').inputs)
      .map((inputs) => ({
        name: inputs.name.val().trim(),
        ...Object.fromEntries(parts.slice(1).map((part) => [part, driveway.numberOf(inputs[part].val())])),
      }))
      .filter((place) => parts.some((part) => place[part] !== ''))

  function showCommands(chosen) {
    const whileOpen = driveway.whileOpen(at('commands'))
    chosenCommands = undefined
    driveway
      .catalogue()
      .done(
        whileOpen(({ commands }) => {
          const offered = [{ id: safe, label: say('option.safe') }, ...commands]
          chosenCommands = driveway.checkboxes(at('commands'), chosen, offered, 'driveway-mqtt-command')
        }),
      )
      .fail(whileOpen((xhr) => at('commands').text(driveway.reasonOf(xhr))))
  }

  driveway.mqtt = {
    open: (node) => {
      // Connections of earlier versions have no such field.
      if (!field('location').val()) field('location').val('off')
      showPlaces(node.places || [])
      showCommands(node.commands || [])
      field('location')
        .on('change', () => at('zone').toggle(field('location').val() === 'zone'))
        .trigger('change')
      field('discovery')
        .on('change', () => at('prefix').toggle(field('discovery').is(':checked')))
        .trigger('change')
    },

    save: (node) => {
      node.places = placesListed()
      // What the runtime did not list could not be edited, so it stays.
      if (chosenCommands) node.commands = chosenCommands()
    },

    /** Every reason why the places are wrong. */
    placeReasons: function (places = []) {
      const names = places.map(({ name }) => name)
      const isPoint = ({ latitude, longitude, radius }) => [latitude, longitude, radius].every((part) => typeof part === 'number')
      return [
        ...(this.location === 'zone' && places.length === 0 ? [say('check.placesMissing')] : []),
        ...names.filter((name, index) => !isName(name) || names.indexOf(name) !== index).map(() => say('check.placeName')),
        ...places.filter((place) => !isPoint(place)).map(() => say('check.placePoint')),
      ]
    },
  }
})()
