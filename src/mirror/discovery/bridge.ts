/** The bridge itself as a device: how many calls each account has left today, for whoever wants to keep an eye on it. */
import { createHash } from 'node:crypto'
import { topicsBelow } from '../topics'
import { component, type Components } from './component'
import type { Described } from './device'

/** An account whose calls are counted. */
export interface Counted {
  /** As the health topic names it. */
  key: string
  label: string
}

export const bridgeUid = (base: string, instance: string): string =>
  `driveway_bridge_${createHash('sha256')
    .update(JSON.stringify([base, instance]))
    .digest('hex')
    .slice(0, 16)}`

export function bridgeComponents(accounts: readonly Counted[], { base, instance }: Described): Components {
  const place = { uid: bridgeUid(base, instance), slug: 'driveway', car: base, location: 'off' as const }
  const sensors = accounts.map(({ key, label }) =>
    component(
      place,
      { platform: 'sensor', what: `calls-left-${key}`, name: `Calls left today (${label})` },
      {
        state_topic: topicsBelow(base).bridge(instance, 'health'),
        state_class: 'measurement',
        unit_of_measurement: 'calls',
        entity_category: 'diagnostic',
        value_template: `{{ value_json.get('callsLeft', {}).get('${key}') }}`,
      },
    ),
  )
  return Object.assign({}, ...sensors) as Components
}

export function bridgeMessage(components: Components, { base, instance, version, supportUrl }: Described) {
  return {
    device: { identifiers: [bridgeUid(base, instance)], name: 'Driveway', model: `MQTT bridge ${instance}`, sw_version: version },
    origin: { name: 'Driveway', sw_version: version, support_url: supportUrl },
    availability: [{ topic: topicsBelow(base).bridge(instance, 'state') }],
    availability_mode: 'all',
    components,
  }
}
