/** Lets real work come to its end before a moved clock goes on, on a slow machine as on a fast one. */
import { tick } from './clock'
import { Wire } from './wire'

const wire = new Wire()
/** Rounds of the event loop without work, after which whatever the last answer set off has run. */
const quietRounds = 6
/** Rounds in which nothing began or ended, after which a request is taken to wait for the clock itself. */
const patience = 40

/** What Node.js calls work on files, and on connections that are not there yet. */
const work = /^(FSReq|CloseReq|FileHandleCloseReq|ConnectWrap|TCPConnectWrap|GetAddrInfo)/

const isWorking = (): boolean => process.getActiveResourcesInfo().some((name) => work.test(name))
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/** Until no request and no work on files is under way, and none follows; requests that wait for the clock stay so. */
export async function settle(): Promise<void> {
  for (let quiet = 0, vain = 0, before = -1; quiet < quietRounds;) {
    await tick()
    // Timers of Node.js's own, such as those of a connection, have their turn as well.
    if (quiet === quietRounds - 1) await moment()
    const working = isWorking()
    if (wire.isQuiet && !working) {
      quiet++
      continue
    }
    quiet = 0
    const seen = wire.total + wire.ended
    vain = working || seen !== before ? 0 : vain + 1
    before = seen
    if (vain >= patience) wire.leave()
    await moment()
  }
}
