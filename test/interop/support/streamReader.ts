/**
 * A process that reads an INVERS account's event stream and prints what it told, until it is killed. Its one argument is
 * what it is to do, as JSON.
 */
import { openStream } from './stream'

export interface ReaderTask {
  url: string
  queue: string
  /** So many events are told; of those after it only the arrival is noted, and they stay unacknowledged. */
  tells?: number
}

const { url, queue, tells = Infinity } = JSON.parse(process.argv[2] ?? '{}') as ReaderTask
const say = (text: string) => process.stdout.write(`${text}\n`)
let told = 0

void openStream({
  url,
  queues: [queue],
  onPush: async (_vehicle, { readings }) => {
    const number = Number(readings[0]?.value)
    if (told >= tells) {
      say(`has ${number}`)
      return new Promise<boolean>(() => undefined)
    }
    told++
    say(`told ${number}`)
    return true
  },
  onHealth: (problem) => say(problem ? `problem ${problem.code}` : 'reads'),
})
// Our own timers keep nothing alive.
setInterval(() => undefined, 1000)
