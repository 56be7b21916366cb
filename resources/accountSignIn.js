/*
 * Signing in and out from the account's dialog. Runs in the editor; loaded in no certain order.
 */
;(function () {
  const driveway = (window.driveway = window.driveway || {})
  if (driveway.accountSignIn) return

  const closeWindow = (popup) => popup && !popup.closed && popup.close()

  /** Gives `show`, which takes how the sign-in of the deployed account is doing. */
  driveway.accountSignIn = ({ node, at, field, say, showTime, routeOf, whileOpen, tellFailureAt }) => {
    let timer

    function describeUntil(until) {
      const left = Math.floor((new Date(until) - new Date()) / 86_400_000)
      return left >= 1
        ? say('told.signedInDays', { until: showTime(until), count: left })
        : say('told.signedInUntil', { until: showTime(until) })
    }

    function describeSignIn({ signedIn, who, until, problem, durable }) {
      if (problem) return [driveway.sentences(problem), 'bad']
      if (!signedIn) return [say('told.signedOut'), '']
      const told = [
        who && say('told.who', { who }),
        until ? describeUntil(until) : say('told.signedIn'),
        durable === false && say('told.notDurable'),
      ]
      return [told.filter(Boolean).join(' '), 'good']
    }

    function showSignIn({ status, code, message, action }) {
      // What was wrong with a paste is of no matter once the sign-in has an end.
      if (status !== 'pending') driveway.tell(at('paste-told'), '')
      if (status === 'failed')
        return driveway.tell(
          at('sign-in-told'),
          message ? driveway.sentences({ code, message, action }) : say('told.signInFailed'),
          'bad',
        )
      if (status !== 'done') return driveway.tell(at('sign-in-told'), say('told.signInPending'), 'busy')
      at('paste').val('')
      driveway.tell(at('sign-in-told'), say('told.signedIn'), 'good')
      $.getJSON(routeOf()).done(
        whileOpen(({ deployed, signIn }) => {
          if (!deployed) driveway.tell(at('sign-in-told'), `${say('told.signedIn')} ${say('told.keptForDeploy')}`, 'good')
          else if (signIn && signIn.signedIn) driveway.tell(at('sign-in-told'), ...describeSignIn(signIn))
        }),
      )
    }

    /** Asks each second until the sign-in has an end or the dialog is closed; the paste field may end it too. */
    function followSignIn(state) {
      clearTimeout(timer)
      const ask = () =>
        $.getJSON(`driveway/sign-in/${encodeURIComponent(state)}`)
          .done(
            whileOpen((told) => {
              showSignIn(told)
              if (told.status === 'pending') followSignIn(state)
            }),
          )
          .fail(tellFailureAt('sign-in-told'))
      timer = setTimeout(whileOpen(ask), 1000)
    }

    function signIn() {
      // Opened inside the click, because browsers block a window that opens later.
      const popup = window.open('about:blank', 'driveway-sign-in', 'width=520,height=760')
      const names = [
        ...['provider', 'server', 'url', 'authUrl', 'api', 'redirectUri', 'scopes', 'clientId', 'clientSecret', 'apiKey'],
        ...['brand', 'realm', 'environment', 'locale', 'grant'],
      ]
      const given = Object.fromEntries(names.map((name) => [name, field(name).val()]))
      driveway.tell(at('sign-in-told'), say('told.signInStarts'), 'busy')
      driveway
        .post('driveway/sign-in', { account: node.id, ...given })
        .done(
          whileOpen(
            ({ url, state }) => {
              if (popup) popup.location = url
              driveway.tell(at('sign-in-told'), popup ? say('told.signInPending') : say('told.blocked'), popup ? 'busy' : 'bad')
              if (!popup)
                at('sign-in-told').append(
                  ' ',
                  $('<a>', { href: url, target: '_blank', rel: 'noopener' }).text(say('button.openSignIn')),
                )
              followSignIn(state)
            },
            () => closeWindow(popup),
          ),
        )
        .fail(() => closeWindow(popup))
        .fail(tellFailureAt('sign-in-told'))
    }

    /** What is wrong with what was pasted stands below it: the sign-in itself may still come to a good end. */
    function pasteAddress() {
      const address = at('paste').val().trim()
      if (!address) return at('paste').trigger('focus')
      driveway.tell(at('paste-told'), '')
      driveway
        .post('driveway/sign-in/paste', { address })
        .done(
          whileOpen((told) => {
            if (told.status !== 'done') return driveway.tell(at('paste-told'), driveway.sentences(told), 'bad')
            clearTimeout(timer)
            showSignIn(told)
          }),
        )
        .fail(tellFailureAt('paste-told'))
    }

    function signOut() {
      driveway
        .post(routeOf('/sign-out'), { forget: at('forget').prop('checked') })
        .done(
          whileOpen(() => {
            at('forget').prop('checked', false)
            driveway.tell(at('sign-in-told'), say('told.signedOut'))
          }),
        )
        .fail(tellFailureAt('sign-in-told'))
    }

    at('sign-in').on('click', signIn)
    at('sign-out').on('click', signOut)
    at('paste-send').on('click', pasteAddress)
    return { show: (told) => driveway.tell(at('sign-in-told'), ...describeSignIn(told)) }
  }
})()
