/** How we know our own in a provider's cloud: a mark at the end of a label. What bears none of ours is never touched. */
import { createHash } from 'node:crypto'

/** `#dw-` and eight characters of a hash; says nothing about the machine. `runtime`: the same after a restart. */
export const markOf = (runtime: string, owner: string): string =>
  `#dw-${createHash('sha256').update(`${runtime} ${owner}`).digest('hex').slice(0, 8)}`

const markPattern = /#dw-[0-9a-f]{8}$/

/** The mark at the end of a label. */
export const markIn = (label: string): string | undefined => markPattern.exec(label.trim())?.[0]

/** The label that a thing of ours bears in the cloud. */
export const marked = (label: string, mark: string): string => `${label} ${mark}`
