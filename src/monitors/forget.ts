/** For "sign out and forget": what monitors and deliveries of an account have left on the disk. */
import type { Clock } from '../clock'
import type { StateStore } from '../cloud/stateStore'
import { LocalMonitor } from './local'
import { forgetOwnership } from './ownership'
import { forgetHookSecret } from './secret'
import { Seen } from './seen'

/**
 * What lives in the cloud is known by its mark all the same, and goes with its nodes. `marks`: of the account's monitor
 * nodes. Rejects when something could not be removed.
 */
export async function forgetMonitors(
  store: StateStore,
  account: string,
  { clock, marks }: { clock: Clock; marks: readonly string[] },
): Promise<void> {
  const seen = new Seen({ store, name: account, clock, onTrouble: () => undefined })
  await seen.ready
  await Promise.all([
    seen.forget(),
    forgetHookSecret(store, account),
    forgetOwnership(store, account),
    ...marks.map((mark) => LocalMonitor.forget(store, mark)),
  ])
}
