// What goes wrong on purpose: switches for what is met most, a form for all the rest, and what is on now.
import { ask, look } from './api.mjs'
import { $, button, el, option } from './dom.mjs'
import { faultWords, providerName } from './words.mjs'

let kindsOf = {}
let standing = []
const switches = []

const isPlain = ({ path, rate, count, status, field }) => [path, rate, count, status, field].every((value) => value === undefined)

function makeSwitch(provider, kind) {
  const about = providerName(provider)
  const isOn = (fault) => fault.provider === provider && fault.kind === kind && isPlain(fault)
  const node = button(
    kind,
    async () => {
      const on = standing.filter(isOn)
      if (on.length) for (const { id } of on) await ask('DELETE', `faults/${id}`)
      else await ask('POST', 'faults', { provider, kind }, about)
      await loadFaults()
    },
    { className: 'switch' },
  )
  node.append(' ', el('small', { textContent: faultWords[kind] }))
  node.setAttribute('aria-label', `${kind} ${faultWords[kind]}, ${about}`)
  switches.push(() => node.setAttribute('aria-pressed', String(standing.some(isOn))))
  return node
}

function describe({ provider, kind, count, rate, path, status, field, code, delayMs }) {
  const said = [`${providerName(provider)}: ${kind}`]
  if (faultWords[kind]) said.push(faultWords[kind])
  if (count !== undefined) said.push(count === 1 ? 'once' : `${count} times`)
  if (rate !== undefined) said.push(`${Math.round(rate * 100)} % of calls`)
  if (status !== undefined) said.push(`status ${status}`)
  if (path) said.push(`on ${path}`)
  if (field) said.push(`in ${field}`)
  if (code) said.push(`code ${code}`)
  if (delayMs !== undefined) said.push(`${delayMs} ms`)
  return said.join(' · ')
}

function standingRow(fault) {
  const text = describe(fault)
  const remove = button('Remove', () => ask('DELETE', `faults/${fault.id}`).then(loadFaults), { about: text })
  return el('li', {}, el('span', { textContent: text }), remove)
}

export async function loadFaults() {
  standing = (await look('faults')) ?? standing
  for (const update of switches) update()
  $('standing').replaceChildren(...standing.map(standingRow))
  $('no-faults').hidden = standing.length > 0
  $('clear-faults').hidden = standing.length === 0
}

const numberOr = (text, to) => (text === '' ? undefined : to(Number(text)))
const textOr = (text) => (text === '' ? undefined : text)

/** What the form says; only what was filled in. */
function ordered() {
  const form = new window.FormData($('fault'))
  const get = (name) => String(form.get(name)).trim()
  const status = get('status')
  return {
    provider: get('provider'),
    kind: get('kind'),
    count: numberOr(get('count'), (count) => count),
    rate: numberOr(get('rate'), (share) => share / 100),
    path: textOr(get('path')),
    status: /^\d+$/.test(status) ? Number(status) : textOr(status),
    field: textOr(get('field')),
    code: textOr(get('code')),
    delayMs: numberOr(get('delayMs'), (ms) => ms),
  }
}

export function setUpFaults(faults) {
  kindsOf = faults
  const common = Object.keys(faultWords)
  for (const [provider, { all, once }] of Object.entries(faults)) {
    const often = all.filter((kind) => common.includes(kind) && !once.includes(kind))
    $('switches').append(
      el(
        'details',
        {},
        el('summary', { textContent: providerName(provider) }),
        el(
          'div',
          { className: 'row', role: 'group', 'aria-label': providerName(provider) },
          ...often.map((kind) => makeSwitch(provider, kind)),
        ),
      ),
    )
    $('fault-provider').append(option(provider, providerName(provider)))
  }
  const fillKinds = () =>
    $('fault-kind').replaceChildren(
      ...(kindsOf[$('fault-provider').value]?.all ?? []).map((kind) =>
        option(kind, faultWords[kind] ? `${kind} (${faultWords[kind]})` : kind),
      ),
    )
  $('fault-provider').onchange = fillKinds
  fillKinds()
  $('fault').onsubmit = (event) => {
    event.preventDefault()
    void ask('POST', 'faults', ordered()).then(loadFaults)
  }
  $('clear-faults').onclick = () => ask('DELETE', 'faults').then(loadFaults)
}
