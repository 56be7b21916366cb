/*
 * The rows that the dialogs of several nodes share, written once. A template says where one belongs, with
 * `<div data-row="name"></div>`. Runs in the editor; the words are in the account's catalogue.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.fillRows) return

  const words = (key) => `data-i18n="@driveway/node-red-connected-car/driveway-account:driveway-account.shared.row.${key}"`
  const text = (id, more = '') => `<input type="text" id="node-input-${id}"${more}>`
  const row = (id, icon, field, more = '') =>
    `<div class="form-row"${more}>
      <label for="node-input-${id}"><i class="fa ${icon}"></i> <span ${words(id)}></span></label>
      ${field}
    </div>`

  const rows = {
    name: () => row('name', 'fa-tag', text('name')),

    account: () => row('account', 'fa-user', text('account', ' style="width: calc(100% - 140px)"')),

    /** `data-placeholder`: the words for an empty field. */
    vehicle: ({ placeholder }) =>
      row(
        'vehicle',
        'fa-car',
        `${text('vehicle', ` data-i18n="[placeholder]${placeholder}"`)}
        <div class="driveway-hint" id="driveway-vehicle-hint" role="status" aria-live="polite"></div>`,
      ),

    /** The output for an mqtt out node, and what goes with it. */
    mqttOut: () => `
      <div class="form-row driveway-check">
        <input type="checkbox" id="node-input-forMqttOut">
        <label for="node-input-forMqttOut" ${words('forMqttOut')}></label>
      </div>
      ${row('mqttBase', 'fa-sitemap', text('mqttBase', ' placeholder="driveway"'), ' id="driveway-mqttBase"')}
      <input type="hidden" id="node-input-outputs">`,
  }

  /** Fills the shared rows into the template of a type of node, before Node-RED uses it. */
  driveway.fillRows = (type) => {
    const template = $(`script[data-template-name="${type}"]`)
    const dialog = $('<div>').html(template.html())
    for (const place of dialog.find('[data-row]').toArray()) $(place).replaceWith(rows[place.dataset.row](place.dataset))
    template.text(dialog.html())
  }
})()
