import type { ProviderCredentials } from '../../src/providers/kit'
import type { KnownProvider } from '../../src/providers/registry'
import { volvoDemo } from '../../src/simulator/credentials'

/** The demo applications of the simulator. No secrets: they open nothing else. */
export const demoCredentials: Partial<Record<KnownProvider, ProviderCredentials>> = {
  volvo: { apiKey: volvoDemo.apiKey, clientId: volvoDemo.clientId, clientSecret: volvoDemo.clientSecret },
}
