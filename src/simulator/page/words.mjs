// How things are said.

export const providerNames = { volvo: 'Volvo', stellantis: 'Stellantis', invers: 'INVERS' }
export const providerName = (id) => providerNames[id] ?? id

export const timeOfDay = (time) =>
  new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
export const hourAndMinute = (time) => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
export const dayName = (time) => new Date(time).toLocaleDateString([], { weekday: 'short', day: 'numeric', month: 'short' })

/** Seconds as people say them. */
export function span(seconds) {
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  return `${Math.round(hours / 24)} days`
}

export const percent = (value) => `${value.toFixed(1).replace(/\.0$/, '')} %`

const partWords = {
  frontLeft: 'front left',
  frontRight: 'front right',
  rearLeft: 'rear left',
  rearRight: 'rear right',
  tankLid: 'tank lid',
  topCase: 'top case',
}

/** `doors.frontLeft` → `front left door`. */
export function partName(id) {
  const [kind, key] = id.split('.')
  const word = partWords[key] ?? key
  if (kind === 'windows') return key === 'sunroof' ? word : `${word} window`
  return / (left|right)$/.test(word) ? `${word} door` : word
}

/** What the kinds of faults that are met most do. Others speak for themselves. */
export const faultWords = {
  401: 'token refused',
  '403-quota': 'day used up',
  429: 'too many calls',
  500: 'broken',
  503: 'overloaded',
  '502-html': 'a proxy’s page',
  timeout: 'no answer',
  slow: 'late answers',
  reset: 'connection cut',
  'empty-data': 'nothing in it',
  'missing-timestamp': 'no times',
  'new-word': 'unknown words',
  'string-numbers': 'numbers as text',
  'too-many-requests': 'too many calls',
  'vehicle/no-connection': 'car out of reach',
  'vehicle/conflicting-state': 'car cannot now',
}
