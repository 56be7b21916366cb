/** The topics of another Driveway, as somebody reads them. `<car>` is the slug; `bridge` is no car. */
import type { CommandId } from '../../vehicle/commands'
import type { VehicleId } from '../../vehicle/vehicle'

/** What may stand before all topics: no empty levels, no wildcards, no leading `$`, nothing unprintable, not endless. */
// eslint-disable-next-line no-control-regex
export const basePattern = /^(?=.{1,200}$)(?!\$)[^+#\s/\u0000-\u001f\u007f]+(\/[^+#\s/\u0000-\u001f\u007f]+)*$/

export const filtersBelow = (base: string): readonly string[] => [
  ...['state', 'info'].map((leaf) => `${base}/bridge/+/${leaf}`),
  ...['meta', 'availability', 'state', 'event/+', 'result/+'].map((leaf) => `${base}/+/${leaf}`),
]

export const commandTopic = (base: string, car: VehicleId, command: CommandId): string => `${base}/${car}/command/${command}`

/** Where answers to us go; `bridge` keeps it apart from the cars. */
export const responseTopic = (base: string, ours: string): string => `${base}/bridge/${ours}/response`

export type Heard =
  | { of: 'bridge'; instance: string; leaf: 'state' | 'info' }
  | { of: 'car'; car: VehicleId; leaf: 'meta' | 'availability' | 'state' }
  | { of: 'event'; car: VehicleId; name: string }
  | { of: 'result'; car: VehicleId }

const patterns: readonly [RegExp, (levels: readonly string[]) => Heard][] = [
  [/^bridge\/([^/]+)\/(state|info)$/, ([instance = '', leaf]) => ({ of: 'bridge', instance, leaf: leaf as 'state' | 'info' })],
  [
    /^([a-z0-9_-]+)\/(meta|availability|state)$/,
    ([car = '', leaf]) => ({ of: 'car', car, leaf: leaf as 'meta' | 'availability' | 'state' }),
  ],
  [/^([a-z0-9_-]+)\/event\/([a-z-]+)$/, ([car = '', name = '']) => ({ of: 'event', car, name })],
  [/^([a-z0-9_-]+)\/result\/[a-z-]+$/, ([car = '']) => ({ of: 'result', car })],
]

/** What a topic below `base` is about; undefined where it is none of ours to read. */
export function readTopic(base: string, topic: string): Heard | undefined {
  if (!topic.startsWith(`${base}/`)) return undefined
  const rest = topic.slice(base.length + 1)
  for (const [pattern, heard] of patterns) {
    const [, ...levels] = pattern.exec(rest) ?? []
    if (levels.length === 0) continue
    const found = heard(levels)
    return 'car' in found && found.car === 'bridge' ? undefined : found
  }
  return undefined
}
