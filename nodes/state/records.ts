/** What a state node can tell beside signals: records that are kept here, and records of the past that the cloud keeps. */
import type { NodeAPI } from 'node-red'
import type { Account, Known } from '../../src/account/account'
import type { HistoryQuery } from '../../src/providers/monitors'
import { readGiven } from '../../src/vehicle/params'
import { DrivewayError } from '../../src/vehicle/causes'
import { isSignalGroup, signalGroups, type SignalGroup } from '../../src/vehicle/signals'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { z } from 'zod'
import { accountRecord } from '../shared/accountRecord'

/** Kept here, so that asking costs no call. */
const kept = {
  sessions: (_RED: NodeAPI, account: Account, car: Vehicle) => account.sessions(car.id),
  account: (RED: NodeAPI, account: Account) => accountRecord(RED, account),
}
type Kept = keyof typeof kept
const isKept = (name: string): name is Kept => Object.hasOwn(kept, name)

/** Asked of the cloud, page by page. `alerts` is a group of signals too: its past comes only with a `history`. */
const pastKinds = ['trips', 'charging-sessions', 'alarms', 'collisions', 'stolen', 'telemetry'] as const
const isPast = (name: string): boolean => (pastKinds as readonly string[]).includes(name)

export const recordKinds: readonly string[] = [...Object.keys(kept), ...pastKinds]

/** What is asked for: neither given means all signals. */
export interface Wanted {
  groups: SignalGroup[]
  records: Kept[]
  past: string[]
  query: HistoryQuery
}

const querySchema = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  limit: z.number().int().min(1).max(500).optional(),
  next: z.string().min(1).optional(),
  active: z.boolean().optional(),
  locale: z.string().min(2).optional(),
  id: z.string().min(1).optional(),
  part: z.enum(['alerts', 'collisions', 'wayPoints', 'telemetry']).optional(),
})

const invalid = (message: string, action: string): DrivewayError => new DrivewayError({ code: 'INVALID_PARAMS', message, action })

/** Reads `groups` and `msg.history`. Throws `INVALID_PARAMS` naming what is wrong. */
export function wantedFrom(given: unknown, history?: unknown): Wanted {
  const list: unknown[] = given === undefined || given === '' ? [] : Array.isArray(given) ? given : [given]
  const wanted: Wanted = { groups: [], records: [], past: [], query: queryFrom(history) }
  for (const name of list) {
    if (typeof name !== 'string') throw noSuchGroup(name)
    if (isSignalGroup(name)) wanted.groups.push(name)
    else if (isKept(name)) wanted.records.push(name)
    else if (isPast(name)) wanted.past.push(name)
    else throw noSuchGroup(name)
  }
  if (history !== undefined && wanted.groups.includes('alerts')) wanted.past.push('alerts')
  return wanted
}

function queryFrom(history: unknown): HistoryQuery {
  if (history === undefined) return {}
  const read = readGiven(querySchema, history)
  if ('value' in read) return read.value
  throw invalid(
    `history${read.where && `.${read.where}`} ${read.why}`,
    'Give an object such as {"from": "2026-01-01T00:00:00Z", "limit": 50}.',
  )
}

const noSuchGroup = (name: unknown): DrivewayError =>
  invalid(
    `groups: there is no group ${JSON.stringify(name)?.slice(0, 40)}`,
    `Use some of: ${[...signalGroups, ...recordKinds].join(', ')}.`,
  )

/** The account itself can be asked about when its cars cannot be. */
export const isOfAccount = ({ groups, records, past }: Wanted): boolean =>
  groups.length === 0 && past.length === 0 && records.length > 0 && records.every((kind) => kind === 'account')

/** What is known of a car, and where its past goes on. */
export interface Learnt extends Known {
  /** Kind → what to hand in as `history.next` for the next page; absent where there is none. */
  next?: Record<string, string>
}

/** What is known of the car, after reading what is too old. Records alone read no signals. */
export async function learn(RED: NodeAPI, account: Account, car: Vehicle, wanted: Wanted, maxAge: number): Promise<Learnt> {
  const { groups, records, past, query } = wanted
  const signalsToo = groups.length > 0 || records.length + past.length === 0
  const known = signalsToo ? await account.read(car, groups, maxAge) : { vehicle: car, snapshot: {}, readings: {} }
  const payload: Record<string, unknown> = { ...known.snapshot }
  for (const kind of records) payload[kind] = kept[kind](RED, account, car)
  const next: Record<string, string> = {}
  for (const kind of past) {
    const page = await account.history(car, kind, query)
    // The signals of this group are there already: its past goes beside them.
    payload[kind] = kind === 'alerts' ? { ...known.snapshot.alerts, history: page.records } : page.records
    if (page.next !== undefined) next[kind] = page.next
  }
  return { ...known, snapshot: payload, ...(Object.keys(next).length > 0 && { next }) }
}
