// The requests that the clouds received, as they come in.
import { lookAt } from './api.mjs'
import { $, el, gathered, option } from './dom.mjs'
import { providerName, span, timeOfDay } from './words.mjs'

const shown = 100
const kept = 2000
let calls = []
let waiting = 0
/** Told since the list was asked for: some of them are in it, some are not. */
let fresh = []
/** The number of the last call that the list knew of; numbers go on after a reset. */
let known = 0

const isGood = ({ status }) => status >= 200 && status < 400

function isMeant(call) {
  const provider = $('calls-provider').value
  const path = $('calls-path').value.trim().toLowerCase()
  if (provider && call.provider !== provider) return false
  if ($('calls-bad').checked && isGood(call)) return false
  return `${call.method} ${call.path} ${call.status}`.toLowerCase().includes(path)
}

/** Whoever moves the clock while a call is answered makes it a long one. */
const tookText = (ms) => (ms < 60_000 ? `${Math.round(ms)} ms` : span(ms / 1000))

function rowOf(call) {
  const status = call.status || 'cut'
  const cell = (className, text) => el('td', { className, textContent: text })
  return el(
    'tr',
    { className: isGood(call) ? 'good' : 'bad' },
    cell('when', timeOfDay(call.time)),
    el('td', { className: 'status' }, el('span', { className: 'badge', textContent: String(status) })),
    cell('took', tookText(call.durationMs)),
    cell('cloud', providerName(call.provider)),
    el('td', { className: 'path' }, el('b', { textContent: call.method }), ` ${call.path.replace(`/${call.provider}`, '')}`),
  )
}

function draw() {
  const rows = []
  for (let index = calls.length - 1; index >= 0 && rows.length < shown; index--)
    if (isMeant(calls[index])) rows.push(rowOf(calls[index]))
  $('calls').replaceChildren(...rows)
  $('no-calls').hidden = rows.length > 0
}

function note() {
  $('calls-waiting').textContent = waiting ? `${waiting} more meanwhile` : ''
}

/** New ones are put on top; when there are very many at once, only those that would be seen. */
export const addCall = gathered((told) => {
  const news = told.filter(({ number }) => number > known)
  fresh.push(...news)
  calls.push(...news)
  if (calls.length > kept) calls = calls.slice(-kept)
  if ($('calls-hold').getAttribute('aria-pressed') === 'true') {
    waiting += news.length
    note()
    return
  }
  const rows = news.filter(isMeant).slice(-shown).reverse().map(rowOf)
  $('calls').prepend(...rows)
  while ($('calls').children.length > shown) $('calls').lastChild.remove()
  $('no-calls').hidden = $('calls').children.length > 0
})

/** Another simulator may have answered: its numbers begin anew. */
export function forgetCalls() {
  known = 0
}

export async function loadCalls() {
  fresh = []
  const found = await lookAt(`calls?limit=${kept}`)
  // An older answer that comes late knows less than what is shown.
  if (!found || found.last < known) return
  known = found.last
  calls = [...found.list, ...fresh.filter(({ number }) => number > known)]
  draw()
}

export function setUpCalls(providers) {
  $('calls-provider').append(option('', 'All clouds'), ...providers.map((id) => option(id, providerName(id))))
  for (const id of ['calls-provider', 'calls-bad', 'calls-path']) $(id).addEventListener('input', draw)
  $('calls-hold').onclick = () => {
    const held = $('calls-hold').getAttribute('aria-pressed') !== 'true'
    $('calls-hold').setAttribute('aria-pressed', String(held))
    waiting = 0
    note()
    if (!held) draw()
  }
}
