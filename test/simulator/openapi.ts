/** The official files of Stellantis, where they lie beside the repository, and what an answer breaks of them. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const folder = resolve(__dirname, '../../../shared/reference/openapi')

const files = {
  v1: 'stellantis-scc-data-treatment.yaml',
  v4: 'stellantis-b2c.yaml',
  'v1 events': 'stellantis-scc-platform-notification.yaml',
  'v4 events': 'stellantis-b2c-webhook-template.yaml',
} as const
export type File = keyof typeof files

export const areThere = (Object.keys(files) as File[]).every((name) => existsSync(resolve(folder, files[name])))

/** One complaint: where in the answer, and what. */
export interface Complaint {
  at: string
  what: string
}

export class OfficialFile {
  private readonly root: Json
  private readonly ajv = new Ajv({ strict: false, allErrors: true, logger: false })

  constructor(readonly name: File) {
    // Tabs and a reference without its slash stand in v4's file; Off, On and No are texts only by YAML 1.2.
    const text = readFileSync(resolve(folder, files[name]), 'utf8')
      .replaceAll('\t', '  ')
      .replaceAll('#components/', '#/components/')
    this.root = parse(text.replaceAll('#//', '#/'), { version: '1.2', logLevel: 'silent' }) as Json
    addFormats(this.ajv)
    this.ajv.addSchema(withoutBroken(this.root), 'file')
  }

  /** Every call that the file has, such as `GET /accounts/vehicles/{id}`. */
  get calls(): string[] {
    const paths = this.root.paths as Record<string, unknown>
    return Object.entries(paths).flatMap(([path, given]) =>
      Object.keys(this.find(['paths', path], given).value)
        .filter((method) => ['get', 'put', 'post', 'delete'].includes(method))
        .map((method) => `${method.toUpperCase()} ${path.trim()}`),
    )
  }

  /** What is wrong with an answer to a call; a status that the call does not have is wrong too. */
  answer(method: string, template: string, status: number, body: unknown): Complaint[] {
    const paths = this.root.paths as Record<string, unknown>
    const path = Object.keys(paths).find((name) => name.trim() === template)
    if (path === undefined) return [{ at: '', what: `there is no ${template}` }]
    const item = this.find(['paths', path], paths[path])
    const operation = this.step(item, method.toLowerCase())
    const responses = this.step(operation, 'responses')
    if (!isObject(responses.value[status])) return [{ at: '', what: `there is no answer ${status}` }]
    const content = this.step(this.step(responses, String(status)), 'content')
    const [media] = Object.keys(content.value)
    if (media === undefined) return []
    return this.check([...this.step(content, media).at, 'schema'], body)
  }

  /** What is wrong with a value by one of the file's schemas. */
  schema(name: string, value: unknown): Complaint[] {
    return this.check(['components', 'schemas', name], value)
  }

  private check(at: readonly string[], value: unknown): Complaint[] {
    const pointer = at.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const validate = this.ajv.compile({ $ref: `file#/${pointer}` })
    validate(value)
    const broken = (validate.errors ?? []).map(({ instancePath, message = '', params }) => ({
      at: instancePath.replace(/\/\d+(?=\/|$)/g, '[]'),
      what: [message, params.missingProperty, params.allowedValues, params.passingSchemas]
        .filter(Boolean)
        .join(' ')
        .slice(0, 160),
    }))
    const unknown = [...this.unknown([this.reach(at)], value, '')]
    return unique([...broken, ...unknown])
  }

  /** Members that no schema at their place names: the files allow them, a misspelt name hides among them. */
  private *unknown(schemas: readonly unknown[], value: unknown, at: string): Generator<Complaint> {
    const flat = schemas.flatMap((schema) => this.parts(schema))
    if (Array.isArray(value)) {
      const items = flat.flatMap(({ items }) => (items === undefined ? [] : [items]))
      for (const item of value as unknown[]) if (items.length) yield* this.unknown(items, item, `${at}[]`)
    } else if (isObject(value)) {
      const known = flat.flatMap(({ properties }) => (isObject(properties) ? [properties] : []))
      if (!known.length) return
      for (const [name, inner] of Object.entries(value)) {
        const places = known.flatMap((properties) => (name in properties ? [properties[name]] : []))
        if (places.length) yield* this.unknown(places, inner, `${at}/${name}`)
        else yield { at: `${at}/${name}`, what: 'is not named' }
      }
    }
  }

  /** A schema and all that it is put together of, references followed. */
  private parts(given: unknown): Json[] {
    const { value } = this.find([], given)
    const inner = ['allOf', 'oneOf', 'anyOf'].flatMap((name) => (Array.isArray(value[name]) ? (value[name] as unknown[]) : []))
    return [value, ...inner.flatMap((part) => this.parts(part))]
  }

  private find(at: readonly string[], given: unknown): { at: readonly string[]; value: Json } {
    if (isObject(given) && typeof given.$ref === 'string') {
      const parts = given.$ref
        .replace(/^#\/?/, '')
        .split('/')
        .map((part) => decodeURIComponent(part).replaceAll('~1', '/'))
      return this.find(parts, this.reach(parts))
    }
    return { at, value: isObject(given) ? given : {} }
  }

  private step({ at, value }: { at: readonly string[]; value: Json }, name: string) {
    return this.find([...at, name], value[name])
  }

  private reach(at: readonly string[]): unknown {
    return at.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), this.root)
  }
}

const unique = (complaints: readonly Complaint[]): Complaint[] => [
  ...new Map(complaints.map((complaint) => [`${complaint.at} ${complaint.what}`, complaint])).values(),
]

/** Examples have references and schemas that are none, and OpenAPI 3.0 has its own idea of exclusive bounds; neither is needed here. */
function withoutBroken(value: unknown, isProperties = false): Json {
  const clean = (inner: unknown, name: string): unknown => {
    if (Array.isArray(inner)) return inner.map((item: unknown) => clean(item, ''))
    return isObject(inner) ? withoutBroken(inner, name === 'properties') : inner
  }
  return Object.fromEntries(
    Object.entries(value as Json)
      .filter(
        ([name]) =>
          isProperties ||
          !['example', 'examples', 'default', 'discriminator', 'exclusiveMinimum', 'exclusiveMaximum'].includes(name),
      )
      .map(([name, inner]) => [name, clean(inner, name)]),
  )
}
