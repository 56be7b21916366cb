// Which cars are on the screen: searched, in pages, grouped by their cloud.
import { lookAt } from './api.mjs'
import { makeCard } from './card.mjs'
import { offerCars } from './chartPanel.mjs'
import { $, el, gathered, option, settled, write } from './dom.mjs'
import { providerName } from './words.mjs'

/** Cards on one page. */
const pageSize = 24

const cards = new Map()
let choices
let offset = 0
let changedList = () => undefined
/** Counts what was told; with it, when each car was told of last. */
let told = 0
const toldOf = new Map()
/** Of several answers only the last that was asked for counts. */
let asked = 0

export const shownKeys = () => [...cards.keys()]

/** Shows how cars are now, those that are on the screen. */
export const showCar = gathered((vehicles) => {
  const latest = new Map(vehicles.map((vehicle) => [vehicle.key, vehicle]))
  told += 1
  for (const [key, vehicle] of latest) {
    toldOf.set(key, told)
    cards.get(key)?.show(vehicle)
  }
})

/** `since`: whoever was told of later is shown as it was told. */
function arrange(vehicles, since) {
  const wanted = new Set(vehicles.map(({ key }) => key))
  for (const [key, card] of cards)
    if (!wanted.has(key)) {
      card.node.remove()
      cards.delete(key)
    }
  const providers = [...new Set(vehicles.map(({ provider }) => provider))]
  for (const section of [...$('cars').children]) if (!providers.includes(section.dataset.provider)) section.remove()
  for (const provider of providers) {
    const grid = gridOf(provider)
    const own = vehicles.filter((vehicle) => vehicle.provider === provider)
    own.forEach((vehicle, index) => {
      const card = cards.get(vehicle.key) ?? makeCard(vehicle, choices)
      cards.set(vehicle.key, card)
      // A card that stands right is not touched: whoever is in it stays in it.
      if (grid.children[index] !== card.node) grid.insertBefore(card.node, grid.children[index] ?? null)
      if ((toldOf.get(vehicle.key) ?? 0) <= since) card.show(vehicle)
    })
    tellFold(provider, own.length)
  }
}

function gridOf(provider) {
  const known = [...$('cars').children].find((section) => section.dataset.provider === provider)
  if (known) return known.querySelector('.grid')
  const grid = el('div', { className: 'grid' })
  const id = `cloud-${provider}`
  const section = el(
    'section',
    { className: 'cloud', 'aria-labelledby': id },
    el(
      'details',
      // One cloud is enough to begin with; whoever looks for a car finds it in any.
      { open: !$('cars').children.length },
      el('summary', {}, el('h3', { id, textContent: providerName(provider) }), el('small')),
      grid,
    ),
  )
  section.dataset.provider = provider
  $('cars').append(section)
  return grid
}

const sought = () => $('search').value.trim() !== '' || $('cloud').value !== ''

/** How many cars there are below the name of a cloud; none that was sought stays hidden. */
function tellFold(provider, count) {
  const fold = gridOf(provider).parentElement
  write(fold.querySelector('small'), count === 1 ? '1 car' : `${count} cars`)
  if (sought()) fold.open = true
}

function tellPages(total, count) {
  const many = total > pageSize
  $('pager').hidden = !many
  $('pages').textContent = many ? `${offset + 1} to ${offset + count} of ${total} cars` : ''
  $('previous').disabled = offset === 0
  $('next').disabled = offset + count >= total
  $('no-cars').hidden = count > 0
}

export async function loadCars() {
  asked += 1
  const mine = asked
  const since = told
  const query = new window.URLSearchParams({ offset: String(offset), limit: String(pageSize), fleet: 'false' })
  if ($('search').value.trim()) query.set('q', $('search').value.trim())
  if ($('cloud').value) query.set('provider', $('cloud').value)
  const found = await lookAt(`vehicles?${query}`)
  if (!found || mine !== asked) return
  if (!found.list.length && offset > 0) {
    offset = 0
    return loadCars()
  }
  arrange(found.list, since)
  tellPages(found.total, found.list.length)
  offerCars(found.list)
  changedList()
}

/** `listChanged` hears when other cars are on the screen than before. */
export function setUpCars(given, listChanged) {
  choices = given
  changedList = listChanged
  const turn = (to) => {
    offset = Math.max(0, to)
    return loadCars()
  }
  $('alerts').append(...choices.alerts.map((code) => option(code)))
  $('cloud').append(option('', 'All clouds'), ...Object.keys(choices.faults).map((id) => option(id, providerName(id))))
  $('cloud').onchange = () => turn(0)
  $('search').oninput = settled(200, () => turn(0))
  $('previous').onclick = () => turn(offset - pageSize)
  $('next').onclick = () => turn(offset + pageSize)
}
