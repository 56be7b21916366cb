/** Stellantis v1: scopes are a tree, a parent covers its children. */
const covers = (granted: string, wanted: string): boolean => wanted === granted || wanted.startsWith(`${granted}:`)

/** The capability answer and v4 still use older names for some branches of the tree. */
const sameAs: Readonly<Record<string, string>> = {
  'data:position': 'data:telemetry:vehicle:location',
  'data:alert': 'data:telemetry:vehicle:alert',
  'remote:door:write': 'remote:locking:write',
  'remote:wakeup:write': 'remote:wakeUp:write',
}

/** What a caller may see and do. */
export class Scopes {
  private readonly granted: readonly string[]

  constructor(granted: readonly string[]) {
    this.granted = granted.flatMap((scope) => [scope, ...(sameAs[scope] ? [sameAs[scope]] : [])])
  }

  has(wanted: string): boolean {
    return this.granted.some((scope) => covers(scope, wanted))
  }

  /** v4 has no tree: `data:telemetry` does not bring the position, which is a scope of its own. */
  hasFlat(wanted: string): boolean {
    return this.granted.includes(wanted)
  }

  get none(): boolean {
    return !this.granted.some((scope) => scope.includes(':') || scope === 'remote' || scope === 'monitor' || scope === 'channel')
  }
}

/** Blank-separated, or separated by commas as the portal writes them. */
export const scopesIn = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)
