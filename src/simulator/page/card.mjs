// One car: how it is, what its cloud knows, and everything that can be done to it.
import { ask } from './api.mjs'
import { chooseCar } from './chartPanel.mjs'
import { button, chooser, el, group, write } from './dom.mjs'
import { facts, level, toldText } from './facts.mjs'
import { signalForm } from './signalForm.mjs'
import { hourAndMinute, partName, percent } from './words.mjs'

/** A field and its buttons, which read it when they are pressed. */
function chargingRow(vehicle, act, about) {
  const on = (label, action, body) => button(label, () => act(action, body), { about })
  return group(
    `Charging ${about}`,
    on('Plug in AC', 'plug-in', { type: 'ac' }),
    ...(vehicle.fastCharging ? [on('Plug in DC', 'plug-in', { type: 'dc' })] : []),
    on('Unplug', 'unplug'),
    on('Start charging', 'start-charging'),
    on('Stop charging', 'stop-charging'),
  )
}

function drivingRow(choices, act, about) {
  const place = chooser(`Place, ${about}`, choices.places)
  // Many cars start at the first place.
  place.selectedIndex = 1
  return group(
    `Driving ${about}`,
    place,
    button('Drive there', () => act('drive', { to: place.value }), { about }),
    button('Drive 10 km', () => act('drive', { km: 10 }), { about }),
    button('Park', () => act('park'), { about }),
  )
}

function doorsRow(vehicle, act, about) {
  const parts = Object.keys(vehicle.state).filter((id) => /^(doors|windows)\./.test(id))
  const part = chooser(
    `Door or window, ${about}`,
    parts.map((id) => [id, partName(id)]),
  )
  const opening = parts.length
    ? [
        part,
        button('Open', () => act('open', { part: part.value }), { about }),
        button('Close', () => act('close', { part: part.value }), { about }),
      ]
    : []
  return group(
    `Doors and locks ${about}`,
    ...(vehicle.state['lock.central'] === undefined
      ? []
      : [button('Lock', () => act('lock'), { about }), button('Unlock', () => act('unlock'), { about })]),
    ...opening,
  )
}

function connectionRow(choices, act, about) {
  const privacy = chooser(`Privacy, ${about}`, choices.privacy)
  privacy.onchange = () => act('privacy', { state: privacy.value })
  const row = group(
    `Connection ${about}`,
    button('Fall asleep', () => act('sleep'), { about }),
    button('Wake', () => act('wake'), { about }),
    el('label', {}, 'Privacy ', privacy),
  )
  return { row, privacy }
}

function alertRow(choices, act, about) {
  const code = el('input', { type: 'text', value: choices.alerts[0], size: 16, 'aria-label': `Alert, ${about}` })
  code.setAttribute('list', 'alerts')
  return group(
    `Alerts ${about}`,
    code,
    button('Raise alert', () => act('alert', { code: code.value }), { about }),
    button('Clear alert', () => act('alert', { code: code.value, active: false }), { about }),
  )
}

const happened = ({ at, what, part }) =>
  el('li', {}, el('time', { textContent: hourAndMinute(at) }), ` ${what}${part ? ` · ${part}` : ''}`)

/** The card of a car: `show` brings it up to date. */
export function makeCard(vehicle, choices) {
  const about = `${vehicle.model} ${vehicle.key}`
  const title = `car-${vehicle.key}`
  const act = async (action, body = {}) => {
    const now = await ask('POST', `vehicles/${encodeURIComponent(vehicle.key)}/${action}`, body, about)
    if (now) show(now)
  }
  const fill = el('div', { className: 'fill' })
  const number = el('span')
  const gauge = el(
    'div',
    {
      className: 'gauge',
      role: 'meter',
      'aria-label': `${vehicle.electric ? 'State of charge' : 'Fuel'}, ${about}`,
      'aria-valuemin': '0',
      'aria-valuemax': '100',
    },
    fill,
    number,
  )
  const chips = el('ul', { className: 'facts' })
  const told = el('p', { className: 'told' })
  const history = el('ol', { className: 'history', tabIndex: 0, 'aria-label': `What happened, ${about}` })
  const log = el('details', {}, el('summary', { textContent: 'What happened', 'aria-label': `What happened, ${about}` }), history)
  const { row, privacy } = connectionRow(choices, act, about)
  const owners = vehicle.owners?.length ? ` · ${vehicle.owners.join(', ')}` : ''
  const node = el(
    'article',
    { 'aria-labelledby': title },
    el(
      'header',
      {},
      el('h4', { id: title }, vehicle.model, ' ', el('small', { textContent: vehicle.key })),
      button('Chart', () => chooseCar(vehicle.key), { about, className: 'quiet' }),
    ),
    el('p', { className: 'id', textContent: `${vehicle.id}${owners}` }),
    gauge,
    chips,
    told,
    ...(vehicle.electric ? [chargingRow(vehicle, act, about)] : []),
    el(
      'details',
      {},
      el('summary', { textContent: 'Driving and doors', 'aria-label': `Driving and doors, ${about}` }),
      drivingRow(choices, act, about),
      doorsRow(vehicle, act, about),
    ),
    el(
      'details',
      {},
      el('summary', { textContent: 'Connection, alerts, signals', 'aria-label': `Connection, alerts, signals, ${about}` }),
      row,
      alertRow(choices, act, about),
      signalForm(vehicle, choices.signals, act, about),
    ),
    log,
  )
  let latest = vehicle

  const showHistory = () => {
    if (log.open) history.replaceChildren(...[...latest.history].reverse().map(happened))
  }
  log.ontoggle = showHistory

  function show(now) {
    latest = now
    const value = level(now)
    gauge.hidden = value === undefined
    if (value !== undefined) {
      fill.style.width = `${value}%`
      write(number, percent(value))
      gauge.setAttribute('aria-valuenow', value.toFixed(1))
      gauge.setAttribute('aria-valuetext', percent(value))
      gauge.classList.toggle('low', value < 15)
    }
    node.classList.toggle('charging', now.state['charging.status'] === 'charging')
    node.classList.toggle('driving', now.driving)
    node.classList.toggle('asleep', now.asleep)
    const said = facts(now)
    if (chips.dataset.said !== JSON.stringify(said)) {
      chips.dataset.said = JSON.stringify(said)
      chips.replaceChildren(...said.map(([text, tone = '']) => el('li', { className: tone, textContent: text })))
    }
    write(told, toldText(now))
    if (document.activeElement !== privacy) privacy.value = now.privacy
    showHistory()
  }
  return { node, show }
}
