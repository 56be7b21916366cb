import { instant, type Facts, type Wire } from './facts'
import type { Generation } from './listing'
import { blocks, place, sayBlock, type Block } from './picture'

/** What privacy withholds, beside the privacy itself. */
export function isWithheld(block: Block, facts: Facts): boolean {
  const privacy = facts.text('reachability.privacy')
  if (privacy === 'full') return block.kind !== 'privacy'
  return privacy === 'geolocation' && block.kind === 'vehicle.location'
}

export interface View {
  facts: Facts
  generation: Generation
  /** The state as it is now, whose blocks have their own times; or an item of a history, dated once. */
  form: 'state' | 'history'
  wanted: (block: Block) => boolean
}

/** v4's telemetry has its position in an extension, and no preconditioning. */
const onlyInState = new Set(['vehicle.location', 'vehicle.preconditioning'])

const placeOf = (block: Block, { generation, form }: View): string | undefined => {
  if (generation === 'v1') return block.v1
  if (form === 'state') return block.v4
  // v4's telemetry puts everything but environment and privacy below `vehicle`.
  if (block.v4Telemetry) return block.v4Telemetry
  if (block.v4 === undefined || onlyInState.has(block.kind)) return undefined
  return block.kind === 'environment' || block.kind === 'privacy' ? block.v4 : `vehicle.${block.v4}`
}

/** The blocks that are wanted, told and not withheld, with the newest of their times. */
export function treeOf(view: View): { at: number; tree: Wire } {
  const { facts, generation, form, wanted } = view
  const tree: Wire = {}
  let newest = 0
  for (const block of blocks) {
    const path = placeOf(block, view)
    if (path === undefined || !wanted(block) || isWithheld(block, facts)) continue
    const value = sayBlock(block, facts, generation, form === 'state')
    if (value === undefined) continue
    newest = Math.max(newest, facts.at(...block.signals) ?? 0)
    place(tree, path, value)
  }
  return { at: newest, tree }
}

/** The root's time in front of the tree. */
export const datedTree = (view: View): Wire => {
  const { at, tree } = treeOf(view)
  return { createdAt: instant(at), ...tree }
}
