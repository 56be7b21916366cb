// The simulator's time: how late it is there, jumps, and the time-lapse.
import { ask, look } from './api.mjs'
import { chartFor } from './chartPanel.mjs'
import { $, button, option, write } from './dom.mjs'
import { dayName, span, timeOfDay } from './words.mjs'

const speeds = [
  [60, '1 hour in a minute'],
  [360, '6 hours in a minute'],
  [1440, '1 day in a minute'],
  [10_080, '1 week in a minute'],
]
const lengths = [
  [21_600, '6 hours'],
  [86_400, '1 day'],
  [604_800, '1 week'],
  ['', 'until paused'],
]
const jumps = [
  ['+1 min', 60],
  ['+10 min', 600],
  ['+1 h', 3600],
  ['+8 h', 28_800],
  ['+1 day', 86_400],
]

let state = { playing: false }
/** Of the whole time-lapse, simulated seconds. */
let whole
/** The simulator's time less this machine's. */
let ahead = 0

const isPaused = () => !state.playing && state.left !== undefined

function tellTime() {
  const now = Date.now() + ahead
  write($('now'), `${dayName(now)}, ${timeOfDay(now)}`)
}

/** Shows what the time-lapse does; told by the simulator, whoever started it. */
export function showPlay(told) {
  state = told
  ahead = Date.parse(told.now) - Date.now()
  if (told.left === undefined) whole = undefined
  else whole = Math.max(whole ?? 0, told.left)
  write($('play'), told.playing ? 'Pause' : isPaused() ? 'Go on' : 'Play')
  $('play').classList.toggle('playing', told.playing)
  $('start-over').hidden = !isPaused()
  $('progress').hidden = whole === undefined
  if (whole !== undefined) $('progress').value = 1 - told.left / whole
  const left = told.left === undefined ? '' : `${span(told.left)} left`
  write($('play-told'), told.playing ? `playing${left && `, ${left}`}` : isPaused() ? `paused, ${left}` : '')
  if (told.playing) {
    $('speed').value = String(told.secondsPerSecond)
    $('routine').checked = told.routine
  }
  tellTime()
  chartFor({ now: Date.parse(told.now), left: told.left })
}

const play = (seconds) =>
  ask('POST', 'play', {
    secondsPerSecond: Number($('speed').value),
    for: seconds === undefined || seconds === '' ? undefined : Number(seconds),
    routine: $('routine').checked,
  })

async function toggle() {
  if (state.playing) return ask('DELETE', 'play')
  return play(isPaused() ? state.left : $('length').value)
}

export function setUpTime() {
  $('speed').append(...speeds.map(([value, text]) => option(String(value), text)))
  $('speed').value = '1440'
  $('length').append(...lengths.map(([value, text]) => option(String(value), text)))
  $('length').value = '86400'
  $('play').onclick = toggle
  $('start-over').onclick = () => {
    whole = undefined
    return play($('length').value)
  }
  $('speed').onchange = $('routine').onchange = () => state.playing && play(state.left)
  for (const [label, seconds] of jumps)
    $('jumps').append(
      button(label, async () => {
        await ask('POST', 'clock', { advance: seconds })
        const told = await look('play')
        if (told) showPlay(told)
      }),
    )
  $('reset').onclick = () => ask('POST', 'reset', {})
  setInterval(tellTime, 1000)
}
