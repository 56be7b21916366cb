import { expect } from 'chai'
import { troubleOfQueue } from '../../../src/providers/invers/troubles'

/** What RabbitMQ says when it closes a channel, and what a person is told. */
const closings: readonly [says: string, code: string][] = [
  ["404 (NOT-FOUND) with message \"NOT_FOUND - no queue 'states' in vhost 'fleet'\"", 'INVALID_CONFIG'],
  [
    "404 (NOT-FOUND) with message \"NOT_FOUND - home node 'rabbit@one' of durable queue 'states' in vhost 'fleet' is down or inaccessible\"",
    'NETWORK',
  ],
  ["404 (NOT-FOUND) with message \"NOT_FOUND - queue 'states' in vhost 'fleet' process is stopped by supervisor\"", 'NETWORK'],
  ['403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - queue \'states\' in exclusive use"', 'REJECTED'],
  ['320 (CONNECTION-FORCED) with message "CONNECTION_FORCED - broker forced connection closure"', 'NETWORK'],
]

describe('what ends the reading of an event queue of INVERS', () => {
  for (const [says, code] of closings)
    it(`${code}: ${says.slice(0, 90)}`, () => {
      const cause = troubleOfQueue(new Error(`Channel closed by server: ${says}`), 'states')
      expect(cause.code).to.equal(code)
      expect(JSON.stringify(cause)).not.to.match(/rabbit@|vhost|fleet/)
    })
})
