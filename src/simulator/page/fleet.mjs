// The many vehicles of the INVERS fleet: a table, because thousands of cards would help nobody.
import { ask, look } from './api.mjs'
import { $, button, el, settled } from './dom.mjs'
import { timeOfDay } from './words.mjs'

const pageSize = 50
/** Where each page that was turned started, so that one can go back. */
let starts = [0]
let next

const words = {
  IN_RENTAL: 'rented',
  NOT_IN_RENTAL: 'free',
  OPERATING: 'operating',
  GARAGE: 'garage',
  ONLINE: 'online',
  OFFLINE: 'offline',
}

/** What can be changed, from the vehicle as it is. */
const changes = [
  [
    'Rent',
    'Give back',
    ({ rental_status }) => rental_status.value === 'IN_RENTAL',
    (on) => ({ rental: on ? 'IN_RENTAL' : 'NOT_IN_RENTAL' }),
  ],
  ['Drive', 'Park', ({ moving }) => moving, (on) => ({ moving: on })],
  [
    'To the garage',
    'Out of the garage',
    ({ operation_status }) => operation_status.value === 'GARAGE',
    (on) => ({ operation: on ? 'GARAGE' : 'OPERATING' }),
  ],
  ['Cut off', 'Connect', ({ life_status }) => life_status.value === 'OFFLINE', (on) => ({ connected: !on })],
]

function stateText({ state, moving }) {
  const value = (name) => state[name]?.value
  const said = [moving ? 'driving' : 'parked']
  const lock = value('central_lock') ?? value('top_case_lock')
  if (lock) said.push(lock.toLowerCase())
  if (value('driving_enabled')) said.push('driving enabled')
  return said.join(', ')
}

function rowOf(vehicle) {
  const { id, master_data: data, state } = vehicle
  const about = `${data.custom_name} ${id}`
  const change = async (what) => {
    await ask('POST', `invers/vehicles/${id}`, what, about)
    await loadFleet()
    // The row is a new one: whoever pressed goes on from there.
    document.querySelector(`[data-vehicle="${id}"] button`)?.focus()
  }
  const row = el(
    'tr',
    {},
    el('th', { scope: 'row' }, data.custom_name, ' ', el('small', { textContent: `${id} · ${data.license_plate}` })),
    el('td', { textContent: `${state.state_of_charge_or_fuel_level_in_percent?.value ?? '–'} %` }),
    el('td', { textContent: stateText(vehicle) }),
    el('td', {
      textContent: [vehicle.rental_status, vehicle.operation_status, vehicle.life_status]
        .map(({ value }) => words[value] ?? value)
        .join(', '),
    }),
    el('td', { textContent: timeOfDay(vehicle.last_contact_at) }),
    el(
      'td',
      {},
      el(
        'div',
        { className: 'row' },
        ...changes.map(([on, off, is, to]) => button(is(vehicle) ? off : on, () => change(to(!is(vehicle))), { about })),
      ),
    ),
  )
  row.dataset.vehicle = id
  return row
}

export async function loadFleet() {
  const start = starts.at(-1)
  const query = new window.URLSearchParams({ offset: String(start), limit: String(pageSize), q: $('fleet-search').value.trim() })
  const found = await look(`invers/vehicles?${query}`)
  $('fleet').hidden = $('to-fleet').hidden = !found?.total
  if (!found) return
  next = found.next
  $('fleet-rows').replaceChildren(...found.vehicles.map(rowOf))
  $('fleet-told').textContent = found.vehicles.length
    ? `page ${starts.length}, of ${$('fleet-search').value.trim() ? 'those found' : `${found.total.toLocaleString()} vehicles`}`
    : 'No vehicle is called that'
  $('fleet-previous').disabled = starts.length === 1
  $('fleet-next').disabled = next === undefined
}

export function setUpFleet() {
  const show = (to) => {
    starts = to
    return loadFleet()
  }
  $('fleet-search').oninput = settled(200, () => show([0]))
  $('fleet-next').onclick = () => next !== undefined && show([...starts, next])
  $('fleet-previous').onclick = () => show(starts.length > 1 ? starts.slice(0, -1) : [0])
  // Its vehicles are not told one by one: commands and traffic show when somebody looks again.
  setInterval(() => {
    const busy = $('fleet').contains(document.activeElement) && document.activeElement.closest('tbody')
    if (!$('fleet').hidden && !document.hidden && !busy) void loadFleet()
  }, 3000)
}
