/** A monitor that is evaluated here: on all that is read and pushed, or on the provider's event stream alone. */
import type { Account } from '../../src/account/account'
import type { MonitorDefinition } from '../../src/monitors/definition'
import { LocalMonitor } from '../../src/monitors/local'
import { groupsOf } from '../../src/monitors/picture'
import { DrivewayError } from '../../src/vehicle/causes'
import type { Trigger } from '../../src/monitors/trigger'
import type { Engine, EngineParts } from './engine'

/** Starts to watch. Throws where the account's provider can never tell what is asked for. */
export function watchHere(parts: EngineParts): Engine {
  const { account, definition, mark, isMine, clock, store, raise } = parts
  const unfit = unfitFor(account, definition)
  if (unfit) throw unfit
  const monitor = new LocalMonitor({ account, definition, mark, matches: isMine, clock, store, onTrouble: raise })
  return {
    pause: () => monitor.pause(),
    resume: () => monitor.resume(),
    close: async (removed) => {
      await monitor.close()
      if (removed) await LocalMonitor.forget(store, mark)
    },
  }
}

function unfitFor({ provider }: Account, { where, triggers }: MonitorDefinition): DrivewayError | undefined {
  if (where === 'stream' && !provider.pushes)
    return unsupported('The provider of this account has no event stream', 'Choose to watch here, on what is read of the car.')
  // A time counts while the car is driven, which every cloud tells in some way.
  const blind = triggers.find((trigger) => isWatched(trigger) && groupsOf([trigger], provider.id).length === 0)
  return blind && unsupported(`The provider of this account never tells ${watchedBy(blind)}`, 'Choose something else to watch.')
}

const isWatched = ({ kind }: Trigger): boolean => kind === 'data' || kind === 'zone'
const watchedBy = (trigger: Trigger): string => (trigger.kind === 'data' ? trigger.data : 'where a car is')

const unsupported = (message: string, action: string): DrivewayError =>
  new DrivewayError({ code: 'UNSUPPORTED', message, action })
