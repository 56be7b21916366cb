// Which car the chart shows, from when to when, and when it is drawn again.
import { look } from './api.mjs'
import { drawChart, summaryOf } from './chart.mjs'
import { $, option, write } from './dom.mjs'
import { hourAndMinute, percent } from './words.mjs'

const windows = [
  ['21600', '6 hours'],
  ['86400', '1 day'],
  ['604800', '1 week'],
]
/** Often enough while time runs fast, milliseconds. */
const rest = 400

let now
let left
let waiting
let course
let drawn

/** The simulator's time; with `left` the chart has room for what is still to come. */
export function chartFor(time) {
  now = time.now
  left = time.left
  soon()
}

export function carChanged(key) {
  if (key === $('chart-car').value) soon()
}

/** The cars on the screen, and the one that is chosen. */
export function offerCars(vehicles) {
  const before = $('chart-car').value
  const offered = [...$('chart-car').options].map(({ value }) => value)
  const keys = vehicles.map(({ key }) => key)
  if (keys.join() === offered.join()) return
  const kept = before && !keys.includes(before) ? [option(before, $('chart-car').selectedOptions[0].textContent)] : []
  $('chart-car').replaceChildren(...vehicles.map(({ key, model }) => option(key, `${model} (${key})`)), ...kept)
  if (before) $('chart-car').value = before
  soon()
}

/** Shows this car, where a person sees it. */
export function chooseCar(key) {
  $('chart-car').value = key
  $('time').scrollIntoView({ block: 'start' })
  $('chart-car').focus({ preventScroll: true })
  void load()
}

function soon() {
  waiting ??= setTimeout(() => {
    waiting = undefined
    void load()
  }, rest)
}

async function load() {
  const key = $('chart-car').value
  if (!key) return
  const found = await look(`vehicles/${encodeURIComponent(key)}/course`)
  if (!found || key !== $('chart-car').value) return
  course = found
  draw()
}

function draw() {
  if (!course) return
  const seconds = Number($('chart-window').value)
  const latest = Math.max(now ?? 0, Date.parse(course.samples.at(-1).at))
  const end = latest + Math.min(left ?? 0, seconds) * 1000
  const range = { from: end - seconds * 1000, until: end, now: latest }
  const name = $('chart-car').selectedOptions[0]?.textContent ?? ''
  drawn = drawChart($('chart'), course, range)
  const said = summaryOf(course, range)
  $('chart').setAttribute('aria-label', `Chart of ${name}: ${said}`)
  write($('chart-told'), said)
}

/** What was at the time under the pointer. */
function point({ clientX }) {
  const at = drawn?.at(clientX)
  if (!at) return
  const { sample, calls } = at
  const said = [hourAndMinute(at.time)]
  if (sample)
    said.push(
      percent(sample.level),
      sample.driving ? 'driving' : sample.charging ? 'charging' : sample.plugged ? 'plugged in' : 'parked',
    )
  if (calls) said.push(calls === 1 ? '1 call' : `${calls} calls`)
  write($('chart-point'), said.join(' · '))
}

export function setUpChart() {
  $('chart-window').append(...windows.map(([value, text]) => option(value, text)))
  $('chart-window').value = '86400'
  $('chart-window').onchange = draw
  $('chart-car').onchange = load
  $('chart').onpointermove = point
  $('chart').onpointerleave = () => write($('chart-point'), '')
  new window.ResizeObserver(draw).observe($('chart'))
}
