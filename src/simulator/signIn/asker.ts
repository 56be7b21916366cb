/** Who asks a person for consent, and the way back to them. */
import type { Reply } from '../http'
import type { Users } from '../users'
import { acceptsRedirect, type Application, type Applications } from './applications'
import { signInError } from './consent'

export interface Asker {
  application: Application
  redirectUri: string
  /** Sends the person back with the answer, and with the `state` that was given. */
  back(this: void, answer: Record<string, string>): Reply
}

/** Gives a page for the person instead where nobody may be sent back. */
export function askerOf(title: string, applications: Applications, params: URLSearchParams): Asker | Reply {
  const application = applications.find(params.get('client_id'))
  if (!application) return signInError(title, 'Unknown or invalid client_id.')
  const redirectUri = params.get('redirect_uri') ?? ''
  if (!acceptsRedirect(application, redirectUri))
    return signInError(title, 'Invalid redirect_uri: it is not one that was registered for this application.')
  const back = (answer: Record<string, string>) => redirect(redirectUri, { ...answer, state: params.get('state') ?? undefined })
  return { application, redirectUri, back }
}

/** Who consents: the one that was chosen on the page, or the first. */
export function userOf(params: URLSearchParams, users: Users): string {
  const chosen = params.get('user') ?? ''
  return users.has(chosen) ? chosen : users.first
}

function redirect(uri: string, answer: Record<string, string | undefined>): Reply {
  const target = new URL(uri)
  for (const [name, value] of Object.entries(answer)) if (value !== undefined) target.searchParams.set(name, value)
  return { status: 302, headers: { location: target.href, 'cache-control': 'no-store' } }
}
