import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use after everything that nobody holds was collected, so that what other tests left does not count. */
export function heapInUse(): number {
  collect()
  return process.memoryUsage().heapUsed
}
