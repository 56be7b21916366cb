import type { Clock } from '../clock'

/** Something that goes wrong on purpose. */
export interface Fault {
  provider: string
  kind: string
  /** How often; absent = until it is removed (for kinds that make sense once: once). */
  count?: number
  /** Share of the matching calls that it hits, 0 to 1; default 1. */
  rate?: number
  /** Only calls whose path contains this. Sign-in and token calls are hit only by faults that name `/as/`, `/oauth/` or `/oauth2/`. */
  path?: string
  /** `next-command`: the provider's status word, or an HTTP status. */
  status?: string | number
  /** Which field of the answer, for kinds that change answers; absent = all. */
  field?: string
  /** `field-error`: the error code of the field. */
  code?: string
  /** `slow`: milliseconds, default 5000. */
  delayMs?: number
}

export interface StandingFault extends Fault {
  id: number
}

/** The kinds a provider's cloud can play, and which of them happen once when no `count` is given. */
export interface FaultKinds {
  all: readonly string[]
  once: readonly string[]
}

export class FaultError extends Error {
  constructor(
    message: string,
    readonly field: string,
  ) {
    super(message)
  }
}

const isSignIn = (path: string) => /\/(as|oauth2?)\//.test(path)

/** Faults that are switched on, for all clouds. */
export class Faults {
  private standing: StandingFault[] = []
  private lastId = 0

  constructor(
    private readonly clock: Clock,
    private readonly kinds: () => Readonly<Record<string, FaultKinds>>,
    private readonly changed: () => void,
  ) {}

  /** Throws a FaultError that lists the kinds when the kind or the provider is not known. */
  add(fault: Fault): StandingFault {
    const kinds = this.kinds()
    const known = Object.hasOwn(kinds, fault.provider) ? kinds[fault.provider] : undefined
    if (!known) throw new FaultError(`provider must be one of ${Object.keys(kinds).join(', ')}`, 'provider')
    if (!known.all.includes(fault.kind)) throw new FaultError(`kind must be one of ${known.all.join(', ')}`, 'kind')
    if (fault.kind === 'next-command' && fault.status === undefined) throw new FaultError('next-command needs a status', 'status')
    const count = fault.count ?? (known.once.includes(fault.kind) ? 1 : undefined)
    this.lastId += 1
    const standing = { ...fault, ...(count === undefined ? {} : { count }), id: this.lastId }
    this.standing.push(standing)
    this.changed()
    return standing
  }

  list(): StandingFault[] {
    return this.standing.map((fault) => ({ ...fault }))
  }

  /** Gives whether it stood. */
  remove(id: number): boolean {
    const rest = this.standing.filter((fault) => fault.id !== id)
    const stood = rest.length < this.standing.length
    this.standing = rest
    if (stood) this.changed()
    return stood
  }

  clear(provider?: string): void {
    this.standing = this.standing.filter((fault) => provider !== undefined && fault.provider !== provider)
    this.changed()
  }

  /** The first fault of these kinds that hits this call, used up by one; undefined when the call is spared. */
  take(provider: string, path: string, kinds: readonly string[]): StandingFault | undefined {
    const fault = this.standing.find(
      (standing) =>
        standing.provider === provider && kinds.includes(standing.kind) && this.meant(standing, path) && this.struck(standing),
    )
    if (fault?.count !== undefined) {
      fault.count -= 1
      if (fault.count <= 0) this.standing = this.standing.filter((other) => other !== fault)
      this.changed()
    }
    return fault
  }

  private meant({ path: part = '', kind }: Fault, path: string): boolean {
    if (isSignIn(path) && !isSignIn(part) && !kind.startsWith('token-')) return false
    return path.includes(part)
  }

  private struck({ rate = 1 }: Fault): boolean {
    return rate >= 1 || this.clock.random() < rate
  }
}
