/** A published application as the developer portal knows it. */
export interface Application {
  clientId: string
  clientSecret: string
  apiKeys?: readonly string[]
  redirectUris: readonly string[]
  /** Any http(s) address on this machine is a good redirect_uri too; only for the demo application. */
  loopbackRedirects?: boolean
  scopes: readonly string[]
  /** Newer applications must use PKCE; older ones may be registered without. Default true. */
  pkce?: boolean
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

const isOnThisMachine = (uri: string): boolean => {
  try {
    const { protocol, hostname } = new URL(uri)
    return (protocol === 'http:' || protocol === 'https:') && loopback.has(hostname)
  } catch {
    return false
  }
}

/** The applications registered at a simulated cloud: the demo one, and what tests register. */
export class Applications {
  private applications = new Map<string, Application>()

  constructor(demo: Application) {
    this.register(demo)
  }

  register(application: Application): void {
    this.applications.set(application.clientId, application)
  }

  find(clientId: string | null | undefined): Application | undefined {
    return clientId ? this.applications.get(clientId) : undefined
  }

  /** Whether some application has this API key. */
  hasKey(apiKey: string): boolean {
    return [...this.applications.values()].some(({ apiKeys }) => apiKeys?.includes(apiKey))
  }
}

/** Character for character, apart from addresses on this machine for the demo application. */
export const acceptsRedirect = (application: Application, uri: string): boolean =>
  application.redirectUris.includes(uri) || (application.loopbackRedirects === true && isOnThisMachine(uri))
