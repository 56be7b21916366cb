import { z } from 'zod'
import { volvoDemo, volvoScopes } from './credentials'

/** What the control API takes. */
export const bodies = {
  fault: z.strictObject({
    provider: z.string(),
    kind: z.string(),
    count: z.int().min(1).optional(),
    rate: z.number().min(0).max(1).optional(),
    path: z.string().optional(),
    status: z.union([z.string().min(1), z.int().min(100).max(599)]).optional(),
    field: z.string().optional(),
    code: z.string().optional(),
    delayMs: z.int().min(0).optional(),
  }),
  /** Seconds, at most a year at once. */
  clock: z.strictObject({ advance: z.number().min(0).max(31_622_400) }),
  /** At most a day in a second; seconds as in `clock`. */
  play: z.strictObject({
    secondsPerSecond: z.number().min(1).max(86_400),
    for: z.number().positive().max(31_622_400).optional(),
    routine: z.boolean().optional(),
  }),
  reset: z.strictObject({ vehicles: z.array(z.string()).optional() }),
  newCar: z.strictObject({
    like: z.string(),
    key: z.string().regex(/^[a-z0-9_-]+$/, 'must be lower-case letters, digits, - and _'),
    vin: z.string().regex(/^[A-HJ-NPR-Z0-9]{17}$/, 'must be 17 letters and digits without I, O and Q'),
    /** Absent: who signs in there when nobody else is chosen. */
    owner: z.string().min(1).optional(),
  }),
  testToken: z.strictObject({
    user: z.string().default(volvoDemo.user),
    scopes: z.array(z.string()).default([...volvoScopes]),
    readOnly: z.boolean().default(false),
  }),
}
