/** The event stream of a simulated INVERS: the simulator fills the queues that the account names, at a broker of one's own. */
import type { CloudSettings } from '../../src/account/settings'
import type { ProviderCredentials } from '../../src/providers/kit'
import type { Simulator } from '../../src/simulator/simulator'

/** What RabbitMQ lets in on its own machine. No secret: every RabbitMQ begins with it. */
const guest = { amqpUser: 'guest', amqpPassword: 'guest' }

/** Gives what the account signs in with at the broker; nothing where it names none. Never rejects: a broker may come later. */
export async function playStream(simulator: Simulator, { provider, own }: CloudSettings): Promise<ProviderCredentials> {
  const { amqpUrl = '', amqpVhost, amqpQueues = '' } = own
  const queues = amqpQueues
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (provider !== 'invers' || queues.length === 0 || !URL.canParse(amqpUrl)) return {}
  const url = new URL(amqpUrl)
  url.username = guest.amqpUser
  url.password = guest.amqpPassword
  if (amqpVhost) url.pathname = encodeURIComponent(amqpVhost)
  await simulator.invers.publishTo({ url: url.href, queues })
  return guest
}
