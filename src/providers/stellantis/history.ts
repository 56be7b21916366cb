/** Stellantis: records of the past, page by page. */
import { DrivewayError } from '../../vehicle/causes'
import type { VehicleId } from '../../vehicle/vehicle'
import type { History, HistoryPage, HistoryQuery } from '../monitors'
import { placeOf, type Call, type StellantisApi } from './api'
import type { Cars } from './cars'
import type { Context } from './context'
import { instantOf } from './fields'
import * as past from './past'
import type { RecordOf } from './records'
import type { Generation } from './settings'
import { sessionOf, tripOf } from './trips'
import type { Members } from './wire'

interface Kind {
  /** Behind `/vehicles/{id}`. */
  path: string
  /** Its name under `_embedded`. */
  list: string
  read: (item: Members, context: Context) => RecordOf
  /** The largest page; v4 takes smaller ones. */
  pageSize: Readonly<Record<Generation, number>>
  /** The call takes no `pageSize`: pages have the usual size, and a range stands for less. */
  isUnsized?: true
  query?: Readonly<Record<string, string | readonly string[]>>
  /** In the order of the way, as the cloud tells it; all else is told newest first. */
  isPath?: true
  /** Whether one of them can be asked for by its id. */
  single?: true
  parts?: Readonly<Record<string, Kind>>
}

const pageSize = { v1: 500, v4: 60 }
const telemetryPage = { v1: 500, v4: 500 }
/** What a page holds where its size cannot be asked for. */
const usualPage = { v1: 100, v4: 60 }

const alerts: Kind = { path: '/alerts', list: 'alerts', read: past.alertRecord, pageSize, single: true }
const alarms: Kind = { path: '/alarms', list: 'alarms', read: past.alarmRecord, pageSize, single: true }
const collisions: Kind = { path: '/collisions', list: 'collisions', read: past.collisionRecord, pageSize, single: true }
const wayPoints: Kind = {
  path: '/wayPoints',
  list: 'positions',
  read: past.wayPointRecord,
  pageSize: usualPage,
  isUnsized: true,
  isPath: true,
}
const telemetry: Kind = { path: '/telemetry', list: 'telemetries', read: past.telemetryRecord, pageSize: telemetryPage }
/** v4 tells position and maintenance beside it, where they are asked for. */
const telemetryV4: Kind = { ...telemetry, query: { extension: ['location', 'maintenance'] } }

const trips: Kind = { path: '/trips', list: 'trips', read: tripOf, pageSize, single: true }

const kinds: Readonly<Record<Generation, Readonly<Record<string, Kind>>>> = {
  v1: {
    alerts,
    alarms,
    'charging-sessions': { path: '/charging/sessions', list: 'sessions', read: sessionOf, pageSize, single: true },
    // Stellantis: the file marks `type` as required.
    trips: {
      ...trips,
      query: { type: 'Normal' },
      parts: {
        alerts,
        collisions,
        wayPoints: { ...wayPoints, query: { orderBy: 'ascending' } },
        telemetry: { ...telemetry, pageSize: usualPage, isUnsized: true },
      },
    },
    collisions,
    stolen: {
      path: '/stolen',
      list: 'stolen',
      read: past.stolenRecord,
      pageSize,
      single: true,
      parts: { wayPoints: { ...wayPoints, path: '/waypoints', pageSize, isUnsized: undefined } },
    },
    telemetry: { ...telemetry, path: '/telemetries' },
  },
  v4: {
    alerts,
    alarms,
    trips: { ...trips, parts: { alerts, collisions, wayPoints, telemetry: telemetryV4 } },
    collisions,
    telemetry: telemetryV4,
  },
}

const standardLimit = 100
const mostRecords = 500

export class StellantisHistory implements History {
  readonly kinds: readonly string[]

  constructor(
    private readonly api: StellantisApi,
    private readonly cars: Cars,
  ) {
    this.kinds = Object.keys(kinds[api.settings.generation])
  }

  async read(vehicle: VehicleId, name: string, query: HistoryQuery, signal: AbortSignal): Promise<HistoryPage> {
    const { generation } = this.api.settings
    const known = kinds[generation][name]
    if (!known) throw invalid(`There are no records of the kind "${name}". There are: ${this.kinds.join(', ')}`)
    const { kind, call, isOne } = placeOfQuery(known, name, query)
    const asked: Call = { ...call, template: `${this.api.root}/vehicles/{id}${call.template}`, vehicle }
    const context = this.cars.context(vehicle, this.api.origin(placeOf(asked.template)))
    if (isOne) {
      const body = await this.api.get(asked, signal)
      return { records: body ? [kind.read(body, context)] : [] }
    }
    const { paging, pages } = pagesOf(kind, query.limit, generation)
    const first = { ...asked, query: { ...kind.query, ...this.filters(kind, query), ...paging } }
    const { items, next } = await this.api.list(first, kind.list, signal, { from: readNext(query.next), pages })
    const isMeant = (item: Members): boolean => query.active === undefined || !isAlerts(kind) || isActive(item) === query.active
    const records = items.filter(isMeant).map((item) => kind.read(item, context))
    return { records: kind.isPath ? records : newestFirst(records), ...(next === undefined ? {} : { next }) }
  }

  private filters(kind: Kind, { from, to, active, locale }: HistoryQuery): Record<string, string> {
    const { isV1, settings } = this.api
    const language = locale ?? settings.locale
    return {
      ...(from !== undefined || to !== undefined ? { timestamps: `${instantIn(from, 'from')}/${instantIn(to, 'to')}` } : {}),
      // v4 has no such filter: there the answer is filtered.
      ...(isAlerts(kind) && isV1 && active !== undefined ? { active: String(active) } : {}),
      ...(isAlerts(kind) && language !== undefined ? { locale: language } : {}),
    }
  }
}

/** The collection, one of its records, or a part of one. */
function placeOfQuery(known: Kind, name: string, { id, part }: HistoryQuery): { kind: Kind; call: Call; isOne: boolean } {
  if (id === undefined) {
    if (part !== undefined) throw invalid('A part belongs to one record: give its id')
    return { kind: known, call: { template: known.path }, isOne: false }
  }
  if (!known.single) throw invalid(`Records of the kind "${name}" have no ids`)
  if (part === undefined) return { kind: known, call: { template: `${known.path}/{rid}`, ids: { rid: id } }, isOne: true }
  const inner = known.parts?.[part]
  if (!inner) {
    const parts = Object.keys(known.parts ?? {})
    throw invalid(
      parts.length > 0
        ? `A record of the kind "${name}" has no part "${part}". It has: ${parts.join(', ')}`
        : `Records of the kind "${name}" have no parts`,
    )
  }
  return { kind: inner, call: { template: `${known.path}/{rid}${inner.path}`, ids: { rid: id } }, isOne: false }
}

/** As few pages as can be, that bring no more than was asked for. */
function pagesOf(
  kind: Kind,
  limit: number | undefined,
  generation: Generation,
): { paging: Record<string, string>; pages: number } {
  const wanted = limit ?? standardLimit
  const most = kind.pageSize[generation]
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > mostRecords)
    throw invalid(`The limit must be a whole number from 1 to ${mostRecords}`)
  if (kind.isUnsized)
    return { paging: wanted < most ? { indexRange: `0-${wanted - 1}` } : {}, pages: Math.max(1, Math.floor(wanted / most)) }
  const pages = Math.ceil(wanted / most)
  return { paging: { pageSize: String(Math.floor(wanted / pages)) }, pages }
}

function instantIn(value: string | undefined, name: string): string {
  if (value === undefined) return ''
  const found = instantOf(value) ?? instantOf(`${value.trim()}T00:00:00Z`)
  if (found === undefined) throw invalid(`The time "${name}" must look like 2026-03-02T08:00:00Z`)
  return found.replace('.000Z', 'Z')
}

/** What the last page gave. It is a query only, so it leads nowhere else. */
function readNext(next: string | undefined): string | undefined {
  if (next === undefined) return undefined
  if (next.length > 4000 || !/^[\w\-.~%+=&:/,;!*'()]+$/.test(next)) throw invalid('This is no "next" of an earlier page')
  return next
}

const isAlerts = ({ list }: Kind): boolean => list === 'alerts'
const isActive = ({ active, endAt }: Members): boolean => active === true || (active === undefined && endAt === undefined)

const timeNames = ['startedAt', 'start', 'since', 'at'] as const

function newestFirst(records: readonly RecordOf[]): RecordOf[] {
  const when = (one: RecordOf): string => {
    const found = timeNames.map((name) => one[name]).find((time) => typeof time === 'string')
    return typeof found === 'string' ? found : ''
  }
  return [...records].sort((a, b) => when(b).localeCompare(when(a)))
}

const invalid = (message: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_PARAMS', message, action: 'Check what was given.' })
