/** What is on Stellantis' wire, as tolerant as it has to be: unknown members pass, a bad member spoils only itself. */
export type Members = Readonly<Record<string, unknown>>

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object, or one without members: what is missing or of another kind says nothing. */
export const membersOf = (value: unknown): Members => (isMembers(value) ? value : {})

/** The objects of a list; lists inside of it are taken as parts of it (v1 nests programs and attributes so). */
export const listOf = (value: unknown): Members[] => (Array.isArray(value) ? (value as unknown[]).flat(2).filter(isMembers) : [])

/** Down some members: `at(block, 'mode', 'sport')`. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => membersOf(inner)[name], value)

/** Names under `_embedded` differ in case: `Collisions`, `Vehicles`. */
export function embedded(body: unknown, name: string): unknown {
  const inside = membersOf(membersOf(body)._embedded)
  const key = Object.keys(inside).find((one) => one.toLowerCase() === name.toLowerCase())
  return key === undefined ? undefined : inside[key]
}

/** The address behind a link, where there is one. */
export function hrefOf(body: unknown, link: string): string | undefined {
  const href = at(body, '_links', link, 'href')
  return typeof href === 'string' && href.trim() !== '' ? href.trim() : undefined
}

/** The last part of a link's path: the id of what it points to. */
export function idInLink(body: unknown, link: string): string | undefined {
  const href = hrefOf(body, link)
  const part = href?.split(/[?#]/)[0]?.split('/').filter(Boolean).at(-1)
  if (part === undefined) return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
