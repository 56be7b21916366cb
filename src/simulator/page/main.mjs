// Puts the page together and keeps it up to date.
import { look } from './api.mjs'
import { addCall, forgetCalls, loadCalls, setUpCalls } from './calls.mjs'
import { loadCars, setUpCars, showCar, shownKeys } from './cars.mjs'
import { carChanged, setUpChart } from './chartPanel.mjs'
import { $ } from './dom.mjs'
import { loadFaults, setUpFaults } from './faults.mjs'
import { loadFleet, setUpFleet } from './fleet.mjs'
import { setUpTime, showPlay } from './time.mjs'

let source
let heardKeys

/** Listens to the cars that are on the screen; thousands of others may change meanwhile. */
function listen() {
  const keys = shownKeys().join(',')
  if (source && keys === heardKeys) return
  source?.close()
  heardKeys = keys
  source = new window.EventSource(`api/events?cars=${encodeURIComponent(keys)}`)
  source.onopen = () => {
    $('connection').hidden = true
    forgetCalls()
    void refresh()
  }
  source.onerror = () => ($('connection').hidden = false)
  const on = (event, action) => source.addEventListener(event, ({ data }) => action(JSON.parse(data)))
  on('vehicle', (vehicle) => {
    showCar(vehicle)
    carChanged(vehicle.key)
  })
  on('call', addCall)
  on('faults', loadFaults)
  on('play', showPlay)
  on('again', refresh)
}

/** Looks at everything again: it may have changed while nobody listened. */
async function refresh() {
  await Promise.all([loadCars(), loadFleet(), loadCalls(), loadFaults(), look('play').then((state) => state && showPlay(state))])
}

const choices = await look('choices')
if (choices) {
  setUpCars(choices, listen)
  setUpFleet()
  setUpFaults(choices.faults)
  setUpCalls(Object.keys(choices.faults))
  setUpTime()
  setUpChart()
  await loadCars()
  listen()
} else $('connection').hidden = false
