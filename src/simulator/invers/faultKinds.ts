import type { FaultKinds } from '../faults'
import { distortionKinds } from './distort'
import { tokenFaults } from './oauth'
import { onlyOnCommands, problemTypes, type ProblemType } from './problems'
import { rateFaults } from './rate'

/** Faults that strike before anybody looks at the call. */
export const wholesaleKinds = ['timeout', 'reset', 'slow', '502-html', '503', 'plain'] as const

/** Short names for what is met most; unlike the type itself, these strike every kind of call. */
export const shortNames: Readonly<Record<string, ProblemType>> = {
  '401': 'invalid-credentials',
  '403': 'missing-permissions',
  '404': 'resource-not-found',
  '409': 'vehicle/conflicting-state',
  '500': 'internal-server-error',
  '502': 'third-party/error',
  '504': 'vehicle/no-connection',
}

/** The problems that a call can be made to meet. */
export const meetable = (isCommand: boolean): string[] => [
  ...Object.keys(shortNames),
  ...problemTypes.filter((type) => isCommand || !onlyOnCommands(type)),
]

/** What becomes of the next command. The late ones reach the vehicle, which does it; only the answer is bad. */
export const commandKinds = ['next-command', 'reset-late', 'timeout-late', '502-late', '504-late'] as const

export const inversFaultKinds: FaultKinds = {
  all: [
    ...wholesaleKinds,
    ...Object.keys(shortNames),
    ...problemTypes,
    ...rateFaults,
    ...commandKinds,
    ...distortionKinds,
    ...tokenFaults,
    'token-revoked',
  ],
  once: [...commandKinds, ...tokenFaults, 'token-revoked'],
}
