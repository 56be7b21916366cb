/** What stands in the way of the event stream, told from the errors of its broker. */
import { minutes } from '../../clock'
import type { Cause } from '../../vehicle/causes'

interface Row {
  says: RegExp
  cause: (code: string, queue: string) => Cause
}

/** Only INVERS or FleetControl can mend these: asking again soon would not help. */
export const longRest = minutes(10)
const looksAgain = `The queue is tried again every ${longRest / minutes(1)} minutes.`

const connectionRows: readonly Row[] = [
  {
    says: /Cannot find (module|package)|MODULE_NOT_FOUND/,
    cause: () => ({
      code: 'INVALID_CONFIG',
      message: 'The event stream needs the package amqplib, which is not installed',
      action: 'Install it beside Driveway: npm install amqplib',
    }),
  },
  {
    says: /\b403\b|ACCESS[-_]REFUSED/i,
    cause: () => ({
      code: 'KEY_INVALID',
      message: "The message broker of INVERS does not accept the consumer's name and password",
      action: "Check the consumer's name and password.",
    }),
  },
  {
    // The library does not tell why the broker closes at this point; it is how RabbitMQ refuses a virtual host.
    says: /\b530\b|NOT[-_]ALLOWED|Expected ConnectionOpenOk; got.*ConnectionClose/i,
    cause: () => ({
      code: 'INVALID_CONFIG',
      message: 'The message broker of INVERS does not let this consumer into its virtual host',
      action: 'Check the virtual host in the account.',
    }),
  },
  {
    says: /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_SSL|ERR_TLS|EPROTO|wrong version number/i,
    cause: (code) => ({
      code: 'INVALID_CONFIG',
      message: `The message broker of INVERS shows a certificate that cannot be trusted${inBrackets(code)}`,
      action: "Check the broker's address and, with an authority of your own, its certificate.",
    }),
  },
]

const cutOff = (code: string): Cause => ({
  code: 'NETWORK',
  message: `The event stream of INVERS is cut off${inBrackets(code)}`,
  action: 'Wait; it is tried again.',
})

/** INVERS: consume. Three days without a consumer and the queue is deleted, its messages too. */
const queueGone = (queue: string): Cause => ({
  code: 'INVALID_CONFIG',
  message: `The event queue "${queue}" is not there; INVERS deletes a queue that is not read for three days`,
  action: `Subscribe the topic again in FleetControl. ${looksAgain}`,
})

const queueRows: readonly Row[] = [
  // RabbitMQ: the machine that holds the queue is down, or only what serves it there. It says 404 as well, but the queue
  // comes back with that.
  { says: /down or inaccessible|stopped by supervisor|has crashed|due to timeout/i, cause: cutOff },
  { says: /\b404\b|NOT[-_]FOUND/i, cause: (_, queue) => queueGone(queue) },
  {
    says: /\b403\b|\b405\b|ACCESS[-_]REFUSED|RESOURCE[-_]LOCKED/i,
    cause: (_, queue) => ({
      code: 'REJECTED',
      message: `INVERS does not let this consumer read the event queue "${queue}"; it may be suspended`,
      action: `Ask INVERS support. ${looksAgain}`,
    }),
  },
]

export const troubleOfConnection = (error: unknown): Cause => causeIn(connectionRows, error, '')
export const troubleOfQueue = (error: unknown, queue: string): Cause => causeIn(queueRows, error, queue)

function causeIn(rows: readonly Row[], error: unknown, queue: string): Cause {
  const { message = '', code = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  // Words of the broker are looked at and never shown: they name users and hosts.
  const said = `${code} ${message}`
  const word = /^[A-Z][A-Z0-9_]{2,60}$/.test(String(code)) ? String(code) : ''
  return rows.find(({ says }) => says.test(said))?.cause(word, queue) ?? cutOff(word)
}

const inBrackets = (code: string): string => (code === '' ? '' : ` (${code})`)
