// Talks to the simulator, and says when that went wrong.
import { $, button, el } from './dom.mjs'

/** Shows what went wrong until somebody has read it, or has done something else that worked. */
export function complain(text) {
  const notice = $('notice')
  notice.hidden = false
  notice.replaceChildren(el('span', { textContent: text }), button('Dismiss', calm))
}

export function calm() {
  $('notice').hidden = true
  $('notice').replaceChildren()
}

/** An answer, or undefined; `headers` are those of the answer. */
async function request(method, path, body) {
  try {
    const answer = await fetch(`api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    const value = await answer.json()
    return answer.ok ? { value, headers: answer.headers } : { error: value.error }
  } catch {
    return { error: 'The simulator does not answer.' }
  }
}

/** Looks; whatever is on the screen as a complaint stays there. */
export async function look(path) {
  const { value } = await request('GET', path)
  return value
}

/** Looks at a list of which only a part is wanted; gives how long the whole is too, and of calls the number of the last. */
export async function lookAt(path) {
  const { value, headers } = await request('GET', path)
  const told = (name) => Number(headers.get(name) ?? value.length)
  return value && { list: value, total: told('x-total-count'), last: told('x-last-call') }
}

/** Does something that a person asked for. `about` stands in front of a refusal. */
export async function ask(method, path, body, about) {
  const { value, error } = await request(method, path, body)
  if (error === undefined) calm()
  else complain(about ? `${about}: ${error}` : error)
  return value
}
