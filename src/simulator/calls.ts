/** A request that a cloud received. Never its query, headers or body, so that no token is in here. */
export interface LoggedCall {
  /** ISO 8601 UTC. */
  time: string
  provider: string
  method: string
  path: string
  /** 0 when the connection ended without an answer. */
  status: number
  durationMs: number
}

const kept = 5000

/** The latest calls, and counts of all of them by method and path template. */
export class CallLog {
  private calls: LoggedCall[] = []
  private counts = new Map<string, number>()
  private all = 0
  private latest = 0

  constructor(private readonly changed: (call: LoggedCall) => void) {}

  add(call: LoggedCall, template: string): void {
    this.calls.push(call)
    if (this.calls.length > kept) this.calls.splice(0, this.calls.length - kept)
    const name = `${call.method} ${template}`
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
    this.all += 1
    this.latest += 1
    this.changed(call)
  }

  /** Oldest first; `path` is a part of the path. */
  list({ path = '', method, provider }: { path?: string; method?: string; provider?: string } = {}): LoggedCall[] {
    return this.calls.filter(
      (call) =>
        call.path.includes(path) && (method ?? call.method) === call.method && (provider ?? call.provider) === call.provider,
    )
  }

  /** How many calls so far, also those no longer listed. */
  get total(): number {
    return this.all
  }

  /** The number of the latest call. A reset does not begin anew: an older number always is an older call. */
  get last(): number {
    return this.latest
  }

  /** Calls by method and path template, such as `GET /volvo/energy/v2/vehicles/{vin}/state`. */
  get byPath(): Record<string, number> {
    return Object.fromEntries(this.counts)
  }

  clear(): void {
    this.calls = []
    this.counts.clear()
    this.all = 0
  }
}
