import type { Clock } from '../../clock'
import { pause } from '../../clock'
import type { Faults } from '../faults'
import { json, type Call, type Ending } from '../http'
import { wholesaleKinds } from './faultKinds'

const proxyPage = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

/** An answer that is no problem document: for what no problem type is documented, or from something in between. */
export const plain = (status: number, error: string): Ending => json(status, { status, error })

/** Faults that strike before anybody looks at the call; undefined when it goes on. */
export async function breakdown(call: Call, clock: Clock, faults: Faults): Promise<Ending | undefined> {
  const fault = faults.take('invers', call.path, wholesaleKinds)
  switch (fault?.kind) {
    case 'timeout':
      return 'hang'
    case 'reset':
      return 'destroy'
    case 'slow':
      await pause(clock, fault.delayMs ?? 5000)
      return undefined
    case '502-html':
      return { status: 502, text: proxyPage }
    case '503':
      return plain(503, 'Service Unavailable')
    case 'plain':
      return plain(Number(fault.status ?? 500), 'Error')
    default:
      return undefined
  }
}
