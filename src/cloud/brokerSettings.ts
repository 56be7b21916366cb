/** Which broker, as whom, and how the client library is told. */
import { randomBytes } from 'node:crypto'
import type { IClientOptions } from 'mqtt'
import { seconds } from '../clock'

export interface BrokerSettings {
  /** `mqtt`, `mqtts`, `ws` or `wss`. */
  url: string
  username?: string
  password?: string
  /** PEM texts, for `mqtts` and `wss`: whose certificates count, and our own. The broker's is always checked. */
  tls?: { ca?: string; cert?: string; key?: string }
  /** Published, retained, by the broker when the connection is lost. */
  will?: { topic: string; payload: string }
  /** Seconds after which either side notices that the other one is gone or frozen; the broker waits half as long again. */
  keepAlive?: number
}

/** A clean session each time: what was sent while we were away must never be executed late. */
export function optionsOf({ username, password, tls, will, keepAlive = 30 }: BrokerSettings, version: 5 | 4): IClientOptions {
  return {
    protocolVersion: version,
    clientId: `driveway-${randomBytes(8).toString('hex')}`,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: seconds(10),
    keepalive: keepAlive,
    queueQoSZero: false,
    resubscribe: false,
    rejectUnauthorized: true,
    ...tls,
    ...(username && { username }),
    ...(password && { password }),
    ...(will && { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
  }
}
