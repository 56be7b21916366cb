/*
 * Which fields of the account's dialog are shown: those that matter for its provider, server and generation. Runs in the
 * editor; loaded in no certain order.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.accountFields) return

  const callbackAddress = () =>
    new URL(`${RED.settings.apiRootUrl || ''}driveway/oauth/callback`, location.href.split(/[?#]/)[0]).href

  /** Which generation of its interface a provider has, newest first, and the field that chooses it. */
  const generations = { volvo: ['energy', 'v2', 'v1'], stellantis: ['generation', 'v4', 'v1'] }

  /** Follows what is chosen. */
  driveway.accountFields = ({ at, field, say }) => {
    /** `code`: a person, in a window; `client`: the application by itself. Only v1 of Stellantis leaves the choice. */
    function whoSignsIn(provider) {
      if (provider === 'invers') return 'client'
      const isV1 = provider === 'stellantis' && at('generation').val() === 'v1'
      return isV1 && (field('grant').val() === 'client' || field('headerMode').prop('checked')) ? 'client' : 'code'
    }

    function showFields() {
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

    for (const name of ['server', 'grant', 'headerMode']) field(name).on('change', showFields)
    openGenerations()
    field('provider').on('change', showFields)
    // Accounts that were written by hand may have no brand; the runtime takes the first one then.
    if (!field('brand').val()) field('brand').prop('selectedIndex', 0)
    showFields()
  }
})()
