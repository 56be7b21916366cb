// What a car's state comes to in a few words.
import { partName, percent, span, timeOfDay } from './words.mjs'

const isNumber = (value) => typeof value === 'number'

/** Percent of the battery, or of the tank; undefined when neither is known. */
export function level({ electric, state, tank }) {
  if (electric) return state['battery.stateOfCharge']
  const amount = state['fuel.amount']
  return isNumber(amount) && tank ? Math.min(100, (amount / tank) * 100) : undefined
}

function charging(state) {
  if (state['charging.connection'] !== 'connected') return [['unplugged', 'quiet']]
  const type = (state['charging.type'] ?? '').toUpperCase()
  if (state['charging.status'] !== 'charging') return [[`${type} plugged in, ${state['charging.status']}`, 'good']]
  const power = state['charging.power']
  const minutes = state['charging.timeToComplete']
  const said = [isNumber(power) ? `${power.toFixed(1)} kW` : '', minutes ? `${span(minutes * 60)} left` : ''].filter(Boolean)
  return [[`${type} charging${said.length ? ` · ${said.join(' · ')}` : ''}`, 'busy']]
}

function moving({ driving, state }) {
  if (driving) return ['driving', 'busy']
  return state['engine.status'] === 'running' ? ['engine running', 'warn'] : ['parked']
}

function shut(state) {
  const parts = Object.keys(state).filter((id) => /^(doors|windows)\./.test(id))
  const open = parts.filter((id) => state[id] !== 'closed')
  if (open.length) return [[`open: ${open.map(partName).join(', ')}`, 'warn']]
  return parts.length ? [['all shut', 'quiet']] : []
}

function locked(state) {
  const lock = state['lock.central'] ?? state['lock.topCase']
  if (lock === undefined) return []
  const word = state['lock.central'] === undefined ? `top case ${lock}` : lock
  return [[word, lock === 'locked' ? 'good' : 'warn']]
}

/** Texts with the tone to say them in. */
export function facts(vehicle) {
  const { state, electric, asleep, privacy } = vehicle
  const said = []
  const range = electric ? state['battery.range'] : state['fuel.range']
  if (isNumber(range)) said.push([`${Math.round(range)} km`])
  if (isNumber(state['fuel.amount'])) said.push([`${state['fuel.amount'].toFixed(1)} l`])
  if (electric) said.push(...charging(state))
  said.push(moving(vehicle), ...locked(state), ...shut(state))
  if (state['climate.status'] === 'active') said.push(['climate on', 'busy'])
  if (asleep) said.push(['asleep', 'warn'])
  if (privacy !== 'none') said.push([`privacy ${privacy}`, 'warn'])
  for (const alert of state['alerts.active'] ?? []) said.push([String(alert), 'warn'])
  if (isNumber(state['vehicle.odometer']))
    said.push([`${Math.round(state['vehicle.odometer']).toLocaleString()} km driven`, 'quiet'])
  return said
}

/** What the cloud knows, which may be older than what is so. */
export function toldText({ cloud }) {
  const charge = cloud['battery.stateOfCharge']
  const known = charge ?? cloud['fuel.amount'] ?? cloud['vehicle.odometer']
  if (!known) return 'The cloud knows nothing'
  const what = charge
    ? [percent(charge.value), cloud['charging.connection']?.value].filter(Boolean).join(', ')
    : known === cloud['fuel.amount']
      ? `${known.value.toFixed(1)} l`
      : `${Math.round(known.value).toLocaleString()} km`
  return `The cloud knows ${what} as of ${timeOfDay(known.observedAt)}`
}
