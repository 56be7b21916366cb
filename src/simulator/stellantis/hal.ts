import { Refused } from './errors'
import type { Wire } from './facts'
import type { Generation } from './listing'

export interface Collection {
  /** Name under `_embedded`. */
  name: string
  items: readonly unknown[]
  /** Absolute address of the collection, without a query. */
  href: string
  generation: Generation
  query: URLSearchParams
  /** Most items on a page; default as the generation's. */
  largest?: number
}

interface Page {
  from: number
  /** Behind the last index. */
  to: number
  size: number
  /** Where the page begins. */
  start: number
}

/** Stellantis: v1 pages are 1 to 500 long (100 if not said), v4's 1 to 60 (60). */
const sizes = { v1: { usual: 100, largest: 500 }, v4: { usual: 60, largest: 60 } } as const

/**
 * One page of a collection with its links. The answers of real v4 put a page token into every link; a token is built here
 * only and carries the filters too, so it needs nothing beside it.
 */
export function collection({ name, items, href, generation, query, largest }: Collection): Wire {
  const page = pageOf(query, generation, largest ?? sizes[generation].largest)
  const end = Math.min(page.to, items.length)
  const total = Math.max(0, end - page.from)
  const pages = Math.max(1, Math.ceil(total / page.size))
  const current = Math.floor((page.start - page.from) / page.size) + 1
  const link = (start: number) => ({ href: `${href}?pageToken=${token({ ...page, start }, query)}` })
  const links: Wire = { self: link(page.start), first: link(page.from) }
  if (current < pages) links.next = link(page.start + page.size)
  if (current > 1) links.prev = link(Math.max(page.from, page.start - page.size))
  if (pages > 1) links.last = link(page.from + (pages - 1) * page.size)
  return {
    _links: links,
    total,
    totalPage: pages,
    currentPage: current,
    _embedded: { [name]: items.slice(page.start, Math.min(page.start + page.size, end)) },
  }
}

/** The query that counts: the one that a page token was made of, when there is a token. */
export function queryOf(query: URLSearchParams, generation: Generation): URLSearchParams {
  const given = query.get('pageToken')
  if (given === null) return query
  // Stellantis v1: a token together with pageSize or indexRange is refused.
  if (generation === 'v1' && (query.has('pageSize') || query.has('indexRange')))
    throw new Refused({ status: 400, message: 'pageToken must not be combined with pageSize or indexRange' })
  const inside = readToken(given)
  if (!inside) throw new Refused({ status: 400, message: 'pageToken is invalid' })
  return inside
}

const pageMembers = ['from', 'to', 'size', 'start'] as const

function pageOf(query: URLSearchParams, generation: Generation, largest: number): Page {
  if (query.has('.start')) {
    const [from = 0, to = 0, size = 1, start = 0] = pageMembers.map((member) => Number(query.get(`.${member}`)))
    return { from, to: to < 0 ? Infinity : to, size, start }
  }
  const size = query.get('pageSize')
  const count = size === null ? sizes[generation].usual : Number(size)
  if (!Number.isInteger(count) || count < 1 || count > largest)
    throw new Refused({ status: 400, message: `pageSize must be a whole number from 1 to ${largest}` })
  const range = query.get('indexRange') ?? '0-'
  const [, first = '', last = ''] = /^(\d+)-(\d*)$/.exec(range) ?? []
  if (first === '' || (last !== '' && Number(last) < Number(first)))
    throw new Refused({ status: 400, message: 'indexRange must look like 0-9 or 5-' })
  return { from: Number(first), to: last === '' ? Infinity : Number(last) + 1, size: count, start: Number(first) }
}

function token(page: Page, query: URLSearchParams): string {
  const inside = new URLSearchParams([...query].filter(([name]) => !outside.has(name) && !name.startsWith('.')))
  for (const member of pageMembers) inside.set(`.${member}`, String(page[member] === Infinity ? -1 : page[member]))
  return Buffer.from(inside.toString()).toString('hex')
}

const outside = new Set(['pageToken', 'pageSize', 'indexRange', 'client_id', 'env'])

function readToken(text: string): URLSearchParams | undefined {
  if (!/^([0-9a-f]{2})+$/.test(text)) return undefined
  const inside = new URLSearchParams(Buffer.from(text, 'hex').toString('utf8'))
  return pageMembers.every((member) => /^-?\d+$/.test(inside.get(`.${member}`) ?? '')) ? inside : undefined
}
