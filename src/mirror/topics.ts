/** Where things are on the broker. `<car>` is the slug, never the VIN. */
export const topicSchema = 1

export interface Topics {
  bridge(instance: string, leaf: 'state' | 'info' | 'health'): string
  car(slug: string, leaf: 'meta' | 'availability' | 'state'): string
  event(slug: string, name: string): string
  result(slug: string, command: string): string
}

export const topicsBelow = (base: string): Topics => ({
  bridge: (instance, leaf) => `${base}/bridge/${instance}/${leaf}`,
  car: (slug, leaf) => `${base}/${slug}/${leaf}`,
  event: (slug, name) => `${base}/${slug}/event/${name}`,
  result: (slug, command) => `${base}/${slug}/result/${command}`,
})

/** No empty levels, no wildcards, no leading `$`: what a publisher may use as a prefix. */
export const isBase = (text: string): boolean => /^[^+#\s/$][^+#\s/]*(\/[^+#\s/]+)*$/.test(text)
