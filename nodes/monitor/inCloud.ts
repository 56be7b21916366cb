/** A monitor that lives in the provider's cloud and is delivered to us. */
import type { Desk } from './desk'
import type { Engine, EngineParts } from './engine'

export const watchInCloud =
  (desk: Desk) =>
  ({ mark, definition, isMine, changed }: EngineParts): Engine => {
    const held = desk.hold({ mark, definition, matches: isMine, changed })
    return {
      pause: () => held.pause(),
      resume: () => held.resume(),
      get trouble() {
        return held.trouble
      },
      get isBusy() {
        return held.isBusy
      },
      close: (removed) => held.close(removed),
    }
  }
