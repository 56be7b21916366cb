/*
 * The pieces that the monitor's dialog is put together from. Runs in the editor; loaded in no certain order, so the
 * other files look for it when a dialog opens.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.monitorParts) return

  const option = (value, label, chosen) =>
    $('<option>', { value })
      .text(label)
      .prop('selected', value === chosen)

  driveway.monitorParts = {
    /** A text of the monitor's catalogue. */
    say: (key, values) => RED._(`@driveway/node-red-connected-car/driveway-monitor:driveway-monitor.${key}`, values),

    option,
    /** `entries`: pairs of value and label. */
    select: (name, entries, chosen) =>
      $('<select>', { 'aria-label': name }).append(entries.map(([value, label]) => option(value, label, chosen))),
    input: (name, value, more) =>
      $('<input>', { type: 'text', 'aria-label': name, ...more }).val(value === undefined || value === null ? '' : value),
    word: (text) => $('<span>', { class: 'driveway-word' }).text(text),
    line: (...pieces) => $('<div>', { class: 'driveway-trigger-line' }).append(...pieces),

    /** A line of checkboxes, `[[value, label]]`; gives `[element, read]`. */
    boxes: (name, entries, chosen) => {
      const element = $('<span>', { class: 'driveway-words', role: 'group', 'aria-label': name }).append(
        entries.map(([value, label]) =>
          $('<label>').append(
            $('<input>', { type: 'checkbox', value }).prop('checked', chosen.includes(value)),
            $('<span>').text(label),
          ),
        ),
      )
      const read = () =>
        element
          .find('input:checked')
          .toArray()
          .map(({ value }) => value)
      return [element, read]
    },

    button: (label, icon, act) =>
      $('<button>', { type: 'button', class: 'red-ui-button red-ui-button-small' })
        .append($('<i>', { class: `fa ${icon}`, 'aria-hidden': 'true' }), ' ', $('<span>').text(label))
        .on('click', act),
  }
})()
