import type { ProviderCredentials } from '../../src/providers/kit'
import type { KnownProvider } from '../../src/providers/registry'
import { inversDemo, stellantisDemo, volvoDemo } from '../../src/simulator/credentials'

const clientOf = ({ clientId, clientSecret }: { clientId: string; clientSecret: string }) => ({ clientId, clientSecret })

/** The demo applications of the simulator. No secrets: they open nothing else. */
export const demoCredentials: Readonly<Record<KnownProvider, ProviderCredentials>> = {
  volvo: { ...clientOf(volvoDemo), apiKey: volvoDemo.apiKey },
  stellantis: clientOf(stellantisDemo),
  invers: clientOf(inversDemo),
}
