/**
 * Additions to values that were written whole before: small, and written with every event. All that share a sync are
 * sealed as one text, because sealing each costs more than all the rest of it.
 */

/** How texts are made unreadable for others; `name`: whose text it is. */
export interface Sealing {
  seal(plain: string, name: string): string
  /** `undefined`: it cannot be opened. */
  open(text: string, name: string): string | undefined
}

export const plainly: Sealing = { seal: (plain) => plain, open: (text) => text }

export interface Addition {
  name: string
  /** JSON. */
  text: string
  /** The value as it is now, with this and all later additions, as it is written into its file. */
  whole: () => string
}

/** Of many names; no file is called that. */
const together = '+'

export const sealedTogether = (additions: readonly Addition[], sealing: Sealing): string =>
  sealing.seal(`[${additions.map(({ name, text }) => `["${name}",${text}]`).join()}]`, together)

/** By name: a sealed line of the additions in these texts, in their order. Undefined: they cannot be opened. */
export function apart(texts: readonly string[], sealing: Sealing): Map<string, string> | undefined {
  const found = new Map<string, unknown[]>()
  for (const text of texts) {
    const plain = sealing.open(text, together)
    if (plain === undefined) return undefined
    for (const [name, addition] of JSON.parse(plain) as [string, unknown][]) {
      const known = found.get(name)
      if (known) known.push(addition)
      else found.set(name, [addition])
    }
  }
  return new Map([...found].map(([name, additions]) => [name, sealing.seal(JSON.stringify(additions), name)]))
}

/** A file may have lines behind its value: additions that a killed process left, until the value is written whole again. */
export const withLines = (value: string, lines: string | undefined): string =>
  lines === undefined ? value : `${value}\n${lines}`

/** What such a text holds. Throws when its value cannot be opened; additions that cannot be are left out. */
export function opened(text: string, name: string, sealing: Sealing): { value: unknown; additions: unknown[] } {
  const [whole = '', ...lines] = text.split('\n')
  const plain = sealing.open(whole, name)
  if (plain === undefined) throw new Error('another key')
  const additions = lines.flatMap((line) => JSON.parse(sealing.open(line, name) ?? '[]') as unknown[])
  return { value: JSON.parse(plain) as unknown, additions }
}
