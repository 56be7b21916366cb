/** INVERS: a paged list. What names the next page is told in two ways by its documents, so both are understood. */
import { minutes, pause, seconds } from '../../clock'
import { DrivewayError } from '../../vehicle/causes'
import type { InversApi } from './api'
import type { InversSettings } from './settings'
import { isMembers, type Members } from './wire'

type Query = Readonly<Record<string, string>>

/** Member of a page → query of the next one; the first that is there counts. */
const forms: readonly [field: string, param: string][] = [
  ['next_page_token', 'page_token'],
  ['next_cursor', 'cursor'],
  ['cursor', 'cursor'],
  ['next', 'cursor'],
]
/** Asked for at first only: INVERS' older text drops it once there is a cursor. */
const pageSize = '100'
/** A fleet of a million cars, should a page have one. */
const mostPages = 1_000_000
const longestWait = minutes(5)
/** For one page. */
const mostWaits = 5

/**
 * The `items` of all pages. Rejects as the calls do, and with `SCHEMA_DRIFT` when a page is none or the pages go round in
 * a circle: a list that is not whole would make cars vanish.
 */
export async function readPages(
  api: InversApi,
  settings: InversSettings,
  template: string,
  signal: AbortSignal,
): Promise<unknown[]> {
  const items: unknown[] = []
  const asked = new Set<string>()
  let page = await firstPage(api, template, signal)
  for (let n = 0; n < mostPages; n++) {
    const body = page
    if (!Array.isArray(body?.items)) throw notAList()
    for (const item of body.items as unknown[]) items.push(item)
    const next = nextOf(body, settings)
    if (!next) return items
    const key = JSON.stringify(next)
    if (asked.has(key)) break
    asked.add(key)
    page = await pageOf(api, template, signal, next)
  }
  throw notAList()
}

/** A page size that is refused is left out: what INVERS takes is not documented. */
async function firstPage(api: InversApi, template: string, signal: AbortSignal): Promise<Members | undefined> {
  try {
    return await pageOf(api, template, signal, { limit: pageSize })
  } catch (error) {
    if (!(error instanceof DrivewayError) || error.code !== 'INVALID_PARAMS') throw error
    return pageOf(api, template, signal, {})
  }
}

async function pageOf(api: InversApi, template: string, signal: AbortSignal, query: Query): Promise<Members | undefined> {
  const { body } = await patiently(api, signal, () => api.get(template, '', signal, query))
  return Array.isArray(body) ? { items: body } : isMembers(body) ? body : undefined
}

/** A large fleet may have more pages than INVERS allows calls in a minute: to begin anew each time would never end. */
async function patiently<T>(api: InversApi, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (let waits = 0; ; waits++) {
    try {
      return await ask()
    } catch (error) {
      const cause = error instanceof DrivewayError ? error.cause : undefined
      const wait = seconds(cause?.retryAfter ?? Infinity)
      if (cause?.code !== 'QUOTA_MINUTE' || wait > longestWait || waits >= mostWaits || signal.aborted) throw error
      await pause(api.clock, wait, signal)
    }
  }
}

/** The query of the next page; `undefined` after the last one. The cursor may stand at the top or in a member such as `paging`. */
function nextOf(page: Members, { cursorField, cursorParam }: InversSettings): Query | undefined {
  const places = [page, ...Object.values(page).filter(isMembers)]
  const known: typeof forms = cursorField ? [[cursorField, cursorParam ?? paramOf(cursorField)]] : forms
  for (const [field, param] of known) {
    for (const place of places) {
      const cursor = place[field]
      if (typeof cursor !== 'string' && typeof cursor !== 'number') continue
      if (cursor === '') return undefined
      return linked(String(cursor)) ?? { [cursorParam ?? param]: String(cursor) }
    }
  }
  return undefined
}

const paramOf = (field: string): string => forms.find(([known]) => known === field)?.[1] ?? field.replace(/^next_/, '')

/** Where the cursor is a whole address, only its query is taken from it. */
function linked(cursor: string): Query | undefined {
  if (!/^(https?:\/\/|\/|\?)/.test(cursor) || !URL.canParse(cursor, 'http://page')) return undefined
  const { searchParams } = new URL(cursor, 'http://page')
  return searchParams.size > 0 ? Object.fromEntries(searchParams) : undefined
}

const notAList = (): DrivewayError =>
  new DrivewayError({
    code: 'SCHEMA_DRIFT',
    message: 'INVERS answered with a list of vehicles that has no end or is none',
    action: 'Check the names of the paging in the account, or send us the diagnostics.',
  })
