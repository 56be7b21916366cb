// Sets any signal of the catalogue to any value that fits it.
import { button, chooser, el } from './dom.mjs'

const tryJson = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** By a signal's type: the field for its value, and what the text in the field stands for. */
const fields = {
  number: { make: () => el('input', { type: 'number', step: 'any' }), read: Number },
  integer: { make: () => el('input', { type: 'number', step: '1' }), read: Number },
  boolean: { make: () => chooser('', ['true', 'false']), read: (text) => text === 'true' },
  word: { make: ({ words }) => (words ? chooser('', words) : el('input', { type: 'text' })), read: String },
  text: { make: () => el('input', { type: 'text' }), read: String },
  time: { make: () => el('input', { type: 'text', placeholder: '2026-03-02T12:00:00Z' }), read: String },
  other: { make: ({ shape }) => el('input', { type: 'text', placeholder: shape ?? 'JSON' }), read: tryJson },
}
const fieldOf = ({ type }) => fields[type] ?? fields.other

const asText = (value) =>
  typeof value === 'number'
    ? String(Math.round(value * 100) / 100)
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

export function signalForm(vehicle, signals, act, about) {
  const known = signals.filter(({ id }) => vehicle.state[id] !== undefined)
  const rest = signals.filter((signal) => !known.includes(signal))
  const options = (list) =>
    list.map(({ id, label, unit }) => el('option', { value: id, textContent: `${label}${unit ? `, ${unit}` : ''} (${id})` }))
  const signal = el(
    'select',
    { 'aria-label': `Signal, ${about}` },
    el('optgroup', { label: 'What this car says' }, ...options(known)),
    el('optgroup', { label: 'Everything else' }, ...options(rest)),
  )
  const holder = el('span')
  const chosen = () => signals.find(({ id }) => id === signal.value) ?? signals[0]
  const fill = () => {
    const field = fieldOf(chosen()).make(chosen())
    field.setAttribute('aria-label', `Value, ${about}`)
    const value = vehicle.state[signal.value]
    if (value !== undefined) field.value = asText(value)
    holder.replaceChildren(field)
  }
  signal.onchange = fill
  signal.value = vehicle.electric ? 'battery.stateOfCharge' : 'vehicle.odometer'
  fill()
  return el(
    'form',
    {
      className: 'row',
      'aria-label': `Set a signal, ${about}`,
      noValidate: true,
      onsubmit: (event) => {
        event.preventDefault()
        return act('set', { [signal.value]: fieldOf(chosen()).read(holder.firstChild.value) })
      },
    },
    signal,
    holder,
    el('button', { textContent: 'Set', 'aria-label': `Set the signal, ${about}` }),
    button('Take away', () => act('set', { [signal.value]: null }), { about }),
  )
}
