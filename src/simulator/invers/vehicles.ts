import { json, type Call, type Reply } from '../http'
import type { Garage } from './garage'
import { Problem } from './problems'
import type { InversSettings } from './settings'
import { onWire } from './vehicle'

interface Cursor {
  start: number
  limit: number
  search: string
}

const write = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url')

function read(text: string, name: string): Cursor {
  try {
    const { start, limit, search } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Cursor
    if (Number.isInteger(start) && Number.isInteger(limit) && typeof search === 'string') return { start, limit, search }
  } catch {
    // Said below.
  }
  throw new Problem('validation-error', `'${name}' is not one that was given out.`)
}

/** Names of the two forms of paging that were seen: in the call, and in the answer. INVERS: vehicle list paging */
const names = {
  'page-token': { ask: 'page_token', tell: 'next_page_token' },
  cursor: { ask: 'cursor', tell: 'cursor' },
} as const

/** A page of a fleet's vehicles. INVERS: Vehicle Management API, list */
export function listVehicles({ query }: Call, fleet: string, garage: Garage, settings: InversSettings): Reply {
  const { ask, tell } = names[settings.paging]
  const given = query.get(ask)
  // The older text: later calls carry the cursor and drop `limit`.
  if (given !== null && settings.paging === 'cursor' && query.has('limit'))
    throw new Problem('validation-error', "'limit' must not be sent with a cursor.")
  const cursor =
    given === null
      ? { start: 0, limit: limitOf(query, settings), search: (query.get('q') ?? '').toLowerCase() }
      : read(given, ask)
  const limit = given !== null && query.has('limit') ? limitOf(query, settings) : cursor.limit
  const { vehicles, next } = garage.page(fleet, cursor.search, cursor.start, limit)
  return json(200, {
    items: vehicles.map(onWire),
    ...(next === undefined ? {} : { [tell]: write({ ...cursor, limit, start: next }) }),
  })
}

function limitOf(query: URLSearchParams, { pageSize, largestPage }: InversSettings): number {
  const text = query.get('limit')
  if (text === null) return pageSize
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage)
    throw new Problem('validation-error', `'limit' must be a whole number from 1 to ${largestPage}.`)
  return limit
}
