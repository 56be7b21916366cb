/** The official descriptions of Stellantis' interfaces, where they lie beside the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

const folder = resolve(__dirname, '../../../../shared/reference/openapi')
const files = { v1: 'stellantis-scc-data-treatment.yaml', v4: 'stellantis-b2c.yaml' } as const

export class Description {
  private constructor(private readonly root: Json) {}

  static of(generation: 'v1' | 'v4'): Description | undefined {
    const file = resolve(folder, files[generation])
    if (!existsSync(file)) return undefined
    // The v4 file has tabs and one broken reference; words such as Off and On are texts only by YAML 1.2.
    const text = readFileSync(file, 'utf8').replaceAll('\t', '  ').replaceAll("'#components/", "'#/components/")
    return new Description(parse(text, { version: '1.2', logLevel: 'silent' }) as Json)
  }

  schema(name: string): Json {
    return this.at(`#/components/schemas/${name}`)
  }

  /** The query that a call may carry, by name; `undefined`: there is no such call. */
  parameters(method: string, path: string): Map<string, { schema: Json; isRequired: boolean }> | undefined {
    const paths = this.resolve(this.root.paths)
    const name = Object.keys(paths).find((template) => pattern(template.trim()).test(path))
    const item = name === undefined ? undefined : this.resolve(paths[name])
    const operation = item && this.resolve(item[method.toLowerCase()])
    if (!item || !operation || Object.keys(operation).length === 0) return undefined
    const all = [...listIn(item.parameters), ...listIn(operation.parameters)].map((one) => this.resolve(one))
    const query = all.filter((one) => one.in === 'query')
    return new Map(
      query.map((one) => [String(one.name), { schema: this.resolve(one.schema), isRequired: one.required === true }]),
    )
  }

  /** References followed, and the parts of `allOf` put together. */
  resolve(given: unknown): Json {
    if (!isObject(given)) return {}
    if (typeof given.$ref === 'string') return this.resolve(this.at(given.$ref))
    if (!Array.isArray(given.allOf)) return given
    const parts = given.allOf.map((part) => this.resolve(part))
    const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {}), given.properties ?? {}) as Json
    return { ...Object.assign({}, ...parts), ...given, allOf: undefined, properties }
  }

  private at(ref: string): Json {
    const found = ref
      .replace(/^#\/?/, '')
      .split('/')
      .reduce<unknown>((inner, name) => (isObject(inner) ? inner[name.replaceAll('~1', '/')] : undefined), this.root)
    return isObject(found) ? found : {}
  }
}

const pattern = (template: string): RegExp =>
  new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`)

/** Every enumerated member of a schema, as the path to it and its words. */
export interface Choice {
  path: readonly string[]
  words: readonly unknown[]
}

const times = ['start', 'stop', 'end', 'nextDelayedTime', 'remainingTime']

/** A body that has every member of a schema once, and the places where a word of several is chosen. */
export function exampleOf(description: Description, schema: unknown): { body: Json; choices: Choice[] } {
  const choices: Choice[] = []
  const make = (given: unknown, path: readonly string[]): unknown => {
    const resolved = description.resolve(given)
    const { properties, items, enum: words, type, format, minimum, oneOf, anyOf } = resolved
    if (Array.isArray(words)) {
      choices.push({ path, words })
      return words[0]
    }
    if (Array.isArray(oneOf)) return make(oneOf[0], path)
    if (Array.isArray(anyOf)) return make(anyOf[0], path)
    if (isObject(properties))
      return Object.fromEntries(
        Object.entries(properties)
          .filter(([name]) => name !== '_links')
          .map(([name, inner]) => [name, make(inner, [...path, name])]),
      )
    if (items !== undefined || type === 'array') return pathEnd(path) === 'coordinates' ? [2, 48] : [make(items, [...path, '0'])]
    if (type === 'boolean') return true
    if (type === 'number' || type === 'integer') return typeof minimum === 'number' && minimum > 50 ? minimum : 50
    if (format === 'date-time') return '2026-03-02T11:50:00Z'
    return times.includes(pathEnd(path)) ? 'PT7H30M' : 'text'
  }
  return { body: make(schema, []) as Json, choices }
}

const pathEnd = (path: readonly string[]): string => [...path].reverse().find((name) => name !== '0') ?? ''

/** The same body with another word at one place. */
export function withWord(body: Json, path: readonly string[], word: unknown): Json {
  const copy = structuredClone(body)
  const holder = path.slice(0, -1).reduce<unknown>((inner, name) => (inner as Json)[name], copy) as Json
  holder[path.at(-1) ?? ''] = word
  return copy
}
