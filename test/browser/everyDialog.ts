/** A flow with every dialog in every state, for what must hold for all of them. */
import type { Locator } from 'playwright-core'
import type { AnyMessage } from '../support/home'
import type { Editor } from './editor'

const flow = { z: 'tab', account: 'acc', x: 200, wires: [[]] }
const command = { ...flow, type: 'driveway-command', outputs: 1 }
const charging = { ...flow, type: 'driveway-charging' }
const monitor = { ...flow, type: 'driveway-monitor', account: 'partner-cars', where: 'local' }
const account = { type: 'driveway-account', server: 'production' }
const partner = { ...account, provider: 'stellantis', server: 'custom', url: 'http://127.0.0.1:9', authUrl: 'http://127.0.0.1:9' }
const zone = { kind: 'zone', transition: 'In', place: { radius: 2, center: { longitude: 11.97, latitude: 57.7 } } }
const value = { kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] }
const several = { ...value, data: 'charging.status', op: 'equalsTo', value: ['charging', 'idle'] }
const numbers = { ...value, op: 'includedIn', value: ['10', '20'] }
const night = { recurrence: 'Daily', start: 'PT22H30M', duration: 'PT8H', occurrence: { day: ['Mon', 'Fri'], week: ['w1-w25'] } }
const wrong = { ...zone, name: 'z 1', place: { radius: -1, center: { longitude: 500, latitude: 1 } } }

/**
 * Every dialog as people meet it: new, filled in, with what is wrong; by provider and by kind. No id may be what an
 * account says, such as a provider: Node-RED would take the account to need itself.
 */
export const dialogs: AnyMessage[] = [
  { ...command, id: 'command-new', account: '' },
  { ...command, id: 'command-unlock', command: 'unlock' },
  { ...command, id: 'command-limit', command: 'charge-limit', onFailure: 'output', progress: true, outputs: 3 },
  { ...command, id: 'command-unknown', command: 'my-own-word', vehicle: 'nobody' },
  { ...charging, id: 'charging-new', account: '' },
  { ...charging, id: 'charging', profile: 'custom', forMqttOut: true, outputs: 2 },
  { ...flow, id: 'state-new', type: 'driveway-state', account: '' },
  { ...flow, id: 'state', type: 'driveway-state', groups: ['battery', 'position'], maxAge: '60' },
  { ...monitor, id: 'monitor-new', account: '' },
  { ...monitor, id: 'monitor-value', triggers: [{ ...value, name: 'low' }], expression: 'low' },
  {
    ...monitor,
    id: 'monitor-several',
    triggers: [
      { ...several, name: 'c' },
      { ...numbers, name: 'n' },
    ],
    expression: 'c & n',
  },
  { ...monitor, id: 'monitor-zone', triggers: [{ ...zone, name: 'home' }], expression: 'home' },
  { ...monitor, id: 'monitor-time', triggers: [{ kind: 'time', name: 'night', times: [night] }], expression: 'night' },
  { ...monitor, id: 'monitor-cloud', triggers: [{ ...value, name: 'low' }], expression: 'low', where: 'provider' },
  { ...monitor, id: 'monitor-wrong', triggers: [{ ...value, name: 'low', value: ['150'] }, wrong], expression: 'low & x' },
  { ...account, id: 'acc', provider: 'volvo', server: 'simulator', name: 'Mine', vehicles: [] },
  { ...account, id: 'account-volvo', provider: 'volvo' },
  { ...account, id: 'account-stellantis-v4', provider: 'stellantis', api: 'v4', brand: 'opel' },
  { ...partner, id: 'account-stellantis-v1', api: 'v1', vehicles: [{ id: 'x', slug: 'x', label: 'X' }] },
  { ...partner, id: 'account-stellantis-v1-itself', api: 'v1', grant: 'client' },
  { ...partner, id: 'account-stellantis-wrong', api: 'v1', url: 'here', quotaPerDay: 'many', vehicles: [{ slug: 'A B' }] },
  { ...account, id: 'account-invers', provider: 'invers' },
  { ...account, id: 'account-mqtt', provider: 'mqtt', broker: 'broker' },
  { id: 'broker', type: 'driveway-mqtt', url: 'mqtt://127.0.0.1:9' },
  {
    id: 'broker-places',
    type: 'driveway-mqtt',
    url: 'mqtt://127.0.0.1:9',
    location: 'zone',
    discovery: true,
    places: [{ name: 'home' }],
  },
]
export const everyDialog: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  { ...account, id: 'partner-cars', provider: 'stellantis', api: 'v1', server: 'simulator', brand: 'peugeot', name: 'Simulated' },
  ...dialogs.map((node, row) => (node.z === 'tab' ? { ...node, y: 40 * row + 40 } : node)),
]

/** Opens one of them, and waits until its cars are there. */
export async function openDialog(editor: Editor, { type, id, account }: AnyMessage): Promise<Locator> {
  const isConfig = ['driveway-account', 'driveway-mqtt'].includes(type as string)
  const hasCars = !isConfig && account !== ''
  await editor.page.evaluate(
    isConfig ? `RED.editor.editConfig('', '${type}', '${id}')` : `RED.editor.edit(RED.nodes.node('${id}'))`,
  )
  const tray = await editor.topTray()
  // In every language: the line below the cars says no longer that they are being loaded.
  if (hasCars) await tray.locator('#driveway-vehicle-hint:not(.driveway-busy):not(:empty)').waitFor()
  return tray
}

/** Words of the open dialog for which there is no room: in a list, in an empty field, on a button. */
export const cutWords = (editor: Editor): Promise<string[]> =>
  editor.page.evaluate<string[]>(`(() => {
    const pen = document.createElement('canvas').getContext('2d')
    const widthOf = (one, text) => {
      const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(one)
      pen.font = [fontStyle, fontWeight, fontSize, fontFamily].join(' ')
      return pen.measureText(text).width
    }
    const roomOf = (one) => {
      const { paddingLeft, paddingRight } = getComputedStyle(one)
      return one.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)
    }
    const shown = (kinds) => [...document.querySelectorAll('.driveway-dialog :is(' + kinds + ')')].filter((one) => one.checkVisibility())
    // Names of accounts are as long as people like; a list's own arrow takes some room.
    const lists = shown('select:not([multiple])').filter(({ id }) => !/-(account|mirror|broker)$/.test(id))
    const inLists = lists.filter(({ options }) => options.length < 12).flatMap((one) =>
      [...one.options].map(({ text }) => text).filter((text) => widthOf(one, text) + 16 > roomOf(one)),
    )
    const fields = shown('input, textarea').filter(({ value, placeholder }) => placeholder && !value)
    const inFields = fields.filter((one) => widthOf(one, one.placeholder) > roomOf(one)).map(({ placeholder }) => placeholder)
    const others = shown('button, summary, label').filter((one) => one.scrollWidth > one.clientWidth + 1)
    return [...inLists, ...inFields, ...others.map(({ innerText }) => innerText)]
  })()`)
