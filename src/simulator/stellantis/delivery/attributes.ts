import { flat, type Attribute } from '../monitors/body'

/** Attributes by where they go in a delivery. */
export interface Placed {
  headers: Record<string, string>
  query: Record<string, string>
  body: { key: string; value: string }[]
}

/** Values of `$Vin` and the like, by their names without the sign. */
export type Variables = Readonly<Record<string, string>>

/** A variable of that name however it is written: sources spell `$vin` and `$Vin`, `$ChannelId` and `$ChannelID`. */
function filled(value: string, variables: Variables): string {
  if (!value.startsWith('$')) return value
  const name = value.slice(1).toLowerCase()
  return Object.entries(variables).find(([known]) => known.toLowerCase() === name)?.[1] ?? value
}

interface Source {
  attributes: Attribute[] | Attribute[][] | undefined
  /** Where an attribute goes that names no place. */
  usual: 'Header' | 'Body'
}

/** The attributes of channel, monitor and remote together: a later one replaces an earlier one of its key. Stellantis: attributes */
export function placeAttributes(sources: readonly Source[], variables: Variables): Placed {
  const byKey = new Map<string, { type: string; value: string }>()
  for (const { attributes, usual } of sources)
    for (const { type, key, value } of flat(attributes)) byKey.set(key, { type: type ?? usual, value: filled(value, variables) })
  const placed: Placed = { headers: {}, query: {}, body: [] }
  for (const [key, { type, value }] of byKey) {
    if (type === 'Header') placed.headers[key] = value
    else if (type === 'Query') placed.query[key] = value
    else placed.body.push({ key, value })
  }
  return placed
}
