/** What this provider needs of a connection to a broker; `Broker` is one. */
import type { Asking, Broker } from '../../cloud/mqtt'
import type { Arrival, Subscription } from '../../cloud/subscriptions'

export type { Arrival, Asking, Subscription }

export type Link = Pick<Broker, 'state' | 'problem' | 'protocolVersion' | 'on' | 'off' | 'subscribe' | 'publishNow'>
