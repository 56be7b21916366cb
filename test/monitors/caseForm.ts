/** The form of the shared table of monitor cases, in the words of the wire, and short ways to write one. */
import { minutes } from '../../src/clock'
import type { Facts } from '../../src/monitors/evaluator'

export interface WireTrigger {
  name: string
  data?: { data: string; op: string; value?: string[]; previous?: { op: string; value: string[] } }
  zone?: { transition: 'In' | 'Out'; place: { radius: number; center: { longitude: number; latitude: number } } }
  time?: {
    times: { recurrence?: 'Daily' | 'None'; start: string; duration?: string; occurrence?: { day?: string[]; week?: string[] } }[]
    timeZone?: string
  }
}

/** The parts of a monitor object that decide whether it fires. */
export interface WireMonitor {
  label: string
  subscribeParam?: { refreshEvent: number }
  triggerParam: { triggers: WireTrigger[]; boolExp: string }
}

export type Expected = 'fire' | 'remind' | undefined

export interface Step {
  facts: Omit<Facts, 'data'> & { data: Record<string, string | string[]>; position?: Place; moving?: boolean }
  expect: Expected
}

export interface MonitorCase {
  title: string
  monitor: WireMonitor
  steps: Step[]
  /** The reference says nothing about it: it is how we do it, and a cloud may do otherwise. */
  ours?: true
}

export interface Place {
  latitude: number
  longitude: number
}

export const noon = Date.parse('2026-03-02T12:00:00Z')
const every = minutes(10)

/** `F` fires, `R` reminds, `.` nothing. */
const expectedOf = (letter: string | undefined): Expected => ({ F: 'fire', R: 'remind' })[letter ?? ''] as Expected

interface Rest {
  refresh?: number
  ours?: true
}

export function monitorOf(triggers: WireTrigger[], boolExp: string, refresh?: number): WireMonitor {
  return { label: 'case', triggerParam: { triggers, boolExp }, ...(refresh && { subscribeParam: { refreshEvent: refresh } }) }
}

/** One case: facts that arrive, one after another, and a letter for each. Without a time of their own ten minutes apart. */
export function caseOf(
  title: string,
  triggers: WireTrigger[],
  boolExp: string,
  arrivals: (Partial<Step['facts']> | Record<string, never>)[],
  letters: string,
  { refresh, ours }: Rest = {},
): MonitorCase {
  if (arrivals.length !== letters.length) throw new Error(`${title}: ${arrivals.length} facts and ${letters.length} letters`)
  const steps = arrivals.map((facts, index) => ({
    facts: { at: noon + index * every, data: {}, ...facts },
    expect: expectedOf(letters[index]),
  }))
  return { title, monitor: monitorOf(triggers, boolExp, refresh), steps, ...(ours && { ours }) }
}

/** Values of one datum that arrive one after another. */
export function ofData(
  title: string,
  condition: NonNullable<WireTrigger['data']>,
  values: (string | string[])[],
  letters: string,
  rest?: Rest,
): MonitorCase {
  return caseOf(
    title,
    [{ name: 't1', data: condition }],
    't1',
    values.map((value) => ({ data: { [condition.data]: value } })),
    letters,
    rest,
  )
}
