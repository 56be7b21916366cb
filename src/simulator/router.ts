/** Finds by method and path what was meant. Path pieces in braces, such as `{vin}`, match anything and are handed on. */
export interface Route<T> {
  method: string
  path: string
  to: T
}

export type Match<T> =
  | { kind: 'found'; route: Route<T>; params: Readonly<Record<string, string>> }
  /** The path exists, for these methods. */
  | { kind: 'method'; allowed: string[] }
  | { kind: 'nothing' }

const pieces = (path: string) => path.split('/')
const isParam = (piece: string) => piece.startsWith('{')

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pieces(pattern)
  const given = pieces(path)
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, piece] of wanted.entries()) {
    const value = given[index] ?? ''
    if (isParam(piece) && value) params[piece.slice(1, -1)] = decode(value)
    else if (piece !== value) return undefined
  }
  return params
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function match<T>(routes: readonly Route<T>[], method: string, path: string): Match<T> {
  const allowed: string[] = []
  for (const route of routes) {
    const params = paramsOf(route.path, path)
    if (!params) continue
    if (route.method === method) return { kind: 'found', route, params }
    allowed.push(route.method)
  }
  return allowed.length ? { kind: 'method', allowed } : { kind: 'nothing' }
}
