import type { Fault } from '../faults'
import type { Reply } from '../http'
import { failedPoint } from './energyV2'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPoint = (value: unknown): value is Json => isObject(value) && ('value' in value || 'status' in value)

/** Applies `change` to every data point of an answer (or to the one that is named), wherever it is. */
function changePoints(value: unknown, field: string | undefined, change: (point: Json) => Json, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => changePoints(item, field, change, name))
  if (!isObject(value)) return value
  if (isPoint(value) && !isObject(value.data)) return field === undefined || field === name ? change(value) : value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changePoints(inner, field, change, key)]))
}

/** Applies `change` to every text of an answer (or to the one that is named). */
function changeTexts(value: unknown, field: string | undefined, change: (text: string) => unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => changeTexts(item, field, change, name))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changeTexts(inner, field, change, key)]))
  return typeof value === 'string' && (field === undefined || field === name) ? change(value) : value
}

const without = (point: Json, ...keys: string[]): Json =>
  Object.fromEntries(Object.entries(point).filter(([key]) => !keys.includes(key)))
const isWord = (value: unknown) => typeof value === 'string' && /^[A-Z][A-Z_]+$/.test(value)

const inside = (body: unknown, change: (data: unknown) => unknown): unknown =>
  isObject(body) && 'data' in body ? { ...body, data: change(body.data) } : change(body)

type Distortion = (body: unknown, fault: Fault) => unknown

/** Faults that change a good answer. */
const distortions: Readonly<Record<string, Distortion>> = {
  'empty-data': (body) => inside(body, (data) => (Array.isArray(data) ? [] : {})),
  'missing-timestamp': (body, { field }) => {
    const bare = changePoints(body, field, (point) => without(point, 'timestamp', 'updatedAt'))
    return inside(bare, (data) =>
      isObject(data) && isObject(data.properties) ? { ...data, properties: without(data.properties, 'timestamp') } : data,
    )
  },
  'missing-unit': (body, { field }) => changePoints(body, field, (point) => without(point, 'unit')),
  'new-word': (body, { field }) =>
    changePoints(body, field, (point) => (isWord(point.value) ? { ...point, value: 'A_WORD_NOBODY_KNOWS' } : point)),
  'string-numbers': (body, { field }) =>
    changePoints(body, field, (point) => (typeof point.value === 'number' ? { ...point, value: String(point.value) } : point)),
  'null-texts': (body, { field }) => inside(body, (data) => changeTexts(data, field ?? undefined, () => 'null')),
  'field-error': (body, { field = 'chargingPower', code = 'PROPERTY_NOT_FOUND' }) =>
    isObject(body) && field in body ? { ...body, [field]: failedPoint(code) } : body,
  'missing-field': (body, { field = '' }) => inside(body, (data) => (isObject(data) ? without(data, field) : data)),
  'capability-key': (body) => renameCapability(body),
  'capabilities-false': (body) => changeSupport(body),
}

function renameCapability(body: unknown): unknown {
  if (!isObject(body) || !isObject(body.getEnergyState)) return body
  const { chargingSystemStatus, ...others } = body.getEnergyState
  return { getEnergyState: { ...others, chargingStatus: chargingSystemStatus } }
}

function changeSupport(value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'isSupported' ? false : changeSupport(inner)]),
  )
}

export const distortionKinds = [...Object.keys(distortions), 'broken-json', 'empty-body']

/** A good answer, made wrong in the way the fault says. */
export function distort(reply: Reply, fault: Fault): Reply {
  const headers = { ...reply.headers, 'content-type': 'application/json' }
  if (fault.kind === 'empty-body') return { ...reply, headers, json: undefined }
  if (fault.kind === 'broken-json') {
    const whole = JSON.stringify(reply.json)
    return { status: reply.status, headers, text: whole.slice(0, Math.ceil(whole.length / 2)) }
  }
  return { ...reply, json: distortions[fault.kind]?.(reply.json, fault) ?? reply.json }
}
