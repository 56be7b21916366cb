import { loadavg } from 'node:os'
import type { NodeAPI } from 'node-red'
import type { OpenedAccount } from '../../src/account/open'
import { Redactor } from '../../src/cloud/redact'
import { toDrivewayError } from '../../src/vehicle/causes'
import { version } from '../shared/version'

/** Own fields of a provider that name a customer. */
const naming = new Set(['userId', 'customerContext'])

/**
 * What helps to find a fault: versions, settings, health, what the cars can, the last 50 calls. No secret, no name, no
 * vehicle number, no position: what holds them is left out, and every text is masked once more.
 */
export async function diagnosticsOf(RED: NodeAPI, { account, signIn, calls, settings, clean }: OpenedAccount): Promise<object> {
  const { vehicles: named, own, ...plain } = settings
  const unnamed = Object.fromEntries(Object.entries(own).filter(([field]) => !naming.has(field)))
  const { who: _who, ...signedIn } = await signIn.status()
  const bundle = {
    ...(await machineOf(RED)),
    settings: { ...plain, own: unnamed, vehicles: named.map(({ slug, steering }) => ({ slug, steering })) },
    signIn: signedIn,
    health: account.health,
    vehicles: await Promise.all(
      account.known.map(async (car) => ({
        slug: car.slug,
        model: car.meta.model,
        year: car.meta.year,
        energy: car.meta.energy,
        own: car.meta.own,
        capabilities: await account.capabilities(car).catch((error: unknown) => ({ failed: String(error) })),
        signals: Object.keys(account.about(car).readings),
      })),
    ),
    calls,
  }
  return masked(bundle, clean)
}

/** Of an account that cannot be opened, such as one with a field missing: why, and on what it runs. */
export async function diagnosticsWithout(RED: NodeAPI, error: unknown): Promise<object> {
  const { code, message, action } = toDrivewayError(error).cause
  const redactor = new Redactor()
  return masked({ ...(await machineOf(RED)), problem: { code, message, action } }, (text) => redactor.clean(text))
}

const machineOf = async (RED: NodeAPI) => ({
  versions: {
    driveway: version,
    nodeRed: await (RED as unknown as { version?: () => string | Promise<string> }).version?.(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  },
  load: loadavg(),
})

const masked = (bundle: object, clean: (text: string) => string): object =>
  JSON.parse(JSON.stringify(bundle, (_key, value: unknown) => (typeof value === 'string' ? clean(value) : value))) as object
