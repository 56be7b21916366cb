import type { StandingFault } from '../faults'
import type { Reply } from '../http'

type Json = Record<string, unknown>
type Distortion = (tree: Json, fault: StandingFault) => unknown

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every object of a tree, the outermost first. */
function* objects(value: unknown): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* objects(item)
  else if (isObject(value)) {
    yield value
    for (const member of Object.values(value)) yield* objects(member)
  }
}

/** Changes each member that is meant: all, or those of one name. */
function each(tree: Json, { field }: StandingFault, change: (value: unknown, name: string) => unknown): Json {
  for (const object of objects(tree))
    for (const [name, value] of Object.entries(object)) {
      if ((field !== undefined && field !== name) || name === 'href' || name === '_links') continue
      const next = change(value, name)
      if (next === undefined) delete object[name]
      else object[name] = next
    }
  return tree
}

const words = /^[A-Z][A-Za-z0-9]+$/

/** Answers as real cars send them, and answers that nobody should send. Stellantis: real-world quirks */
const distortions: Readonly<Record<string, Distortion>> = {
  // An empty account has been seen without `_embedded` and without `total`.
  'empty-data': ({ _links }) => ({ _links }),
  'missing-timestamp': (tree, fault) => each(tree, { ...fault, field: fault.field ?? 'createdAt' }, () => undefined),
  'new-word': (tree, fault) =>
    each(tree, fault, (value, name) =>
      typeof value === 'string' &&
      words.test(value) &&
      name !== 'vin' &&
      (fault.field !== undefined || name === 'status' || name === 'state')
        ? 'SomethingNew'
        : value,
    ),
  'string-numbers': (tree, fault) => each(tree, fault, (value) => (typeof value === 'number' ? String(value) : value)),
  'missing-position': (tree) => {
    delete tree.lastPosition
    delete tree.kinetic
    if (isObject(tree.vehicle)) {
      delete tree.vehicle.location
      delete tree.vehicle.kinetic
    }
    return tree
  },
  // Real status has both the new and the old array.
  'old-energy': (tree) => ({
    ...tree,
    energy: tree.energies,
    ...(tree.preconditioning ? { preconditionning: tree.preconditioning } : {}),
  }),
  'only-old-energy': ({ energies, preconditioning, ...tree }) => ({
    ...tree,
    energy: energies,
    preconditionning: preconditioning,
  }),
  'thermal-zero': (tree) =>
    each(tree, { field: 'energies' } as StandingFault, (value) =>
      Array.isArray(value)
        ? [{ createdAt: '2020-01-01T00:00:00Z', type: 'Fuel', subType: 'FossilEnergy', level: 0 }, ...(value as unknown[])]
        : value,
    ),
  // The order of the energies changes; they are found by type.
  'energy-order': (tree) =>
    each(tree, { field: 'energies' } as StandingFault, (value) =>
      Array.isArray(value) ? [...(value as unknown[])].reverse() : value,
    ),
  // Old answers spelt it so.
  aquire: (tree) => each(tree, { field: 'type' } as StandingFault, (value) => (value === 'Acquire' ? 'Aquire' : value)),
  'schedule-array': (tree) => each(tree, { field: 'schedule' } as StandingFault, () => []),
  'nested-programs': (tree) =>
    each(tree, { field: 'programs' } as StandingFault, (value) => (Array.isArray(value) ? [value] : value)),
  'wrong-load': (tree) =>
    each(tree, { field: 'load' } as StandingFault, (value) =>
      isObject(value) ? { ...value, capacity: Math.round(Number(value.capacity) / 1.343) } : value,
    ),
  'old-blocks': (tree, fault) =>
    each(tree, { ...fault, field: fault.field ?? 'doorsState' }, (value) =>
      isObject(value) ? { ...value, createdAt: '2025-01-01T00:00:00Z' } : value,
    ),
}

export const distortionKinds = Object.keys(distortions)

export function distort(reply: Reply, fault: StandingFault): Reply {
  if (!isObject(reply.json)) return reply
  return { ...reply, json: distortions[fault.kind]?.(structuredClone(reply.json), fault) ?? reply.json }
}
