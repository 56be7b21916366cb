/*
 * What the files of the account's dialog share, made anew each time it opens. Runs in the editor; the files are loaded in
 * no certain order, so nothing of another one is used before the dialog opens.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.accountParts) return

  driveway.accountParts = (node) => {
    const at = (name) => $(`#driveway-account-${name}`)
    const whileOpen = driveway.whileOpen(at('dialog'))
    return {
      node,

      /** An element of the dialog that is no field of the node. */
      at,

      /** A field of the node. */
      field: (name) => $(`#node-config-input-${name}`),

      /** A text of the account's catalogue. */
      say: (key, values) => RED._(`@driveway/node-red-connected-car/driveway-account:driveway-account.${key}`, values),

      showTime: (iso) => new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }),

      /** The runtime's address for this account. */
      routeOf: (rest = '') => `driveway/accounts/${encodeURIComponent(node.id)}${rest}`,

      whileOpen,

      /** Takes what went wrong, for a line of the dialog. */
      tellFailureAt: (line) => whileOpen((xhr) => driveway.tell(at(line), driveway.reasonOf(xhr), 'bad')),
    }
  }
})()
