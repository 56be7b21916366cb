import { z } from 'zod'
import { readObject } from './http'

/** A request body that does not fit; names the field. */
export class WrongBody extends Error {
  constructor(
    message: string,
    readonly field?: string,
  ) {
    super(message)
  }
}

/** The body as the schema describes it; an empty body counts as `{}`. */
export function readBody<T extends z.ZodType>(schema: T, body: string): z.output<T> {
  const given = readObject(body)
  if (!given) throw new WrongBody('The body must be a JSON object')
  return fitting(schema, given, 'body')
}

/** The query of an address as the schema describes it. */
export const readQuery = <T extends z.ZodType>(schema: T, query: URLSearchParams): z.output<T> =>
  fitting(schema, Object.fromEntries(query), 'query')

function fitting<T extends z.ZodType>(schema: T, given: unknown, whole: string): z.output<T> {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.')
  throw new WrongBody(`${field || whole}: ${issue?.message ?? 'is wrong'}`, field || undefined)
}
