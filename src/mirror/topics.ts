/** Where things are on the broker. `<car>` is the slug, never the VIN. */
import { basePattern } from '../providers/mqtt/topics'

export const topicSchema = 1

export interface Topics {
  bridge(instance: string, leaf: 'state' | 'info' | 'health'): string
  car(slug: string, leaf: 'meta' | 'availability' | 'state' | 'location'): string
  value(slug: string, group: string, key: string): string
  event(slug: string, name: string): string
  command(slug: string, command: string): string
  result(slug: string, command: string): string
}

export const topicsBelow = (base: string): Topics => ({
  bridge: (instance, leaf) => `${base}/bridge/${instance}/${leaf}`,
  car: (slug, leaf) => `${base}/${slug}/${leaf}`,
  value: (slug, group, key) => `${base}/${slug}/values/${group}/${key}`,
  event: (slug, name) => `${base}/${slug}/event/${name}`,
  command: (slug, command) => `${base}/${slug}/command/${command}`,
  result: (slug, command) => `${base}/${slug}/result/${command}`,
})

/** The car and the command that a topic below `base` names; undefined when it is none for commands. */
export function commandOf(base: string, topic: string): { slug: string; command: string } | undefined {
  if (!topic.startsWith(`${base}/`)) return undefined
  const [slug, room, command, ...more] = topic.slice(base.length + 1).split('/')
  if (slug === undefined || room !== 'command' || command === undefined || more.length > 0) return undefined
  return { slug, command }
}

export const isBase = (text: string): boolean => basePattern.test(text)
