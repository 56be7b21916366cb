import type { Order } from '../../../src/providers/provider'
import type { ProgressPhase } from '../../../src/vehicle/outcome'
import type { Script } from '../../support/scriptedCloud'
import { carId, givenStellantis, page, vin } from './scripted'

/** A Stellantis account whose cloud makes channels and takes remotes `r1`, `r2`, …, each followed by its steps. */
export async function givenRemotes(options: Parameters<typeof givenStellantis>[0] = {}) {
  const home = await givenStellantis(options)
  const { cloud, provider, abort, go, clock } = home
  const v1 = options.api === 'v1'
  const key = v1 ? '' : '?client_id=id-1'
  const root = v1 ? '/accounts/channels' : '/user/callbacks'
  const remotes = v1 ? `/accounts/vehicles/${vin}/channels/ch1/remotes` : `/user/vehicles/${carId}/callbacks/ch1/remotes`
  const made = { [v1 ? 'channelId' : 'callbackId']: 'ch1', status: 'Running' }
  const phases: ProgressPhase[] = []
  cloud
    .on(`GET ${root}${key}`, page(v1 ? 'channels' : 'callbacks', []))
    .on(`POST ${root}${key}`, { body: made })
    .on(`PUT ${root}/ch1/status${key}`, { status: 202, body: { ...made, status: 'Paused' } })
    .on(`POST ${remotes}${key}`, { status: 202, body: { remoteActionId: 'r1', type: 'Doors' } })
    .on(`GET ${remotes}${key}`, page('remoteActions', []))
  const context = { headers: {}, query: {}, receivedAt: clock.now() }
  return {
    ...home,
    phases,
    root,
    remotes,
    key,
    /** What reading the status of `r1` gives, one after the other. */
    statuses: (...answers: (string | Script | Record<string, unknown>)[]) =>
      cloud.on(
        `GET ${remotes}/r1${key}`,
        ...answers.map((one): Script => {
          if (typeof one === 'function') return one
          if (typeof one === 'string') return { body: { remoteActionId: 'r1', status: one } }
          return 'status' in one && typeof one.status === 'string' ? { body: { remoteActionId: 'r1', ...one } } : one
        }),
      ),
    /** An event that arrives so many seconds from now. */
    event: (seconds: number, eventStatus: unknown, remoteActionId = 'r1') =>
      clock.after(seconds * 1000, () => {
        const message = {
          callbackId: 'ch1',
          type: 'Remote',
          date: '2026-03-02T12:00:01Z',
          remoteEvent: { remoteActionId, eventStatus },
        }
        provider.deliveries.read(message, { ...context, receivedAt: clock.now() })
      }),
    send: (command: Order['command'], params: Order['params'] = {}, id = 'o1') =>
      go(provider.execute({ id, vehicle: vin, command, params }, (phase) => phases.push(phase), abort.signal)),
    /** Bodies of the orders that were sent. */
    sent: (): unknown[] =>
      cloud.seen
        .filter(({ method, path }) => method === 'POST' && path.includes('/remotes'))
        .map(({ body }) => JSON.parse(body) as unknown),
    /** Calls without their key. */
    asked: (): string[] => cloud.paths().map((path) => path.replace(/\?client_id=id-1$/, '').replace('/connectedcar', '')),
  }
}

export type GivenRemotes = Awaited<ReturnType<typeof givenRemotes>>
