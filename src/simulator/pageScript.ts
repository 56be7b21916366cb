/** What the page does in the browser: plain JavaScript, everything shown as text, never as markup. */
export const pageScript = `
'use strict'
const cards = new Map()
const $ = id => document.getElementById(id)

function el(tag, props, ...children) {
  const node = Object.assign(document.createElement(tag), props || {})
  node.append(...children)
  return node
}

function say(text) { $('notice').textContent = text }

async function call(method, path, body) {
  try {
    const answer = await fetch('api/' + path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) })
    const value = await answer.json()
    say(answer.ok ? '' : value.error)
    return answer.ok ? value : undefined
  } catch (error) {
    say('The simulator does not answer.')
  }
}

const button = (label, onclick) => el('button', { type: 'button', textContent: label, onclick })
const options = list => list.map(item => el('option', { value: item, textContent: item }))
const chooser = (label, list) => {
  const select = el('select', {}, ...options(list))
  select.setAttribute('aria-label', label)
  return select
}
const clock = time => new Date(time).toLocaleTimeString()

function makeCard(vehicle) {
  const act = (action, body) => call('POST', 'vehicles/' + vehicle.key + '/' + action, body || {}).then(value => value && show(value))
  const parts = Object.keys(vehicle.state).filter(id => id.startsWith('doors.') || id.startsWith('windows.'))
  const part = chooser('Door or window', parts)
  const place = chooser('Place', ['home', 'work', 'shop', 'cabin'])
  const alert = chooser('Alert', ['tyre-front-left', 'service-due', 'washer-fluid', 'brake-fluid', 'oil-level', 'brake-light-left'])
  const privacy = chooser('Privacy', ['none', 'geolocation', 'full'])
  privacy.onchange = () => act('privacy', { state: privacy.value })
  const level = el('input', { type: 'number', min: 0, max: 100, step: 1, value: 50 })
  level.setAttribute('aria-label', 'State of charge in percent')

  const bar = el('div', { className: 'bar' }, el('div'))
  const facts = el('p', { className: 'facts' })
  const told = el('p', { className: 'told' })
  const history = el('ol', { className: 'history' })
  const row = (...children) => el('div', { className: 'row' }, ...children)
  const plugDc = button('Plug in DC', () => act('plug-in', { type: 'dc' }))
  plugDc.hidden = !vehicle.fastCharging
  const charging = row(
    button('Plug in AC', () => act('plug-in', { type: 'ac' })), plugDc, button('Unplug', () => act('unplug')),
    button('Start charging', () => act('start-charging')), button('Stop charging', () => act('stop-charging')),
    level, button('Set %', () => act('set', { 'battery.stateOfCharge': Number(level.value) })))
  charging.hidden = !vehicle.electric

  const node = el('article', {},
    el('h2', { textContent: vehicle.model + ' ' }, el('small', { textContent: vehicle.key + ' · ' + vehicle.id })),
    bar, facts, charging,
    row(place, button('Drive there', () => act('drive', { to: place.value })), button('Drive 10 km', () => act('drive', { km: 10 })), button('Park', () => act('park'))),
    row(button('Lock', () => act('lock')), button('Unlock', () => act('unlock')), part,
      button('Open', () => act('open', { part: part.value })), button('Close', () => act('close', { part: part.value }))),
    row(button('Fall asleep', () => act('sleep')), button('Wake', () => act('wake')), el('label', { textContent: 'Privacy ' }, privacy)),
    row(alert, button('Raise', () => act('alert', { code: alert.value })), button('Clear', () => act('alert', { code: alert.value, active: false }))),
    told, el('details', {}, el('summary', { textContent: 'What happened' }), history))
  $('cars').append(node)
  return { bar, facts, told, history, privacy }
}

function describe({ state, driving, asleep, electric }) {
  const open = Object.keys(state).filter(id => /^(doors|windows)/.test(id) && state[id] !== 'closed')
  const said = []
  if (electric) said.push(state['battery.stateOfCharge'].toFixed(1) + ' % · ' + Math.round(state['battery.range']) + ' km')
  if (state['fuel.amount'] !== undefined) said.push(state['fuel.amount'].toFixed(1) + ' l')
  if (electric) said.push(state['charging.connection'] === 'connected' ? state['charging.type'].toUpperCase() + ' ' + state['charging.status'] : 'unplugged')
  if (state['charging.power']) said.push(state['charging.power'].toFixed(1) + ' kW, ' + state['charging.timeToComplete'] + ' min left')
  said.push(driving ? 'driving' : state['engine.status'] === 'running' ? 'engine running' : 'parked')
  said.push(state['lock.central'], open.length ? 'open: ' + open.join(', ') : 'all shut')
  if (state['climate.status'] === 'active') said.push('climate on')
  if (asleep) said.push('asleep')
  said.push(Math.round(state['vehicle.odometer']) + ' km driven')
  return said.join(' · ')
}

function show(vehicle) {
  if (!cards.has(vehicle.key)) cards.set(vehicle.key, makeCard(vehicle))
  const card = cards.get(vehicle.key)
  const level = vehicle.electric ? vehicle.state['battery.stateOfCharge'] : undefined
  card.bar.hidden = level === undefined
  card.bar.firstChild.style.width = (level || 0) + '%'
  card.bar.classList.toggle('charging', vehicle.state['charging.status'] === 'charging')
  card.facts.textContent = describe(vehicle)
  const energy = vehicle.cloud['battery.stateOfCharge'] || vehicle.cloud['vehicle.odometer']
  const knows = vehicle.cloud['battery.stateOfCharge'] ? vehicle.cloud['battery.stateOfCharge'].value.toFixed(1) + ' %, ' + vehicle.cloud['charging.connection'].value : 'the odometer'
  card.told.textContent = energy ? 'The cloud knows ' + knows + ' as of ' + clock(energy.observedAt) : 'The cloud knows nothing'
  if (document.activeElement !== card.privacy) card.privacy.value = vehicle.privacy
  card.history.replaceChildren(...vehicle.history.slice().reverse().map(edge => el('li', { textContent: clock(edge.at) + ' ' + edge.what + (edge.part ? ' ' + edge.part : '') })))
}

function addCall(entry) {
  const cells = [clock(entry.time), entry.method, entry.provider, entry.path, entry.status || 'cut']
  const row = el('tr', { className: entry.status >= 200 && entry.status < 400 ? '' : 'bad' }, ...cells.map(text => el('td', { textContent: text })))
  $('calls').prepend(row)
  while ($('calls').children.length > 100) $('calls').lastChild.remove()
}

async function showFaults() {
  const faults = await call('GET', 'faults')
  if (!faults) return
  $('standing').replaceChildren(...faults.map(fault => el('li', { textContent: fault.provider + ' ' + fault.kind + (fault.count ? ', ' + fault.count + ' more' : '') + (fault.status ? ', ' + fault.status : '') + (fault.path ? ', on ' + fault.path : '') })))
  $('standing').hidden = !faults.length
}

async function showTime() {
  const time = await call('GET', 'clock')
  if (time) $('now').textContent = new Date(time.now).toLocaleString()
}

async function showAll() {
  for (const vehicle of await call('GET', 'vehicles') || []) show(vehicle)
  $('calls').replaceChildren()
  for (const entry of await call('GET', 'calls?limit=100') || []) addCall(entry)
  await showFaults()
  await showTime()
}

for (const [label, seconds] of [['+1 min', 60], ['+10 min', 600], ['+1 h', 3600], ['+8 h', 28800], ['+1 day', 86400]])
  $('advance').append(button(label, async () => { await call('POST', 'clock', { advance: seconds }); showTime() }))
$('advance').append(button('Reset', async () => { await call('POST', 'reset', {}); showAll() }))

$('fault').onsubmit = async event => {
  event.preventDefault()
  const form = new FormData($('fault'))
  const fault = { provider: 'volvo', kind: form.get('kind') }
  if (form.get('count')) fault.count = Number(form.get('count'))
  if (form.get('path')) fault.path = form.get('path')
  if (form.get('status')) fault.status = /^[0-9]+$/.test(form.get('status')) ? Number(form.get('status')) : form.get('status')
  await call('POST', 'faults', fault)
}
$('clear').onclick = () => call('DELETE', 'faults')

const events = new EventSource('api/events')
events.onopen = showAll
events.onerror = () => say('Waiting for the simulator…')
events.addEventListener('vehicle', event => show(JSON.parse(event.data)))
events.addEventListener('call', event => addCall(JSON.parse(event.data)))
events.addEventListener('faults', showFaults)
setInterval(showTime, 10000)
`
