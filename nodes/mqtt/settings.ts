/** The fields of the broker's dialog, checked. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { NodeDef } from 'node-red'
import type { BrokerSettings } from '../../src/cloud/mqtt'
import { safe } from '../../src/mirror/commands'
import { elsewhere, locationModes, type LocationMode, type Place } from '../../src/mirror/location'
import { isBase } from '../../src/mirror/topics'
import { DrivewayError } from '../../src/vehicle/causes'
import { isCommandId } from '../../src/vehicle/commands'
import { text } from '../shared/glue'

export interface MqttConfig extends NodeDef {
  url?: string
  base?: string
  instance?: string
  values?: boolean
  location?: string
  places?: unknown
  commands?: unknown
  shared?: string
  discovery?: boolean
  discoveryPrefix?: string
}

export interface MqttCredentials {
  username?: string
  password?: string
  /** PEM texts. */
  ca?: string
  cert?: string
  key?: string
}

export interface MqttSettings {
  connection: Pick<BrokerSettings, 'url' | 'username' | 'password' | 'tls'>
  base: string
  instance: string
  values: boolean
  location: LocationMode
  places: Place[]
  commands: string[]
  shared?: string
  discovery: boolean
  discoveryPrefix: string
}

/** Checks the fields; throws `INVALID_CONFIG` naming the first bad one. */
export function settingsOf(config: MqttConfig, given: MqttCredentials, usualInstance: string): MqttSettings {
  const base = text(config.base) ?? 'driveway'
  const instance = text(config.instance) ?? usualInstance
  const connection = connectionOf(text(config.url) ?? '', given)
  if (!isBase(base)) throw wrong('The base topic must not be empty nor have spaces, "+", "#", or empty levels')
  if (!isBase(instance) || instance.includes('/')) throw wrong('The instance name must not have spaces, "/", "+" or "#"')
  const discoveryPrefix = text(config.discoveryPrefix) ?? 'homeassistant'
  if (!isBase(discoveryPrefix)) throw wrong('The discovery prefix must not be empty nor have spaces, "+", "#", or empty levels')
  const places = placesOf(config.places)
  const location = text(config.location) ?? 'off'
  if (!isMode(location)) throw wrong('The location must be "off", "zone", "rounded" or "exact"')
  if (location === 'zone' && places.length === 0) throw wrong('The location "zone" needs at least one entry in places')
  const commands = commandsOf(config.commands)
  const shared = text(config.shared)
  if (shared !== undefined && !isGroup(shared))
    throw wrong('The group of shared commands must not have spaces, "/", "+", "#" or "$"')
  if (shared !== undefined && commands.length === 0)
    throw wrong('The group of shared commands is of no use while the commands accepted from topics are empty')
  const { values, discovery } = config
  return {
    connection,
    base,
    instance,
    values: values === true,
    location,
    places,
    commands,
    ...(shared !== undefined && { shared }),
    discovery: discovery === true,
    discoveryPrefix,
  }
}

const isGroup = (name: string): boolean => isBase(name) && !/[/$]/.test(name)

const isMode = (word: string): word is LocationMode => (locationModes as readonly string[]).includes(word)

function connectionOf(url: string, given: MqttCredentials): MqttSettings['connection'] {
  if (!/^(mqtts?|wss?):\/\/[^\s/]+/.test(url))
    throw wrong('The broker address must start with mqtt://, mqtts://, ws:// or wss://')
  if (/^\w+:\/\/[^/]*@/.test(url))
    throw wrong('The broker address must not hold a user name or password: they have fields of their own')
  if (url.length > longestUrl || !works(() => new URL(url))) throw wrong('The broker address is not valid')
  const [username, password] = [secret(given.username), secret(given.password)]
  const tls = tlsOf(given)
  if (tls && !/^(mqtts|wss):/.test(url)) throw wrong('The broker address must start with mqtts:// or wss:// with certificates')
  return { url, ...(username && { username }), ...(password && { password }), ...(tls && { tls }) }
}

/** MQTT has no room for more. */
const longestSecret = 65_535
const longestUrl = 2000
const longestName = 100

/** As it is typed, blanks too: a password may begin with one. */
function secret(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string' || value.includes('\0') || Buffer.byteLength(value) > longestSecret)
    throw wrong('The user name or the password of the broker is no text that MQTT can carry')
  return value
}

/** Nothing of a certificate or key is repeated in what is thrown. */
function tlsOf(given: MqttCredentials): BrokerSettings['tls'] {
  const [ca, cert, key] = [text(given.ca), text(given.cert), text(given.key)]
  if (ca === undefined && cert === undefined && key === undefined) return undefined
  if (ca !== undefined && !works(() => new X509Certificate(ca))) throw wrong('The certificate of the authority is no PEM text')
  if (cert !== undefined && !works(() => new X509Certificate(cert))) throw wrong('The client certificate is no PEM text')
  if (key !== undefined && !works(() => createPrivateKey(key)))
    throw wrong('The key of the client certificate is no PEM text, or needs a password')
  if (cert !== undefined && key === undefined) throw wrong('The key of the client certificate is missing')
  if (key !== undefined && cert === undefined) throw wrong('The client certificate that belongs to the key is missing')
  if (!works(() => createSecureContext({ ca, cert, key }))) throw wrong('The key does not belong to the client certificate')
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

function works(what: () => unknown): boolean {
  try {
    what()
    return true
  } catch {
    return false
  }
}

function placesOf(given: unknown): Place[] {
  if (given === undefined || given === '') return []
  if (!Array.isArray(given)) throw wrong('The places must be a list')
  const names = new Set<string>()
  return given.map((entry: unknown, index) => {
    const { name, latitude, longitude, radius } = (entry ?? {}) as Record<string, unknown>
    const place = { name: text(name) ?? '', latitude: number(latitude), longitude: number(longitude), radius: number(radius) }
    const where = `The places: entry ${index + 1}`
    if (place.name === '' || place.name.length > longestName || place.name === elsewhere)
      throw wrong(`${where} needs a name other than "${elsewhere}"`)
    if (names.has(place.name)) throw wrong(`${where} has the name of another one`)
    names.add(place.name)
    if (!(Math.abs(place.latitude) <= 90)) throw wrong(`${where} needs a latitude from -90 to 90`)
    if (!(Math.abs(place.longitude) <= 180)) throw wrong(`${where} needs a longitude from -180 to 180`)
    if (!(place.radius > 0 && place.radius < Infinity)) throw wrong(`${where} needs a radius in metres`)
    return place
  })
}

/** Dialogs hand over numbers as texts. */
const number = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN

function commandsOf(given: unknown): string[] {
  if (given === undefined || given === '') return []
  const list: unknown[] = Array.isArray(given)
    ? given
    : typeof given === 'string'
      ? given.split(/[\s,]+/).filter(Boolean)
      : [given]
  for (const id of list)
    if (id !== safe && !isCommandId(id)) throw wrong('The commands accepted from topics hold one that does not exist')
  return list as string[]
}

const wrong = (message: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_CONFIG', message, action: 'Open the MQTT settings and mend them.' })
