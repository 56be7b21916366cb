/** Who wants to hear which topics of a broker. */

/** A message that a broker handed over. */
export interface Arrival {
  topic: string
  payload: Buffer
  /** It was kept by the broker; with MQTT 3.1.1 this shows only on what is handed over on subscribing. */
  retain: boolean
  /** MQTT 5. */
  responseTopic?: string
  correlationData?: Buffer
}

export interface Subscription {
  /** With wildcards, and `$share/<group>/` before it where several share. */
  filter: string
  /** What we publish ourselves is no news to us (MQTT 5; not for shared ones). */
  othersOnly?: boolean
  /** The broker is told that we have the message once the answer is through; it must not take long. */
  take(arrival: Arrival): void | Promise<void>
  /** The broker does not let us listen there. */
  refused?(): void
}

/** The filter behind `$share/<group>/`. */
const unshared = (filter: string): string => filter.replace(/^\$share\/[^/]+\//, '')

/** Whether a topic fits a filter, by the rules of MQTT: `+` one level, `#` all that follow, no `$` topics by wildcard. */
export function fits(filter: string, topic: string): boolean {
  const wanted = unshared(filter).split('/')
  const levels = topic.split('/')
  if (topic.startsWith('$') && /^[+#]/.test(wanted[0] ?? '')) return false
  for (const [index, want] of wanted.entries()) {
    if (want === '#') return true
    if (levels[index] === undefined || (want !== '+' && want !== levels[index])) return false
  }
  return levels.length === wanted.length
}
