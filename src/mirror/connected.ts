import type { Broker, BrokerState } from '../cloud/mqtt'

/** Resolves with `true` when the broker is connected, with `false` when it was closed before. */
export function connected(broker: Broker): Promise<boolean> {
  return new Promise((resolve) => {
    const look = (state: BrokerState) => {
      if (state !== 'connected' && state !== 'closed') return
      broker.off('state', look)
      resolve(state === 'connected')
    }
    broker.on('state', look)
    look(broker.state)
  })
}
