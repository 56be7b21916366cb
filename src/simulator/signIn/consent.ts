import { escapeHtml, page, type Reply } from '../http'

const style = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; display: grid; place-items: center; min-height: 100vh; background: Canvas; color: CanvasText }
main { max-width: 26rem; margin: 1rem; padding: 1.5rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); border-radius: 12px }
h1 { font-size: 1.25rem; margin: 0 0 .5rem }
ul { max-height: 12rem; overflow: auto; padding-left: 1.2rem; font-size: .85rem }
button { font: inherit; padding: .5rem 1.2rem; border-radius: 8px; border: 1px solid; cursor: pointer }
button[value=allow] { background: #14508c; border-color: #14508c; color: #fff }
select { font: inherit }
small { opacity: .75 }`

const document = (title: string, content: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
  `<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${content}</main></body></html>`

/**
 * The page on which a person allows or denies. Its form is all there is to it: whoever posts the same fields to the
 * same address with `decision=allow` or `deny` (and perhaps `user`) needs no browser.
 */
export function consentPage(title: string, params: URLSearchParams, scopes: readonly string[], users: readonly string[]): Reply {
  const hidden = [...params]
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('')
  const options = users.map((user) => `<option>${escapeHtml(user)}</option>`).join('')
  const listed = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('')
  return page(
    200,
    document(
      title,
      `<h1>${escapeHtml(title)}</h1><p><strong>${escapeHtml(params.get('client_id') ?? '')}</strong> asks for:</p><ul>${listed}</ul>` +
        `<form method="post">${hidden}<p><label>Sign in as <select name="user">${options}</select></label></p>` +
        `<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p></form>` +
        `<small>Nothing here is real: this is Driveway's simulator.</small>`,
    ),
  )
}

/** Shown instead of a redirect when it is not safe to redirect. */
export const signInError = (title: string, reason: string): Reply =>
  page(400, document(title, `<h1>This sign-in cannot go on</h1><p>${escapeHtml(reason)}</p><small>Driveway's simulator</small>`))
