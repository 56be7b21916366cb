import { loadavg } from 'node:os'
import type { NodeAPI } from 'node-red'
import type { OpenedAccount } from '../../src/account/open'
import { version } from '../shared/version'

/**
 * What helps to find a fault: versions, settings, health, what the cars can, the last 50 calls. No secret, no name, no
 * vehicle number, no position: what holds them is left out, and every text is masked once more.
 */
export async function diagnosticsOf(RED: NodeAPI, { account, signIn, calls, settings, clean }: OpenedAccount): Promise<object> {
  const { vehicles: named, ...plain } = settings
  const { who: _who, ...signedIn } = await signIn.status()
  const bundle = {
    versions: {
      driveway: version,
      nodeRed: await (RED as unknown as { version?: () => string | Promise<string> }).version?.(),
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    },
    load: loadavg(),
    settings: { ...plain, vehicles: named.map(({ slug, steering }) => ({ slug, steering })) },
    signIn: signedIn,
    health: account.health,
    vehicles: await Promise.all(
      account.known.map(async (car) => ({
        slug: car.slug,
        model: car.meta.model,
        year: car.meta.year,
        energy: car.meta.energy,
        capabilities: await account.capabilities(car).catch((error: unknown) => ({ failed: String(error) })),
        signals: Object.keys(account.about(car).readings),
      })),
    ),
    calls,
  }
  const masked = (_key: string, value: unknown): unknown => (typeof value === 'string' ? clean(value) : value)
  return JSON.parse(JSON.stringify(bundle, masked)) as object
}
