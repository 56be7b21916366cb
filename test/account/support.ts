import { Account } from '../../src/account/account'
import { readSettings } from '../../src/account/settings'
import { Ledger, type QuotaRules } from '../../src/cloud/quota'
import type { Outcome } from '../../src/vehicle/outcome'
import { signalGroups } from '../../src/vehicle/signals'
import { everySeconds } from '../../src/account/policies'
import { ManualClock } from '../support/clock'
import { ScriptedProvider } from '../support/scriptedProvider'

export interface Given {
  clock: ManualClock
  provider: ScriptedProvider
  ledger: Ledger
  account: Account
  /** Every phase of every command, as listeners of the account hear it. */
  outcomes: Outcome[]
  /** What the account said stood in its way, `''` when nothing does. */
  troubles: string[]
}

/** An account on a scripted cloud, on a clock that stands still until it is moved. */
export function givenAccount(settings: object = {}, rules: Partial<QuotaRules> = {}): Given {
  const clock = new ManualClock()
  const provider = new ScriptedProvider(() => clock.now())
  const ledger = new Ledger({ commandReserve: 5, ...rules }, clock, 'Scripted')
  const account = new Account({ settings: readSettings({ provider: 'volvo', ...settings }), provider, ledger, clock })
  const outcomes: Outcome[] = []
  const troubles: string[] = []
  account.on('outcome', (_car, outcome) => outcomes.push(outcome))
  account.on('health', ({ problem }) => troubles.push(problem?.code ?? ''))
  return { clock, provider, ledger, account, outcomes, troubles }
}

/** Everybody wants everything, each so many seconds. */
export const watchAll = ({ account }: Given, interval: number): (() => void) =>
  account.watch(() => true, signalGroups, everySeconds(interval))

/** The error of work that should fail. */
export async function failing(work: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await work
  } catch (error) {
    return error as Error
  }
  throw new Error('it succeeded')
}
