/**
 * What a mirror told that is no more: its node was deleted while nothing ran, so nobody was there to clear its topics.
 * They are cleared by a connection of their own, with the login of somebody else at that broker.
 */
import { minutes, type Clock } from '../clock'
import type { Broker } from '../cloud/mqtt'
import type { StateStore } from '../cloud/stateStore'
import { connected } from './connected'
import { Discovery } from './discovery/discovery'
import { configTopic } from './discovery/device'
import { bridgeIn } from './discovery/rivals'
import { clearOwn } from './guest'
import { Neighbours } from './neighbours'
import { Shelf } from './shelf'
import { topicsBelow } from './topics'

/** A mirror that was. */
export interface Gone {
  /** Under which its topics are written down. */
  name: string
  base: string
  instance: string
  discoveryPrefix: string
}

export interface ClearingOptions {
  /** Not connected yet; nobody else uses it. */
  broker: Broker
  clock: Clock
  store: StateStore
}

/** Who tells of the same cars now has said so by then: the accounts have opened, and their cars are listed. */
const othersKnownAfter = minutes(1)

/**
 * Through when the topics are cleared, but for those that somebody else tells now. Gives false where the broker went
 * away before, or the broker was closed meanwhile: then it has to be done another time.
 */
export async function clearLeftBehind(gone: Gone, { broker, clock, store }: ClearingOptions): Promise<boolean> {
  const { name, base, instance, discoveryPrefix: prefix } = gone
  const topics = topicsBelow(base)
  const [own, info] = [topics.bridge(instance, 'state'), topics.bridge(instance, 'info')]
  const shelf = new Shelf(
    (message) => broker.publish(message),
    store,
    `mirror ${name} topics`,
    '',
    () => undefined,
  )
  const tellers = new Map<string, string | undefined>()
  let isBack = false
  const discovery = new Discovery({
    prefix,
    base,
    instance,
    version: '',
    supportUrl: '',
    clock,
    store,
    name,
    publish: (message) => broker.publish(message),
    mayTell: (uid) => !isBack && tellers.get(uid) === own,
  })
  await Promise.all([shelf.read, discovery.open()])
  const [all, others] = [new Neighbours(''), new Neighbours(info)]
  for (const bridges of [all, others])
    broker.subscribe({ filter: topics.bridge('+', 'info'), take: (said) => bridges.take(said) })
  // Another node may have taken the name: then the bridge is no more ours than its cars are.
  broker.subscribe({ filter: own, take: ({ payload }) => void (isBack = String(payload) === 'online') })
  for (const uid of discovery.uids)
    broker.subscribe({ filter: configTopic(prefix, uid), take: ({ payload }) => void tellers.set(uid, bridgeIn(payload)) })
  broker.connect()
  if (!(await connected(broker))) return false
  await new Promise<void>((resolve) => {
    const timer = clock.after(othersKnownAfter, resolve)
    broker.on('state', (state) => {
      if (state !== 'closed') return
      timer.cancel()
      resolve()
    })
  })
  if (broker.state !== 'connected') return false
  const isElsewhere = (slug: string) => (isBack ? slug === 'bridge' || all.have(slug) : others.have(slug))
  clearOwn({ base, shelf, isElsewhere }, shelf.topics)
  discovery.clear()
  await broker.close()
  const isThrough = broker.waiting === 0
  await Promise.all([shelf.close(), discovery.close()])
  return isThrough
}

/** Its topics are written down no more. */
export async function forgetGone({ name }: Pick<Gone, 'name'>, store: StateStore): Promise<void> {
  await Promise.all([`mirror ${name} topics`, `mirror ${name} orders`, `discovery ${name}`].map((kept) => store.remove(kept)))
}
